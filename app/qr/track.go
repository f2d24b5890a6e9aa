package qr

import "math"

// A code that was located and not read is looked for where it was when its
// finders are lost, in blur or in a jerk: its last grid is moved over the
// picture until the modules that every symbol of the version has fit best.

const (
	trackReach  = 3.0  // modules to each side
	trackStep   = 0.5  //
	leastTrack  = 0.45 // correlation with the modules that are known
	mostTracked = 240  // modules compared
)

// follow looks for the codes of ballots to which this frame has added nothing.
func (q *front) follow(all []found) []found {
	for i := range q.ballots.all {
		b := &q.ballots.all[i]
		if b.votes == 0 || b.frame == q.ballots.frame || q.ballots.at.Sub(b.last) > trackedFor || q.work <= 0 {
			continue
		}
		g, ok := q.move(&b.grid)
		if !ok {
			continue
		}
		if s, ok := q.attempt(&g); ok && q.pyramid.holds(g.outline()) {
			all = append(all, found{symbol: s, corners: g.outline()})
		}
	}
	return all
}

// pose is a change of a grid in its own modules, about its middle.
type pose struct{ dx, dy, turn, scale float64 }

// move gives the grid where it fits the picture best now.
func (q *front) move(old *grid) (g grid, ok bool) {
	best, score := pose{}, -1.0
	try := func(p pose) {
		moved := old.moved(p)
		if s := moved.likeness(); s > score {
			best, score = p, s
		}
		q.work -= mostTracked
	}
	for dy := -trackReach; dy <= trackReach; dy += trackStep {
		for dx := -trackReach; dx <= trackReach; dx += trackStep {
			try(pose{dx: dx, dy: dy})
		}
	}
	if score < leastTrack/2 {
		return g, false
	}
	for step := 0.5; step > 0.05; step /= 2 {
		angle := step * 2 / float64(old.side) // a corner moves by about a step
		for _, d := range [8]pose{{dx: step}, {dx: -step}, {dy: step}, {dy: -step}, {turn: angle}, {turn: -angle}, {scale: angle}, {scale: -angle}} {
			try(pose{best.dx + d.dx, best.dy + d.dy, best.turn + d.turn, best.scale + d.scale})
		}
	}
	return old.moved(best), score >= leastTrack
}

// moved gives a grid in another pose.
func (g *grid) moved(p pose) grid {
	out := *g
	sin, cos := math.Sincos(p.turn)
	c, s := cos*(1+p.scale), sin*(1+p.scale)
	m := float64(g.side) / 2
	change := homography{c, -s, m - c*m + s*m + p.dx, s, c, m - s*m - c*m + p.dy, 0, 0, 1}
	out.from = g.from.after(&change)
	return out
}

// likeness correlates the picture with the modules that are known beforehand,
// from -1 to 1.
func (g *grid) likeness() float64 {
	var n, sum, squares, product, known float64
	step := 1 + len(g.train)/mostTracked
	for i := 0; i < len(g.train); i += step {
		at := int(g.train[i])
		v := g.gray(float64(at%g.side)+0.5, float64(at/g.side)+0.5)
		k := -float64(g.known[at])
		n, sum, squares, product, known = n+1, sum+v, squares+v*v, product+v*k, known+k
	}
	spread := (squares - sum*sum/n) * (n - known*known/n)
	if spread < 1 {
		return 0
	}
	r := (product - sum*known/n) / math.Sqrt(spread)
	if g.contrast < 0 {
		return -r
	}
	return r
}

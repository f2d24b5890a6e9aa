package qr

import (
	"cmp"
	"math"
	"slices"
)

// Designer codes have round finders. Their edges are found like those of square
// ones, but a circle does not say which way it is turned: that follows from
// where the others of the symbol are. What perspective makes of a circle is an
// ellipse, so each finder says what would be a circle again, and there the
// three of a symbol stand at a right angle.

const (
	mostRound  = 16   // finders that are tried, the best
	maxRound   = 24   // triples tried of one picture
	roundError = 0.28 // of the outer edge from a circle, in modules; a square has 0.4
	roundSlant = 0.3  // cosine of the angle between both sides of a symbol
	roundLegs  = 0.35 // logarithm of the ratio of both sides
)

// circles measures how far the edges of a finder around x, y are from three
// circles, in modules, and keeps what makes circles of them.
func (f *finder) circles(p *prober, w [3]float64) {
	var sums [3]float64
	n := 0.0
	radius := func(i, k int) float64 {
		x, y := rayDirs[i][0]*p.radii[i][k], rayDirs[i][1]*p.radii[i][k]
		return math.Hypot(w[0]*x+w[1]*y, w[1]*x+w[2]*y)
	}
	for i := range rayDirs {
		if p.edges[i] < 3 {
			continue
		}
		n++
		for k := range sums {
			sums[k] += radius(i, k)
		}
	}
	if n == 0 {
		f.round = math.Inf(1)
		return
	}
	module := (sums[0] + sums[1] + sums[2]) / n / (rings[0] + rings[1] + rings[2])
	square := 0.0
	for i := range rayDirs {
		if p.edges[i] < 3 {
			continue
		}
		d := (radius(i, 2) - sums[2]/n) / module // the outer ring alone: the middle is often round in square ones
		square += d * d
	}
	f.round = math.Sqrt(square / n)
	for i := range w {
		f.white[i] = w[i] / module
	}
}

// toward is the finder with its axes turned so that u and v point along two
// directions in the picture, as nearly as a right angle allows. One of them may
// be unknown, and zero.
func (f *finder) toward(ux, uy, vx, vy float64) finder {
	w := &f.white
	ax, ay := direction(w[0]*ux+w[1]*uy, w[1]*ux+w[2]*uy)
	bx, by := direction(w[0]*vx+w[1]*vy, w[1]*vx+w[2]*vy)
	c, s := direction(ax+by, ay-bx) // v is u turned clockwise
	out := *f
	out.to = affine{
		{c*w[0] + s*w[1], c*w[1] + s*w[2], 0},
		{c*w[1] - s*w[0], c*w[2] - s*w[1], 0},
	}
	for i := range out.to {
		out.to[i][2] = -out.to[i][0]*f.x - out.to[i][1]*f.y
	}
	det := out.to[0][0]*out.to[1][1] - out.to[0][1]*out.to[1][0]
	out.u = [2]float64{out.to[1][1] / det, -out.to[1][0] / det}
	out.v = [2]float64{-out.to[0][1] / det, out.to[0][0] / det}
	out.module = math.Sqrt(1 / math.Abs(det))
	out.n = 0
	for _, ring := range rings {
		for _, sign := range [2]float64{-ring, ring} {
			for _, along := range [3]float64{-0.5, 0, 0.5} { // in a square these lie on its sides
				u, v := out.at(sign, along, 0)
				out.edges[out.n] = edge{u, v, 0, sign}
				u, v = out.at(along, sign, 0)
				out.edges[out.n+1] = edge{u, v, 1, sign}
				out.n += 2
			}
		}
	}
	return out
}

// direction is a way of length one, or none.
func direction(x, y float64) (float64, float64) {
	if r := math.Hypot(x, y); r > 0 {
		return x / r, y / r
	}
	return 0, 0
}

// rounded reads symbols of round finders.
func (q *front) rounded(all []found, finders []finder) []found {
	if !q.does(roundStep) {
		return all
	}
	n := len(finders)
	q.ranker.all = roundTriples(finders, q.ranker.all[:0])
	tried := q.ranker.all
	for _, t := range tried[:min(len(tried), maxRound)] {
		tl, tr, bl := &finders[t.finders[0]], &finders[t.finders[1]], &finders[t.finders[2]]
		if q.work <= 0 {
			break
		}
		if tl.used || tr.used || bl.used {
			continue
		}
		ux, uy, vx, vy := tr.x-tl.x, tr.y-tl.y, bl.x-tl.x, bl.y-tl.y
		with := append(finders[:n:n], tl.toward(ux, uy, vx, vy), tr.toward(ux, uy, 0, 0), bl.toward(0, 0, vx, vy))
		t.finders = [3]int{n, n + 1, n + 2}
		if f, ok := q.triple(with, &t); ok {
			all = append(all, f)
			occupy(finders, &f)
			q.work = min(q.work+moreWork, mostWork)
		}
	}
	return all
}

// roundTriples lists three finders, one of them round at least, that stand at
// a right angle, the most regular first.
func roundTriples(finders []finder, all []triple) []triple {
	n := min(len(finders), mostRound)
	for i := range n {
		for j := range n {
			for k := range n {
				if t, ok := roundCorner(finders, i, j, k); ok {
					all = append(all, t)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b triple) int { return cmp.Compare(a.cost, b.cost) })
	return all
}

// roundCorner sees finder i as the top left of a symbol, j as its top right and
// k as its bottom left.
func roundCorner(finders []finder, i, j, k int) (t triple, ok bool) {
	a, b, c := &finders[i], &finders[j], &finders[k]
	if i == j || j == k || i == k || a.used || b.used || c.used || a.seen && b.seen && c.seen ||
		a.inverted != b.inverted || b.inverted != c.inverted || min(a.round, b.round, c.round) > roundError ||
		max(a.module, b.module, c.module) > 1.6*min(a.module, b.module, c.module) {
		return t, false
	}
	ux, uy, vx, vy := b.x-a.x, b.y-a.y, c.x-a.x, c.y-a.y
	if ux*vy-uy*vx <= 0 { // the other way round it comes up too
		return t, false
	}
	w := &a.white
	px, py := w[0]*ux+w[1]*uy, w[1]*ux+w[2]*uy
	qx, qy := w[0]*vx+w[1]*vy, w[1]*vx+w[2]*vy
	right, down := math.Hypot(px, py), math.Hypot(qx, qy)
	slant, legs := math.Abs(px*qx+py*qy)/(right*down), math.Abs(math.Log(right/down))
	// The geometric mean over all that see a distance is exact in perspective.
	modules := math.Pow(right*b.distance(ux, uy)*down*c.distance(vx, vy), 0.25)
	if slant > roundSlant || legs > roundLegs || modules < leastModules || modules > mostModules {
		return t, false
	}
	return triple{finders: [3]int{i, j, k}, modules: modules, cost: slant + 2*legs, round: true}, true
}

// distance is how long a way in the picture is in the finder's modules.
func (f *finder) distance(x, y float64) float64 {
	w := &f.white
	return math.Hypot(w[0]*x+w[1]*y, w[1]*x+w[2]*y)
}

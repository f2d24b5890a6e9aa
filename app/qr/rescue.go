package qr

import "math"

// When only two finders of a symbol show, the third is torn, smeared, hidden
// by a logo or drawn in a fancy shape. Where it must be follows from the
// others; there the picture is held against the ideal pattern.

const (
	maxRescues  = 8    // pairs tried in one picture
	leastFinder = 0.45 // correlation with the ideal pattern
)

// pair is two finders and where the third would be.
type pair struct {
	triple          // the missing finder's index is that of the one made for it
	base    int     // the finder whose pose the missing one takes
	missing int     // its place in the triple
	mx, my  float64 // from the base, in the symbol's directions
}

// rescue tries pairs of finders that no triple used.
func (q *front) rescue(all []found, finders []finder) []found {
	n := len(finders)
	q.pairs = pairsOf(finders, q.pairs[:0])
	pairs := q.pairs
	for i := range pairs {
		p := &pairs[i]
		if q.work <= 0 {
			break
		}
		q.work -= 30_000
		f, ok := q.imagine(&finders[p.base], p)
		if !ok {
			continue
		}
		with := append(finders[:n:n], f)
		p.finders[p.missing] = n
		if s, ok := q.triple(with, &p.triple); ok {
			return append(all, s)
		}
	}
	return all
}

// pairsOf lists what two finders may be: top left with top right, top left
// with bottom left, or the diagonal.
func pairsOf(finders []finder, pairs []pair) []pair {
	for i := range finders {
		for j := range finders {
			a, b := &finders[i], &finders[j]
			if i == j || a.used || b.used || a.seen && b.seen || a.inverted != b.inverted || max(a.quality, b.quality) > 0.25 ||
				a.module > 1.5*b.module || b.module > 1.5*a.module {
				continue
			}
			if s, ok := look(finders, i, j, flat); ok {
				right := pair{base: i, missing: 2, my: s.modules}
				right.finders, right.turns = [3]int{i, j}, [3]int{s.turn, (s.back + 2) & 3, s.turn}
				right.modules = s.modules
				down := pair{base: i, missing: 1, mx: s.modules}
				turn := (s.turn + 3) & 3
				down.finders, down.turns = [3]int{i, 0, j}, [3]int{turn, turn, (s.back + 1) & 3}
				down.modules = s.modules
				pairs = append(pairs, right, down)
			} else if p, ok := diagonal(a, b); ok && i < j {
				p.base = i
				p.finders = [3]int{0, i, j}
				pairs = append(pairs, p)
			}
			if len(pairs) >= maxRescues {
				return pairs
			}
		}
	}
	return pairs
}

// diagonal sees a as the top right of a symbol and b as its bottom left.
func diagonal(a, b *finder) (p pair, ok bool) {
	for turn := range 4 {
		u, v := a.to.apply(b.x, b.y)
		x, y := turned(u, v, turn)
		if !(x < 0 && y > 0) {
			continue
		}
		for back := range 4 {
			u, v := b.to.apply(a.x, a.y)
			bx, by := turned(u, v, back)
			if !(bx > 0 && by < 0) {
				continue
			}
			lengths := [4]float64{-x, y, bx, -by}
			low, high, product := lengths[0], lengths[0], 1.0
			for _, l := range lengths {
				low, high, product = min(low, l), max(high, l), product*l
			}
			modules := math.Pow(product, 0.25)
			if high > 1.4*low || modules < leastModules || modules > mostModules {
				return p, false
			}
			p = pair{missing: 0, mx: -modules}
			p.modules = modules
			p.turns = [3]int{turn, turn, back}
			return p, true
		}
	}
	return p, false
}

// imagine searches the missing finder and makes it in the pose of the base.
func (q *front) imagine(base *finder, p *pair) (f finder, ok bool) {
	f = *base
	turn := p.turns[p.missing]
	x, y := base.at(p.mx, p.my, turn)
	plane, scale := q.pyramid.level(base.module)
	sign := 1.0
	if base.inverted {
		sign = -1
	}
	best, bx, by := leastFinder, 0.0, 0.0
	least := 0.1 * (base.light - base.dark) * sign
	try := func(px, py float64) {
		if sign*likely(plane, px*scale, py*scale, base, scale) < least {
			return
		}
		if s := sign * ideal(plane, px*scale, py*scale, base, scale); s > best {
			best, bx, by = s, px, py
		}
	}
	reach := 2 + 0.12*p.modules
	for v := -reach; v <= reach; v += 0.7 {
		for u := -reach; u <= reach; u += 0.7 {
			try(x+base.u[0]*u+base.v[0]*v, y+base.u[1]*u+base.v[1]*v)
		}
	}
	if best <= leastFinder {
		return f, false
	}
	for step := 0.35; step > 0.1; step /= 2 {
		cx, cy := bx, by
		for v := -1.0; v <= 1; v++ {
			for u := -1.0; u <= 1; u++ {
				try(cx+(base.u[0]*u+base.v[0]*v)*step, cy+(base.u[1]*u+base.v[1]*v)*step)
			}
		}
	}
	f.move(bx, by)
	return f, true
}

// likely is how much lighter some of a finder's light ring are than some of its
// dark modules. Most places fail it, and it takes a quarter of what ideal takes.
func likely(p *plane, x, y float64, pose *finder, scale float64) float64 {
	ux, uy, vx, vy := pose.u[0]*scale, pose.u[1]*scale, pose.v[0]*scale, pose.v[1]*scale
	at := func(i, j float64) float64 { return p.at(x+ux*i+vx*j, y+uy*i+vy*j) }
	dark := at(0, 0) + (at(3, 0)+at(-3, 0)+at(0, 3)+at(0, -3)+at(1, 1)+at(-1, -1))/2
	light := at(2, 0) + at(-2, 0) + at(0, 2) + at(0, -2)
	return light/4 - dark/4
}

// ideal correlates 7 x 7 modules around a place with a finder pattern.
func ideal(p *plane, x, y float64, pose *finder, scale float64) float64 {
	ux, uy, vx, vy := pose.u[0]*scale, pose.u[1]*scale, pose.v[0]*scale, pose.v[1]*scale
	var dark, light, squares float64
	for j := -3; j <= 3; j++ {
		for i := -3; i <= 3; i++ {
			s := p.at(x+ux*float64(i)+vx*float64(j), y+uy*float64(i)+vy*float64(j))
			squares += s * s
			if max(i, -i, j, -j) == 2 {
				light += s
			} else {
				dark += s
			}
		}
	}
	mean := (dark + light) / 49
	variance := squares/49 - mean*mean
	if variance < 16 {
		return 0
	}
	return (light/16 - dark/33) * math.Sqrt(16*33) / 49 / math.Sqrt(variance)
}

// move puts an imagined finder at a place: the edges of the one whose pose it
// took move with it, and weigh little.
func (f *finder) move(x, y float64) {
	dx, dy := x-f.x, y-f.y
	for i := range f.edges[:f.n] {
		f.edges[i].x, f.edges[i].y = f.edges[i].x+dx, f.edges[i].y+dy
	}
	f.x, f.y = x, y
	for i := range f.to {
		f.to[i][2] = -f.to[i][0]*x - f.to[i][1]*y
	}
	f.quality = 0.3
}

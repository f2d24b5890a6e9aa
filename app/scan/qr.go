package scan

import "image"

// front locates and decodes QR codes.
type front struct {
	pyramid pyramid
	seeker  seeker
	samples samples
	filter  equaliser
	modules modules
	choice  []grid
	work    int // what is left of mostWork
}

// mostWork bounds what is spent on finders that may be no code's, counted in
// samples of the picture or what takes as long. Every code that is read earns
// it anew; since it uses up finders, the whole stays bounded.
const mostWork = 1_000_000

// found is one symbol and its outline.
type found struct {
	symbol
	corners [4]image.Point
}

// read finds every code of a picture.
func (q *front) read(img *image.Gray) (all []found) {
	if min(img.Rect.Dx(), img.Rect.Dy()) < leastSide {
		return nil
	}
	q.pyramid.build(img)
	q.work = mostWork
	finders := q.seeker.seek(&q.pyramid)
	if all = q.search(finders); len(all) > 0 {
		return all
	}
	if finders, better := q.seeker.seekSharp(&q.pyramid); better {
		all = q.search(finders)
	}
	return all
}

// search reads the symbols that finders make: flat ones, else bent ones, else
// what two finders alone tell.
func (q *front) search(finders []finder) (all []found) {
	for _, most := range [2]tolerance{flat, bent} {
		all = q.symbols(all, finders, triples(finders, most))
		if len(all) > 0 {
			return all
		}
	}
	return q.rescue(all, finders)
}

// symbols reads what triples it can and adds it to all.
func (q *front) symbols(all []found, finders []finder, some []triple) []found {
	for _, t := range some {
		if q.work <= 0 {
			break
		}
		if finders[t.finders[0]].used || finders[t.finders[1]].used || finders[t.finders[2]].used {
			continue
		}
		if f, ok := q.triple(finders, &t); ok {
			all = append(all, f)
			occupy(finders, &f)
			q.work = mostWork
		}
	}
	return all
}

// triple tries to read the symbol of three finders.
func (q *front) triple(finders []finder, t *triple) (f found, ok bool) {
	for n, g := range q.grids(finders, t) {
		if n == 2 || n > 0 && g.timing < 0.2 || q.work <= 0 {
			break
		}
		g.align()
		q.work -= g.work
		if s, ok := q.decode(&g); ok {
			return found{symbol: s, corners: g.outline()}, true
		}
	}
	return f, false
}

// leastAgreement is the share of modules known beforehand that must come out
// right before a decoder is asked.
const leastAgreement = 0.76

// decode samples a grid and decodes it, with and without the equaliser.
func (q *front) decode(g *grid) (s symbol, ok bool) {
	q.samples.take(g)
	q.work -= 2 * len(q.samples.gray)
	steps := [3]func() bool{
		func() bool { return q.filter.trained(&q.samples) },
		func() bool { return q.filter.directed(&q.samples) },
		func() bool { return q.filter.directed(&q.samples) },
	}
	for n, step := range steps {
		if !step() || q.samples.agreement() < leastAgreement {
			return s, false
		}
		q.work -= 4 * len(q.samples.out)
		if q.modules.guess = n == len(steps)-1; q.modules.guess {
			q.samples.doubt()
		}
		q.modules.layout, q.modules.value = g.layout, q.samples.out
		if s, err := q.modules.decode(); err == nil {
			return s, true
		}
	}
	return s, false
}

// outline gives the corners of a symbol in the picture.
func (g *grid) outline() (c [4]image.Point) {
	side := float64(g.side)
	for i, m := range [4][2]float64{{0, 0}, {side, 0}, {side, side}, {0, side}} {
		x, y := g.place(m[0], m[1])
		c[i] = image.Pt(int(x), int(y))
	}
	return c
}

// occupy marks the finders inside a symbol: they belong to no other.
func occupy(finders []finder, f *found) {
	for i := range finders {
		if within(f.corners, finders[i].x, finders[i].y) {
			finders[i].used = true
		}
	}
}

// within reports whether a place is inside a convex outline.
func within(c [4]image.Point, x, y float64) bool {
	side := 0
	for i := range c {
		a, b := c[i], c[(i+1)&3]
		cross := float64(b.X-a.X)*(y-float64(a.Y)) - float64(b.Y-a.Y)*(x-float64(a.X))
		switch {
		case cross > 0:
			side |= 1
		case cross < 0:
			side |= 2
		}
	}
	return side != 3
}

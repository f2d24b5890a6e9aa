package qr

import "math"

// bend is the shape of paper that curls: what it adds to the flat map, along
// each axis of the symbol. The poses of the finders are the tangents at both
// ends of an edge, so the edge is a cubic Hermite curve; a sheet bends along
// its whole width as it does at the edge.
type bend struct {
	on         bool
	span       float64       // modules between the middles of finders
	start, end [2][2]float64 // tangents less the chord, at t = 0 and 1, of each axis
}

// shift is the displacement in pixels at a place in modules.
func (b *bend) shift(mx, my float64) (dx, dy float64) {
	for axis, m := range [2]float64{mx, my} {
		t := (m - 3.5) / b.span
		h0, h1 := t*(t-1)*(t-1), t*t*(t-1)
		dx += h0*b.start[axis][0] + h1*b.end[axis][0]
		dy += h0*b.start[axis][1] + h1*b.end[axis][1]
	}
	return dx, dy
}

// curve replaces the flat map by one through the middles of the finders and
// the bend that their poses tell.
func (g *grid) curve() bool {
	tl, tr, bl := g.corner[0], g.corner[1], g.corner[2]
	span := float64(g.side) - 7
	b := bend{on: true, span: span}
	ends := [2]*finder{tr, bl}
	for axis, f := range ends {
		cx, cy := f.x-tl.x, f.y-tl.y
		for i, end := range [2]struct {
			f    *finder
			turn int
		}{{tl, g.turns[0]}, {f, g.turns[axis+1]}} {
			x1, y1 := end.f.at(float64(1-axis), float64(axis), end.turn)
			d := [2]float64{(x1-end.f.x)*span - cx, (y1-end.f.y)*span - cy}
			if math.Hypot(d[0], d[1]) > 0.8*math.Hypot(cx, cy) {
				return false
			}
			if i == 0 {
				b.start[axis] = d
			} else {
				b.end[axis] = d
			}
		}
	}
	ax, ay, bx, by := (tr.x-tl.x)/span, (tr.y-tl.y)/span, (bl.x-tl.x)/span, (bl.y-tl.y)/span
	g.from = homography{ax, bx, tl.x - 3.5*(ax+bx), ay, by, tl.y - 3.5*(ay+by), 0, 0, 1}
	g.bend = b
	return g.sane()
}

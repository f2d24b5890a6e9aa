package qr

import (
	"cmp"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// grid says where in the picture each module of one symbol lies.
type grid struct {
	*layout
	from     homography // modules to full-size pixels
	bend     bend
	mesh     mesh
	corner   [3]*finder
	turns    [3]int
	plane    *plane  // the level to sample
	scale    float64 // of that level
	contrast float64 // light minus dark; negative in an inverted symbol
	work     int     // spent on it, in samples
	timing   float64 // how well the timing patterns show: 1 perfect, 0 chance
}

// place gives the pixel, at full size, of a place in modules.
func (g *grid) place(mx, my float64) (x, y float64) {
	x, y = g.base(mx, my)
	dx, dy := g.mesh.shift(mx, my)
	return x + dx, y + dy
}

// base is place without the mesh.
func (g *grid) base(mx, my float64) (x, y float64) {
	x, y = g.from.apply(mx, my)
	if g.bend.on {
		dx, dy := g.bend.shift(mx, my)
		return x + dx, y + dy
	}
	return x, y
}

// gray samples the picture at a place in modules.
func (g *grid) gray(mx, my float64) float64 {
	x, y := g.place(mx, my)
	return g.plane.at(x*g.scale, y*g.scale)
}

// turned brings a finder's frame into the symbol's.
func turned(u, v float64, turn int) (x, y float64) {
	switch turn {
	case 1:
		return v, -u
	case 2:
		return -u, -v
	case 3:
		return -v, u
	}
	return u, v
}

// at gives the pixel of a place in the symbol's frame around a finder.
func (f *finder) at(mx, my float64, turn int) (x, y float64) {
	u, v := turned(mx, my, (4-turn)&3)
	return f.x + f.u[0]*u + f.v[0]*v, f.y + f.u[1]*u + f.v[1]*v
}

// grids fits grids of likely versions to a triple, the likeliest first. Out of
// several sizes the one whose timing patterns show best is right.
func (q *front) grids(finders []finder, t *triple) []grid {
	out := q.choice[:0]
	for _, version := range versions(&q.pyramid, finders, t) {
		q.work -= 1000
		g := grid{layout: layoutOf(version), turns: t.turns}
		if t.round {
			g.layout = roundLayoutOf(version)
		}
		module := 0.0
		for i, n := range t.finders {
			g.corner[i] = &finders[n]
			module += finders[n].module / 3
			g.contrast += (finders[n].light - finders[n].dark) / 3
		}
		g.plane, g.scale = q.pyramid.level(module)
		if !g.fit() {
			continue
		}
		g.timing = g.timingContrast()
		out = append(out, g)
		if g.timing < 0.6 && q.does(bendStep) && g.curve() {
			g.timing = g.timingContrast()
			out = append(out, g)
		}
		if g.timing > 0.8 {
			break
		}
	}
	q.choice = out
	slices.SortStableFunc(out, func(a, b grid) int { return cmp.Compare(b.timing, a.timing) })
	return out
}

// versions lists the versions that a triple may be, by the distances of its
// finders and, from version 7 up, by what the symbol says.
func versions(p *pyramid, finders []finder, t *triple) (list []int) {
	add := func(v int) {
		if v >= 1 && v <= 40 && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	guess := (t.modules + 7 - 17) / 4
	if guess > 5.5 {
		for i := 1; i <= 2; i++ {
			if v := statedVersion(p, &finders[t.finders[i]], t.turns[i], i == 2); math.Abs(float64(v)-guess) < 2+guess/4 {
				add(v)
			}
		}
	}
	near := int(math.Round(guess))
	add(near)
	for d := 1; d <= 1+int(guess/8); d++ {
		add(near - d)
		add(near + d)
	}
	return list
}

// statedVersion reads the version block beside a finder in the finder's own
// frame, which needs no grid; 0 when it makes no sense.
func statedVersion(p *pyramid, f *finder, turn int, below bool) int {
	plane, scale := p.level(f.module)
	limit := (f.dark + f.light) / 2
	bits := 0
	for i := 17; i >= 0; i-- {
		mx, my := float64(i%3)-7, float64(i/3)-3
		if below {
			mx, my = my, mx
		}
		x, y := f.at(mx, my, turn)
		bits <<= 1
		if (plane.at(x*scale, y*scale) < limit) != f.inverted {
			bits |= 1
		}
	}
	v, err := decoder.Version_decodeVersionInformation(bits)
	if err != nil || v == nil {
		return 0
	}
	return v.GetVersionNumber()
}

// fit fits the homography to the edges of the three finders.
func (g *grid) fit() (ok bool) {
	f := g.fitter()
	g.from, ok = f.solve()
	return ok && g.sane()
}

// fitter holds what the finders say.
func (g *grid) fitter() fitter {
	side := float64(g.side)
	tl, tr, bl := g.corner[0], g.corner[1], g.corner[2]
	span := (math.Hypot(tr.x-tl.x, tr.y-tl.y) + math.Hypot(bl.x-tl.x, bl.y-tl.y)) / 2
	f := newFitter((tr.x+bl.x)/2, (tr.y+bl.y)/2, max(span, 1), side)
	middles := [3][2]float64{{3.5, 3.5}, {side - 3.5, 3.5}, {3.5, side - 3.5}}
	for i, c := range g.corner {
		for _, e := range c.edges[:c.n] {
			// A side across u lies across X when the frame is turned by 0 or 2 quarters.
			var x, y float64
			if e.axis == 0 {
				x, y = turned(e.value, 0, g.turns[i])
			} else {
				x, y = turned(0, e.value, g.turns[i])
			}
			if x != 0 {
				f.line(e.x, e.y, 0, middles[i][0]+x, 1)
			} else {
				f.line(e.x, e.y, 1, middles[i][1]+y, 1)
			}
		}
	}
	return f
}

// sane reports whether the four corners of a symbol make a convex outline of
// some size, the horizon not among them.
func (g *grid) sane() bool {
	side := float64(g.side)
	var x, y [4]float64
	for i, c := range [4][2]float64{{0, 0}, {side, 0}, {side, side}, {0, side}} {
		w := g.from[6]*c[0] + g.from[7]*c[1] + g.from[8]
		if w*g.from[8] <= 0 {
			return false
		}
		x[i], y[i] = g.from.apply(c[0], c[1])
	}
	for i := range 4 {
		j, k := (i+1)&3, (i+2)&3
		if (x[j]-x[i])*(y[k]-y[j])-(y[j]-y[i])*(x[k]-x[j]) < 16 {
			return false
		}
	}
	return true
}

// timingContrast compares each module of the timing patterns with its
// neighbours.
func (g *grid) timingContrast() float64 {
	sum, n := 0.0, 0.0
	for axis := range 2 {
		at := func(i int) float64 {
			if axis == 0 {
				return g.gray(float64(i)+0.5, 6.5)
			}
			return g.gray(6.5, float64(i)+0.5)
		}
		a, b := at(7), at(8)
		for i := 8; i < g.side-8; i++ {
			c := at(i + 1)
			d := ((a+c)/2 - b) / g.contrast
			if i%2 == 1 {
				d = -d
			}
			sum, n = sum+min(max(d, -1), 1), n+1
			a, b = b, c
		}
	}
	return sum / n
}

package qr

import "math"

// A finder pattern is three squares in each other, with edges at 1.5, 2.5 and
// 3.5 modules from the middle. Along any ray from the middle, in any
// perspective that is weak over seven modules, the edges keep the proportions
// 3:5:7. So rays verify a finder, and their edges, put on the sides of the
// squares, give its pose: middle, directions and sizes of both axes.

const rays = 24

var rings = [3]float64{1.5, 2.5, 3.5}

var rayDirs = func() (d [rays][2]float64) {
	for i := range d {
		s, c := math.Sincos(2 * math.Pi * float64(i) / rays)
		d[i] = [2]float64{c, s}
	}
	return d
}()

// edge is a place on a side of one of a finder's squares.
type edge struct {
	x, y  float64
	axis  int     // 0: a side across u, 1: across v
	value float64 // -3.5 to 3.5 modules along the axis
}

// finder is a verified finder pattern in full-size pixels.
type finder struct {
	x, y     float64
	module   float64    // mean side of a module
	to       affine     // place to modules, the middle at 0, 0; axes turn clockwise on the screen
	u, v     [2]float64 // one module along each axis, in pixels
	dark     float64    // gray of its dark modules
	light    float64    // gray of its light modules
	inverted bool       //
	white    [3]float64 // symmetric: what makes circles of modules, if its rings are round
	round    float64    // root mean square error of its outer edge as a circle, in modules
	quality  float64    // root mean square error of its edges in modules; less is better
	edges    [3 * rays]edge
	n        int
	scale    float64 // of the level where it was found
	used     bool
	seen     bool // in a search that read nothing
}

// affine maps x, y to a[0]x + a[1]y + a[2] and the same of its second row.
type affine [2][3]float64

func (a *affine) apply(x, y float64) (float64, float64) {
	return a[0][0]*x + a[0][1]*y + a[0][2], a[1][0]*x + a[1][1]*y + a[1][2]
}

// prober verifies hits on one level.
type prober struct {
	plane *plane
	scale float64 // of the level: 1, 1/2, 1/4 …
	radii [rays][3]float64
	edges [rays]int // how many of a finder's edges a ray met, from the inner one; 0 when it is none's
	open  bool      // two are enough, see open.go
	last  finder
	near  int // hits of this picture of which half the rays have a finder's edges
}

// verify turns a hit into a finder, which holds until the next call, or says
// that there is none.
func (p *prober) verify(h hit, t *thresholds) (f *finder, ok bool) {
	x, y, module, ok := p.upright(h, t)
	if !ok {
		return nil, false
	}
	f = &p.last // not a new one: most hits are nothing, and clearing it costs more than they do
	f.inverted, f.used, f.seen = h.inverted, false, false
	for pass := range 2 {
		if !p.contrast(f, x, y, module) {
			return nil, false
		}
		if p.cast(x, y, 3.5*module*1.9, (f.dark+f.light)/2, h.inverted, module) < rays*2/3 {
			return nil, false
		}
		if !f.pose(p, x, y) {
			return nil, false
		}
		if pass == 0 {
			if math.Hypot(f.x-x, f.y-y) < 0.1*f.module {
				break
			}
			x, y, module = f.x, f.y, f.module
		}
	}
	if f.quality > 0.35 || p.open && !p.halfOpen() {
		return nil, false
	}
	f.enlarge(1 / p.scale)
	f.scale = p.scale
	return f, true
}

// mostTall is how much taller than wide a finder may look, or wider than tall.
const mostTall = 3.5

// upright checks the column through a hit and centres it there.
func (p *prober) upright(h hit, t *thresholds) (x, y, module float64, ok bool) {
	xi, yi := int(h.x), int(h.y)
	limit := int(h.module*12) + 4
	first := int(h.module*mostTall*1.5) + 2 // the middle ends here: most hits are stripes, which do not
	up, ok := p.column(t, xi, yi, -1, first, limit, h.inverted)
	if !ok {
		return 0, 0, 0, false
	}
	down, ok := p.column(t, xi, yi, 1, first, limit, h.inverted)
	if !ok {
		return 0, 0, 0, false
	}
	e := [6]int{1 - up[2], 1 - up[1], 1 - up[0], down[0], down[1], down[2]}
	tall := float64(e[5]-e[0]) / 7
	if p.open {
		tall = float64(e[4]-e[1]) / 5
		ok = openProportions(e[:], 5)
	} else {
		ok = proportions(e[:], 5)
	}
	if !ok {
		return 0, 0, 0, false
	}
	if tall > mostTall*h.module || h.module > mostTall*tall {
		return 0, 0, 0, false
	}
	if p.open {
		e[0], e[5] = e[1], e[4] // these say nothing of the middle
	}
	return h.x, float64(yi) + float64(e[0]+e[5]+e[2]+e[3])/4, max(tall, h.module), true
}

// column counts pixels from a place to the next three changes of colour, of
// which the first comes within a number of pixels, and all within a limit.
func (p *prober) column(t *thresholds, x, y, step, first, limit int, inverted bool) (e [3]int, ok bool) {
	dark := !inverted
	n, last := 0, min(first, limit)
	pix, limits := p.plane.pix, t.at[x/blockSide:]
	for d := 0; d < last; d++ {
		yy := y + d*step
		if uint(yy) >= uint(p.plane.h) {
			if n == 2 { // the symbol may end with the picture
				e[2] = d
				return e, true
			}
			return e, false
		}
		if (pix[yy*p.plane.w+x] < limits[uint(yy)/blockSide*uint(t.w)]) != dark {
			if d == 0 {
				return e, false
			}
			e[n] = d
			if n++; n == 3 {
				return e, true
			}
			dark, last = !dark, limit
		}
	}
	e[2] = limit
	return e, p.open && n == 2
}

// contrast measures the gray of dark and light modules. A ring 2.3 modules out
// is light in every direction, however the pattern is turned.
func (p *prober) contrast(f *finder, x, y, module float64) bool {
	dark, light := p.plane.at(x, y), 0.0
	for i := 0; i < rays; i += 3 {
		d := rayDirs[i]
		dark += p.plane.at(x+d[0]*module/2, y+d[1]*module/2)
		a := p.plane.at(x+d[0]*module*2.3, y+d[1]*module*2.3)
		b := p.plane.at(x+d[0]*module*1.9, y+d[1]*module*1.9)
		if f.inverted {
			light += min(a, b)
		} else {
			light += max(a, b)
		}
	}
	f.dark, f.light = dark/9, light/8
	if f.inverted {
		return f.dark-f.light > leastContrast/2
	}
	return f.light-f.dark > leastContrast/2
}

// cast sends all rays and gives how many have the edges of a finder; every
// third first, of which half must.
func (p *prober) cast(x, y, reach, limit float64, inverted bool, module float64) (good int) {
	step := min(max(module/3, 0.4), 2)
	for phase := range 3 {
		first := (phase + 1) % 3 // those along the row and the column are known
		for i := first; i < rays; i += 3 {
			r, n := p.ray(x, y, rayDirs[i], step, reach, limit, inverted)
			if n = p.likely(&r, n); n > 0 {
				good++
			}
			p.radii[i], p.edges[i] = r, n
		}
		if good < 4*(phase+1) {
			return 0
		}
	}
	p.near++
	return good
}

// likely is how many of the edges that a ray met can be a finder's, 0 when
// they are too few.
func (p *prober) likely(r *[3]float64, n int) int {
	if n == 3 {
		a, b := r[0]/r[2], r[1]/r[2]
		if a > 0.26 && a < 0.60 && b > 0.56 && b < 0.88 {
			return 3
		}
		if b > openGap {
			return 0
		}
	}
	if a := r[0] / r[1]; p.open && n >= 2 && a > 0.44 && a < 0.74 {
		return 2
	}
	return 0
}

// outer is the ring, of three, by which a finder is posed.
func (p *prober) outer() int {
	if p.open {
		return 1
	}
	return 2
}

// ray finds up to three changes of colour along a direction: whole pixels say where
// one is, the gray values around it where exactly.
func (p *prober) ray(x, y float64, d [2]float64, step, reach, limit float64, inverted bool) (r [3]float64, n int) {
	dark := !inverted
	w, h := float64(p.plane.w), float64(p.plane.h)
	level := byte(min(max(math.Ceil(limit), 0), 255)) // v < limit, for whole numbers
	for s := step; s <= reach; s += step {
		px, py := x+d[0]*s, y+d[1]*s
		if px < 0 || py < 0 || px >= w || py >= h {
			if n == 2 { // the symbol may end with the picture
				r[2] = s - step/2
				return r, 3
			}
			return r, n
		}
		if (p.plane.pix[int(py)*p.plane.w+int(px)] < level) == dark {
			continue
		}
		a := p.plane.at(px-d[0]*step, py-d[1]*step) - limit
		b := p.plane.at(px, py) - limit
		back := 0.5
		if a*b < 0 {
			back = b / (b - a)
		}
		r[n] = s - step*back
		if n++; n == 3 {
			return r, n
		}
		dark = !dark
	}
	return r, n
}

// pose fits the axes to the edges that the rays met from x, y.
func (f *finder) pose(p *prober, x, y float64) bool {
	theta, w, ok := p.turn()
	if !ok {
		return false
	}
	f.circles(p, w)
	s, c := math.Sincos(theta)
	// First guess: the whitened frame, turned so that sides are across the axes.
	fit := affine{
		{c*w[0] + s*w[1], c*w[1] + s*w[2], 0},
		{c*w[1] - s*w[0], c*w[2] - s*w[1], 0},
	}
	for range 2 {
		f.n = 0
		for i := range rayDirs {
			if p.edges[i] > 0 {
				f.put(p, i, &fit)
			}
		}
		if fit, ok = f.fit(); !ok {
			return false
		}
	}
	return f.settle(fit, x, y)
}

// turn whitens the outer edges, so that any parallelogram becomes a square,
// and gives the square's turn from its fourth harmonic.
func (p *prober) turn() (theta float64, w [3]float64, ok bool) {
	var xx, xy, yy, n float64
	for i, d := range rayDirs {
		if p.edges[i] == 0 {
			continue
		}
		x, y := d[0]*p.radii[i][p.outer()], d[1]*p.radii[i][p.outer()]
		xx, xy, yy, n = xx+x*x, xy+x*y, yy+y*y, n+1
	}
	xx, xy, yy = xx/n, xy/n, yy/n
	// Inverse square root of the covariance, closed for 2 x 2.
	det := xx*yy - xy*xy
	if det <= 1e-9 {
		return 0, w, false
	}
	root := math.Sqrt(det)
	trace := math.Sqrt(xx + yy + 2*root)
	// sqrt(C) = (C + root*I)/trace; its determinant is root.
	w = [3]float64{(yy + root) / trace / root, -xy / trace / root, (xx + root) / trace / root}
	var re, im float64
	for i, d := range rayDirs {
		if p.edges[i] == 0 {
			continue
		}
		x, y := d[0]*p.radii[i][p.outer()], d[1]*p.radii[i][p.outer()]
		qx, qy := w[0]*x+w[1]*y, w[1]*x+w[2]*y
		r2 := qx*qx + qy*qy
		if r2 == 0 {
			continue
		}
		// cos and sin of four times the angle, weighted by the squared radius:
		// the corners are farthest out.
		c2, s2 := (qx*qx-qy*qy)/r2, 2*qx*qy/r2
		re += r2 * (c2*c2 - s2*s2)
		im += r2 * 2 * c2 * s2
	}
	corner := math.Atan2(im, re) / 4
	return corner + math.Pi/4, w, true
}

// put adds the edges of one ray, on the sides where the frame sees them;
// edges near a corner belong to neither.
func (f *finder) put(p *prober, i int, frame *affine) {
	d := rayDirs[i]
	r := p.radii[i]
	u, v := frame.apply(d[0]*r[p.outer()], d[1]*r[p.outer()])
	au, av := math.Abs(u), math.Abs(v)
	if math.Abs(au-av) < 0.12*max(au, av) {
		return
	}
	axis, sign := 0, u
	if av > au {
		axis, sign = 1, v
	}
	for k, ring := range rings[:p.edges[i]] {
		f.edges[f.n] = edge{d[0] * r[k], d[1] * r[k], axis, math.Copysign(ring, sign)}
		f.n++
	}
}

// fit solves for the affine map that puts every edge on its side.
func (f *finder) fit() (a affine, ok bool) {
	var n [2]normal3
	for _, e := range f.edges[:f.n] {
		n[e.axis].add(e.x, e.y, e.value)
	}
	for i := range n {
		if a[i], ok = n[i].solve(); !ok {
			return a, false
		}
	}
	return a, true
}

// settle takes over a fit made around x, y and measures it.
func (f *finder) settle(fit affine, x, y float64) bool {
	sum := 0.0
	for i := range f.edges[:f.n] {
		e := &f.edges[i]
		at := fit[e.axis][0]*e.x + fit[e.axis][1]*e.y + fit[e.axis][2]
		sum += (at - e.value) * (at - e.value)
		e.x, e.y = e.x+x, e.y+y
	}
	f.quality = math.Sqrt(sum / float64(f.n))
	det := fit[0][0]*fit[1][1] - fit[0][1]*fit[1][0]
	if det < 0 { // keep both axes turning the same way
		fit[1] = [3]float64{-fit[1][0], -fit[1][1], -fit[1][2]}
		for i := range f.edges[:f.n] {
			if f.edges[i].axis == 1 {
				f.edges[i].value = -f.edges[i].value
			}
		}
		det = -det
	}
	if det < 1e-6 {
		return false
	}
	f.u = [2]float64{fit[1][1] / det, -fit[1][0] / det}
	f.v = [2]float64{-fit[0][1] / det, fit[0][0] / det}
	f.x = x - f.u[0]*fit[0][2] - f.v[0]*fit[1][2]
	f.y = y - f.u[1]*fit[0][2] - f.v[1]*fit[1][2]
	for i := range fit {
		fit[i][2] = -fit[i][0]*f.x - fit[i][1]*f.y
	}
	f.to = fit
	f.module = math.Sqrt(1 / det)
	long := max(math.Hypot(f.u[0], f.u[1]), math.Hypot(f.v[0], f.v[1]))
	short := min(math.Hypot(f.u[0], f.u[1]), math.Hypot(f.v[0], f.v[1]))
	return long < 5*short && math.Hypot(f.x-x, f.y-y) < 2*f.module
}

// enlarge moves a finder to another scale.
func (f *finder) enlarge(k float64) {
	f.x, f.y, f.module = f.x*k, f.y*k, f.module*k
	for i := range 2 {
		f.u[i], f.v[i] = f.u[i]*k, f.v[i]*k
		f.to[i][0], f.to[i][1] = f.to[i][0]/k, f.to[i][1]/k
	}
	for i := range f.white {
		f.white[i] /= k
	}
	for i := range f.edges[:f.n] {
		f.edges[i].x, f.edges[i].y = f.edges[i].x*k, f.edges[i].y*k
	}
}

// normal3 gathers least squares of value = a x + b y + c.
type normal3 struct {
	xx, xy, x, yy, y, n, xv, yv, v float64
}

func (m *normal3) add(x, y, v float64) {
	m.xx, m.xy, m.x = m.xx+x*x, m.xy+x*y, m.x+x
	m.yy, m.y, m.n = m.yy+y*y, m.y+y, m.n+1
	m.xv, m.yv, m.v = m.xv+x*v, m.yv+y*v, m.v+v
}

func (m *normal3) solve() (r [3]float64, ok bool) {
	if m.n < 6 {
		return r, false
	}
	c0 := m.yy*m.n - m.y*m.y
	c1 := m.y*m.x - m.xy*m.n
	c2 := m.xy*m.y - m.yy*m.x
	det := m.xx*c0 + m.xy*c1 + m.x*c2
	if math.Abs(det) < 1e-9 {
		return r, false
	}
	d0 := m.xx*m.n - m.x*m.x
	d1 := m.xy*m.x - m.xx*m.y
	e0 := m.xx*m.yy - m.xy*m.xy
	r[0] = (m.xv*c0 + m.yv*c1 + m.v*c2) / det
	r[1] = (m.xv*c1 + m.yv*d0 + m.v*d1) / det
	r[2] = (m.xv*c2 + m.yv*d1 + m.v*e0) / det
	return r, true
}

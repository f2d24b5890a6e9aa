package qr

import "math"

// homography maps places in the picture to modules of the symbol, or back:
//
//	X = (h0 x + h1 y + h2) / (h6 x + h7 y + 1), Y with h3, h4, h5.
type homography [9]float64

func (h *homography) apply(x, y float64) (float64, float64) {
	w := h[6]*x + h[7]*y + h[8]
	if math.Abs(w) < 1e-12 {
		w = 1e-12
	}
	return (h[0]*x + h[1]*y + h[2]) / w, (h[3]*x + h[4]*y + h[5]) / w
}

// inverse gives the map in the other direction.
func (h *homography) inverse() (r homography, ok bool) {
	r = homography{
		h[4]*h[8] - h[5]*h[7], h[2]*h[7] - h[1]*h[8], h[1]*h[5] - h[2]*h[4],
		h[5]*h[6] - h[3]*h[8], h[0]*h[8] - h[2]*h[6], h[2]*h[3] - h[0]*h[5],
		h[3]*h[7] - h[4]*h[6], h[1]*h[6] - h[0]*h[7], h[0]*h[4] - h[1]*h[3],
	}
	det := h[0]*r[0] + h[1]*r[3] + h[2]*r[6]
	if math.Abs(det) < 1e-30 || math.IsNaN(det) {
		return r, false
	}
	for i := range r {
		r[i] /= det
	}
	return r, true
}

// after gives the map that does a first and then h.
func (h *homography) after(a *homography) (r homography) {
	for i := range 3 {
		for j := range 3 {
			r[3*i+j] = h[3*i]*a[j] + h[3*i+1]*a[3+j] + h[3*i+2]*a[6+j]
		}
	}
	return r
}

// fitter gathers what is known of a homography from picture to modules as
// linear equations in its eight unknowns: that a place lies on a line X = const
// or Y = const of the symbol is one equation, so sides of finders serve as well
// as points do. Places and modules are brought near -1…1 first.
type fitter struct {
	a              [8][9]float64 // normal equations, the right side last
	cx, cy, span   float64       // of places
	middle, extent float64       // of modules
}

func newFitter(cx, cy, span, modules float64) fitter {
	return fitter{cx: cx, cy: cy, span: span, middle: modules / 2, extent: modules / 2}
}

// line says that a place lies on X = value (axis 0) or Y = value (axis 1).
func (f *fitter) line(x, y float64, axis int, value, weight float64) {
	x, y, value = (x-f.cx)/f.span, (y-f.cy)/f.span, (value-f.middle)/f.extent
	var row [9]float64
	o := 3 * axis
	row[o], row[o+1], row[o+2] = x, y, 1
	row[6], row[7], row[8] = -value*x, -value*y, value
	used := [6]int{o, o + 1, o + 2, 6, 7, 8}
	for k, i := range used[:5] {
		wi := weight * row[i]
		for _, j := range used[k:] {
			f.a[i][j] += wi * row[j]
		}
	}
}

// point says that a place is the point X, Y of the symbol.
func (f *fitter) point(x, y, mx, my, weight float64) {
	f.line(x, y, 0, mx, weight)
	f.line(x, y, 1, my, weight)
}

// solve gives the map from modules to the picture. A small
// penalty on the perspective terms keeps them near zero when nothing speaks
// for them.
func (f *fitter) solve() (from homography, ok bool) {
	a := f.a
	trace := 0.0
	for i := range 8 {
		trace += a[i][i]
	}
	for i := range 8 {
		for j := range i {
			a[i][j] = a[j][i]
		}
		a[i][i] += 1e-9 * trace
	}
	a[6][6] += 1e-5 * trace
	a[7][7] += 1e-5 * trace
	var x [8]float64
	if !solve8(&a, &x) {
		return from, false
	}
	inner := homography{x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], 1}
	in := homography{1 / f.span, 0, -f.cx / f.span, 0, 1 / f.span, -f.cy / f.span, 0, 0, 1}
	out := homography{f.extent, 0, f.middle, 0, f.extent, f.middle, 0, 0, 1}
	to := inner.after(&in)
	to = out.after(&to)
	return to.inverse()
}

// solve8 is Gaussian elimination with pivots.
func solve8(a *[8][9]float64, x *[8]float64) bool {
	for i := range 8 {
		best := i
		for j := i + 1; j < 8; j++ {
			if math.Abs(a[j][i]) > math.Abs(a[best][i]) {
				best = j
			}
		}
		a[i], a[best] = a[best], a[i]
		if math.Abs(a[i][i]) < 1e-12 {
			return false
		}
		for j := i + 1; j < 8; j++ {
			k := a[j][i] / a[i][i]
			for c := i; c < 9; c++ {
				a[j][c] -= k * a[i][c]
			}
		}
	}
	for i := 7; i >= 0; i-- {
		x[i] = a[i][8]
		for j := i + 1; j < 8; j++ {
			x[i] -= a[i][j] * x[j]
		}
		x[i] /= a[i][i]
	}
	return true
}

package qr

import "math"

// Beside a sharp finder every kind of QR code has a row of modules that are
// dark and light by turns, from one module after the finder on: Micro QR and
// rMQR in line with the finder's outer side, where light is beyond it, QR in
// line with its inner side. Of a code of which one finder is in view, these
// rows say what it is, and whether it goes on beyond the picture.

// view is a finder as it is turned by quarters and mirrored: along is the
// direction of a row, across goes from the row into the symbol.
type view struct {
	*finder
	along, across [2]float64
}

// views gives the eight ways in which a symbol may lie about a finder.
func (f *finder) views() (all [8]view) {
	u, v := f.u, f.v
	for i := 0; i < len(all); i += 2 {
		all[i], all[i+1] = view{f, u, v}, view{f, v, u}
		u, v = v, [2]float64{-u[0], -u[1]}
	}
	return all
}

// swapped gives the view along the other outer side.
func (o view) swapped() view { return view{o.finder, o.across, o.along} }

// at gives where a module is, counted from the middle of the finder.
func (o view) at(along, across float64) (x, y float64) {
	return o.x + along*o.along[0] + across*o.across[0], o.y + along*o.along[1] + across*o.across[1]
}

// outerRow is the row of the finder's outer modules, beyondRow is beside it,
// and firstAfter the first module after the light one that ends the finder.
const (
	outerRow   = -3
	beyondRow  = -4.7
	firstAfter = 5
	mostRow    = 170
)

// gray is the gray of a module as it would be of a symbol that is not inverted;
// in is false beyond the picture.
func (q *front) gray(o view, along, across float64) (v float64, in bool) {
	x, y := o.at(along, across)
	full := &q.pyramid.levels[0]
	if x < 0 || y < 0 || x >= float64(full.w) || y >= float64(full.h) {
		return 0, false
	}
	p, scale := q.pyramid.level(o.module)
	if v = p.at(x*scale, y*scale); o.inverted {
		v = o.dark + o.light - v
	}
	return v, true
}

// trail is where the modules by turns of an outer row end.
type trail struct {
	n             int     // how many there are
	out           bool    // the picture ends before them
	along, across float64 // how far the place of the last one was from where the finder puts it
	middle        float64 // gray between dark and light
}

// byTurns follows a row, so far across from the finder's middle, as long as its modules are dark and light by
// turns. The finder's axes are a little off, so each step goes after the place
// where the module is clearest.
func (q *front) byTurns(o view, across float64) (r trail) {
	const sway = 0.3
	r.middle = (o.dark + o.light) / 2
	for ; r.n < mostRow; r.n++ {
		sign := 1.0 // light
		if r.n%2 == 0 {
			sign = -1
		}
		best, to := math.Inf(-1), [2]float64{}
		for _, d := range [5][2]float64{{0, 0}, {sway, 0}, {-sway, 0}, {0, sway}, {0, -sway}} {
			v, in := q.gray(o, float64(firstAfter+r.n)+r.along+d[0], across+r.across+d[1])
			if !in {
				r.out = true
				return r
			}
			if s := sign * (v - r.middle); s > best+1 {
				best, to = s, d
			}
		}
		if best <= 0 {
			return r
		}
		r.along, r.across = r.along+to[0]*0.4, r.across+to[1]*0.4
	}
	return r
}

// lightRow reports whether modules from one to another of a row are light but
// for one in ten.
func (q *front) lightRow(o view, from, to, across float64) bool {
	dark, all := 0, 0
	for at := from; at <= to; at += 0.5 {
		v, in := q.gray(o, at, across)
		if all++; !in || v < (o.dark+o.light)/2 {
			dark++
		}
	}
	return 10*dark <= all
}

// The modules by turns of Micro QR codes, M1 to M4, and what of an rMQR code's
// 20 and more is asked for.
const (
	leastMicro = 3
	mostMicro  = 9
	leastRMQR  = 11
)

// isOther reports whether a finder is that of a Micro QR or an rMQR code.
func (q *front) isOther(f *finder) bool {
	for _, o := range f.views() {
		n := q.byTurns(o, outerRow).n
		if n >= leastRMQR && q.lightRow(o, -3, firstAfter+leastRMQR, beyondRow) && q.hasLowerRow(o) {
			return true
		}
		if n < leastMicro || n > mostMicro+1 {
			continue
		}
		m := q.byTurns(o.swapped(), outerRow).n
		if m < leastMicro || (n-1)/2 != (m-1)/2 { // the first module beyond may count
			continue
		}
		beyond := float64(firstAfter+(n-1)/2*2+1) + 0.2
		if q.lightRow(o, -3, beyond-1, beyondRow) && q.lightRow(o.swapped(), -3, beyond-1, beyondRow) &&
			q.lightRow(o, -3, beyond-1, beyond) && q.lightRow(o.swapped(), -3, beyond-1, beyond) {
			return true
		}
	}
	return false
}

// hasLowerRow reports whether an rMQR code's lower side, at any of its heights,
// is by turns too.
func (q *front) hasLowerRow(o view) bool {
	for height := 7.0; height <= 17; height += 2 {
		if q.byTurns(o, height-4).n >= leastRMQR && q.lightRow(o, -3, firstAfter+leastRMQR, height-4+1.7) {
			return true
		}
	}
	return false
}

// leastOut is how many modules by turns lead out of the picture, and leastLit
// how many lead into a place where some more are white, which are by turns in
// every code.
const (
	leastOut = 4
	leastLit = 2
	lit      = 6
	fading   = 20 // modules in which the light grows
)

// leadsOut reports whether a row of modules by turns goes on beyond the picture.
func (q *front) leadsOut(f *finder) bool {
	for _, o := range f.views() {
		if r := q.byTurns(o, outerRow); r.out && r.n >= leastOut {
			return true
		}
	}
	return false
}

// leadsIntoLight reports whether a row of modules by turns fades into a
// burnt-out place.
func (q *front) leadsIntoLight(f *finder) bool {
	for _, o := range f.views() {
		if r := q.byTurns(o, outerRow); r.n >= leastLit && q.fades(o, &r) {
			return true
		}
	}
	return false
}

// fades reports whether what comes after a row is no darker than gray, and soon white.
func (q *front) fades(o view, r *trail) bool {
	white := 0
	for i := range fading + lit {
		v, in := q.gray(o, float64(firstAfter+r.n+i)+r.along, outerRow+r.across)
		if !in || v < r.middle {
			return false
		}
		if white++; v < burntOut-2 {
			white = 0
		}
		if white == lit {
			return true
		}
	}
	return false
}

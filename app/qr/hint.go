package qr

import "math"

// Hint says why nothing reads, for the person who holds the code.
type Hint string

// The hints. The user interface has the sentences.
const (
	NoHint    Hint = ""
	TooDark   Hint = "dark"    // turn the light or the screen up
	TooFar    Hint = "far"     // come closer
	Blurred   Hint = "blurred" // the lens does not find it: farther away, and wipe it
	Moving    Hint = "moving"  // hold still
	Glare     Hint = "glare"   // tilt it away from the light
	Outside   Hint = "outside" // move the whole code into the picture
	OtherType Hint = "other"   // a kind of code that is not read: show another one
)

const (
	darkMean   = 35  // mean gray of a picture in which little can be seen
	burntOut   = 252 // gray
	burntShare = 40  // one place in so many is in a patch that is burnt out
	darkShare  = 8   // and one in so many is dark
	glareShare = 20  // one pixel in so many burnt out, around a finder
	whiteShare = 3   // one in so many, and it is the code's own white
)

// advice keeps a hint steady: people cannot follow one that changes from frame
// to frame. Another one is shown once most of some frames have said it.
type advice struct {
	shown, next Hint
	times       int
}

// How many more frames must say a hint, or that there is none, than say
// otherwise. A hint that comes and goes with single frames stays.
const (
	steadyFor = 6
	gladFor   = 20
)

// hear takes what one frame says.
func (a *advice) hear(h Hint) {
	switch {
	case h == a.shown:
		a.times = max(a.times-1, 0)
	case h != a.next && a.times > 0:
		a.times--
	default:
		a.next, a.times = h, a.times+1
	}
	if a.times >= gladFor || a.times >= steadyFor && a.next != NoHint {
		a.shown, a.times = a.next, 0
	}
}

// hint judges the last frame, of which nothing was read: by the finders in it,
// which only a sharp code shows, then by what the watcher saw of a blurred one.
func (q *front) hint(seen Hint) Hint {
	if q.pyramid.n == 0 { // no frame was large enough yet
		return NoHint
	}
	sharp := q.sharpFinders()
	switch {
	case anyOf(sharp, q.isOther):
		return OtherType
	case seen == TooFar:
		return TooFar
	case q.glares(sharp):
		return Glare
	case q.ballots.plain == 2 && q.reachesOut(sharp), q.ballots.plain < 3 && anyOf(sharp, q.leadsOut):
		return Outside
	case seen != NoHint:
		return seen
	}
	mean, _ := brightness(&q.pyramid.levels[q.pyramid.n-1], [4]int{})
	if mean < darkMean && len(sharp) == 0 {
		return TooDark
	}
	return NoHint
}

// anyOf reports whether something is true of any finder.
func anyOf(finders []finder, is func(*finder) bool) bool {
	for i := range finders {
		if is(&finders[i]) {
			return true
		}
	}
	return false
}

const (
	sharpQuality = 0.25 // of a finder that is no chance
	sharpDepth   = 40   // gray values between its light and its dark modules
)

// sharpFinders gives the finders of the last frame that are clear; none where
// all came only by raising details: those are of letters and windows too.
func (q *front) sharpFinders() (sharp []finder) {
	sharp = q.sharp[:0]
	if q.ballots.plain == 0 {
		return nil
	}
	for i := range q.seeker.finders {
		f := &q.seeker.finders[i]
		if f.quality < sharpQuality && math.Abs(f.light-f.dark) >= sharpDepth && len(sharp) < 12 {
			sharp = append(sharp, *f)
		}
	}
	q.sharp = sharp
	return sharp
}

// glares reports whether a part of what two finders span, or of what is around
// a single one, is burnt out.
func (q *front) glares(sharp []finder) bool {
	for i := range sharp {
		for j := range sharp[:i] {
			if a, b := &sharp[i], &sharp[j]; alike(a, b) && (q.burns(a, b) || q.burns(b, a)) {
				return true
			}
		}
	}
	return anyOf(sharp, q.leadsIntoLight) || len(sharp) == 1 && sharp[0].light < mostPaper && q.burnsAround(&sharp[0])
}

// mostPaper is the gray above which white paper may itself be burnt out.
const mostPaper = 240

// burnsAround reports whether a good part of what is around a finder, but not as
// much as the white of a code, is burnt out.
func (q *front) burnsAround(f *finder) bool {
	p, scale := q.pyramid.level(f.module)
	reach := 40 * f.module
	_, burnt := brightness(p, [4]int{
		int((f.x - reach) * scale), int((f.y - reach) * scale), int((f.x + reach) * scale), int((f.y + reach) * scale),
	})
	all := int(4 * reach * reach * scale * scale)
	return burnt*glareShare > all && burnt*whiteShare < all
}

// burns reports whether the square on one side of two finders has patches of
// burnt-out pixels that are larger than any in a code, and dark modules too.
func (q *front) burns(a, b *finder) bool {
	const points, patch = 24, 3 // patch modules to each side
	p, scale := q.pyramid.level(a.module)
	dx, dy := b.x-a.x, b.y-a.y
	modules := math.Hypot(dx, dy) / a.module
	at := func(s, t float64) float64 {
		x, y := (a.x+s*dx-t*dy)*scale, (a.y+s*dy+t*dx)*scale
		if x < 0 || y < 0 || x >= float64(p.w) || y >= float64(p.h) {
			return burntOut - 1
		}
		return p.at(x, y)
	}
	burnt, dark := 0, 0
	for i := range points {
		for j := range points {
			s, t := float64(i)/(points-1), float64(j)/(points-1)
			if at(s, t) < (a.dark+a.light)/2 {
				dark++
			}
			whole := true
			for k := 0; k < 9 && whole; k++ {
				whole = at(s+float64(k%3-1)*patch/modules, t+float64(k/3-1)*patch/modules) >= burntOut
			}
			if whole {
				burnt++
			}
		}
	}
	return burnt*burntShare > points*points && dark*darkShare > points*points
}

// brightness gives the mean of a part of a plane, from x, y to x, y, and how
// many of its pixels are burnt out; of all of it when the part is empty.
func brightness(p *plane, part [4]int) (mean, burnt int) {
	if part == [4]int{} {
		part = [4]int{0, 0, p.w, p.h}
	}
	n := 0
	for y := max(part[1], 0); y < min(part[3], p.h); y++ {
		for x := max(part[0], 0); x < min(part[2], p.w); x++ {
			v := p.pix[y*p.w+x]
			mean, n = mean+int(v), n+1
			if v >= burntOut {
				burnt++
			}
		}
	}
	return mean / max(n, 1), burnt
}

// reachesOut reports whether two finders are alike and stand so that the third
// of their code would be beyond the picture.
func (q *front) reachesOut(finders []finder) bool {
	p := &q.pyramid.levels[0]
	out := func(x, y float64) bool { return x < 0 || y < 0 || x >= float64(p.w) || y >= float64(p.h) }
	for i := range finders {
		for j := range finders[:i] {
			a, b := &finders[i], &finders[j]
			dx, dy := b.x-a.x, b.y-a.y
			if !alike(a, b) {
				continue
			}
			if out(a.x-dy, a.y+dx) && out(b.x-dy, b.y+dx) || out(a.x+dy, a.y-dx) && out(b.x+dy, b.y-dx) {
				return true
			}
		}
	}
	return false
}

// alike reports whether two finders may be of one code.
func alike(a, b *finder) bool {
	dx, dy := b.x-a.x, b.y-a.y
	modules := math.Hypot(dx, dy) / ((a.module + b.module) / 2)
	return a.module < 1.3*b.module && b.module < 1.3*a.module && modules > 13 && modules < 172 && a.faces(dx, dy) && b.faces(dx, dy)
}

// faces reports whether a direction is along one of the finder's axes.
func (f *finder) faces(dx, dy float64) bool {
	const least = 0.97 // cosine
	along := func(axis [2]float64) float64 {
		return math.Abs(axis[0]*dx+axis[1]*dy) / (math.Hypot(axis[0], axis[1]) * math.Hypot(dx, dy))
	}
	return along(f.u) > least || along(f.v) > least
}

package qr

import "math"

// Hint says why nothing reads, for the person who holds the code.
type Hint string

// The hints. The user interface has the sentences.
const (
	NoHint  Hint = ""
	TooDark Hint = "dark"    // turn the light or the screen up
	TooFar  Hint = "far"     // come closer
	Blurred Hint = "blurred" // hold still, or farther away
	Glare   Hint = "glare"   // tilt it away from the light
	Outside Hint = "outside" // move the whole code into the picture
)

const (
	darkMean    = 35  // mean gray of a picture in which little can be seen
	smallModule = 1.6 // pixels: fewer and modules run into each other
	glareShare  = 20  // one pixel in so many burnt out, around a code
	whiteShare  = 3   // one in so many, and it is the code's own white
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

// hint judges the last frame, of which nothing was read, by the finders in
// it. Without any there is nothing to say, but that it is dark.
func (q *front) hint() Hint {
	if q.pyramid.n == 0 { // no frame was large enough yet
		return NoHint
	}
	finders := q.seeker.finders
	mean, _ := brightness(&q.pyramid.levels[q.pyramid.n-1], [4]int{})
	switch {
	case mean < darkMean:
		return TooDark
	case len(finders) == 0:
		return NoHint
	}
	f := &finders[0]
	switch {
	case f.module < smallModule:
		return TooFar
	case q.ballots.plain < 3 && (q.atBorder(f) || q.reachesOut(finders)):
		return Outside
	case q.glares(f):
		return Glare
	case q.ballots.plain < min(len(finders), 3): // the rest came only by raising details
		return Blurred
	}
	return NoHint
}

// glares reports whether a good part of what is around a finder, but not as
// much as the white of a code, is burnt out.
func (q *front) glares(f *finder) bool {
	p, scale := q.pyramid.level(f.module)
	reach := 40 * f.module
	_, burnt := brightness(p, [4]int{
		int((f.x - reach) * scale), int((f.y - reach) * scale), int((f.x + reach) * scale), int((f.y + reach) * scale),
	})
	all := int(4 * reach * reach * scale * scale)
	return burnt*glareShare > all && burnt*whiteShare < all
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
			if v >= 252 {
				burnt++
			}
		}
	}
	return mean / max(n, 1), burnt
}

// atBorder reports whether a code of the smallest version around a finder
// would reach beyond the picture.
func (q *front) atBorder(f *finder) bool {
	reach := 17.5 * f.module
	p := &q.pyramid.levels[0]
	return f.x < reach || f.y < reach || f.x > float64(p.w)-reach || f.y > float64(p.h)-reach
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
			modules := math.Hypot(dx, dy) / ((a.module + b.module) / 2)
			if a.module > 1.3*b.module || b.module > 1.3*a.module || modules < 14 || modules > 170 || !a.faces(dx, dy) || !b.faces(dx, dy) {
				continue
			}
			if out(a.x-dy, a.y+dx) && out(b.x-dy, b.y+dx) || out(a.x+dy, a.y-dx) && out(b.x+dy, b.y-dx) {
				return true
			}
		}
	}
	return false
}

// faces reports whether a direction is along one of the finder's axes.
func (f *finder) faces(dx, dy float64) bool {
	const least = 0.97 // cosine
	along := func(axis [2]float64) float64 {
		return math.Abs(axis[0]*dx+axis[1]*dy) / (math.Hypot(axis[0], axis[1]) * math.Hypot(dx, dy))
	}
	return along(f.u) > least || along(f.v) > least
}

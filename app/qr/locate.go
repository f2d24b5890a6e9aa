package qr

import "image"

// front locates and decodes QR codes.
type front struct {
	pyramid pyramid
	seeker  seeker
	ranker  ranker
	samples samples
	filter  equaliser
	modules modules
	pairs   []pair
	choice  []grid
	work    int // what is left of mostWork
	most    int // work on one picture; mostWork where it is 0
	second  again
	without step     // left out, to measure
	ballots *ballots // of a live reader
	first   int      // level of the last frame that was looked at
	sharp   []finder // the clear ones of a frame that is judged
}

// mostWork bounds what is spent on finders that may be no code's, counted in
// samples of the picture or what takes as long. Every code that is read earns
// some more; since it uses up finders, the whole stays bounded.
//
// firstPixels is the size of the largest level that is looked at first.
const (
	firstPixels = 4_000_000

	mostWork = 600_000
	liveWork = 400_000 // of one frame
	moreWork = 250_000
	lateWork = 100_000 // at least, for a look after the others
)

// found is one symbol and its outline.
type found struct {
	symbol
	corners [4]image.Point
}

// read finds every code of a picture. What costs more is tried only while
// nothing reads: sharpening, where something was half a finder, then the
// levels beyond a few megapixels.
func (q *front) read(img *image.Gray) (all []found) {
	first, ok := q.begin(img)
	if !ok {
		return nil
	}
	if all = q.search(q.seeker.seek(&q.pyramid, first, q.pyramid.n)); len(all) > 0 {
		return all
	}
	if all = q.opened(first, q.pyramid.n); len(all) > 0 {
		return all
	}
	if q.seeker.prober.near > 0 {
		if all = q.sharpened(); len(all) > 0 {
			return all
		}
	}
	if first > 0 {
		if all = q.search(q.seeker.seek(&q.pyramid, 0, first)); len(all) > 0 {
			return all
		}
		if all = q.opened(0, first); len(all) > 0 {
			return all
		}
	}
	return q.again()
}

// begin takes a picture and says at which level to begin.
func (q *front) begin(img *image.Gray) (first int, ok bool) {
	q.seeker.begin()
	if min(img.Rect.Dx(), img.Rect.Dy()) < leastSide {
		return 0, false
	}
	q.pyramid.build(img)
	if !q.does(pyramidStep) {
		q.pyramid.n = 1
	}
	if q.work = q.most; q.work == 0 {
		q.work = mostWork
	}
	for first+1 < q.pyramid.n && q.pyramid.levels[first].w*q.pyramid.levels[first].h > firstPixels {
		first++
	}
	return first, true
}

// opened reads what only shows where finders without an outer edge count too.
func (q *front) opened(from, to int) []found {
	if !q.does(openStep) {
		return nil
	}
	finders := q.seeker.seekOpen(&q.pyramid, from, to)
	if len(finders) < 3 {
		return nil
	}
	q.work = max(q.work, lateWork)
	return q.symbols(nil, finders, q.ranker.triples(finders, flat))
}

// sharpened reads what only shows when the levels are sharpened.
func (q *front) sharpened() []found {
	if !q.does(sharpStep) {
		return nil
	}
	finders, better := q.seeker.seekSharp(&q.pyramid)
	if !better {
		return nil
	}
	return q.search(finders)
}

// search reads the symbols that finders make: flat ones, bent ones, and if
// there are none, what two finders alone tell. What was searched before is not
// searched again.
func (q *front) search(finders []finder) (all []found) {
	for _, most := range [2]tolerance{flat, bent} {
		if most == bent && !q.does(bendStep) {
			break
		}
		all = q.symbols(all, finders, q.ranker.triples(finders, most))
	}
	if len(all) == 0 {
		all = q.rounded(all, finders)
	}
	if len(all) == 0 && q.does(rescueStep) {
		all = q.rescue(all, finders)
	}
	for i := range finders {
		finders[i].seen = true
	}
	return all
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
			q.work = min(q.work+moreWork, mostWork)
		}
	}
	return all
}

// Among many finders, a triple whose timing patterns do not show is chance;
// among few, the patterns may be torn.
const (
	fewFinders  = 6
	leastTiming = 0.2
)

// triple tries to read the symbol of three finders.
func (q *front) triple(finders []finder, t *triple) (f found, ok bool) {
	least := -1.0
	if len(finders) > fewFinders {
		least = leastTiming
	}
	for n, g := range q.grids(finders, t) {
		if n == 2 || n == 1 && g.timing < leastTiming || g.timing < least || q.work <= 0 {
			break
		}
		if q.does(meshStep) {
			g.align()
		}
		q.work -= g.work
		if s, ok := q.attempt(&g); ok && q.pyramid.holds(g.outline()) {
			return found{symbol: s, corners: g.outline()}, true
		}
		if q.does(stretchStep) && g.stretch() {
			q.work -= g.work
			if s, ok := q.attempt(&g); ok && q.pyramid.holds(g.outline()) {
				return found{symbol: s, corners: g.outline()}, true
			}
		}
	}
	return f, false
}

// leastAgreement is the share of modules known beforehand that must come out
// right before a decoder is asked; with sureAgreement the samples need no filter.
const (
	leastAgreement = 0.76
	sureAgreement  = 0.98
)

// decode samples a grid and decodes it, with and without the equaliser.
func (q *front) decode(g *grid) (s symbol, ok bool) {
	q.samples.take(g)
	q.work -= 2 * len(q.samples.gray)
	q.modules.layout, q.modules.value, q.modules.guess = g.layout, q.samples.out, false
	if q.samples.plain(); q.samples.agreement() > sureAgreement {
		if s, err := q.modules.decode(); err == nil {
			return s, true
		}
	}
	if !q.does(equaliserStep) {
		s, err := q.modules.decode()
		return s, err == nil
	}
	for n, filter := range [3]func(*samples) bool{q.filter.trained, q.filter.directed, q.filter.directed} {
		if !filter(&q.samples) || q.samples.agreement() < leastAgreement {
			return s, false
		}
		q.work -= 4 * len(q.samples.out)
		if n == 2 && q.does(erasureStep) {
			q.modules.guess = true
			q.samples.doubt()
		}
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

// holds reports whether an outline is where a code of the picture can be: not
// all of it need be in the picture, but it reaches no farther than the picture
// is large.
func (p *pyramid) holds(c [4]image.Point) bool {
	w, h := p.levels[0].w, p.levels[0].h
	for _, at := range c {
		if at.X < -w || at.Y < -h || at.X > 2*w || at.Y > 2*h {
			return false
		}
	}
	return true
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

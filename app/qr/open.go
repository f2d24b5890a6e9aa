package qr

import "math"

// A code that stands on black without its light margin has finders whose
// outer ring runs into what is around it, on two sides of four. What is left
// of such an open finder is its dark middle and the light ring about it, and
// the outer edge on the sides that lie inside the symbol. Cuts of that kind are
// frequent in any print, so they are put by while the rows are scanned, and
// looked at when nothing else reads. Those of the other polarity are on every
// white page, and no app draws such codes: they are not looked for.

const (
	maxOpen       = 2000 // cuts put by on one level
	leastOpenRays = 5    // rays of 24 that must meet the outer edge all the same
	mostOpenRays  = 21   // with more the finder is whole
	openGap       = 0.5  // on the open sides nothing comes before twice the radius of the light ring
	openQuality   = 0.2
)

// openProportions is proportions for a cut of which one outer run at least is
// longer than three modules and a half.
func openProportions(e []int, tenths int) bool {
	total := e[4] - e[1] // five modules
	centre := e[3] - e[2]
	left, right := e[1]-e[0], e[5]-e[4]
	if 10*max(left, right) <= 7*total || 10*min(left, right) <= total || total < 5 || 2*centre < total || 5*centre > 4*total {
		return false
	}
	slack := total*tenths/10 + 5 // in fifths of a pixel: so much of a module, and a pixel
	near := func(a, b, modules int) bool {
		d := 5*(b-a) - modules*total
		return d < slack && -d < slack
	}
	return near(e[1], e[3], 4) && near(e[2], e[4], 4)
}

// putBy keeps a cut through what may be an open finder of the level that is
// scanned.
func (s *seeker) putBy(h hit) {
	list := s.open[s.level]
	if len(list) >= maxOpen {
		return
	}
	if n := len(list); n > 0 { // often the row before cut the same
		o := &list[n-1]
		if h.y-o.y < h.module && math.Abs(h.x-o.x) < h.module {
			return
		}
	}
	s.open[s.level] = append(list, h)
}

// seekOpen gives the open finders of some levels that were scanned, the best of
// each place.
func (s *seeker) seekOpen(p *pyramid, from, to int) []finder {
	known := s.finders
	s.finders = s.opened[:0]
	s.prober.open = true
	for n := from; n < to; n++ {
		scale := 1 / float64(int(1)<<n)
		s.prober.plane, s.prober.scale = &p.levels[n], scale
		s.compares = 0
		for _, h := range s.open[n] {
			if s.compares >= maxCompares || s.covered(h, scale) {
				continue
			}
			s.spent += probeSamples
			if f, ok := s.prober.verify(h, &s.limits[n]); ok && f.quality < openQuality {
				s.keep(f)
			}
		}
		s.spent += s.compares
	}
	s.prober.open = false
	s.opened, s.finders = s.sorted(), known
	return s.opened
}

// halfOpen reports whether some of the last rays met the outer edge of a
// finder, and some did not.
func (p *prober) halfOpen() bool {
	n := 0
	for _, edges := range p.edges {
		if edges == 3 {
			n++
		}
	}
	return n >= leastOpenRays && n <= mostOpenRays
}

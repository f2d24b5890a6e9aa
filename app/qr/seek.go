package qr

import (
	"math"
	"slices"
)

const (
	maxFinders  = 600       // kept of one picture, the best
	maxProbes   = 4000      // hits verified on one level
	maxCompares = 2_000_000 // hits held against known finders on one level
)

// probeSamples is about what verifying a hit takes, twice 24 rays, at most.
const probeSamples = 1000

// seeker gathers the finders of all levels of a pyramid.
type seeker struct {
	limits   [maxLevels]thresholds
	scan     rowScan
	prober   prober
	finders  []finder
	probes   int // on this level
	compares int // on this level
	spent    int // on this picture: probes, in samples, and compares
	sharp    sharp
	deblur   deblur
	turn     int // of what live frames are searched for by turns
	level    int // that is scanned
	open     [maxLevels][]hit
	opened   []finder
	better   bool // a finder was added or replaced
	cut      bool // finders of this picture were left out
}

// begin goes on to another picture.
func (s *seeker) begin() {
	s.finders, s.prober.near, s.spent, s.cut = s.finders[:0], 0, 0, false
	for n := range s.open {
		s.open[n] = s.open[n][:0]
	}
}

// seek adds the finders of some levels of a picture, each once, and gives all,
// the best first.
func (s *seeker) seek(p *pyramid, from, to int) []finder {
	scale := 1 / float64(int(1)<<from)
	for n := from; n < to; n++ {
		s.limits[n].build(&p.levels[n])
		s.level = n
		s.rows(&p.levels[n], &s.limits[n], scale, false)
		scale /= 2
	}
	return s.sorted()
}

// sorted gives the best finders, the best first.
func (s *seeker) sorted() []finder {
	slices.SortStableFunc(s.finders, func(a, b finder) int {
		switch {
		case a.quality < b.quality:
			return -1
		case a.quality > b.quality:
			return 1
		}
		return 0
	})
	if len(s.finders) > maxFinders {
		s.cut = true
		s.finders = s.finders[:maxFinders]
	}
	return s.finders
}

// rows scans one level. A finder's middle is three modules high, so one
// row in two or three is enough.
func (s *seeker) rows(p *plane, t *thresholds, scale float64, sharp bool) {
	s.prober.plane, s.prober.scale = p, scale
	s.probes, s.compares = 0, 0
	step := 3
	if pixels := p.w * p.h; pixels < 20_000 || scale < 1 && pixels < 60_000 {
		step = 2
	}
	for y := step / 2; y < p.h; y += step {
		if sharp && t.lively[y/blockSide].to == 0 {
			continue
		}
		s.scan.row(p, t, y)
		s.scan.hits(y, func(h hit) {
			if h.open {
				if !sharp {
					s.putBy(h)
				}
				return
			}
			if s.probes >= maxProbes || s.compares >= maxCompares || sharp && t.busy[y/blockSide*t.w+int(h.x)/blockSide] < busyLeast || s.covered(h, scale) {
				return
			}
			s.probes++
			if f, ok := s.prober.verify(h, t); ok {
				s.keep(f)
			}
		})
	}
	s.spent += s.probes*probeSamples + s.compares
}

// covered reports whether a hit lies in the middle of a finder that is known
// from this level, or well known from another.
func (s *seeker) covered(h hit, scale float64) bool {
	s.compares += len(s.finders)
	x, y := h.x/scale, h.y/scale
	for i := range s.finders {
		f := &s.finders[i]
		if math.Abs(x-f.x) < 2*f.module && math.Abs(y-f.y) < 2*f.module &&
			h.module/scale < 2*f.module && f.inverted == h.inverted && (f.scale == scale || f.quality < 0.1) {
			return true
		}
	}
	return false
}

// keep adds a finder, or replaces the same one found with a larger error.
func (s *seeker) keep(f *finder) {
	for i := range s.finders {
		o := &s.finders[i]
		if math.Hypot(f.x-o.x, f.y-o.y) < 2*min(f.module, o.module) && f.inverted == o.inverted {
			if f.quality < o.quality {
				*o = *f
				s.better = true
			}
			return
		}
	}
	if len(s.finders) < 2*maxFinders {
		s.finders = append(s.finders, *f)
		s.better = true
	}
}

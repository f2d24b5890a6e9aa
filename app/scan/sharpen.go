package scan

// A blurred finder's light ring is no lighter than the threshold, but lighter
// than the mean of what is around it. So when nothing else reads, the levels
// are searched once more with the local mean subtracted. A blurred picture
// loses nothing by being halved, so the largest level is left out when it is
// large.

const (
	meanReach    = 6       // the mean is over 13 x 13 pixels
	sharpPixels  = 400_000 // larger levels are left out
	sharpMiddle  = 128     // where the mean goes
	sharpDark    = 124     // darker than this is dark: not every flat place's noise
	sharpGain    = 2
	sharpLeastPx = 2500 // smaller levels hold no blurred code
)

// sharp is a plane less its local mean.
type sharp struct {
	plane
	columns []int32 // sums over 13 rows
	zero    []byte  // a row of nothing
}

// build makes a sharp copy of a plane, of lively rows and those beside them.
func (s *sharp) build(p *plane, lively []bool) {
	s.resize(p.w, p.h)
	if cap(s.columns) < p.w {
		s.columns, s.zero = make([]int32, p.w), make([]byte, p.w)
	}
	s.columns = s.columns[:p.w]
	clear(s.columns)
	rows := int32(0)
	for y := -meanReach; y < p.h; y++ {
		in, out := y+meanReach, y-meanReach-1
		switch {
		case in < p.h && out >= 0:
			s.roll(p.pix[in*p.w:][:p.w], p.pix[out*p.w:][:p.w])
		case in < p.h:
			s.roll(p.pix[in*p.w:][:p.w], s.zero[:p.w])
			rows++
		case out >= 0:
			s.roll(s.zero[:p.w], p.pix[out*p.w:][:p.w])
			rows--
		}
		switch {
		case y < 0:
		case near(lively, y/blockSide):
			s.row(p, y, rows)
		default: // nothing of another picture may stay
			blank := s.pix[y*p.w:][:p.w]
			for x := range blank {
				blank[x] = sharpMiddle
			}
		}
	}
}

// roll moves the sums of columns by one row.
func (s *sharp) roll(in, out []byte) {
	columns := s.columns[:len(in)]
	out = out[:len(in)]
	for x, v := range in {
		columns[x] += int32(v) - int32(out[x])
	}
}

func near(lively []bool, i int) bool {
	return lively[i] || i > 0 && lively[i-1] || i+1 < len(lively) && lively[i+1]
}

// row subtracts the mean from one row.
func (s *sharp) row(p *plane, y int, rows int32) {
	src, dst := p.pix[y*p.w:][:p.w], s.pix[y*p.w:][:p.w]
	var sum, count int32
	for _, v := range s.columns[:min(meanReach, p.w)] {
		sum, count = sum+v, count+rows
	}
	share := int32(0) // 2^16 / count
	for x := range dst {
		if x > meanReach && x+meanReach < p.w {
			sum += s.columns[x+meanReach] - s.columns[x-meanReach-1]
		} else {
			if in := x + meanReach; in < p.w {
				sum, count = sum+s.columns[in], count+rows
			}
			if out := x - meanReach - 1; out >= 0 {
				sum, count = sum-s.columns[out], count-rows
			}
			share = 1 << 16 / count
		}
		v := sharpMiddle + sharpGain*(int32(src[x])-sum*share>>16)
		if uint32(v) > 255 {
			v = ^v >> 31 & 255
		}
		dst[x] = byte(v)
	}
}

// seekSharp adds the finders that only sharpening shows, or shows better,
// and says whether it did.
func (s *seeker) seekSharp(p *pyramid) (all []finder, better bool) {
	scale := 1.0
	before := len(s.finders)
	s.better = false
	for n := range p.n {
		if l := &p.levels[n]; l.w*l.h <= sharpPixels && l.w*l.h >= sharpLeastPx {
			s.sharp.build(l, s.limits[n].lively)
			s.limits[n].flat(&s.sharp.plane, sharpDark)
			s.rows(&s.sharp.plane, &s.limits[n], scale, true)
		}
		scale /= 2
	}
	for i := before; i < len(s.finders); i++ {
		f := &s.finders[i]
		plane, scale := p.level(f.module)
		s.prober.plane = plane
		s.prober.contrast(f, f.x*scale, f.y*scale, f.module*scale)
	}
	return s.sorted(), s.better
}

// flat sets the same threshold everywhere.
func (t *thresholds) flat(p *plane, limit byte) {
	t.size(p)
	for i := range t.at {
		t.at[i] = limit
	}
}

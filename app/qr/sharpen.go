package qr

// A blurred finder's light ring is no lighter than the threshold, but lighter
// than the mean of what is around it. So when nothing else reads, the levels
// are searched once more with the local mean subtracted. A blurred picture
// loses nothing by being halved, so the largest level is left out when it is
// large, and when no other level shows a finder.

const (
	meanReach    = 6       // the mean is over 13 x 13 pixels
	sharpPixels  = 400_000 // larger levels are left out
	sharpMiddle  = 128     // where the mean goes
	sharpDark    = 124     // darker than this is dark: not every flat place's noise
	sharpGain    = 2
	sharpReach   = 4    // blocks beside a lively one
	sharpLeastPx = 8000 // smaller levels hold no blurred code
)

// sharp is a plane less its local mean.
type sharp struct {
	plane
	columns []int32 // sums over 13 rows
	zero    []byte  // a row of nothing
}

// build makes a sharp copy of a plane, of lively blocks and those beside them.
func (s *sharp) build(p *plane, lively []span) {
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
		if y >= 0 {
			s.row(p, y, rows, around(lively, y/blockSide))
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

// around is what a finder in a lively block of a row, or of the rows beside
// it, reaches.
func around(lively []span, row int) span {
	s := lively[row]
	if row > 0 {
		s = s.and(lively[row-1])
	}
	if row+1 < len(lively) {
		s = s.and(lively[row+1])
	}
	if s.to == 0 {
		return s
	}
	return span{max(s.from-sharpReach, 0), s.to + sharpReach}
}

// row subtracts the mean from one row where it is lively. Elsewhere it is
// blank: nothing of another picture may stay.
func (s *sharp) row(p *plane, y int, rows int32, lively span) {
	src, dst := p.pix[y*p.w:][:p.w], s.pix[y*p.w:][:p.w]
	from, to := min(lively.from*blockSide, p.w), min(lively.to*blockSide, p.w)
	even(dst[:from])
	even(dst[to:])
	const all = 2*meanReach + 1
	left, right := max(from, meanReach), min(to, p.w-meanReach)
	if left >= right {
		s.margin(src, dst, from, to, rows)
		return
	}
	s.margin(src, dst, from, left, rows)
	s.margin(src, dst, right, to, rows)
	columns := s.columns[left-meanReach : right+meanReach]
	var sum int32
	for _, v := range columns[:all-1] {
		sum += v
	}
	share := 1 << 16 / (all * rows)
	src, dst = src[left:right], dst[left:right]
	in, out := columns[all-1:][:len(dst)], columns[:len(dst)]
	src = src[:len(dst)]
	for x := range dst {
		sum += in[x]
		v := sharpMiddle + sharpGain*(int32(src[x])-sum*share>>16)
		sum -= out[x]
		if uint32(v) > 255 {
			v = ^v >> 31 & 255
		}
		dst[x] = byte(v)
	}
}

func even(pix []byte) {
	for x := range pix {
		pix[x] = sharpMiddle
	}
}

// margin subtracts the mean where it is of less than 13 columns.
func (s *sharp) margin(src, dst []byte, from, to int, rows int32) {
	for x := from; x < to; x++ {
		columns := s.columns[max(x-meanReach, 0):min(x+meanReach+1, len(src))]
		var sum int32
		for _, v := range columns {
			sum += v
		}
		v := sharpMiddle + sharpGain*(int32(src[x])-sum/(int32(len(columns))*rows))
		dst[x] = byte(min(max(v, 0), 255))
	}
}

// seekSharp adds the finders that only sharpening shows, or shows better,
// and says whether it did.
func (s *seeker) seekSharp(p *pyramid) (all []finder, better bool) {
	before := len(s.finders)
	s.better = false
	for n := 1; n < p.n; n++ {
		s.sharpLevel(p, n)
	}
	if len(s.finders) > 0 {
		s.sharpLevel(p, 0)
	}
	for i := before; i < len(s.finders); i++ {
		f := &s.finders[i]
		plane, scale := p.level(f.module)
		s.prober.plane = plane
		s.prober.contrast(f, f.x*scale, f.y*scale, f.module*scale)
	}
	return s.sorted(), s.better
}

// sharpLevel adds the finders of one level sharpened.
func (s *seeker) sharpLevel(p *pyramid, n int) {
	l := &p.levels[n]
	if l.w*l.h > sharpPixels || l.w*l.h < sharpLeastPx {
		return
	}
	s.sharp.build(l, s.limits[n].lively)
	s.limits[n].flat(&s.sharp.plane, sharpDark)
	s.rows(&s.sharp.plane, &s.limits[n], 1/float64(int(1)<<n), true)
}

// flat sets the same threshold everywhere.
func (t *thresholds) flat(p *plane, limit byte) {
	t.size(p)
	for i := range t.at {
		t.at[i] = limit
	}
}

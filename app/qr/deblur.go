package qr

// A lens that hunts makes the light ring of a finder as gray as the dark one
// outside it long before the modules are lost. What it took most from are the
// details of one module, so these are raised again: a plane plus some of what
// its local mean leaves of it. Noise is raised too, hence only where nothing
// else shows.

// deblurGain is how much of a detail is added to itself. The mean is over
// modules of 2.5 to 5 pixels in one pass and finer ones in another.
const deblurGain = 10

var deblurReaches = [2]int{3, 1}

// deblur is a plane whose details are raised.
type deblur struct {
	plane
	reach   int
	columns []int32 // sums over the rows of the mean
}

// build makes a copy of a plane with its details raised in lively blocks and
// those beside them; elsewhere, and at the rim, it stays as it is. It reports
// whether there is a lively block.
func (d *deblur) build(p *plane, lively []span) bool {
	var all span
	for _, row := range lively {
		all = all.and(row)
	}
	if all.to == 0 {
		return false
	}
	d.resize(p.w, p.h)
	copy(d.pix, p.pix)
	if cap(d.columns) < p.w {
		d.columns = make([]int32, p.w)
	}
	d.columns = d.columns[:p.w]
	clear(d.columns)
	from, to := max(all.from-sharpReach-1, 0)*blockSide, min((all.to+sharpReach+1)*blockSide, p.w)
	for y := range p.h {
		columns := d.columns[from:to]
		for x, v := range p.pix[y*p.w+from:][:len(columns)] {
			columns[x] += int32(v)
		}
		if y < 2*d.reach {
			continue
		}
		if s := around(lively, (y-d.reach)/blockSide); s.to > 0 {
			d.row(p, y-d.reach, max(s.from*blockSide, d.reach), min(s.to*blockSide, p.w-d.reach))
		}
		for x, v := range p.pix[(y-2*d.reach)*p.w+from:][:len(columns)] {
			columns[x] -= int32(v)
		}
	}
	return true
}

// row raises the details of one row from one column to another.
func (d *deblur) row(p *plane, y, from, to int) {
	if from >= to {
		return
	}
	rim := d.reach
	src, dst := p.pix[y*p.w:][from:to], d.pix[y*p.w:][from:to]
	in, out := d.columns[from+rim:][:len(dst)], d.columns[from-rim:][:len(dst)]
	src = src[:len(dst)]
	var sum int32
	for _, v := range d.columns[from-rim : from+rim] {
		sum += v
	}
	all := int32((2*rim + 1) * (2*rim + 1))
	share := deblurGain << 16 / all
	for x := range dst {
		sum += in[x]
		v := int32(src[x])*(1+deblurGain) - sum*share>>16
		sum -= out[x]
		if uint32(v) > 255 {
			v = ^v >> 31 & 255
		}
		dst[x] = byte(v)
	}
}

// Levels that are larger or smaller are left out, and those of more than a
// quarter of a megapixel but for one turn in some: half the size shows most
// blurred codes as well.
const (
	mostDeblurred  = 1_000_000
	oftenDeblurred = 250_000
	leastDeblurred = 20_000
	seldom         = 2
)

// seekDeblurred adds the finders that only show when details are raised, and
// says whether there were any. Coarse details and fine ones take turns from
// frame to frame: most frames are empty, and both would take most of their time.
func (s *seeker) seekDeblurred(p *pyramid) (all []finder, better bool) {
	before := len(s.finders)
	s.better = false
	s.turn++
	s.deblur.reach = deblurReaches[s.turn%len(deblurReaches)]
	for n := range p.n {
		l := &p.levels[n]
		if l.w*l.h > mostDeblurred || l.w*l.h < leastDeblurred || l.w*l.h > oftenDeblurred && s.prober.near == 0 && s.turn%seldom == 0 {
			continue
		}
		if !s.deblur.build(l, s.limits[n].lively) {
			continue
		}
		s.rows(&s.deblur.plane, &s.limits[n], 1/float64(int(1)<<n), true)
	}
	for i := before; i < len(s.finders); i++ {
		f := &s.finders[i]
		plane, scale := p.level(f.module)
		s.prober.plane = plane
		s.prober.contrast(f, f.x*scale, f.y*scale, f.module*scale)
	}
	return s.sorted(), s.better
}

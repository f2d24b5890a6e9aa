package scan

import (
	"encoding/binary"
	"math/bits"
)

// rowScan looks for the cut through a finder pattern in rows of a plane.
type rowScan struct {
	edges []int // where the colour changes; starts light, so even edges begin dark runs
}

// hit is a cut through what may be a finder pattern.
type hit struct {
	x, y     float64 // its middle
	module   float64 // pixels along the row
	inverted bool
}

// row finds the edges of one row, a block of eight pixels at a time.
func (s *rowScan) row(p *plane, t *thresholds, y int) {
	edges := s.edges[:0]
	pix := p.pix[y*p.w:][:p.w]
	limits := t.at[y/blockSide*t.w:][:t.w]
	last := uint8(0) // 1 where the pixel before is dark
	whole := p.w / blockSide
	for bx, limit := range limits[:whole] {
		v := binary.LittleEndian.Uint64(pix[bx*blockSide:])
		light := ((v | lanes1) - uint64(limit&0x7f)*(lanes1>>7)) & lanes1
		if limit >= 0x80 {
			light &= v
		} else {
			light |= v & lanes1
		}
		if light == lanes1 && last == 0 {
			continue
		}
		dark := uint8((^light & lanes1) >> 7 * 0x0102040810204080 >> 56)
		for change := dark ^ (dark<<1 | last); change != 0; change &= change - 1 {
			edges = append(edges, bx*blockSide+bits.TrailingZeros8(change))
		}
		last = dark >> 7
	}
	for x := whole * blockSide; x < p.w; x++ {
		if dark := pix[x] < limits[whole]; dark != (last == 1) {
			last ^= 1
			edges = append(edges, x)
		}
	}
	s.edges = append(edges, p.w)
}

// hits calls f for every five runs of the last row that have the proportions
// 1:1:3:1:1.
func (s *rowScan) hits(y int, f func(hit)) {
	e := s.edges
	for i := 0; i+5 < len(e); i++ {
		// Most stops fail here: the middle run must be the longest, and a
		// seventh at least.
		c := e[i+3] - e[i+2]
		if (c-(e[i+2]-e[i+1]))|(c-(e[i+4]-e[i+3]))|(7*c-(e[i+5]-e[i])) < 0 || !proportions(e[i:i+6], 3) {
			continue
		}
		f(hit{
			x: float64(e[i]+e[i+5]+e[i+2]+e[i+3]) / 4, y: float64(y) + 0.5,
			module:   float64(e[i+5]-e[i]) / 7,
			inverted: i%2 == 1,
		})
	}
}

// proportions compares distances between edges of the same direction (2:4:4:2)
// first: blur and a wrong threshold move edges of opposite direction apart,
// and leave these alone. Tenths is how much of a module they may be off.
func proportions(e []int, tenths int) bool {
	total := e[5] - e[0]
	centre := e[3] - e[2]
	if total < 7 || centre*7 < total || centre*7 > 5*total {
		return false
	}
	slack := total*tenths/10 + 7 // in sevenths of a pixel: so much of a module, and a pixel
	near := func(a, b, modules int) bool {
		d := 7*(b-a) - modules*total
		return d < slack && -d < slack
	}
	if !near(e[0], e[2], 2) || !near(e[1], e[3], 4) || !near(e[2], e[4], 4) || !near(e[3], e[5], 2) {
		return false
	}
	for _, i := range [4]int{0, 1, 3, 4} {
		if e[i+1]-e[i] > centre+1 {
			return false
		}
	}
	return true
}

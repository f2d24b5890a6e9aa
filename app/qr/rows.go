package qr

import (
	"encoding/binary"
	"math/bits"
)

// rowScan looks for the cut through a finder pattern in rows of a plane.
type rowScan struct {
	edges []int // where the colour changes; starts light, so even edges begin dark runs
	n     int   // how many there are
}

// hit is a cut through what may be a finder pattern.
type hit struct {
	x, y     float64 // its middle
	module   float64 // pixels along the row
	inverted bool
	open     bool // only the inner edges fit; see open.go
}

// row finds the edges of one row, 64 pixels at a time.
func (s *rowScan) row(p *plane, t *thresholds, y int) {
	if len(s.edges) < p.w+2 {
		s.edges = make([]int, p.w+2)
	}
	edges, n := s.edges, 0
	pix := p.pix[y*p.w:][:p.w]
	limits := t.at[y/blockSide*t.w:][:t.w]
	last := uint64(0) // 1 where the pixel before is dark
	for x := 0; x < p.w; x += 64 {
		word := uint64(0)
		if x+64 <= p.w {
			word = darkWord(pix[x:x+64], limits[x/blockSide:x/blockSide+8])
		} else {
			word = darkRest(pix[x:], limits[x/blockSide:])
		}
		change := word ^ (word<<1 | last)
		for last = word >> 63; change != 0; change &= change - 1 {
			edges[n] = x + bits.TrailingZeros64(change)
			n++
		}
	}
	if n > 0 && edges[n-1] == p.w { // the row ends dark, within a word
		n--
	}
	edges[n] = p.w
	s.n = n + 1
}

// darkWord has a bit for each of 64 pixels, set where it is below its block's
// threshold, the first the lowest.
func darkWord(pix, limits []byte) (word uint64) {
	pix, limits = pix[:64], limits[:8]
	for i := range 8 {
		word |= darkByte(binary.LittleEndian.Uint64(pix[i*blockSide:]), limits[i]) << (i * 8)
	}
	return word
}

// darkRest is darkWord of the less than 64 pixels at the end of a row.
func darkRest(pix, limits []byte) (word uint64) {
	whole := len(pix) / blockSide
	for i, limit := range limits[:whole] {
		word |= darkByte(binary.LittleEndian.Uint64(pix[i*blockSide:]), limit) << (i * 8)
	}
	for x := whole * blockSide; x < len(pix); x++ {
		if pix[x] < limits[whole] {
			word |= 1 << x
		}
	}
	return word
}

// darkByte has a bit for each of eight pixels.
func darkByte(v uint64, limit byte) uint64 {
	// Seven bits are compared in lanes, the eighth is put right after: with it
	// in the limit, both must be light; without, one is enough.
	light := (v | lanes1) - uint64(limit&0x7f)*(lanes1>>7)
	high := uint64(int64(int8(limit)) >> 7)
	light = light&v | (light|v)&^high
	return (^light & lanes1) >> 7 * 0x0102040810204080 >> 56
}

// hits calls f for every five runs of the last row that have the proportions
// 1:1:3:1:1, and for those of which only the inner three have them.
func (s *rowScan) hits(y int, f func(hit)) {
	e := s.edges[:s.n]
	for i := 0; i+5 < len(e); i++ {
		// Most stops fail here: the middle run must be longer than those beside it.
		w := e[i : i+6 : i+6]
		c := w[3] - w[2]
		if (c-(w[2]-w[1]))|(c-(w[4]-w[3])) < 0 {
			continue
		}
		if 7*c < w[5]-w[0] || !proportions(w, 3) {
			if i%2 == 0 && openProportions(w, 3) {
				f(hit{
					x: float64(e[i+1]+e[i+4]+e[i+2]+e[i+3]) / 4, y: float64(y) + 0.5,
					module: float64(e[i+4]-e[i+1]) / 5,
					open:   true,
				})
			}
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

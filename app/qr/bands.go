package qr

import "math"

// A lamp that flickers draws dark bands across a camera's picture, row by row.
// Where they are deep the threshold, which is taken over forty pixels, cannot
// follow them. Since a band is as wide as the picture, the mean of a row tells
// its light, and each row can be brought to that of the rows around it.

const (
	bandReach   = 60  // rows to each side that make the mean of what is around; bands are narrower
	bandDepth   = 0.2 // mean deviation of rows from it, as a share, that is a flicker
	bandTurns   = 4   // times that they cross it
	bandGain    = 6   // at most
	bandsPixels = 1_000_000

	bandsMeasured = 250_000 // pixels
)

// banded measures the rows of a picture, at a smaller size where it is large,
// and reports whether there are bands. The gains that even them out are kept.
func (a *again) banded(all *pyramid) bool {
	if all.levels[0].w*all.levels[0].h > bandsPixels {
		return false
	}
	a.fine = 0
	for a.fine+1 < all.n && all.levels[a.fine].w*all.levels[a.fine].h > bandsMeasured {
		a.fine++
	}
	p, reach := &all.levels[a.fine], bandReach>>a.fine
	if cap(a.light) < p.h+1 {
		a.light, a.gain = make([]float64, p.h+1), make([]float64, p.h)
	}
	a.light, a.gain = a.light[:p.h+1], a.gain[:p.h]
	sums, gain := a.light, a.gain // sums[y] is of all rows before y
	for y := range p.h {
		sum := 0
		for _, v := range p.pix[y*p.w:][:p.w] {
			sum += int(v)
		}
		sums[y+1] = sums[y] + float64(sum)/float64(p.w) + 1
	}
	deviation, turns, above := 0.0, 0, false
	for y := range gain {
		from, to := max(y-reach, 0), min(y+reach+1, p.h)
		gain[y] = (sums[to] - sums[from]) / float64(to-from) / (sums[y+1] - sums[y])
		deviation += math.Abs(1 - 1/gain[y])
		if now := gain[y] > 1; now != above {
			above, turns = now, turns+1
		}
	}
	return deviation > bandDepth*float64(p.h) && turns >= bandTurns
}

// even makes a picture of a plane without its bands.
func (a *again) even(p *plane) {
	a.resize(p.w, p.h)
	for y := range p.h {
		gain := int(256 * min(a.gain[min(y>>a.fine, len(a.gain)-1)], bandGain))
		dst := a.img.Pix[y*p.w:][:p.w]
		for x, v := range p.pix[y*p.w:][:p.w] {
			dst[x] = byte(min(int(v)*gain>>8, 255))
		}
	}
}

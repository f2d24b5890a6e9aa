package qr

import "encoding/binary"

// Thresholds are kept per block of 8 x 8 pixels: the middle between the
// block's darkest and lightest pixel, averaged over the 5 x 5 blocks around it
// that have contrast. Where none has, no pixel is dark.
const blockSide = 8

// thresholds is a map of thresholds over a plane. A pixel below its block's is
// dark.
type thresholds struct {
	w, h   int // in blocks
	at     []byte
	low    []byte // per block: darkest and lightest pixel
	high   []byte
	sums   []uint32 // over five blocks of a row: how many have contrast * tally + the sum of their middles
	roll   []uint32 // the same over five rows
	busy   []byte   // per block: how many of the 5 x 5 around it have contrast
	lively []span   // per row of blocks: from the first busy one to the last
}

// span is a range of blocks in a row, without its end; empty when both are 0.
type span struct{ from, to int }

// and gives the span from the first of two spans to the last.
func (s span) and(o span) span {
	switch {
	case s.to == 0:
		return o
	case o.to == 0:
		return s
	}
	return span{min(s.from, o.from), max(s.to, o.to)}
}

// busyLeast is how many of 25 blocks have contrast where a code may be.
const busyLeast = 10

// leastContrast is the difference of gray values below which a block is flat.
const leastContrast = 20

// mostGrain bounds what is taken for noise in a picture without a flat place.
const mostGrain = 28

// size makes room for the blocks of a plane.
func (t *thresholds) size(p *plane) {
	t.w, t.h = (p.w+blockSide-1)/blockSide, (p.h+blockSide-1)/blockSide
	n := t.w * t.h
	if cap(t.at) < n {
		t.at, t.low, t.high = make([]byte, n), make([]byte, n), make([]byte, n)
		t.sums, t.roll = make([]uint32, n), make([]uint32, n)
		t.busy, t.lively = make([]byte, n), make([]span, n)
	}
	t.busy, t.lively = t.busy[:n], t.lively[:t.h]
	t.at, t.low, t.high = t.at[:n], t.low[:n], t.high[:n]
	t.sums, t.roll = t.sums[:n], t.roll[:t.w]
}

// build measures a plane.
func (t *thresholds) build(p *plane) {
	t.size(p)
	var tally [256]int
	for by := range t.h {
		low, high := t.low[by*t.w:][:t.w], t.high[by*t.w:][:t.w]
		for bx := range low {
			lo, hi := extremes(p, bx, by)
			low[bx], high[bx] = lo, hi
			tally[hi-lo]++
		}
	}
	t.smooth(grain(&tally, len(t.at)))
}

// grain is the contrast from which a block is more than noise: well above that
// of the flattest tenth of the blocks, which have nothing else.
func grain(tally *[256]int, blocks int) byte {
	seen := 0
	for contrast, n := range tally {
		if seen += n; 10*seen >= blocks {
			return byte(min(max(contrast*5/4, leastContrast), mostGrain))
		}
	}
	return leastContrast
}

// extremes gives the darkest and lightest value of a block, of every second
// row and to the next even value. Blocks at the right and lower border reach
// back into the picture to be whole.
func extremes(p *plane, bx, by int) (lo, hi byte) {
	x0, y0 := min(bx*blockSide, p.w-blockSide), min(by*blockSide, p.h-blockSide)
	at := y0*p.w + x0
	l := binary.LittleEndian.Uint64(p.pix[at:]) >> 1 & lanes7
	h := l
	for range blockSide/2 - 1 {
		at += 2 * p.w
		v := binary.LittleEndian.Uint64(p.pix[at:]) >> 1 & lanes7
		l = lesser(l, v)
		h ^= v ^ lesser(h, v) // the greater
	}
	// Both at once from here: the greatest is the least of what is missing.
	l, h = lesser(l, l>>32), lesser(h^lanes7, (h^lanes7)>>32)
	l = l&0xffffffff | h<<32
	l = lesser(l, l>>16)
	l = lesser(l, l>>8)
	return byte(l) * 2, (byte(l>>32) ^ 0x7f) * 2
}

// Eight values of seven bits in one word.
const (
	lanes7 = 0x7f7f7f7f7f7f7f7f
	lanes1 = 0x8080808080808080
)

// lesser gives the lesser of two words lane by lane.
func lesser(a, b uint64) uint64 {
	mask := ((a | lanes1) - b) & lanes1 // set where a >= b
	mask -= mask >> 7
	return b&mask | a&^mask
}

// The sum of 25 middles is below one tally.
const tally = 1 << 16

// smooth averages over 5 x 5 blocks those of a least contrast, rows first.
func (t *thresholds) smooth(least byte) {
	const reach = 2
	for y := range t.h {
		low, high := t.low[y*t.w:][:t.w], t.high[y*t.w:][:t.w]
		sums := t.sums[y*t.w:][:t.w]
		var window [2*reach + 1]uint32 // the last blocks, the newest first
		var sum uint32
		for x := range len(low) + reach {
			in := uint32(0)
			if x < len(low) && high[x]-low[x] >= least {
				in = (uint32(low[x])+uint32(high[x]))/2 + tally
			}
			sum += in - window[2*reach]
			window = [2*reach + 1]uint32{in, window[0], window[1], window[2], window[3]}
			if x >= reach {
				sums[x-reach] = sum
			}
		}
	}
	clear(t.roll)
	for y := -reach; y < t.h; y++ {
		if in := y + reach; in < t.h {
			for x, v := range t.sums[in*t.w:][:len(t.roll)] {
				t.roll[x] += v
			}
		}
		if out := y - reach - 1; out >= 0 {
			for x, v := range t.sums[out*t.w:][:len(t.roll)] {
				t.roll[x] -= v
			}
		}
		if y >= 0 {
			t.finish(y)
		}
	}
}

// finish takes the thresholds of one row of blocks from the sums.
func (t *thresholds) finish(y int) {
	at, busy := t.at[y*t.w:][:len(t.roll)], t.busy[y*t.w:][:len(t.roll)]
	var lively span
	for x, v := range t.roll {
		count := v / tally
		at[x], busy[x] = 0, byte(count)
		if count > 0 {
			at[x] = byte(v % tally / count)
		}
		if count >= busyLeast {
			if lively.to == 0 {
				lively.from = x
			}
			lively.to = x + 1
		}
	}
	t.lively[y] = lively
}

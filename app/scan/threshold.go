package scan

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
	value  []int32 // per block: middle, or 0
	weight []int32 // per block: 1 where there is contrast
	sums   []int32
	counts []int32
	busy   []byte // per block: how many of the 5 x 5 around it have contrast
	lively []bool // per row of blocks: whether one is busy
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
		t.at, t.value, t.weight = make([]byte, n), make([]int32, n), make([]int32, n)
		t.sums, t.counts = make([]int32, n), make([]int32, n)
		t.busy, t.lively = make([]byte, n), make([]bool, n)
	}
	t.busy, t.lively = t.busy[:n], t.lively[:t.h]
	t.at, t.value, t.weight, t.sums, t.counts = t.at[:n], t.value[:n], t.weight[:n], t.sums[:n], t.counts[:n]
}

// build measures a plane.
func (t *thresholds) build(p *plane) {
	t.size(p)
	var tally [256]int
	for by := range t.h {
		for bx := range t.w {
			lo, hi := extremes(p, bx, by)
			i := by*t.w + bx
			t.value[i], t.weight[i] = int32(lo+hi)/2, int32(hi-lo)
			tally[hi-lo]++
		}
	}
	least := grain(&tally, len(t.at))
	for i, contrast := range t.weight {
		if contrast < least {
			t.value[i], t.weight[i] = 0, 0
		} else {
			t.weight[i] = 1
		}
	}
	t.smooth()
}

// grain is the contrast from which a block is more than noise: well above that
// of the flattest tenth of the blocks, which have nothing else.
func grain(tally *[256]int, blocks int) int32 {
	seen := 0
	for contrast, n := range tally {
		if seen += n; 10*seen >= blocks {
			return int32(min(max(contrast*5/4, leastContrast), mostGrain))
		}
	}
	return leastContrast
}

// extremes gives the darkest and lightest value of a block, of every second
// row and to the next even value. Blocks at the right and lower border reach
// back into the picture to be whole.
func extremes(p *plane, bx, by int) (lo, hi int) {
	x0, y0 := min(bx*blockSide, p.w-blockSide), min(by*blockSide, p.h-blockSide)
	at := y0*p.w + x0
	l := binary.LittleEndian.Uint64(p.pix[at:]) >> 1 & lanes7
	h := l
	for range blockSide/2 - 1 {
		at += 2 * p.w
		v := binary.LittleEndian.Uint64(p.pix[at:]) >> 1 & lanes7
		l, _ = order(l, v)
		_, h = order(h, v)
	}
	for shift := 32; shift >= 8; shift /= 2 {
		l, _ = order(l, l>>shift|^uint64(0)<<(64-shift)&lanes7)
		_, h = order(h, h>>shift)
	}
	return int(l&0x7f) * 2, int(h&0x7f) * 2
}

// Eight values of seven bits in one word.
const (
	lanes7 = 0x7f7f7f7f7f7f7f7f
	lanes1 = 0x8080808080808080
)

// order sorts two words lane by lane.
func order(a, b uint64) (low, high uint64) {
	mask := ((a | lanes1) - b) & lanes1 // set where a >= b
	mask -= mask >> 7
	return b&mask | a&^mask, a&mask | b&^mask
}

// smooth averages over 5 x 5 blocks, rows first.
func (t *thresholds) smooth() {
	const reach = 2
	for y := range t.h {
		row, weight := t.value[y*t.w:][:t.w], t.weight[y*t.w:][:t.w]
		var sum, count int32
		for x := -reach; x < t.w; x++ {
			if in := x + reach; in < t.w {
				sum, count = sum+row[in], count+weight[in]
			}
			if out := x - reach - 1; out >= 0 {
				sum, count = sum-row[out], count-weight[out]
			}
			if x >= 0 {
				t.sums[y*t.w+x], t.counts[y*t.w+x] = sum, count
			}
		}
	}
	for y := range t.h {
		y0, y1 := max(y-reach, 0), min(y+reach, t.h-1)
		t.lively[y] = false
		for x := range t.w {
			var sum, count int32
			for i := y0*t.w + x; i <= y1*t.w+x; i += t.w {
				sum, count = sum+t.sums[i], count+t.counts[i]
			}
			t.at[y*t.w+x], t.busy[y*t.w+x] = 0, byte(count)
			t.lively[y] = t.lively[y] || count >= busyLeast
			if count > 0 {
				t.at[y*t.w+x] = byte(sum / count)
			}
		}
	}
}

// dark reports whether the pixel at x, y is darker than its threshold.
func (t *thresholds) dark(p *plane, x, y int) bool {
	return p.pix[y*p.w+x] < t.at[y/blockSide*t.w+x/blockSide]
}

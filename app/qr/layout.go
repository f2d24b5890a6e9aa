package qr

import (
	"slices"
	"sync"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// layout is what every symbol of a version has in common.
type layout struct {
	version, side int
	centres       []int   // of alignment patterns, along each axis
	known         []int8  // per module: 1 dark, -1 light, 0 not known beforehand
	train         []int32 // the modules that are known
	data          []int32 // the modules of the codewords, bit by bit
}

var layouts [41]struct {
	once sync.Once
	layout
	round layout // of round finders: their corners are not known
}

// layoutOf gives the layout of a version from 1 to 40.
func layoutOf(version int) *layout {
	l := &layouts[version]
	l.once.Do(func() {
		l.layout = newLayout(version)
		l.round = l.layout.rounded()
	})
	return &l.layout
}

// roundLayoutOf gives the layout of a version whose finders are round.
func roundLayoutOf(version int) *layout {
	layoutOf(version)
	return &layouts[version].round
}

// rounded is the same layout without what a circle has not in common with a
// square: of each finder the four modules in each corner.
func (l *layout) rounded() layout {
	out := *l
	out.known = slices.Clone(l.known)
	far := l.side - 7
	for _, o := range [3][2]int{{0, 0}, {far, 0}, {0, far}} {
		for _, y := range [4]int{0, 1, 5, 6} {
			for _, x := range [4]int{0, 1, 5, 6} {
				out.known[(o[1]+y)*l.side+o[0]+x] = 0
			}
		}
	}
	out.train = out.learnt()
	return out
}

func newLayout(version int) layout {
	l := layout{version: version, side: 17 + 4*version}
	if v, err := decoder.Version_GetVersionForNumber(version); err == nil {
		l.centres = v.GetAlignmentPatternCenters()
	}
	l.known = make([]int8, l.side*l.side)
	far := l.side - 7
	for i := 8; i < l.side-8; i++ {
		l.set(i, 6, i%2 == 0)
		l.set(6, i, i%2 == 0)
	}
	for _, cy := range l.centres {
		for _, cx := range l.centres {
			if !l.aligned(cx, cy) {
				continue
			}
			for dy := -2; dy <= 2; dy++ {
				for dx := -2; dx <= 2; dx++ {
					l.set(cx+dx, cy+dy, max(dx, -dx, dy, -dy) != 1)
				}
			}
		}
	}
	for _, o := range [3][2]int{{0, 0}, {far, 0}, {0, far}} {
		for y := -1; y < 8; y++ {
			for x := -1; x < 8; x++ {
				r := max(x-3, 3-x, y-3, 3-y)
				l.set(o[0]+x, o[1]+y, r != 2 && r != 4)
			}
		}
	}
	l.set(8, l.side-8, true)
	l.versionBits()
	l.train = l.learnt()
	l.weave()
	return l
}

// learnt lists the modules that are known.
func (l *layout) learnt() (train []int32) {
	for i, k := range l.known {
		if k != 0 {
			train = append(train, int32(i))
		}
	}
	return train
}

// weave lists the modules of the codewords in their order: up and down in
// columns of two from the right, past the vertical timing pattern (7.7.3).
func (l *layout) weave() {
	for right, up := l.side-1, true; right > 0; right, up = right-2, !up {
		if right == 6 {
			right--
		}
		for i := range l.side {
			y := i
			if up {
				y = l.side - 1 - i
			}
			for x := right; x > right-2; x-- {
				if l.known[y*l.side+x] == 0 && !l.formatAt(x, y) {
					l.data = append(l.data, int32(y*l.side+x))
				}
			}
		}
	}
}

// formatAt reports whether a module belongs to the format.
func (l *layout) formatAt(x, y int) bool {
	return y == 8 && (x <= 8 || x >= l.side-8) || x == 8 && (y <= 8 || y >= l.side-8)
}

// versionBits lays down the two copies of the version (from 7 up).
func (l *layout) versionBits() {
	if l.version < 7 {
		return
	}
	bits := decoder.VERSION_DECODE_INFO[l.version-7]
	for i := range 18 {
		dark := bits>>i&1 == 1
		l.set(l.side-11+i%3, i/3, dark)
		l.set(i/3, l.side-11+i%3, dark)
	}
}

// aligned reports whether an alignment pattern stands at a crossing of its
// rows and columns: everywhere but under the finders.
func (l *layout) aligned(cx, cy int) bool {
	far := l.side - 7
	return !(cx == 6 && cy == 6 || cx == 6 && cy == far || cx == far && cy == 6)
}

func (l *layout) set(x, y int, dark bool) {
	if x < 0 || y < 0 || x >= l.side || y >= l.side {
		return
	}
	l.known[y*l.side+x] = -1
	if dark {
		l.known[y*l.side+x] = 1
	}
}

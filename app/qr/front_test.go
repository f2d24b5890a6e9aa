package qr

import (
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"testing"
)

// speckled is a picture of smooth noise with some finders in it and no code.
func speckled(w, h, finders int) *image.Gray {
	random := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	img := image.NewGray(image.Rect(0, 0, w, h))
	shade := 128
	for i := range img.Pix {
		shade = min(max(shade+random.IntN(31)-15, 0), 255)
		img.Pix[i] = byte(shade)
	}
	for range finders {
		x0, y0, m := random.IntN(w), random.IntN(h), 1+random.IntN(5)
		for y := range 9 * m {
			for x := range 9 * m {
				r := max(x/m-4, 4-x/m, y/m-4, 4-y/m)
				if x0+x < w && y0+y < h {
					img.Pix[(y0+y)*w+x0+x] = 230
					if r != 2 && r != 4 {
						img.Pix[(y0+y)*w+x0+x] = 25
					}
				}
			}
		}
	}
	return img
}

func TestEmptyFrameAllocatesNothing(t *testing.T) {
	for name, img := range map[string]*image.Gray{
		"noise":   speckled(640, 480, 0),
		"finders": speckled(640, 480, 2),
	} {
		var q front
		q.read(img)
		if n := testing.AllocsPerRun(5, func() { q.read(img) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// patterned is a picture of a pattern of modules of a size.
func patterned(w, h, module int, dark func(x, y int) bool) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if !dark(x/module, y/module) {
				img.Pix[y*w+x] = 240
			}
		}
	}
	return img
}

// finderTiles is a wall of finder patterns, each within a light margin.
func finderTiles(x, y int) bool {
	r := max(x%9-4, 4-x%9, y%9-4, 4-y%9)
	return r != 2 && r != 4
}

// nestedTiles has a finder in the middle of each finder.
func nestedTiles(x, y int) bool {
	const side = 63 // a finder of modules of 7, whose middle 21 is light and holds another of modules of 2
	u, v := x%side-31, y%side-31
	r := max(u, -u, v, -v)
	if r > 10 {
		return r <= 17 || r > 24
	}
	return r <= 3 || r > 5 && r <= 7
}

func checkers(x, y int) bool { return (x+y)%2 == 0 }

// manyFinders are pictures that keep a reader busy and hold no code.
func manyFinders() map[string]*image.Gray {
	random := rand.New(rand.NewPCG(3, 4))
	noise := image.NewGray(image.Rect(0, 0, 800, 600))
	for i := range noise.Pix {
		noise.Pix[i] = byte(random.Uint32())
	}
	all := map[string]*image.Gray{
		"scattered": speckled(800, 600, 400),
		"noise":     noise,
		"dots":      patterned(800, 600, 1, func(x, y int) bool { return random.IntN(2) == 0 }),
		"nested":    patterned(800, 600, 1, nestedTiles),
		"rings":     patterned(800, 600, 3, func(x, y int) bool { return max(x-130, 130-x, y-100, 100-y)%2 == 0 }),
		"stripes":   patterned(800, 600, 1, func(x, y int) bool { return (x+x/3)%3 == 0 }),
	}
	for _, module := range []int{1, 2, 3, 5, 8, 13, 21, 64} {
		all[fmt.Sprint("checkers of ", module)] = patterned(800, 600, module, checkers)
		all[fmt.Sprint("finders of ", module)] = patterned(800, 600, module, finderTiles)
	}
	if !testing.Short() {
		all["50 megapixels of finders"] = patterned(8000, 6250, 2, finderTiles)
	}
	return all
}

// A hostile picture must cost no more than the budget allows, however large:
// the work is counted, not timed. What grows with the picture is a fixed number
// of passes over its pixels.
func TestManyFindersAreBounded(t *testing.T) {
	const (
		perLevel = maxProbes*probeSamples + maxCompares + maxFinders*2 // the last hit may go beyond
		budget   = 2 * maxLevels * perLevel                            // plain and sharpened
		overdraw = 200_000                                             // the last grid may go beyond
	)
	for name, img := range manyFinders() {
		t.Run(name, func(t *testing.T) {
			var q front
			if got := q.read(img); len(got) != 0 {
				t.Errorf("read %d codes where there is none", len(got))
			}
			if len(q.seeker.finders) > 2*maxFinders {
				t.Errorf("%d finders kept", len(q.seeker.finders))
			}
			if q.seeker.spent > budget {
				t.Errorf("spent %d on hits, of %d", q.seeker.spent, budget)
			}
			if q.work < -overdraw {
				t.Errorf("work overdrawn by %d", -q.work)
			}
			if again := q.second.front; again != nil && (again.seeker.spent > budget || again.work < -overdraw) {
				t.Errorf("the second look spent %d on hits, of %d, and left %d of its work", again.seeker.spent, budget, again.work)
			}
		})
	}
}

func FuzzFront(f *testing.F) {
	f.Add(uint16(64), uint8(3), []byte{0, 255, 0, 255, 0, 0, 0, 255, 0, 255})
	f.Add(uint16(40), uint8(1), []byte("finder"))
	f.Add(uint16(300), uint8(40), []byte{1, 2, 3})
	var q front // used again: what one picture leaves must not change the next
	f.Fuzz(func(t *testing.T, width uint16, finders uint8, pix []byte) {
		w := 20 + int(width)%400
		img := speckled(w, 20+int(width)%300, int(finders)%60)
		copy(img.Pix[len(img.Pix)/3:], pix)
		var fresh front
		first, again := fresh.read(img), q.read(img)
		if !slices.EqualFunc(first, again, func(a, b found) bool {
			return a.corners == b.corners && a.text() == b.text()
		}) {
			t.Errorf("%d codes, then %d", len(first), len(again))
		}
		for _, s := range again {
			if !q.pyramid.holds(s.corners) {
				t.Errorf("corners %v of a picture of %v", s.corners, img.Rect)
			}
		}
	})
}

package scan

import (
	"image"
	"math/rand/v2"
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

// A picture full of finders must cost no more than the budget allows: the work
// left over is counted, not the time.
func TestManyFindersAreBounded(t *testing.T) {
	var q front
	img := speckled(800, 600, 400)
	if got := q.read(img); len(got) != 0 {
		t.Errorf("read %d codes where there is none", len(got))
	}
	if len(q.seeker.finders) > maxFinders {
		t.Errorf("%d finders kept", len(q.seeker.finders))
	}
	if q.work < -mostWork {
		t.Errorf("work overdrawn by %d", -q.work)
	}
}

func FuzzFront(f *testing.F) {
	f.Add(uint16(64), uint8(3), []byte{0, 255, 0, 255, 0, 0, 0, 255, 0, 255})
	f.Add(uint16(40), uint8(1), []byte("finder"))
	f.Add(uint16(300), uint8(40), []byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, width uint16, finders uint8, pix []byte) {
		w := 20 + int(width)%400
		img := speckled(w, 20+int(width)%300, int(finders)%60)
		copy(img.Pix[len(img.Pix)/3:], pix)
		var q front
		first := q.read(img)
		again := q.read(img)
		if len(first) != len(again) {
			t.Errorf("%d codes, then %d", len(first), len(again))
		}
	})
}

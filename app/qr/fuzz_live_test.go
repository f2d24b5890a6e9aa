package qr_test

import (
	"image"
	"testing"
	"time"

	"postern/app/qr"
)

// FuzzLive gives a live reader frames of any sizes and pixels, one after the
// other: width, height, how many rows are missing, then pixels that repeat.
func FuzzLive(f *testing.F) {
	f.Add([]byte{1, 1, 0, 0, 60, 60, 30, 7, 60, 60, 0, 200})
	f.Add([]byte("postern postern postern postern"))
	code := drawn(f, "A1", 2)
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, at := qr.NewLive(), noon
		for i := 0; i+4 <= len(raw) && i < 64; i += 4 {
			w, h, short := int(raw[i]), int(raw[i+1]), int(raw[i+2])
			img := &image.Gray{Stride: w, Rect: image.Rect(0, 0, w, h), Pix: make([]byte, max(h-short, 0)*w)}
			for k := range img.Pix {
				img.Pix[k] = raw[(i+k*int(raw[i+3]))%len(raw)] ^ code.Pix[k%len(code.Pix)]
			}
			l.Frame(img, at)
			l.Frame(code, at)
			at = at.Add(time.Duration(int8(raw[i+3])) * frame)
		}
	})
}

// TestLiveSurvivesChangingFrames shows half frames, other sizes and a field of
// finders between frames of a code that votes add up.
func TestLiveSurvivesChangingFrames(t *testing.T) {
	code := drawn(t, pass, 4)
	field := image.NewGray(image.Rect(0, 0, 640, 480))
	for i := range field.Pix {
		x, y := i%640/3%9, i/640/3%9
		if r := max(x-4, 4-x, y-4, 4-y); r == 2 || r == 4 {
			field.Pix[i] = 240
		}
	}
	half := image.NewGray(code.Rect)
	copy(half.Pix, code.Pix[:len(code.Pix)/2])
	torn := &image.Gray{Pix: code.Pix[:len(code.Pix)/2], Stride: code.Stride, Rect: code.Rect}
	l, at := qr.NewLive(), noon
	for n := range 8 {
		for _, img := range []*image.Gray{nil, torn, half, field, image.NewGray(image.Rect(0, 0, 1, 1)), code} {
			at = at.Add(frame / 6)
			s := l.Frame(img, at)
			if reads := len(s.Fresh) > 0; reads != (img == code && n == 0) || reads && s.Fresh[0].Text != pass {
				t.Fatalf("round %d: fresh %v", n, s.Fresh)
			}
		}
	}
}

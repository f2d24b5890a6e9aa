package qr_test

import (
	"image"
	"testing"
	"time"

	"postern/app/qr"
)

const frame = time.Second / 30

func TestLiveReportsASightOnce(t *testing.T) {
	code, empty := drawn(t, pass, 4), image.NewGray(image.Rect(0, 0, 200, 200))
	for i := range empty.Pix {
		empty.Pix[i] = 200
	}
	l := qr.NewLive()
	at, reports := noon, 0
	show := func(img *image.Gray, frames int) {
		for range frames {
			reports += len(l.Frame(img, at).Fresh)
			at = at.Add(frame)
		}
	}
	show(empty, 5)
	show(code, 40)
	if reports != 1 {
		t.Errorf("in view: %d reports", reports)
	}
	show(empty, 20) // shaken out of view for a moment
	show(code, 5)
	if reports != 1 {
		t.Errorf("after a moment: %d reports", reports)
	}
	show(empty, 60)
	show(code, 5)
	if reports != 2 {
		t.Errorf("come back: %d reports", reports)
	}
}

func TestLiveSurvivesBadFramesAndClocks(t *testing.T) {
	l := qr.NewLive(qr.Formats()...)
	for _, img := range []*image.Gray{nil, {}, {Pix: make([]byte, 5), Stride: 10, Rect: image.Rect(0, 0, 10, 10)}} {
		if s := l.Frame(img, noon); len(s.Fresh) != 0 || len(s.View) != 0 || s.Hint != qr.NoHint {
			t.Errorf("got %v", s)
		}
	}
	code := drawn(t, pass, 4)
	first := l.Frame(code, noon)
	l.Frame(code, noon.Add(-24*time.Hour)) // the clock went back
	again := l.Frame(code, noon.Add(-24*time.Hour+frame))
	if len(first.Fresh) != 1 || len(again.Fresh) != 0 || len(again.View) != 1 || !again.View[0].Read {
		t.Errorf("first %v, then %v", first, again)
	}
}

func TestLiveHints(t *testing.T) {
	dark := image.NewGray(image.Rect(0, 0, 320, 240))
	light := image.NewGray(dark.Rect)
	for i := range light.Pix {
		light.Pix[i] = 180
	}
	whole := drawn(t, pass, 5)
	side := whole.Rect.Dx()
	cut := image.NewGray(image.Rect(0, 0, side, side))
	for i := range cut.Pix {
		cut.Pix[i] = 200
	}
	for y := range side {
		copy(cut.Pix[y*side+side*2/3:], whole.Pix[y*side:y*side+side/3]) // two finders at the right border
	}
	for name, c := range map[string]struct {
		img  *image.Gray
		want qr.Hint
	}{
		"dark":        {dark, qr.TooDark},
		"empty":       {light, qr.NoHint},
		"out of view": {cut, qr.Outside},
	} {
		l := qr.NewLive()
		var hint qr.Hint
		for i := range 60 {
			if hint = l.Frame(c.img, noon.Add(time.Duration(i)*frame)).Hint; i < 15 && hint != qr.NoHint {
				t.Errorf("%s: hint %q after %d frames", name, hint, i+1)
			}
		}
		if hint != c.want {
			t.Errorf("%s: hint %q, want %q", name, hint, c.want)
		}
	}
}

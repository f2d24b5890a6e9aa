package ui_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"golang.org/x/image/draw"

	"postern/app/ui"
	"postern/app/ui/kit"
	"postern/sync/verdict"
	"postern/sync/wording"
)

var golden = flag.Bool("golden", false, "draw the golden pictures of testdata anew")

// reasons are one for each outcome.
var reasons = map[string]verdict.Reason{"admit": verdict.OK, "check": verdict.TestOld, "refuse": verdict.Forged, "unknown": verdict.NoKey}

// The verdict screens look as they did when somebody last looked at them, in
// every light and language. Pictures are kept at a third of their size: of
// the dots one in a hundred may differ, as letters do between versions of Fyne.
// The night has no pictures of its own: see TestGoldenNight.
func TestGoldenVerdicts(t *testing.T) {
	for _, light := range kit.Lights {
		if light == kit.Night {
			continue
		}
		for _, language := range wording.Languages {
			for name, r := range reasons {
				whole := drawn(t, light, language, r)
				small := image.NewRGBA(image.Rect(0, 0, 160, 266))
				draw.BiLinear.Scale(small, small.Rect, whole, whole.Bounds(), draw.Src, nil)
				compare(t, filepath.Join("testdata", "verdict-"+string(light)+"-"+language+"-"+name+".png"), small)
			}
		}
	}
}

// A verdict is the same at night as by day, to the last dot, because a guard
// knows one colour for each outcome. The night darkens only the pages around it.
func TestGoldenNight(t *testing.T) {
	for _, language := range wording.Languages {
		for name, r := range reasons {
			day, night := drawn(t, kit.Day, language, r), drawn(t, kit.Night, language, r)
			if !bytes.Equal(day.Pix, night.Pix) {
				t.Errorf("%s %s looks otherwise at night; give the night pictures of its own", name, language)
			}
		}
	}
}

// drawn is the verdict screen of a telephone.
func drawn(t *testing.T, light kit.Light, language string, r verdict.Reason) *image.NRGBA {
	t.Helper()
	d := newDesk(t, language, fyne.NewSize(480, 800))
	ui.SetLight(d.UI, light)
	show(r)(d)
	picture, ok := d.window.Canvas().Capture().(*image.NRGBA)
	if !ok {
		t.Fatal("Fyne captures another kind of picture")
	}
	return picture
}

// compare holds a picture against its golden one, or makes that.
func compare(t *testing.T, path string, got *image.RGBA) {
	t.Helper()
	if *golden {
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		best := png.Encoder{CompressionLevel: png.BestCompression}
		if err := best.Encode(f, got); err != nil {
			t.Fatal(err)
		}
		return
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatalf("%v; draw it with go test -tags ci -run Golden -golden ./app/ui, and look at it", err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil || want.Bounds() != got.Rect {
		t.Fatalf("%s is no picture of %v: %v", path, got.Rect, err)
	}
	far := 0
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			if apart(want.At(x, y), got.At(x, y)) > 48 {
				far++
			}
		}
	}
	if all := got.Rect.Dx() * got.Rect.Dy(); far*100 > all {
		t.Errorf("%s: %d of %d dots look otherwise; if they should, draw it anew with -golden and look at it", path, far, all)
	}
}

// apart is how far two colours are from each other, in the channel that differs most.
func apart(a, b color.Color) int {
	p, q := color.RGBAModel.Convert(a).(color.RGBA), color.RGBAModel.Convert(b).(color.RGBA)
	far := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return max(far(p.R, q.R), far(p.G, q.G), far(p.B, q.B))
}

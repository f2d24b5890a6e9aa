package ui_test

import (
	"image"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/ui"
	"postern/app/ui/kit"
	"postern/sync/verdict"
)

// In grey, and with the words taken away, each outcome's screen still has its
// own shape: of the dots that the ink covers, a third or more lie elsewhere.
func TestOutcomesDifferByShapeInGrey(t *testing.T) {
	outcomes := []verdict.Reason{verdict.OK, verdict.TestOld, verdict.Forged, verdict.NoKey}
	for _, light := range kit.Lights {
		shapes := map[verdict.Reason][]bool{}
		for _, r := range outcomes {
			d := newDesk(t, "en", tablet)
			ui.SetLight(d.UI, light)
			show(r)(d)
			shapes[r] = inked(d.window.Canvas().Capture(), largestDrawing(d))
		}
		for i, a := range outcomes {
			for _, b := range outcomes[i+1:] {
				either, apart := 0, 0
				for at := range shapes[a] {
					if shapes[a][at] || shapes[b][at] {
						either++
					}
					if shapes[a][at] != shapes[b][at] {
						apart++
					}
				}
				if either == 0 || float64(apart)/float64(either) < 1.0/3 {
					t.Errorf("%s: of %d dots of %s and %s only %d differ", light, either, a, b, apart)
				}
			}
		}
	}
}

// In grey a refusal weighs otherwise than an admission: barrier tape runs round
// the whole of it, and nothing round the other. It shows at a glance, and without the shape.
func TestRefuseAndAdmitDifferInWeightInGrey(t *testing.T) {
	for _, light := range kit.Lights {
		for _, size := range []fyne.Size{{Width: 480, Height: 800}, {Width: 1280, Height: 800}, {Width: 800, Height: 480}} {
			edge := func(r verdict.Reason) float64 {
				d := newDesk(t, "zh", size)
				ui.SetLight(d.UI, light)
				show(r)(d)
				return brightEdge(d.window.Canvas().Capture())
			}
			if refuse, admit := edge(verdict.Forged), edge(verdict.OK); refuse < 0.35 || refuse > 0.65 || admit > 0.02 {
				t.Errorf("%s at %v: of the edge of Refuse %.2f is bright, of that of Admit %.2f", light, size, refuse, admit)
			}
		}
	}
}

// brightEdge is the share of the dots along a picture's four edges that are bright in grey.
func brightEdge(img image.Image) float64 {
	b, bright, all := img.Bounds(), 0, 0
	look := func(x, y int) {
		if all++; color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y > 160 {
			bright++
		}
	}
	const in = 4
	for x := b.Min.X; x < b.Max.X; x++ {
		look(x, b.Min.Y+in)
		look(x, b.Max.Y-1-in)
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		look(b.Min.X+in, y)
		look(b.Max.X-1-in, y)
	}
	return float64(bright) / float64(all)
}

// inked is a picture's part in grey, 64 dots square: true where the grey is
// nearer to the ink than to the ground, which the corner shows.
func inked(img image.Image, at image.Rectangle) []bool {
	grey := func(x, y int) float64 { return float64(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y) }
	const side = 64
	dots := make([]float64, 0, side*side)
	furthest, ground := 0.0, grey(at.Min.X-2, at.Min.Y+2)
	for i := range side * side {
		v := grey(at.Min.X+at.Dx()*(i%side)/side, at.Min.Y+at.Dy()*(i/side)/side)
		dots = append(dots, math.Abs(v-ground))
		furthest = max(furthest, math.Abs(v-ground))
	}
	on := make([]bool, len(dots))
	for i, d := range dots {
		on[i] = furthest > 60 && d > furthest/2
	}
	return on
}

// largestDrawing is where the screen's shape stands, in dots.
func largestDrawing(d *desk) image.Rectangle {
	var found image.Rectangle
	for _, b := range boxes(d.window) {
		r := image.Rect(int(b.at.x1), int(b.at.y1), int(b.at.x2), int(b.at.y2))
		if _, ok := b.o.(*canvas.Image); ok && r.Dx() > found.Dx() {
			found = r
		}
	}
	return found
}

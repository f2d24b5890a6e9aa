package kit

import (
	"image"
	"strings"
	"testing"

	"postern/sync/verdict"
)

// In grey and at any size no two outcomes' hatches look alike.
func TestHatchesDifferWithoutColour(t *testing.T) {
	for _, night := range []bool{false, true} {
		for _, scale := range []float32{1, 2} {
			seen := map[string]verdict.Outcome{}
			for o := verdict.Unknown; o <= verdict.Refuse; o++ {
				print := hatchShape(o, night, scale)
				if before, ok := seen[print]; ok {
					t.Errorf("%v and %v have one hatch at scale %v", before, o, scale)
				}
				seen[print] = o
			}
		}
	}
}

// The bars run from the first hour with checks to the last, wherever in the day they lie.
func TestChartWindow(t *testing.T) {
	for _, c := range []struct{ first, last, from, to int }{
		{29, 48, 28, 52},
		{0, 0, 0, 16},
		{95, 95, 80, 96},
		{50, 50, 44, 60},
		{3, 95, 0, 96},
	} {
		day := make([][4]int, 96)
		day[c.first][verdict.Admit], day[c.last][verdict.Refuse] = 1, 1
		if from, to := (Chart{Quarters: day}).window(); from != c.from || to != c.to {
			t.Errorf("checks in quarters %d to %d are drawn from %d to %d, want %d to %d", c.first, c.last, from, to, c.from, c.to)
		}
	}
	if from, to := (Chart{}).window(); from != to {
		t.Errorf("a day that is not known is drawn from %d to %d", from, to)
	}
}

// hatchShape is an outcome's hatch without its colour: where it leaves its ground.
func hatchShape(o verdict.Outcome, night bool, scale float32) string {
	c := Chart{Palette: dayPalette}
	if night {
		c.Palette = NightPalette
	}
	img := image.NewRGBA(image.Rect(0, 0, int(24*scale), int(24*scale)))
	c.hatch(img, img.Rect, o, scale)
	var shape strings.Builder
	for i := 0; i < len(img.Pix); i += 4 {
		if img.Pix[i] == c.fill(o).R && img.Pix[i+1] == c.fill(o).G {
			shape.WriteByte('#')
		} else {
			shape.WriteByte(' ')
		}
	}
	return shape.String()
}

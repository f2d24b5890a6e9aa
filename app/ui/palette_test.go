package ui_test

import (
	"image/color"
	"math"
	"testing"

	"postern/app/ui"
)

// luminance and contrast are those of WCAG 2.2.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestContrast(t *testing.T) {
	for name, p := range ui.Grounds() {
		if got := contrast(p[0], p[1]); got < 7 {
			t.Errorf("%s: contrast is %.2f, at least 7 is asked", name, got)
		}
	}
}

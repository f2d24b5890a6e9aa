package ui_test

import (
	"context"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"

	"postern/app/ui"
	"postern/app/ui/kit"
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
	for _, light := range kit.Lights {
		for name, p := range ui.Grounds(light) {
			if got := contrast(p[0], p[1]); got < 7 {
				t.Errorf("%s, %s: contrast is %.2f, at least 7 is asked", light, name, got)
			}
		}
		for name, p := range ui.Faint(light) {
			if got := contrast(p[0], p[1]); got < 4.5 {
				t.Errorf("%s, %s: contrast is %.2f, at least 4.5 is asked", light, name, got)
			}
		}
	}
	for name, day := range ui.Grounds(kit.Day) {
		if sun := ui.Grounds(kit.Sun)[name]; contrast(sun[0], sun[1]) < contrast(day[0], day[1]) {
			t.Errorf("%s is fainter in the sun than by day", name)
		}
	}
}

// A light shows at once, and each looks like itself.
func TestLights(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	if d.Light() != kit.Day {
		t.Errorf("the first start is in %q", d.Light())
	}
	seen := map[color.Color]kit.Light{}
	for _, l := range kit.Lights {
		d.Open("settings")
		d.tap("settings." + string(l))
		img := d.window.Canvas().Capture()
		at := img.At(3, img.Bounds().Dy()/2)
		if other, taken := seen[at]; taken {
			t.Errorf("the page of %s is that of %s", l, other)
		}
		seen[at] = l
	}
	again, err := ui.New(fyne.CurrentApp(), d.window, ui.Options{Settings: d.saved, Run: func(job func(context.Context)) { job(context.Background()) }})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.Light() != kit.Sun {
		t.Errorf("after a start the light is %q", again.Light())
	}
}

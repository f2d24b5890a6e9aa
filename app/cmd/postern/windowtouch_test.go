package main

import (
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// indigo is what is active: a field that keys go to.
var indigo = color.RGBA{0x40, 0x36, 0xc8, 0xff}

// The window is 480 by 800, and its keyboard as high as kit.KeyboardHeight says.
const (
	keyWide  = 48
	keyHigh  = 64
	keysFrom = 800 - 5*keyHigh - 2
)

// TestWindowTouch does with a mouse alone, which is how a touch comes under X11, what
// somebody with a new tablet does: they type the enrolment code on the keys of
// the screen, and then drag the settings up and down.
func TestWindowTouch(t *testing.T) {
	app := filepath.Join(windowBin(t), "postern-gate")
	d := startDisplay(t)
	w, err := newWorld(t.Context(), t.TempDir(), 20, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	t.Setenv("HOME", t.TempDir())
	d.start(app, "--data", filepath.Join(w.dir, "gate"), "--lang", "zh")
	d.waitFor("the first screen", indigo)
	before := share(d.look(), indigo)
	for y := 130; share(d.look(), indigo) < before*1.1; y += 30 { // the field stands under the title
		if y > 420 {
			d.keep("window-failed")
			t.Fatal("no place on the enrolment screen opens the keyboard")
		}
		d.click(120, y)
	}
	d.keep("window-touch-keys")
	d.touchKeys(w.code)
	d.keep("window-touch-typed")
	d.xdotool("mousemove", "432", fmt.Sprint(keysFrom+keyHigh*9/2), "click", "1")
	d.waitForHub(w, 1) // the start: the gate is enrolled

	d.click(30, 33)   // back to the check screen
	d.click(420, 765) // the tile of the settings
	d.keep("window-touch-settings")
	resting := d.look()
	d.drag(240, 600, -90) // over whatever is pressed there
	after := d.look()
	d.keep("window-touch-dragged")
	if got := shifted(resting, after); got < 70 || got > 90 {
		t.Errorf("a drag of 90 moved the page by %d", got)
	}
	d.drag(240, 500, 90)
	if got := shifted(resting, d.look()); got != 0 {
		t.Errorf("dragged back, the page stands %d from where it stood", got)
	}
	d.end()
}

// drag moves the pressed mouse up or down in small steps, as a finger comes.
func (d *display) drag(x, y, by int) {
	d.t.Helper()
	args := []string{"mousemove", fmt.Sprint(x), fmt.Sprint(y), "sleep", "0.6", "mousedown", "1"}
	for step := 1; step <= 20; step++ {
		args = append(args, "mousemove", fmt.Sprint(x), fmt.Sprint(y+by*step/20), "sleep", "0.03")
	}
	d.xdotool(append(args, "mouseup", "1", "sleep", "1")...)
}

// touchKeys types a code on the keys of the screen, which begin with capitals.
func (d *display) touchKeys(text string) {
	d.t.Helper()
	var args []string
	click := func(x, y float64) {
		args = append(args, "mousemove", fmt.Sprint(int(x*keyWide)), fmt.Sprint(int(keysFrom+y*keyHigh)), "click", "1", "sleep", "0.04")
	}
	letters := []string{"1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"}
	signs := []string{"1234567890", "$%*+-./:=&", "~_,;!?'\"@", "#()[]<>"}
	from := []float64{0, 0, 0.5, 1.5} // where rows begin
	shown, other := letters, signs
	for _, r := range text {
		if r == ' ' {
			click(4, 4.5)
			continue
		}
		if !strings.ContainsRune(strings.Join(shown, ""), r) {
			click(0.7, 4.5)
			shown, other = other, shown
		}
		for i, row := range shown {
			if at := strings.IndexRune(row, r); at >= 0 {
				click(from[i]+float64(at)+0.5, float64(i)+0.5)
			}
		}
	}
	d.xdotool(args...)
}

// shifted is by how many dots the middle of a picture stands higher in another one.
func shifted(before, after image.Image) int {
	best, least := -1, int64(1)<<62
	for by := range 260 {
		sum := int64(0)
		for y := 360; y < 480; y += 2 {
			for x := 40; x < 440; x += 3 {
				a, _, _, _ := before.At(x, y).RGBA()
				b, _, _, _ := after.At(x, y-by).RGBA()
				sum += max(int64(a)-int64(b), int64(b)-int64(a))
			}
		}
		if sum < least {
			best, least = by, sum
		}
	}
	return best
}

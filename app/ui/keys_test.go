package ui_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"postern/app/ui"
)

// least is the side of what a thumb hits, in device-independent pixels.
const least = 47.99 // 48, and what float32 loses on the way

// Every screen's targets are large enough, none lies over another, and the
// keys reach each of them.
func TestTargets(t *testing.T) {
	for _, size := range devices {
		for _, screen := range slices.Sorted(maps.Keys(shots)) {
			t.Run(fmt.Sprintf("%vx%v-%s", size.Width, size.Height, screen), func(t *testing.T) {
				d := newDesk(t, "en", size)
				shots[screen](d)
				byKeys, _ := ui.Reached(d.UI)
				var seen []box
				for _, b := range boxes(d.window) {
					o, ok := b.o.(fyne.Tappable)
					if _, scrolls := b.o.(*container.Scroll); !ok || scrolls || b.field {
						continue
					}
					if _, entry := b.o.(*widget.Entry); entry {
						continue
					}
					if w, h := b.at.x2-b.at.x1, b.at.y2-b.at.y1; w < least || h < least {
						t.Errorf("%s is %v by %v", words(b.o), w, h)
					}
					if !slices.Contains(byKeys, o) {
						t.Errorf("no key reaches %s", words(b.o))
					}
					for _, other := range seen {
						if over := b.at.cut(b.port).cut(other.at.cut(other.port)); over.x2-over.x1 > 1 && over.y2-over.y1 > 1 {
							t.Errorf("%s lies over %s", words(b.o), words(other.o))
						}
					}
					seen = append(seen, b)
				}
			})
		}
	}
}

// keyDown is a key as the window hears it.
func (d *desk) keyDown(key fyne.KeyName) {
	if key == fyne.KeyTab { // comes by another way, which the test driver lacks
		ui.Tab(d.UI, false)
		return
	}
	d.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: key})
}

func (d *desk) ringed() string {
	all, at := ui.Reached(d.UI)
	if at < 0 {
		return ""
	}
	return words(all[at].(fyne.CanvasObject))
}

// Tab, Shift-Tab and the arrows move a ring, Enter and Space press, Escape goes back.
func TestByKeyboard(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.scanCode("PP1:test_old")
	d.now = d.now.Add(time.Minute)
	all, at := ui.Reached(d.UI)
	if at >= 0 || len(all) < 4 {
		t.Fatalf("%d targets, the ring is at %d before a key", len(all), at)
	}
	first := words(all[0].(fyne.CanvasObject))
	d.keyDown(fyne.KeyTab)
	if d.ringed() != first {
		t.Errorf("the first Tab is at %q, want %q", d.ringed(), first)
	}
	d.keyDown(fyne.KeyDown)
	second := d.ringed()
	d.keyDown(fyne.KeyUp)
	d.Turn("en") // drawn anew
	if second == first || d.ringed() != first {
		t.Errorf("down and up lead by %q to %q", second, d.ringed())
	}
	ui.Tab(d.UI, true)
	last := squeeze(d.words(t, "en", "verdict.next"))
	if d.ringed() != last {
		t.Errorf("Shift-Tab from the first is at %q, want %q", d.ringed(), last)
	}
	for d.ringed() != squeeze(d.words(t, "en", "verdict.other_ways")) {
		d.keyDown(fyne.KeyLeft)
	}
	d.keyDown(fyne.KeyReturn)
	d.says(t, d.words(t, "en", "ways.back"))
	if d.ringed() != "" {
		t.Errorf("a new screen has a ring round %q", d.ringed())
	}
	d.keyDown(fyne.KeyEscape)
	d.says(t, "PCR test", d.words(t, "en", "verdict.other_ways"))
	for d.ringed() != last {
		d.keyDown(fyne.KeyTab)
	}
	d.window.Canvas().OnTypedRune()(' ')
	d.wait()
	d.says(t, d.words(t, "en", "check.invite"))
}

// A scanner wins: no character of its own presses what the ring is round, be
// it a space at the beginning, within, or the end of the line.
func TestScannerBesideTheRing(t *testing.T) {
	for _, text := range []string{"PP1:ok", "PP1: O K +", " PP1:ok"} {
		d := newDesk(t, "en", tablet).attach()
		d.scanCode("PP1:test_old")
		d.now = d.now.Add(time.Minute)
		d.keyDown(fyne.KeyTab)
		d.keyDown(fyne.KeyTab)
		if d.ringed() == "" {
			t.Fatal("there is no ring")
		}
		before := len(d.gate.lines)
		d.scanCode(text)
		d.wait()
		if got := len(d.gate.lines); got != before+1 {
			t.Errorf("%q left %d entries", text, got-before)
		}
	}
}

package ui_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

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
					if !ok {
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

// keyDown is a key as the window hears it from a scanner.
func (d *desk) keyDown(key fyne.KeyName) {
	switch key {
	case fyne.KeyTab: // comes by another way, which the test driver lacks
		ui.Tab(d.UI, false)
	case fyne.KeySpace:
		d.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: key})
		d.window.Canvas().OnTypedRune()(' ')
	default:
		d.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: key})
	}
}

// key is a key as a person strikes it, with a moment before and after.
func (d *desk) key(key fyne.KeyName) {
	d.now = d.now.Add(time.Second)
	d.keyDown(key)
	d.now = d.now.Add(time.Second)
	if t, ok := d.pending[d.alone]; ok {
		delete(d.pending, d.alone)
		t.do()
	}
}

// A holder may show a code of tabs and line ends to a scanner that types: it
// presses nothing, wherever the ring stands, and takes no verdict away.
func TestACodeThatTypesKeys(t *testing.T) {
	tab, enter, escape, space := fyne.KeyTab, fyne.KeyReturn, fyne.KeyEscape, fyne.KeySpace
	for _, keys := range [][]fyne.KeyName{{tab, tab, enter, enter}, {tab, tab, space, enter}, {enter, enter}, {space, enter}, {escape, enter}, {tab, tab, enter, tab, tab, enter}} {
		for _, ringed := range []bool{false, true} {
			d := newDesk(t, "en", tablet).attach()
			d.scanCode("PP1:test_old")
			d.now = d.now.Add(time.Minute)
			if ringed {
				d.key(tab)
				d.key(tab)
			}
			d.now = d.now.Add(time.Minute)
			for _, k := range keys {
				d.keyDown(k)
				d.now = d.now.Add(20 * time.Millisecond)
			}
			d.wait()
			d.says(t, d.words(t, "en", "verdict.other_ways"))
			if len(d.gate.lines) != 1 {
				t.Errorf("%v left %d entries", keys, len(d.gate.lines))
			}
		}
	}
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
	d.key(fyne.KeyTab)
	if d.ringed() != first {
		t.Errorf("the first Tab is at %q, want %q", d.ringed(), first)
	}
	d.key(fyne.KeyDown)
	second := d.ringed()
	d.key(fyne.KeyUp)
	d.Turn("en") // drawn anew
	if second == first || d.ringed() != first {
		t.Errorf("down and up lead by %q to %q", second, d.ringed())
	}
	d.now = d.now.Add(time.Second)
	ui.Tab(d.UI, true)
	last := squeeze(d.words(t, "en", "verdict.next"))
	if d.ringed() != last {
		t.Errorf("Shift-Tab from the first is at %q, want %q", d.ringed(), last)
	}
	for d.ringed() != squeeze(d.words(t, "en", "verdict.other_ways")) {
		d.key(fyne.KeyLeft)
	}
	d.key(fyne.KeyReturn)
	d.says(t, d.words(t, "en", "ways.back"))
	if d.ringed() != "" {
		t.Errorf("a new screen has a ring round %q", d.ringed())
	}
	d.key(fyne.KeyEscape)
	d.says(t, "PCR test", d.words(t, "en", "verdict.other_ways"))
	for d.ringed() != last {
		d.key(fyne.KeyTab)
	}
	d.key(fyne.KeySpace)
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
		d.passes(time.Second)
		d.says(t, d.words(t, "en", "outcome.check")) // it stands, and the code waits
		d.Next()
		if got := len(d.gate.lines); got != before+1 {
			t.Errorf("%q left %d entries", text, got-before)
		}
	}
}

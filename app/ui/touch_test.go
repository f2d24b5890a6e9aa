package ui_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"postern/app/settings"
	"postern/app/ui"
	"postern/app/ui/kit"
	"postern/sync/verdict"
)

// touched are the windows that somebody touches, from 7 inches to a desktop.
var touched = []fyne.Size{{Width: 480, Height: 800}, {Width: 800, Height: 480}, {Width: 600, Height: 960}, {Width: 1280, Height: 800}, {Width: 1920, Height: 1080}}

// On every screen, in every window that is touched, in small and in large letters,
// nothing that can be pressed is cut, and opposites stand apart.
func TestEveryScreenIsForThumbs(t *testing.T) {
	pairs := 0
	for _, size := range touched {
		for _, text := range []int{100, 200} {
			for _, screen := range slices.Sorted(maps.Keys(shots)) {
				t.Run(fmt.Sprintf("%vx%v-%d-%s", size.Width, size.Height, text, screen), func(t *testing.T) {
					set := settings.Default()
					set.Text = text
					d := newDeskWith(t, "en", size, set)
					shots[screen](d)
					pairs += standApart(t, d)
					notCut(t, d)
				})
			}
		}
	}
	if pairs == 0 {
		t.Error("no two buttons have opposite meanings")
	}
}

// standApart holds that nothing stands within 8 mm of what means the opposite, and counts such pairs.
func standApart(t *testing.T, d *desk) (pairs int) {
	t.Helper()
	all := kit.Targets(ui.Shown(d.UI))
	for i, a := range all {
		for _, b := range all[i+1:] {
			if !kit.Opposed(a.Target, b.Target) {
				continue
			}
			pairs++
			a1, b1, a2, b2 := a.Seen()
			c1, d1, c2, d2 := b.Seen()
			dx, dy := max(c1-a2, a1-c2, 0), max(d1-b2, b1-d2, 0)
			if far := math.Hypot(float64(dx), float64(dy)); far < kit.Apart-0.01 {
				t.Errorf("%s and %s are %.0f apart", words(a.Target), words(b.Target), far)
			}
		}
	}
	return pairs
}

// notCut holds that whatever shows of something that can be pressed is as large
// as a thumb needs, at first and wherever it is scrolled to, and that it can be scrolled to.
func notCut(t *testing.T, d *desk) {
	t.Helper()
	whole := func(target kit.Target, when string) {
		for _, r := range kit.Targets(ui.Shown(d.UI)) {
			x1, y1, x2, y2 := r.Seen()
			if shows := x2 > x1+0.01 && y2 > y1+0.01; (shows || r.Target == target) && (x2-x1 < least || y2-y1 < least) {
				t.Errorf("%s: %s shows %v by %v", when, words(r.Target), x2-x1, y2-y1)
			}
		}
	}
	whole(nil, "when it opens")
	for i := range kit.Targets(ui.Shown(d.UI)) {
		r := kit.Targets(ui.Shown(d.UI))[i]
		r.Reveal()
		whole(r.Target, "scrolled to "+words(r.Target))
	}
}

// Nothing but the verdict stands on a verdict: no bar, although it scrolls in large letters.
func TestNoBarOverAVerdict(t *testing.T) {
	large := settings.Default()
	large.Text = 200
	scrolls := 0
	for _, size := range append(slices.Clone(touched), fyne.NewSize(320, 480)) { // where even the smallest letters have no room
		for _, screen := range []string{"admit", "test-old", "forged", "no-key", "clock", "id", "ways", "supervisor"} {
			d := newDeskWith(t, "en", size, large)
			shots[screen](d)
			for _, o := range test.LaidOutObjects(d.window.Content()) {
				if s, ok := o.(*kit.Scroll); ok {
					parts := test.WidgetRenderer(s).Objects()
					if s.Content.Size().Height > s.Size().Height {
						scrolls++
					}
					if parts[len(parts)-1].Visible() {
						t.Errorf("%s at %v has a bar", screen, size)
					}
				}
			}
		}
	}
	if scrolls == 0 {
		t.Error("nothing scrolls")
	}
}

// Whoever only touches reaches the end of every long screen by dragging, also
// where the finger comes down on a button; and nothing is pressed by that.
func TestDragToTheEnd(t *testing.T) {
	for _, screen := range []string{"settings-open", "today", "drill-cards", "help", "drill-score", "sync"} {
		d := newDesk(t, "en", fyne.NewSize(800, 480))
		shots[screen](d)
		before := ui.ScreenName(d.UI)
		last := func() float32 {
			all := kit.Targets(ui.Shown(d.UI))
			if len(all) == 0 {
				t.Fatal(screen, "has nothing to press")
			}
			_, y1, _, y2 := all[len(all)-1].Seen()
			return y2 - y1
		}
		for range 60 {
			for _, x := range []float32{300, 600} { // both columns, where there are two
				test.Drag(d.window.Canvas(), fyne.NewPos(x, 300), 0, -200)
			}
		}
		if ui.ScreenName(d.UI) != before || last() < least {
			t.Errorf("%s became %s; its last button shows %v", screen, ui.ScreenName(d.UI), last())
		}
	}
}

// A choice that is tapped far down stays under the finger.
func TestAChoiceStaysWhereItIs(t *testing.T) {
	d := newDesk(t, "en", fyne.NewSize(480, 800))
	shots["settings-open"](d)
	for range 20 {
		test.Drag(d.window.Canvas(), fyne.NewPos(240, 500), 0, -200)
	}
	at := d.at("settings.day")
	test.TapCanvas(d.window.Canvas(), at.AddXY(20, 20))
	if now := d.at("settings.day"); now != at {
		t.Errorf("the choice stood at %v, and stands at %v", at, now)
	}
}

// touchField taps the field on the screen.
func (d *desk) touchField() {
	for _, r := range kit.Targets(ui.Shown(d.UI)) {
		if s, ok := r.Target.(interface{ Says() string }); ok && s.Says() == d.field().Says() {
			r.Tapped(nil)
			return
		}
	}
}

// What a scanner types goes to the gate, and leaves nothing in the field that it ran into.
func TestAScanRunsIntoAField(t *testing.T) {
	for _, screen := range []string{"type", "help", "enrol", "settings"} {
		for _, end := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyTab} {
			d := newDesk(t, "en", high)
			d.gate.state.PIN = false
			d.attach()
			d.Open(screen)
			f := d.field()
			d.touchField()
			for _, r := range "liu" {
				d.now = d.now.Add(200 * time.Millisecond)
				d.window.Canvas().OnTypedRune()(r)
			}
			if f.Text() != "liu" {
				t.Fatalf("%s: the field holds %q", screen, f.Text())
			}
			d.now = d.now.Add(time.Second)
			for _, r := range "PP1:barred" {
				d.now = d.now.Add(5 * time.Millisecond)
				d.window.Canvas().OnTypedRune()(r)
			}
			d.keyDown(end)
			if screen == "type" || screen == "settings" { // the gate has it, and judges it when the page closes
				d.says(t, d.words(t, "en", "line.waiting"))
			}
			if f.Text() != "liu" {
				t.Errorf("%s: the scan left %q in the field", screen, f.Text())
			}
			if ui.ScreenName(d.UI) != "verdictScreen" {
				d.Open("check")
			}
			d.says(t, "Refuse", "R-BAR")
		}
	}
}

// areKeys reports whether all targets are keys, which are struck as fast as anybody can and do nothing but type.
func areKeys(targets ...kit.Target) bool {
	for _, t := range targets {
		if _, ok := t.(*kit.Key); !ok {
			return false
		}
	}
	return true
}

// The end of a drill shows without scrolling, on every device.
func TestDrillsEndShows(t *testing.T) {
	for _, size := range touched {
		d := newDesk(t, "en", size)
		shots["drill-cards"](d)
		end := d.find(d.words(t, "en", "drill.end"))
		for _, r := range kit.Targets(ui.Shown(d.UI)) {
			if _, y1, _, y2 := r.Seen(); fyne.Tappable(r.Target) == end && y2-y1 < least {
				t.Errorf("%v: the end shows %v", size, y2-y1)
			}
		}
	}
}

// The second of two taps hits nothing that was not there at the first.
func TestTwoTaps(t *testing.T) {
	elsewhere := 0 // how often a tap put something else under the finger
	for _, screen := range []string{"settings", "settings-open", "shift", "type", "help", "drill", "drill-card", "start", "start-sound", "today", "check", "id"} {
		for i := 0; ; i++ {
			d := newDesk(t, "en", fyne.NewSize(480, 800))
			shots[screen](d)
			all := kit.Targets(ui.Shown(d.UI))
			if i == len(all) {
				break
			}
			d.shielded = true
			x1, y1, x2, y2 := all[i].Seen()
			if x2 <= x1 || y2 <= y1 {
				continue
			}
			at, first := fyne.NewPos((x1+x2)/2, (y1+y2)/2), words(all[i].Target)
			test.TapCanvas(d.window.Canvas(), at)
			if second := kit.TargetAt(d.window.Content(), at); second != nil && words(second) != first && !areKeys(second, all[i].Target) {
				t.Errorf("%s: a second tap on %s hits %s", screen, first, words(second))
			}
			d.passes(ui.ShieldTime)
			if second := kit.TargetAt(d.window.Content(), at); second != nil && words(second) != first {
				elsewhere++
			}
		}
	}
	if elsewhere < 10 {
		t.Errorf("only %d taps put something else under the finger", elsewhere)
	}

	// A screen that only shows more, in the same places, feels the finger at once.
	d := newDesk(t, "en", fyne.NewSize(480, 800))
	d.attach()
	show(verdict.Barred)(d)
	d.tap("step.supervisor")
	d.tap("supervisor.pin")
	d.shielded = true
	for _, digit := range "14" {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(d.find(string(digit)).(fyne.CanvasObject)).AddXY(20, 20)
		test.TapCanvas(d.window.Canvas(), at)
	}
	d.says(t, "●●○○")
}

package ui_test

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"postern/app/gate"
	"postern/app/ui"
	"postern/sync/policy"
	"postern/sync/wording"
)

var unenrolled = gate.State{}

func troubled(s gate.State) gate.State {
	s.Age, s.Made, s.Suspended, s.ClockOff = policy.Stale, noon.Add(-9*24*time.Hour), true, -26*time.Hour
	s.Problems = []gate.Problem{gate.DiskNearlyFull, gate.JournalSetAside}
	return s
}

// words gives what a screen says in a language.
func (d *desk) words(_ testing.TB, language, key string, pairs ...string) string {
	words, err := wording.New(language, zone)
	if err != nil {
		panic(err)
	}
	return words.Say(key, pairs...)
}

// shown is all text on the window, without white space: lines break where they must.
func (d *desk) shown() string {
	var b strings.Builder
	for _, o := range test.LaidOutObjects(d.window.Content()) {
		if t, ok := o.(*canvas.Text); ok && t.Visible() {
			b.WriteString(squeeze(t.Text))
		}
	}
	return b.String()
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// tap taps what bears the word for key in the guard's language.
func (d *desk) tap(key string) {
	words, err := wording.New(d.Language(), zone)
	if err != nil {
		panic(err)
	}
	d.tapWord(words.Say(key))
}

// tapWord taps the last thing that bears a word: tabs come before the screen.
func (d *desk) tapWord(word string) { test.Tap(d.find(word)) }

// at is where the word for key can be tapped.
func (d *desk) at(key string) fyne.Position {
	o := d.find(d.words(nil, d.Language(), key)).(fyne.CanvasObject)
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
}

func (d *desk) find(word string) (found fyne.Tappable) {
	for _, o := range test.LaidOutObjects(d.window.Content()) {
		b, ok := o.(fyne.Tappable)
		if !ok {
			continue
		}
		said := ""
		for _, part := range test.LaidOutObjects(o) {
			if t, ok := part.(*canvas.Text); ok {
				said += squeeze(t.Text)
			}
		}
		own := "" // what it says without the smaller line under it
		if v, ok := o.(interface{ Says() string }); ok {
			own = squeeze(v.Says())
		}
		if said == squeeze(word) || own == squeeze(word) {
			found = b
		}
	}
	if found == nil {
		panic("nothing to tap says " + word + "; the screen says " + d.shown())
	}
	return found
}

// tapName taps what shows a drawing in place of the word for key.
func (d *desk) tapName(key string) {
	words, err := wording.New(d.Language(), zone)
	if err != nil {
		panic(err)
	}
	for _, o := range test.LaidOutObjects(d.window.Content()) {
		if b, ok := o.(fyne.Tappable); ok && ui.NameOf(o) == words.Say(key) {
			test.Tap(b)
			return
		}
	}
	panic("nothing to tap is named " + key)
}

// scanCode types a text as a scanner does: nothing has the focus, and Enter ends it.
func (d *desk) scanCode(text string) {
	c := d.window.Canvas()
	for _, r := range text {
		c.OnTypedRune()(r)
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

// touch is a short touch of the screen, where no button is.
func (d *desk) touch() {
	s := d.surface()
	s.MouseDown(nil)
	s.MouseUp(nil)
}

// hold is a long one.
func (d *desk) hold() {
	s := d.surface()
	s.MouseDown(nil)
	d.wait()
	s.MouseUp(nil)
}

// surface is what feels touches all over the screen.
func (d *desk) surface() desktop.Mouseable {
	for _, o := range test.LaidOutObjects(d.window.Content()) {
		if s, ok := o.(desktop.Mouseable); ok {
			return s
		}
	}
	panic("nothing feels a touch; the screen says " + d.shown())
}

// digits types a number as a person does, and Enter.
func (d *desk) digits(pin string) {
	for _, r := range pin {
		d.now = d.now.Add(200 * time.Millisecond)
		d.window.Canvas().OnTypedRune()(r)
	}
	d.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

package ui_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/settings"
	"postern/app/ui"
	"postern/sync/verdict"
	"postern/sync/wording"
)

var devices = []fyne.Size{{Width: 480, Height: 800}, {Width: 800, Height: 480}, {Width: 1280, Height: 800}}

// At twice the size nothing is cut off, no text lies over another, and what
// does not fit can be scrolled to; in every language, on every screen.
func TestLargeLetters(t *testing.T) {
	large := settings.Default()
	large.Text = 200
	for _, language := range wording.Languages {
		for _, size := range devices {
			for _, screen := range slices.Sorted(maps.Keys(shots)) {
				t.Run(fmt.Sprintf("%s-%vx%v-%s", language, size.Width, size.Height, screen), func(t *testing.T) {
					d := newDeskWith(t, language, size, large)
					shots[screen](d)
					legible(t, d.window)
				})
			}
		}
	}
}

// Letters grow at once where they are chosen.
func TestLettersGrowAtOnce(t *testing.T) {
	d := newDesk(t, "en", devices[0])
	show(verdict.TestOld)(d)
	small := sizes(d.window)
	ui.Enlarge(d.UI, 200)
	legible(t, d.window)
	if now := sizes(d.window); now <= small {
		t.Errorf("letters add up to %v, before to %v", now, small)
	}
}

// sizes adds up the sizes of all letters: a word may be as wide as its screen already.
func sizes(w fyne.Window) (most float32) {
	for _, b := range boxes(w) {
		if text, ok := b.o.(*canvas.Text); ok && text.Text != "" {
			most += text.TextSize
		}
	}
	return most
}

// line is a line of text and where its letters are.
type line struct {
	said string
	ink  rect // in the window
	seen rect // what of it can be seen without scrolling
}

func legible(t *testing.T, w fyne.Window) {
	t.Helper()
	var lines []line
	for _, b := range boxes(w) {
		text, ok := b.o.(*canvas.Text)
		if !ok || text.Text == "" {
			continue
		}
		ink := letters(text, b.at)
		if !ink.in(b.within) || ink.x1 < b.pane.x1-1 || ink.x2 > b.pane.x2+1 {
			t.Errorf("%q at %v reaches out of %v, where %v shows", text.Text, ink, b.within, b.pane)
		}
		if b.pane.empty() {
			t.Errorf("%q can never be seen", text.Text)
		}
		lines = append(lines, line{text.Text, ink, ink.cut(b.port)})
	}
	for i, a := range lines {
		for _, b := range lines[i+1:] {
			if over := a.seen.cut(b.seen); over.x2-over.x1 > 1 && over.y2-over.y1 > 1 {
				t.Errorf("%q at %v lies over %q at %v", a.said, a.seen, b.said, b.seen)
			}
		}
	}
}

// letters is where a text has ink: fonts keep about a quarter of their height
// empty above and below it.
func letters(text *canvas.Text, at rect) rect {
	size := text.MinSize() // in the font of its script
	x := at.x1
	switch text.Alignment {
	case fyne.TextAlignCenter:
		x += (at.x2 - at.x1 - size.Width) / 2
	case fyne.TextAlignTrailing:
		x = at.x2 - size.Width
	}
	y := (at.y1 + at.y2) / 2
	half := text.TextSize * 0.5
	return rect{x, y - half, x + size.Width, y + half}
}

package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"postern/app/scan"
)

// typing is the screen for a code's text at the keys. It is the only one
// besides enrolment where something has the focus.
type typing struct {
	entry *widget.Entry
	key   string // what is wrong with the text
}

func newTyping(u *UI, text string) *typing {
	s := &typing{}
	s.entry = newField(text, func() { s.check(u) })
	return s
}

// newField is an entry for a long code, on several lines. Enter, which ends a
// scanner's text too, sends it off.
func newField(text string, send func()) *widget.Entry {
	e := widget.NewMultiLineEntry()
	e.Wrapping = fyne.TextWrapBreak
	e.SetText(text)
	e.OnChanged = func(now string) {
		if code, ended := strings.CutSuffix(now, "\n"); ended {
			e.SetText(code)
			send()
		}
	}
	return e
}

func (*typing) skin(u *UI) paint { return u.pagePaint() }
func (*typing) tab() string      { return "check" }

func (s *typing) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPage(size, u.say("typing.title"))
	s.entry.SetPlaceHolder(u.say("typing.hint"))
	p.add(tall(s.entry, 150))
	if s.key != "" {
		p.add(newProse(u.say(s.key), 18, p.sheet.ink).strong())
	}
	p.add(newRow(12,
		newOutline(u.say("typing.back"), p.sheet.ink, func() { u.open("check") }),
		newPress(u.say("typing.check"), admitGreen, white, func() { s.check(u) })))
	u.after(0, func() { u.focus(s, s.entry) })
	return p.done()
}

func (s *typing) check(u *UI) {
	r, err := scan.FromTyped(strings.ReplaceAll(s.entry.Text, "\n", ""), u.opt.Now())
	if err != nil {
		s.key = "typing.empty"
		if s.entry.Text != "" {
			s.key = "check.too_long"
		}
		u.root.Refresh()
		return
	}
	u.take(r, nil)
}

// focus puts the cursor into an entry of a screen, if that still shows.
func (u *UI) focus(s screen, e *widget.Entry) {
	if u.screen == s {
		u.window.Canvas().Focus(e)
	}
}

package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"postern/app/scan"
	"postern/app/ui/kit"
)

// typingScreen is the screen for a code's text at the keys. It is the only one
// besides enrolment where something has the focus.
type typingScreen struct {
	entry *widget.Entry
	key   string // what is wrong with the text
}

func newTyping(u *UI, text string) *typingScreen {
	s := &typingScreen{}
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

func (*typingScreen) behave(u *UI) behaviour { return u.page("check") }

func (s *typingScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := kit.NewPage(u.palette(), size, u.say("typing.title"))
	s.entry.SetPlaceHolder(u.say("typing.hint"))
	p.Add(kit.Tall(s.entry, 150))
	if s.key != "" {
		p.Add(kit.NewProse(u.say(s.key), 18, p.Palette.Ink).Bold())
	}
	p.Add(kit.NewRow(12,
		kit.NewOutlined(u.say("typing.back"), p.Palette.Ink, func() { u.open("check") }),
		kit.NewButton(u.say("typing.check"), kit.AdmitGreen, kit.White, func() { s.check(u) })))
	u.after(0, func() { u.focus(s, s.entry) })
	return p.Layout()
}

func (s *typingScreen) check(u *UI) {
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

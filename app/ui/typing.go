package ui

import (
	"fyne.io/fyne/v2"

	"postern/app/scan"
	"postern/app/ui/kit"
)

// typingScreen is the screen for a code's text at the keys.
type typingScreen struct {
	entry *kit.Field
	key   string // what is wrong with the text
}

func newTyping(u *UI, text string) *typingScreen {
	s := &typingScreen{}
	s.entry = u.codeField(text, 3, func() { s.check(u) })
	s.entry.Active = true
	return s
}

// codeField is a field for a long code, on some lines.
func (u *UI) codeField(text string, lines int, send func()) *kit.Field {
	f := u.newField("", send)
	f.Code, f.Lines = true, lines
	f.SetText(text)
	return f
}

func (s *typingScreen) behave(u *UI) behaviour {
	b := u.page("check")
	b.field = s.entry
	return b
}

func (s *typingScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPage(size, u.say("typing.title"), "")
	for s.entry.Lines = 3; s.entry.Lines > 1 && s.entry.HeightFor(size.Width) > size.Height/2; {
		s.entry.Lines--
	}
	p.Add(u.inField(s.entry, u.say("typing.hint"), "", u.say("typing.check")))
	if s.key != "" {
		p.Add(p.Say(u.say(s.key), 26).Bold())
	}
	p.Add(kit.NewRow(12,
		p.Outlined(u.say("typing.back"), func() { u.open("check") }),
		p.Filled(u.say("typing.check"), func() { s.check(u) })))
	return p.Layout()
}

func (s *typingScreen) check(u *UI) {
	r, err := scan.FromTyped(s.entry.Text(), u.opt.Now())
	if err != nil {
		s.key = "typing.empty"
		if s.entry.Text() != "" {
			s.key = "check.too_long"
		}
		u.root.Refresh()
		return
	}
	u.show(&checkScreen{}) // the page is done with
	u.take(r, nil)
}

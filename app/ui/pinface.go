package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"postern/app/ui/kit"
	"postern/sync/enrol"
	"postern/sync/wording"
)

// body has what is asked at the left, with a mark for each digit, and the pad at the
// right; under each other where the window stands upright.
func (s *pinScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	g := u.grid()
	p := kit.NewPage(u.palette(), g, size, u.head(u.say(s.title), "", s.back))
	m := g.Margin()
	words, head := s.words(u, p), g.Of(104)
	pad := kit.NewPad(p.Palette.Keys(), func(r rune) { s.digit(u, r) },
		kit.PadKey{Icon: "icons/rub", Name: u.say("pin.rub"), Do: func() { s.rub(u) }},
		kit.PadKey{Word: u.say("pin.enter"), Done: true, Do: func() { s.enter(u) }})
	if g.Wide {
		w := min(g.Of(500), size.Width*0.44)
		p.AtSide(pad, w)
		p.Add(words...)
		return p.Layout()
	}
	w, h := min(size.Width-2*m, g.Of(620)), min(size.Height*0.5, g.Of(560))
	h = max(h, 4*52)
	p.AtFoot(kit.NewPane(fyne.NewSize(1, min(h, size.Height-head-80)), func(given fyne.Size) fyne.CanvasObject {
		return kit.Fixed(given, kit.Place(pad, (given.Width-w)/2, 0, w, given.Height))
	}))
	p.Add(words...)
	return p.Layout()
}

// words say what the PIN is for, how long it is, how many digits are there, and what was wrong.
func (s *pinScreen) words(u *UI, p *kit.Page) []fyne.CanvasObject {
	var words []fyne.CanvasObject
	if s.say != "" {
		words = append(words, p.Say(s.say, 30).Bold())
	}
	words = append(words, p.Quiet(u.say("pin.length", "min", strconv.Itoa(enrol.MinPIN), "max", strconv.Itoa(enrol.MaxPIN)), 26), p.Say(s.dots(), 48).Bold())
	switch left := s.left(u); {
	case left > 0:
		words = append(words, p.Alert(p.Say(u.say("pin.wait", "span", u.catalogue().Seconds(left)), 28).Bold()))
	case s.working:
		words = append(words, p.Say(u.say("pin.working"), 28))
	case s.key != "":
		words = append(words, p.Alert(p.Say(u.say(s.key), 28).Bold()))
	}
	return words
}

// dots are one for each digit, and rings for those that are missing.
func (s *pinScreen) dots() string {
	n := len(s.digits)
	return wording.Whole(strings.Repeat("● ", n) + strings.Repeat("○ ", max(enrol.MinPIN-n, 0)))
}

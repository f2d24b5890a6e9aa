package ui

import (
	"strconv"

	"fyne.io/fyne/v2"

	"postern/app/ui/kit"
)

// body is the verdict's own face with the two answers in the place of the steps: yes
// and no differ in drawing, fill and size.
func (s *idScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	if u.locked() && !s.staff {
		return s.kioskBody(u, size)
	}
	f := newFace(u, s.seen, size)
	if f.text.Name == "" { // then the ID cannot be compared, and the guard should see why
		f.text.Name = u.say("verdict.no_name")
	}
	if y := s.seen.v.Pass.BirthYear; y > 0 {
		from := y / 5 * 5
		f.text.Card = []string{u.say("id.born", "from", strconv.Itoa(from), "to", strconv.Itoa(from+4))}
	}
	f.pressing = func(share float32, _ int) *kit.Stack { return s.answers(f, share) }
	return kit.Fixed(size, f.draw()...)
}

// answers are what the guard saw; nothing can be pressed while the gate records it.
func (s *idScreen) answers(f face, share float32) *kit.Stack {
	u, g := f.u, f.g
	if s.asked {
		return kit.NewStack(0, kit.NewProse(u.say("id.recording"), g.Of(32)*share, f.paint.Ink).Bold())
	}
	return kit.NewStack(g.Of(14),
		kit.NewButton(u.say("id.matches"), f.paint.Ink, filledInk(f.paint), func() { s.confirm(u, true) }).
			WithIcon("icons/tick").Sized(g.Of(36)*share, g.Of(96)).Leading(g.Of(28)).Means(kit.LetsIn),
		kit.NewOutlined(u.say("id.differs"), f.paint.Ink, func() { s.confirm(u, false) }).
			WithIcon("icons/cross").Sized(g.Of(28)*share, g.Of(76)).Leading(g.Of(28)).Means(kit.KeepsOut))
}

// kioskBody asks the visitor for patience: nobody confirms themselves.
func (s *idScreen) kioskBody(u *UI, size fyne.Size) fyne.CanvasObject {
	side := u.grid().Of(340)
	foot := []*kit.Button{
		kit.NewButton(u.say("kiosk.compare"), kit.White, kit.KioskNight, func() { s.callStaff(u) }).WithIcon("icons/id"),
		u.emergencyButton(func() { u.open("emergency") }),
	}
	return u.kioskPage(size, kit.Drawing("shapes/id", kit.White, side), fyne.NewSquareSize(side), func(share float32) *kit.Stack {
		return kioskWords(u.grid(), u.say("kiosk.please"), u.say("kiosk.id"), u.say("kiosk.wait_say"), 130*share, share)
	}, foot)
}

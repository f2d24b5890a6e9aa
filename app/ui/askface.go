package ui

import (
	"fyne.io/fyne/v2"

	"postern/app/ui/kit"
	"postern/sync/verdict"
)

// ask builds a screen in the verdict's colours: a title, a sentence, and buttons at the thumb.
func (s *verdictScreen) ask(u *UI, size fyne.Size, title, say string, buttons ...*kit.Button) fyne.CanvasObject {
	return s.askWith(u, size, title, func(g kit.Grid, share float32) *kit.Stack {
		return kit.NewStack(0, kit.NewProse(say, g.Of(30)*share, s.paint(u).Ink))
	}, buttons...)
}

// askWith is ask with more than a sentence. What is read stands at the left and what is
// pressed at the right, or under each other; the emergency stays at the bottom left,
// and what goes back stands at the bottom right.
func (s *verdictScreen) askWith(u *UI, size fyne.Size, title string, say func(kit.Grid, float32) *kit.Stack, buttons ...*kit.Button) fyne.CanvasObject {
	g, ink := u.grid(), s.paint(u).Ink
	m, gap := g.Margin()-u.tapeWidth(u.behaviour()), g.Of(40)
	key := "ways.back"
	if s.nobody { // there is no verdict to go back to
		key = "typing.back"
	}
	back := kit.NewOutlined(u.say(key), ink, func() { s.again(u) }).WithIcon("icons/back").Leading(g.Of(22)).Sized(g.Of(30), g.Of(100))
	d := dock{emergency: u.emergencyButton(func() { s.step(u, verdict.Emergency) }), next: back}
	row, dh := d.build(g, size.Width-2*m, g.Of(512))
	foot := size.Height - dh - g.Of(24)
	dockAt := kit.Place(row, m, foot, size.Width-2*m, dh)
	var pressed []fyne.CanvasObject
	for _, b := range buttons {
		pressed = append(pressed, b)
	}
	above := d.apart(g, pressed)
	room := foot - g.Of(20)
	if !g.Wide {
		room = foot - above
	}
	for share := float32(1); ; share *= 0.95 {
		top := kit.NewStack(g.Of(16), kit.NewProse(title, g.Of(56)*share, ink).Bold().Tight())
		top.Add(say(g, share).Items...)
		acts := kit.NewStack(g.Of(14))
		for i, b := range buttons {
			b.Sized(g.Of(28)*share, g.Of(76)*max(share, 0.8)).Leading(g.Of(28))
			if i == 0 && !b.Outline {
				b.Sized(g.Of(34)*share, g.Of(92)*max(share, 0.8))
			}
			acts.Add(b)
		}
		if g.Wide {
			half := (size.Width - 2*m - gap) / 2
			ht, ha := top.HeightFor(half), acts.HeightFor(half)
			if max(ht, ha) > room && share*kit.Letters(1) > 0.75 {
				continue
			}
			x := u.mirror(size.Width-m-half, half, size.Width)
			return kit.Fixed(size, scrolledIn(top, u.mirror(m, half, size.Width), room, half), scrolledIn(acts, x, room, half), dockAt)
		}
		w := size.Width - 2*m
		ht, ha := top.HeightFor(w), acts.HeightFor(w)
		if ht+ha+g.Of(24) > room && share*kit.Letters(1) > 0.75 {
			continue
		}
		if ht+ha+g.Of(24) > room {
			return kit.Fixed(size, kit.Scrolled(kit.NewStack(g.Of(20), top, acts), m, g.Of(8), w, room).Bare(), dockAt)
		}
		return kit.Fixed(size, kit.Place(top, m, g.Of(8), w, ht), kit.Place(acts, m, foot-above-ha, w, ha), dockAt)
	}
}

// scrolledIn puts a stack in the middle of a height, and lets it scroll where it is higher.
func scrolledIn(s *kit.Stack, x, room, width float32) fyne.CanvasObject {
	if h := s.HeightFor(width); h <= room {
		return kit.Place(s, x, (room-h)/2, width, h)
	}
	return kit.Scrolled(s, x, 0, width, room).Bare()
}

// solid makes a button in the verdict's colours: the first of a screen is filled, the
// others are outlined by [verdictScreen.askWith].
func (s *verdictScreen) solid(u *UI, text string, do func()) *kit.Button {
	colours := s.paint(u)
	return kit.NewButton(text, colours.Ink, filledInk(colours), do)
}

// askKiosk tells a visitor what happens next, on the kiosk's own ground.
func (s *verdictScreen) askKiosk(u *UI, size fyne.Size, title, say string, buttons ...*kit.Button) fyne.CanvasObject {
	side := u.grid().Of(300)
	foot := append(buttons, kit.NewOutlined(u.say("pin.back"), kit.White, func() { s.again(u) }).WithIcon("icons/back"))
	return u.kioskPage(size, kit.Drawing("icons/people", kit.White, side), fyne.NewSquareSize(side), func(share float32) *kit.Stack {
		return kioskWords(u.grid(), "", title, say, 92*share, share)
	}, foot)
}

package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/ui/kit"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// kioskHint says how a code is shown here: to what there is, and on paper where the place takes it.
func (u *UI) kioskHint() string {
	hint := u.say("kiosk.hint_scanner")
	if u.hasPicture() {
		hint = u.say("kiosk.hint")
	}
	if r := u.state.Rules; r != nil && r.Paper {
		hint = wording.Join(hint, u.say("kiosk.paper"))
	}
	return hint
}

// kioskFace invites visitors: what the camera sees, what to do, and whom to ask.
func (s *checkScreen) kioskFace(u *UI, size fyne.Size) fyne.CanvasObject {
	title, say := u.say("check.invite"), u.kioskHint()
	if s.key != "" {
		title, say = "", u.say(s.key, s.pairs...)
	}
	var picture fyne.CanvasObject
	side := u.grid().Of(340)
	w, h := side, side
	if u.camera != nil && u.camera.front != nil && u.state.Enrolled {
		w, h = u.grid().Of(520), u.grid().Of(480)
		if !u.grid().Wide {
			w = size.Width - 2*u.grid().Of(48)
		}
		pane, drawn := newViewfinder(u, fyne.NewSize(w, h), " ")
		edge := canvas.NewRectangle(kit.Fade(kit.White, 0))
		edge.StrokeColor, edge.StrokeWidth, edge.CornerRadius = kit.White, 6, 20
		u.pane, picture = pane, kit.Fixed(fyne.NewSize(w, h), kit.Place(drawn, 3, 3, w-6, h-6), kit.Place(edge, 0, 0, w, h))
	} else {
		picture = kit.Drawing("icons/scan", kit.White, side)
	}
	return u.kioskPage(size, picture, fyne.NewSize(w, h), func(share float32) *kit.Stack {
		return kioskWords(u.grid(), "", title, say, 92*share, share)
	}, u.kioskFoot(func() { u.nobody().seen.step(u, verdict.Supervisor) }))
}

// kioskWords are a small line, a large one, and a sentence.
func kioskWords(g kit.Grid, small, large, say string, size, share float32) *kit.Stack {
	s := kit.NewStack(g.Of(16))
	if small != "" {
		s.Add(kit.NewProse(small, g.Of(64)*share/kit.Letters(1), kit.White).Bold().Tight())
	}
	if large != "" {
		s.Add(kit.NewProse(large, g.Of(size)/kit.Letters(1), kit.White).Bold().Tight())
	}
	if say != "" {
		s.Add(kit.NewProse(say, g.Of(34)*share, kit.White))
	}
	return s
}

// kioskFoot is what visitors can press besides showing a code.
func (u *UI) kioskFoot(staff func()) []*kit.Button {
	if u.backend == nil || !u.state.Enrolled {
		return nil
	}
	return []*kit.Button{
		kit.NewButton(u.say("kiosk.no_code"), kit.White, kit.KioskNight, staff).WithIcon("icons/nocode"),
		kit.NewOutlined(u.say("kiosk.staff_come"), kit.White, staff).WithIcon("icons/people"),
		u.emergencyButton(func() { u.show(&emergencyScreen{from: u.nobody()}) }),
	}
}

// kioskPage lays a visitors' screen out: the place at the top, a picture with the
// words beside or under it, and the buttons at the foot.
func (u *UI) kioskPage(size fyne.Size, picture fyne.CanvasObject, is fyne.Size, words func(share float32) *kit.Stack, foot []*kit.Button) fyne.CanvasObject {
	g := u.grid()
	m, top := g.Of(48), g.Of(96)
	place := kit.Text(kit.Shorten(u.wayed(u.state.PlaceIn(u.Language())), g.Of(30), size.Width-2*m), g.Of(30), kit.White, true)
	objects := []fyne.CanvasObject{kit.Place(place, m, (top-place.MinSize().Height)/2, size.Width-2*m, place.MinSize().Height)}
	bottom := size.Height - g.Of(32)
	if len(foot) > 0 {
		row, h := kioskRow(g, size.Width-2*m, foot)
		bottom -= h
		objects = append(objects, kit.Place(row, m, bottom, size.Width-2*m, h))
		bottom -= g.Of(16)
	}
	if g.Wide {
		x := m + is.Width + g.Of(56)
		w := size.Width - x - m
		for share := float32(1); ; share *= 0.95 {
			s := words(share)
			h := s.HeightFor(w)
			if h > bottom-top && share > 0.3 {
				continue
			}
			mid := (top + bottom) / 2
			return kit.Fixed(size, append(objects, kit.Place(picture, m, mid-is.Height/2, is.Width, is.Height), kit.Place(s, x, mid-h/2, w, h))...)
		}
	}
	w := size.Width - 2*m
	for share := float32(1); ; share *= 0.95 {
		s := words(share)
		h, gap := s.HeightFor(w), g.Of(40)
		k := min(max(bottom-top-h-gap, 0)/is.Height, 1)
		if k < 0.45 && share > 0.3 {
			continue
		}
		if _, drawn := picture.(*canvas.Image); !drawn && k < 1 { // a camera's picture is not shrunk, but left out
			k = 0
			picture.Hide()
			gap = 0
		}
		y := top + max(bottom-top-h-gap-is.Height*k, 0)/2
		return kit.Fixed(size, append(objects, kit.Place(picture, m, y, is.Width*k, is.Height*k), kit.Place(s, m, y+is.Height*k+gap, w, h))...)
	}
}

// kioskRow puts the buttons beside each other, each as wide as its words need and the rest shared.
func kioskRow(g kit.Grid, width float32, foot []*kit.Button) (fyne.CanvasObject, float32) {
	h, gap := max(g.Of(104), 56), g.Of(20)
	for share := float32(1); ; share *= 0.95 {
		used := gap * float32(len(foot)-1)
		for _, b := range foot {
			used += b.Sized(g.Of(34)*share, h).Natural()
		}
		if used > width && share > 0.2 {
			continue
		}
		var placed []fyne.CanvasObject
		x, spare := float32(0), max(width-used, 0)/float32(len(foot))
		for _, b := range foot {
			w := b.Natural() + spare
			placed = append(placed, kit.Place(b, x, 0, w, h))
			x += w + gap
		}
		return kit.Fixed(fyne.NewSize(width, h), placed...), h
	}
}

// kioskBody is what a visitor sees of a verdict: please come in, or please ask the
// staff. Check and Refuse have one face: the others in the line need not know.
func (s *verdictScreen) kioskBody(u *UI, size fyne.Size) fyne.CanvasObject {
	g := u.grid()
	touch := kit.Place(kit.NewTouchArea(func() { s.down(u) }, func() { s.up(u) }), 0, 0, size.Width, size.Height)
	side := g.Of(340)
	draw := func(shape string, foot []*kit.Button, words func(share float32) *kit.Stack) fyne.CanvasObject {
		return kit.Fixed(size, touch, kit.Place(u.kioskPage(size, kit.Drawing(shape, kit.White, side), fyne.NewSquareSize(side), words, foot), 0, 0, size.Width, size.Height))
	}
	switch {
	case s.v.Outcome == verdict.Admit:
		return draw("shapes/admit", nil, func(share float32) *kit.Stack {
			word := kit.Word(u.say("kiosk.in"), g.Of(330), kit.White)
			if w := word.MinSize().Width; w > g.Of(680) {
				word.TextSize *= g.Of(680) / w
			}
			return kit.NewStack(g.Of(20), tight(word), kit.NewProse(u.say("kiosk.in_say"), g.Of(34)*share, kit.White), s.progress(s.paint(u)))
		})
	case slices.Contains(s.v.Steps, verdict.TryAgain):
		return draw("shapes/unknown", u.kioskFoot(func() { s.step(u, verdict.Supervisor) }), func(share float32) *kit.Stack {
			return kioskWords(g, u.say("kiosk.unread"), u.say("kiosk.again"), u.say("kiosk.again_say"), 150*share, share)
		})
	}
	if p := s.v.Policy; p != nil && p.Window != nil {
		return draw("shapes/arrow", u.kioskFoot(func() { s.step(u, verdict.Supervisor) }), func(share float32) *kit.Stack {
			return kioskWords(g, u.say("kiosk.go"), u.say("kiosk.window", "n", p.Window.Number), u.say("kiosk.window_say"), 150*share, share)
		})
	}
	return draw("shapes/arrow", u.kioskFoot(func() { s.step(u, verdict.Supervisor) }), func(share float32) *kit.Stack {
		return kioskWords(g, u.say("kiosk.please"), u.say("kiosk.wait"), u.say("kiosk.wait_say"), 150*share, share)
	})
}

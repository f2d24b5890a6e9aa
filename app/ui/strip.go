package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/gate"
	"postern/app/look"
	"postern/app/ui/kit"
	"postern/sync/journal"
)

// people are the newest entries that are about somebody.
func (u *UI) people() (all []gate.Line) {
	for _, l := range u.recent {
		switch l.Kind {
		case journal.Check, journal.Confirm, journal.Override, journal.Slip:
			all = append(all, l)
		}
	}
	return all
}

// stripRoom is how high the line of who was here last is; 0 while nobody was, and for
// inspectors, who see no single entry.
func (u *UI) stripRoom() float32 {
	if len(u.people()) == 0 || u.role() == gate.Inspector {
		return 0
	}
	return max(u.grid().Of(stripHeight), kit.Letters(u.grid().Of(70)))
}

// strip says who was here last, with what outcome and how long ago, and the outcomes
// of those before.
func (u *UI) strip() fyne.CanvasObject { return u.aging(u.buildStrip) }

// buildStrip lays the line out: the outcome's block, word and name, age, and the marks of those before.
func (u *UI) buildStrip(size fyne.Size) fyne.CanvasObject {
	all, g := u.people(), u.grid()
	if len(all) == 0 {
		return kit.Fixed(size)
	}
	l := all[0]
	what, why := entryWords(u.catalogue(), l.Entry)
	if l.Verdict != nil && l.Verdict.Pass != nil && l.Verdict.Pass.Name != "" {
		why = u.catalogue().Name(l.Verdict.Pass)
	}
	ground := canvas.NewRectangle(kit.Black)
	objects := []fyne.CanvasObject{kit.Place(ground, 0, 0, size.Width, size.Height), kit.Place(u.mark(l, 0), 0, 0, size.Height, size.Height)}
	x, end := size.Height+g.Of(22), size.Width
	if mini := g.Of(52); size.Width > g.Of(600) {
		marks := all[1:min(len(all), 4)]
		if !g.Wide {
			marks = all[1:min(len(all), 3)]
		}
		for i := range marks {
			end -= mini + g.Of(10)
			objects = append(objects, kit.Place(u.mark(marks[len(marks)-1-i], mini*0.2), end-g.Of(14), (size.Height-mini)/2, mini, mini))
		}
		if len(marks) > 0 {
			end -= g.Of(38)
			line := canvas.NewRectangle(kit.RGB(0x343d46))
			objects = append(objects, kit.Place(line, end, 0, 2, size.Height))
		}
	}
	ago := kit.Text(u.ageOf(l.Time), g.Of(28), kit.White, true)
	at := kit.Text(u.catalogue().Clock(l.Time), g.Of(20), kit.Quiet, false)
	aw := max(ago.MinSize().Width, at.MinSize().Width)
	end -= g.Of(28)
	right := func(t *canvas.Text, y float32) fyne.CanvasObject {
		t.Alignment = fyne.TextAlignTrailing
		return kit.Place(t, end-aw, y, aw, t.MinSize().Height)
	}
	y := (size.Height - ago.TextSize*1.25 - at.TextSize*1.25) / 2
	objects = append(objects, right(ago, y+(ago.TextSize*1.25-ago.MinSize().Height)/2), right(at, y+ago.TextSize*1.25+(at.TextSize*1.25-at.MinSize().Height)/2))
	room := end - aw - g.Of(16) - x
	word := kit.Text(kit.Shorten(what, g.Of(38), room), g.Of(38), kit.White, true)
	objects = append(objects, kit.Place(word, x, (size.Height-word.MinSize().Height)/2, word.MinSize().Width, word.MinSize().Height))
	x += word.MinSize().Width + g.Of(26)
	if room -= word.MinSize().Width + g.Of(26); room > kit.Letters(g.Of(40)) {
		name := kit.Line(kit.Shorten(why, g.Of(30), room), g.Of(30), kit.White, false)
		objects = append(objects, kit.Place(name, x, (size.Height-name.MinSize().Height)/2, room, name.MinSize().Height))
	}
	return kit.Fixed(size, objects...)
}

// mark is an entry's outcome, or the star of what a person decided, with corners of a radius.
func (u *UI) mark(l gate.Line, radius float32) fyne.CanvasObject {
	paint, shape := u.light.Outcome(l.Outcome), "shapes/"+look.Name(l.Outcome)
	if l.Kind != journal.Check && l.Kind != journal.Confirm {
		paint, shape = kit.Paint{Ground: kit.White, Ink: kit.Chrome}, "shapes/star"
	}
	return kit.NewPane(fyne.NewSquareSize(8), func(size fyne.Size) fyne.CanvasObject {
		ground := canvas.NewRectangle(paint.Ground)
		ground.CornerRadius = radius
		in := size.Width * 0.62
		return kit.Fixed(size, kit.Place(ground, 0, 0, size.Width, size.Height),
			kit.Place(kit.Drawing(shape, paint.Ink, in), (size.Width-in)/2, (size.Height-in)/2, in, in))
	})
}

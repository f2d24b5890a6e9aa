package ui

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/gate"
	"postern/app/look"
	"postern/app/ui/kit"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// body has the numbers and the chart at the left, and the entries at the right.
func (s *todayScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPage(size, u.say("today.title"), u.onDutyLine())
	if s.sure || s.key != "" { // what is asked or said comes first, so that it is seen
		p.Add(s.foot(u, p)...)
		p.Add(s.numbers(u, p)...)
	} else {
		p.Add(s.numbers(u, p)...)
		p.Add(s.foot(u, p)...)
	}
	p.Right().Add(s.list(u, p)...)
	return p.Layout()
}

// onDutyLine is where this gate is, and who is on duty.
func (u *UI) onDutyLine() string {
	line := u.wayed(u.state.PlaceIn(u.Language()))
	if who := u.state.Shift; who.Name != "" {
		line += "·" + u.say("shift.duty", "name", who.Name) + "·" + u.say("shift.since", "at", who.Since.In(u.opt.Zone).Format("15:04"))
	}
	return line
}

// numbers are the cards and the chart.
func (s *todayScreen) numbers(u *UI, p *kit.Page) []fyne.CanvasObject {
	if s.failed {
		return nil
	}
	c := kit.Chart{Began: s.day.Began, Quarters: s.day.Quarters, Zone: u.opt.Zone, Palette: p.Palette, Letters: p.Grid.Of(20), Tens: s.inTens(u)}
	items := []fyne.CanvasObject{s.heads(u, p), s.outcomes(u, p)}
	plot := p.Card(p.Say(u.say("today.by_quarter"), 22).Bold(), kit.NewPane(fyne.NewSize(1, max(p.Grid.Of(230), 130)), c.Build))
	items = append(items, plot)
	by := gate.Totals{Overrides: s.day.Overrides, Emergencies: s.day.Emergencies, Registrations: s.day.Registrations, Slips: s.day.Slips}
	if text := u.byHand(by, func(n int) string { return s.count(u, n) }); text != "" {
		items = append(items, p.Say(text, 24))
	}
	return items
}

// outcomes are four tiles: an outcome's mark, how many, and its word.
func (s *todayScreen) outcomes(u *UI, p *kit.Page) fyne.CanvasObject {
	row := kit.NewRow(p.Grid.Of(12))
	pairs := []*kit.Stack{kit.NewRow(p.Grid.Of(12)), kit.NewRow(p.Grid.Of(12))}
	for i, o := range kit.StackOrder {
		side := p.Grid.Of(48)
		words := kit.NewStack(0, figure(s.count(u, s.day.People[o]), p.Grid.Of(36), p.Palette.Ink), onOneLine(u.say("outcome."+look.Name(o)), p.Grid.Of(20), p.Palette.Faint, false))
		t := kit.NewBeside(side, badge(o, side), words).On(p.Palette.Card, p.Grid.Of(10)).Lined(p.Palette.Line)
		row.Add(t)
		pairs[i/2].Add(t)
	}
	if s.narrow(p) { // two and two
		return kit.NewStack(p.Grid.Of(12), pairs[0], pairs[1])
	}
	return row
}

// narrow reports whether the numbers have no room beside each other.
func (s *todayScreen) narrow(p *kit.Page) bool {
	w := p.Grid.Size.Width
	if p.Grid.Wide {
		w /= 2
	}
	return w < kit.Letters(500*p.Grid.K)
}

// heads are the checks, who is inside, and how long one takes.
func (s *todayScreen) heads(u *UI, p *kit.Page) fyne.CanvasObject {
	row := kit.NewRow(p.Grid.Of(16))
	if s.narrow(p) {
		row = kit.NewStack(p.Grid.Of(12))
	}
	add := func(value, word, more string) {
		c := kit.NewStack(0, figure(value, p.Grid.Of(50), p.Palette.Ink), p.Quiet(word, 22))
		if more != "" {
			c.Add(p.Quiet(more, 20))
		}
		row.Add(c)
	}
	d := s.day
	add(s.count(u, kit.Total(d.People)), u.say("today.checks"), "")
	switch ways := u.say("today.ways", "in", s.count(u, d.In), "out", s.count(u, d.Out)); {
	case d.Out > 0 && d.In > 0:
		add(s.count(u, d.Inside), u.say("today.inside"), ways)
	case d.Out > 0: // who went out here came in elsewhere
		add(s.count(u, d.Out), u.say("today.went_out"), "")
	default:
		add(s.count(u, d.In), u.say("today.went_in"), "")
	}
	pace := "–"
	if d.PerPerson > 0 {
		pace = u.say("today.seconds", "s", strconv.FormatFloat(d.PerPerson.Seconds(), 'f', 1, 64))
	}
	add(pace, u.say("today.per_person"), "")
	return p.Card(row)
}

// foot turns to the inspector's view and back, and begins the headcount anew.
func (s *todayScreen) foot(u *UI, p *kit.Page) []fyne.CanvasObject {
	var items []fyne.CanvasObject
	if s.key != "" {
		items = append(items, p.Card(p.Say(u.say(s.key), 26).Bold()))
	}
	if s.sure {
		return append(items, p.Alert(p.Say(u.say("today.reset_sure"), 26),
			kit.NewRow(12, p.Outlined(u.say("today.reset_no"), func() { s.ask(u, false) }).Means(kit.LeavesBe),
				p.Outlined(u.say("today.reset_yes"), func() { s.reset(u) }).Thick().Means(kit.Does))))
	}
	row := kit.NewRow(12)
	if s.day.In+s.day.Out > 0 && !s.inTens(u) {
		row.Add(p.Outlined(u.say("today.reset"), func() { s.ask(u, true) }))
	}
	if u.state.Shift.Role != gate.Inspector {
		key := "today.tens"
		if s.tens {
			key = "today.exact"
		}
		row.Add(p.Outlined(u.say(key), func() { s.tens = !s.tens; u.root.Refresh() }))
	}
	return append(items, row)
}

// figure is a number on one line, smaller where its card is narrow.
func figure(text string, size float32, ink color.Color) fyne.CanvasObject {
	return onOneLine(text, size, ink, true)
}

// onOneLine is a text that never breaks: it becomes smaller.
func onOneLine(text string, size float32, ink color.Color, heavy bool) fyne.CanvasObject {
	return kit.NewPane(fyne.NewSize(1, kit.Letters(size)*1.2), func(given fyne.Size) fyne.CanvasObject {
		t := kit.Text(text, size, ink, heavy)
		if w := t.MinSize().Width; w > given.Width {
			t.TextSize *= given.Width / w
		}
		h := t.MinSize().Height
		return kit.Fixed(given, kit.Place(t, 0, (given.Height-h)/2, given.Width, h))
	})
}

func (s *todayScreen) list(u *UI, p *kit.Page) []fyne.CanvasObject {
	switch {
	case s.failed:
		return []fyne.CanvasObject{p.Alert(p.Say(u.say("today.failed"), 26).Bold())}
	case s.inTens(u):
		return []fyne.CanvasObject{p.Card(p.Quiet(u.say("today.tens_say"), 24))}
	case s.loaded && len(s.lines) == 0:
		return []fyne.CanvasObject{p.Card(p.Quiet(u.say("today.empty"), 26))}
	}
	rows := kit.NewStack(0).On(p.Palette.Card, p.Grid.Of(12)).Lined(p.Palette.Line)
	for _, l := range s.lines {
		rows.Add(s.row(u, p, l))
	}
	if s.more {
		rows.Add(p.Quiet(u.say("today.newest", "n", strconv.Itoa(len(s.lines))), 22))
	}
	return []fyne.CanvasObject{rows}
}

// row is one entry: its mark, what and why, and when. A tap opens it.
func (s *todayScreen) row(u *UI, p *kit.Page, l gate.Line) fyne.CanvasObject {
	sh, g := p.Palette, p.Grid
	what, why := entryWords(u.catalogue(), l.Entry)
	if l.Verdict != nil && l.Verdict.Pass != nil && l.Verdict.Pass.Name != "" {
		why = u.catalogue().Name(l.Verdict.Pass) + "·" + why
	}
	side := max(g.Of(48), 30)
	var mark fyne.CanvasObject = badge(l.Outcome, side)
	if l.Kind != journal.Check && l.Kind != journal.Confirm {
		mark = ring(sh, l.Kind, side)
	}
	return kit.NewPane(fyne.NewSize(1, max(g.Of(76), kit.Letters(g.Of(28))*1.8, 48)), func(size fyne.Size) fyne.CanvasObject {
		clock := kit.Text(u.catalogue().Clock(l.Time), g.Of(24), sh.Faint, false)
		clock.Alignment = fyne.TextAlignTrailing
		line := canvas.NewRectangle(sh.Line)
		cw := clock.MinSize().Width + 2
		x := side + g.Of(16)
		head := kit.Text(kit.Shorten(what, g.Of(28), size.Width-x-cw-8), g.Of(28), sh.Ink, true)
		hw := head.MinSize().Width
		mid := func(o fyne.CanvasObject, x, w float32) fyne.CanvasObject {
			h := o.MinSize().Height
			return kit.Place(o, x, (size.Height-h)/2, w, h)
		}
		open := kit.NewButton("", sh.Card, sh.Ink, func() { u.openRow(s, l) }).Named(what)
		objects := []fyne.CanvasObject{
			kit.Place(open, 0, 0, size.Width, size.Height), kit.Place(mark, 0, (size.Height-side)/2, side, side), mid(head, x, hw),
			mid(clock, size.Width-cw, cw), kit.Place(line, 0, size.Height-1, size.Width, 1),
		}
		if room := size.Width - x - hw - g.Of(32) - cw; room > kit.Letters(g.Of(50)) {
			objects = append(objects, mid(kit.Line(kit.Shorten(why, g.Of(26), room), g.Of(26), sh.Faint, false), x+hw+g.Of(16), room))
		}
		return kit.Fixed(size, objects...)
	})
}

// badge is an outcome, small: its colour and its shape.
func badge(o verdict.Outcome, side float32) fyne.CanvasObject {
	return kit.NewPane(fyne.NewSquareSize(side), func(fyne.Size) fyne.CanvasObject {
		p := kit.OutcomePaint(o)
		ground := canvas.NewRectangle(p.Ground)
		ground.CornerRadius = side * 0.2
		in := side * 0.64
		return kit.Fixed(fyne.NewSquareSize(side), kit.Place(ground, 0, 0, side, side),
			kit.Place(kit.Drawing("shapes/"+look.Name(o), p.Ink, in), (side-in)/2, (side-in)/2, in, in))
	})
}

// ring marks what a person or the program did.
func ring(sh kit.Palette, k journal.Kind, side float32) fyne.CanvasObject {
	return kit.NewPane(fyne.NewSquareSize(side), func(fyne.Size) fyne.CanvasObject {
		name := "icons/settings"
		if k == journal.Override || k == journal.Registration || k == journal.Slip {
			name = "shapes/star"
		}
		in := side * 0.7
		return kit.Fixed(fyne.NewSquareSize(side), kit.Place(kit.Drawing(name, sh.Ink, in), (side-in)/2, (side-in)/2, in, in))
	})
}

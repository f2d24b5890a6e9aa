package ui

import (
	"context"
	"image/color"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/gate"
	"postern/app/look"
	"postern/app/ui/kit"
	"postern/sync/journal"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// todayRows is how many entries are listed.
const todayRows = 60

// todayScreen counts and lists what happened since midnight.
type todayScreen struct {
	day    gate.Today
	lines  []gate.Line // newest first
	more   bool        // there are older ones of today
	loaded bool
	failed bool
	tens   bool // the inspector's view was asked for
	sure   bool // the guard asked to begin the headcount anew, and is asked back
	key    string
}

// newToday reads the journal beside the screen; the numbers come when they are there.
func newToday(u *UI) *todayScreen {
	s := &todayScreen{}
	s.load(u)
	return s
}

func (s *todayScreen) load(u *UI) {
	if u.backend == nil {
		return
	}
	g, now := u.backend.Gate, u.opt.Now().In(u.opt.Zone)
	u.run(func(ctx context.Context) {
		day, err := g.Today(ctx, now)
		lines, err2 := g.Recent(ctx, todayRows+1)
		u.do(func() {
			s.loaded, s.failed = true, err != nil || err2 != nil
			s.day = day
			lines = since(lines, midnight(now, u.opt.Zone))
			s.more = len(lines) > todayRows
			s.lines = lines[:min(len(lines), todayRows)]
			if u.screen == s {
				u.root.Refresh()
			}
		})
	})
}

func midnight(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// since keeps the lines from a time on.
func since(lines []gate.Line, from time.Time) []gate.Line {
	kept := lines[:0]
	for _, l := range lines {
		if !l.Time.Before(from) {
			kept = append(kept, l)
		}
	}
	return kept
}

func (*todayScreen) behave(u *UI) behaviour {
	b := u.page("today")
	b.codes = judged
	return b
}

// inTens reports whether counts show as inspectors see them, and nobody's entry at all.
func (s *todayScreen) inTens(u *UI) bool { return s.tens || u.state.Shift.Role == gate.Inspector }

func (s *todayScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	if !kit.IsWide(size) || size.Width < 800 {
		p := kit.NewPage(u.palette(), size, u.say("today.title"))
		s.counts(u, p, size.Width < kit.Letters(360))
		p.Add(s.list(u, p.Palette)...)
		return p.Layout()
	}
	left, right := kit.NewPage(u.palette(), size, u.say("today.title")), kit.NewPage(u.palette(), size, "")
	s.counts(u, left, size.Width < kit.Letters(760))
	left.Add(kit.Gap(16))
	right.Items = []fyne.CanvasObject{kit.Gap(8)}
	right.Add(s.list(u, right.Palette)...)
	right.Add(kit.Gap(16))
	pad := kit.PagePad(size)
	w := (size.Width - 3*pad) / 2
	return kit.Fixed(size, kit.Scrolled(left.Stack, pad, 0, w, size.Height), kit.Scrolled(right.Stack, 2*pad+w, 0, w, size.Height))
}

// counts are the numbers, with the buttons under them; what is asked or said
// comes first, so that it is seen.
func (s *todayScreen) counts(u *UI, p *kit.Page, narrow bool) {
	if s.sure || s.key != "" {
		p.Add(s.foot(u, p.Palette)...)
		p.Add(s.numbers(u, p.Palette, narrow)...)
		return
	}
	p.Add(s.numbers(u, p.Palette, narrow)...)
	p.Add(s.foot(u, p.Palette)...)
}

// numbers are the cards and the chart.
func (s *todayScreen) numbers(u *UI, sh kit.Palette, narrow bool) []fyne.CanvasObject {
	if s.failed {
		return nil
	}
	c := kit.Chart{Began: s.day.Began, Quarters: s.day.Quarters, Zone: u.opt.Zone, Palette: sh, Tens: s.inTens(u)}
	var outcomes []fyne.CanvasObject
	for _, o := range kit.StackOrder {
		card := kit.NewStack(2, leading(badge(o, 26)), kit.Gap(4), figure(s.count(u, s.day.People[o]), 28, sh.Ink),
			kit.NewProse(u.say("outcome."+look.Name(o)), 14, sh.Faint)).On(sh.Card, 12)
		if !c.Tens {
			card.Add(kit.Gap(6), c.Swatch(o, 8))
		}
		outcomes = append(outcomes, card)
	}
	heads := s.heads(u, sh)
	plot := kit.NewStack(8, kit.NewProse(u.say("today.by_quarter"), 14, sh.Faint), kit.NewPane(fyne.NewSize(1, 170), c.Build)).On(sh.Card, 14)
	items := []fyne.CanvasObject{kit.NewRow(10, heads...), kit.NewRow(10, outcomes...)}
	if narrow {
		items = []fyne.CanvasObject{kit.NewStack(10, heads...), kit.NewRow(10, outcomes[:2]...), kit.NewRow(10, outcomes[2:]...)}
	}
	items = append(items, plot)
	if text := s.byHand(u); text != "" {
		items = append(items, kit.NewProse(text, 16, sh.Ink))
	}
	return items
}

func (s *todayScreen) count(u *UI, n int) string {
	if s.inTens(u) {
		return strings.ReplaceAll(gate.Tens(n), "-", "–") // as every range on the screens
	}
	return strconv.Itoa(n)
}

// heads are the checks, who is inside, and how long one takes.
func (s *todayScreen) heads(u *UI, sh kit.Palette) []fyne.CanvasObject {
	card := func(value, word, more string) fyne.CanvasObject {
		c := kit.NewStack(2, figure(value, 38, sh.Ink), kit.NewProse(word, 15, sh.Faint)).On(sh.Card, 14)
		if more != "" {
			c.Add(kit.NewProse(more, 14, sh.Faint))
		}
		return c
	}
	d := s.day
	cards := []fyne.CanvasObject{card(s.count(u, kit.Total(d.People)), u.say("today.checks"), "")}
	switch ways := u.say("today.ways", "in", s.count(u, d.In), "out", s.count(u, d.Out)); {
	case d.Out > 0 && d.In > 0:
		cards = append(cards, card(s.count(u, d.Inside), u.say("today.inside"), ways))
	case d.Out > 0: // who went out here came in elsewhere
		cards = append(cards, card(s.count(u, d.Out), u.say("today.went_out"), ""))
	default:
		cards = append(cards, card(s.count(u, d.In), u.say("today.went_in"), ""))
	}
	pace := "–"
	if d.PerPerson > 0 {
		pace = u.say("today.seconds", "s", strconv.FormatFloat(d.PerPerson.Seconds(), 'f', 1, 64))
	}
	return append(cards, card(pace, u.say("today.per_person"), ""))
}

// byHand is what people decided.
func (s *todayScreen) byHand(u *UI) string {
	text := ""
	for _, c := range []struct {
		key string
		n   int
	}{
		{"today.overrides", s.day.Overrides},
		{"today.emergencies", s.day.Emergencies},
		{"today.registrations", s.day.Registrations},
		{"today.slips", s.day.Slips},
	} {
		if c.n == 0 {
			continue
		}
		if text != "" {
			text += "·"
		}
		text += wording.Whole(u.say(c.key, "n", s.count(u, c.n)))
	}
	return text
}

// foot turns to the inspector's view and back, and begins the headcount anew.
func (s *todayScreen) foot(u *UI, sh kit.Palette) []fyne.CanvasObject {
	var items []fyne.CanvasObject
	if s.key != "" {
		items = append(items, kit.NewProse(u.say(s.key), 17, sh.Ink).Bold())
	}
	if s.sure {
		return append(items, kit.NewStack(12, kit.NewProse(u.say("today.reset_sure"), 17, sh.Ink),
			kit.NewRow(12, kit.NewOutlined(u.say("today.reset_no"), sh.Ink, func() { s.ask(u, false) }),
				kit.NewButton(u.say("today.reset_yes"), kit.RefuseRed, kit.White, func() { s.reset(u) }))).On(sh.Card, 16))
	}
	row := kit.NewRow(12)
	if s.day.In+s.day.Out > 0 && !s.inTens(u) {
		row.Add(kit.NewOutlined(u.say("today.reset"), sh.Ink, func() { s.ask(u, true) }).Sized(16, 52))
	}
	if u.state.Shift.Role != gate.Inspector {
		key := "today.tens"
		if s.tens {
			key = "today.exact"
		}
		row.Add(kit.NewOutlined(u.say(key), sh.Ink, func() { s.tens = !s.tens; u.root.Refresh() }).Sized(16, 52))
	}
	return append(items, row)
}

func (s *todayScreen) ask(u *UI, sure bool) {
	s.sure, s.key = sure, ""
	u.root.Refresh()
}

// reset begins the headcount at zero, on the supervisor's PIN where there is one.
func (s *todayScreen) reset(u *UI) {
	if !u.known {
		return
	}
	s.sure = false
	if u.state.PIN {
		u.show(&pinScreen{
			title: "supervisor.pin_title", say: u.say("today.reset"), back: func() { u.show(s) }, done: func() { s.wasReset(u, nil) },
			try: func(ctx context.Context, g Gate, pin string) error { return g.ResetHeadcount(ctx, pin) },
		})
		return
	}
	g := u.backend.Gate
	u.run(func(ctx context.Context) {
		err := g.ResetHeadcount(ctx, "")
		u.do(func() { s.wasReset(u, err) })
	})
}

// wasReset says how it went.
func (s *todayScreen) wasReset(u *UI, err error) {
	s.key = "today.reset_done"
	if err != nil {
		s.key = "today.reset_failed"
	}
	u.show(s)
	s.load(u)
	u.refreshState(nil)
}

// figure is a number on one line, smaller where its card is narrow.
func figure(text string, size float32, ink color.Color) fyne.CanvasObject {
	return kit.NewPane(fyne.NewSize(1, kit.Letters(size)*1.2), func(given fyne.Size) fyne.CanvasObject {
		t := kit.Text(text, size, ink, true)
		if w := t.MinSize().Width; w > given.Width {
			t.TextSize *= given.Width / w
		}
		h := t.MinSize().Height
		return kit.Fixed(given, kit.Place(t, 0, (given.Height-h)/2, given.Width, h))
	})
}

func (s *todayScreen) list(u *UI, sh kit.Palette) []fyne.CanvasObject {
	switch {
	case s.failed:
		return []fyne.CanvasObject{kit.NewProse(u.say("today.failed"), 18, sh.Ink).Bold()}
	case s.inTens(u):
		return []fyne.CanvasObject{kit.NewProse(u.say("today.tens_say"), 17, sh.Faint)}
	case s.loaded && len(s.lines) == 0:
		return []fyne.CanvasObject{kit.NewProse(u.say("today.empty"), 18, sh.Faint)}
	}
	rows := kit.NewStack(0)
	for _, l := range s.lines {
		rows.Add(row(u, sh, l))
	}
	if s.more {
		rows.Add(kit.Gap(10), kit.NewProse(u.say("today.newest", "n", strconv.Itoa(len(s.lines))), 15, sh.Faint))
	}
	return []fyne.CanvasObject{rows}
}

// row is one entry: its mark, what and why, and when.
func row(u *UI, sh kit.Palette, l gate.Line) fyne.CanvasObject {
	what, why := entryWords(u.catalogue(), l.Entry)
	if l.Verdict != nil && l.Verdict.Pass != nil && l.Verdict.Pass.Name != "" {
		why = u.catalogue().Name(l.Verdict.Pass) + "·" + why
	}
	var mark fyne.CanvasObject = badge(l.Outcome, 30)
	if l.Kind != journal.Check && l.Kind != journal.Confirm {
		mark = ring(sh, l.Kind, 30)
	}
	return kit.NewPane(fyne.NewSize(1, 58), func(size fyne.Size) fyne.CanvasObject {
		clock := kit.Text(u.catalogue().Clock(l.Time), 15, sh.Faint, false)
		clock.Alignment = fyne.TextAlignTrailing
		line := canvas.NewRectangle(sh.Line)
		head := kit.Text(what, 17, sh.Ink, true)
		hw := head.MinSize().Width
		cw := clock.MinSize().Width + 12
		room := size.Width - 44 - hw - 12 - cw
		tail := kit.Line(kit.Shorten(why, 15, room), 15, sh.Faint, false)
		mid := func(o fyne.CanvasObject, x, w float32) fyne.CanvasObject {
			h := o.MinSize().Height
			return kit.Place(o, x, (size.Height-h)/2, w, h)
		}
		return kit.Fixed(size,
			kit.Place(mark, 0, (size.Height-30)/2, 30, 30), mid(head, 44, hw), mid(tail, 44+hw+12, max(room, 1)),
			mid(clock, size.Width-cw, cw), kit.Place(line, 0, size.Height-1, size.Width, 1))
	})
}

// badge is an outcome, small: its colour and its shape.
func badge(o verdict.Outcome, side float32) fyne.CanvasObject {
	return kit.NewPane(fyne.NewSquareSize(side), func(fyne.Size) fyne.CanvasObject {
		p := kit.OutcomePaint(o)
		ground := canvas.NewRectangle(p.Ground)
		ground.CornerRadius = side * 0.25
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
			name = "shapes/done"
		}
		in := side * 0.8
		return kit.Fixed(fyne.NewSquareSize(side), kit.Place(kit.Drawing(name, sh.Ink, in), (side-in)/2, (side-in)/2, in, in))
	})
}

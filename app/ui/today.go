package ui

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/gate"
	"postern/sync/journal"
	"postern/sync/verdict"
)

const (
	todayMost = 5000 // entries that are counted
	todayRows = 60   // entries that are listed
)

// todayScreen counts and lists what happened since midnight.
type todayScreen struct {
	lines  []gate.Line // newest first
	loaded bool
	failed bool
}

// newToday reads the journal beside the screen; the numbers come when they are there.
func newToday(u *UI) *todayScreen {
	s := &todayScreen{}
	if u.back == nil {
		return s
	}
	g := u.back.Gate
	u.run(func() {
		lines, err := g.Recent(u.ctx, todayMost)
		u.do(func() {
			s.loaded, s.failed = true, err != nil
			s.lines = since(lines, midnight(u.opt.Now(), u.opt.Zone))
			if u.screen == s {
				u.root.Refresh()
			}
		})
	})
	return s
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

func (*todayScreen) skin(u *UI) paint { return u.pagePaint() }
func (*todayScreen) tab() string      { return "today" }

func (s *todayScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	if !isWide(size) || size.Width < 800 {
		p := u.newPage(size, u.say("today.title"))
		p.add(s.numbers(u, p.sheet, size.Width < 360)...)
		p.add(s.list(u, p.sheet)...)
		return p.done()
	}
	left, right := u.newPage(size, u.say("today.title")), u.newPage(size, "")
	left.add(s.numbers(u, left.sheet, false)...)
	right.items = nil
	right.add(gap(8))
	right.add(s.list(u, right.sheet)...)
	pad := pagePad(size)
	w := (size.Width - 3*pad) / 2
	return fixed(size, scrolled(left.stack, pad, 0, w, size.Height), scrolled(right.stack, 2*pad+w, 0, w, size.Height))
}

// numbers are the counts by outcome and the day's curve.
func (s *todayScreen) numbers(u *UI, sh sheet, narrow bool) []fyne.CanvasObject {
	counts, checks := map[verdict.Outcome]int{}, 0
	for _, l := range s.lines {
		if l.Kind == journal.Check {
			counts[l.Outcome]++
			checks++
		}
	}
	number := func(n int, word string, mark fyne.CanvasObject) fyne.CanvasObject {
		card := newStack(0).on(sh.card, 12)
		card.add(newProse(strconv.Itoa(n), 28, sh.ink).strong(), newProse(word, 14, sh.faint))
		if mark != nil {
			card.items = append([]fyne.CanvasObject{mark, gap(4)}, card.items...)
		}
		return card
	}
	cards, more := newRow(10), newRow(10)
	for i, o := range []verdict.Outcome{verdict.Admit, verdict.Check, verdict.Refuse, verdict.Unknown} {
		to := cards
		if narrow && i > 1 {
			to = more
		}
		to.add(number(counts[o], u.say("outcome."+outcomeName(o)), leading(badge(o, 26))))
	}
	total := newStack(10,
		newRow(10, newProse(u.say("today.checks"), 17, sh.faint), trailing(strconv.Itoa(checks), 26, sh)),
		s.hours(u, sh), newProse(u.say("today.by_hour"), 14, sh.faint)).on(sh.card, 16)
	if narrow {
		return []fyne.CanvasObject{cards, more, total}
	}
	return []fyne.CanvasObject{cards, total}
}

func trailing(said string, size float32, sh sheet) *prose {
	p := newProse(said, size, sh.ink).strong()
	p.align = fyne.TextAlignTrailing
	return p
}

// hours are 24 bars, one for each hour of the day.
func (s *todayScreen) hours(u *UI, sh sheet) fyne.CanvasObject {
	var per [24]int
	most := 1
	for _, l := range s.lines {
		if l.Kind == journal.Check {
			h := l.Time.In(u.opt.Zone).Hour()
			per[h]++
			most = max(most, per[h])
		}
	}
	return newBuilt(fyne.NewSize(1, 104), func(size fyne.Size) fyne.CanvasObject {
		var objects []fyne.CanvasObject
		w := size.Width / 24
		const foot = 20
		for h, n := range per {
			ink, height := sh.line, float32(3)
			if n > 0 {
				ink, height = outcomePaint(verdict.Admit).ground, max(5, (size.Height-foot)*float32(n)/float32(most))
				if sh == nightSheet {
					ink = dotFresh
				}
			}
			bar := canvas.NewRectangle(ink)
			bar.CornerRadius = 2
			objects = append(objects, place(bar, float32(h)*w+1, size.Height-foot-height, w-2, height))
			if h%6 == 0 {
				objects = append(objects, place(text(strconv.Itoa(h)+":00", 13, sh.faint, false), float32(h)*w, size.Height-foot, 60, foot))
			}
		}
		return fixed(size, objects...)
	})
}

func (s *todayScreen) list(u *UI, sh sheet) []fyne.CanvasObject {
	switch {
	case s.failed:
		return []fyne.CanvasObject{newProse(u.say("today.failed"), 18, sh.ink).strong()}
	case s.loaded && len(s.lines) == 0:
		return []fyne.CanvasObject{newProse(u.say("today.empty"), 18, sh.faint)}
	}
	rows := newStack(0)
	for _, l := range s.lines[:min(len(s.lines), todayRows)] {
		rows.add(row(u, sh, l))
	}
	return []fyne.CanvasObject{rows}
}

// row is one entry: its mark, what and why, and when.
func row(u *UI, sh sheet, l gate.Line) fyne.CanvasObject {
	what, why := u.t().Line(l.Entry)
	if l.Verdict != nil && l.Verdict.Pass != nil && l.Verdict.Pass.Name != "" {
		why = l.Verdict.Pass.Name + "·" + why
	}
	var mark fyne.CanvasObject = badge(l.Outcome, 30)
	if l.Kind != journal.Check {
		mark = ring(sh, l.Kind, 30)
	}
	return newBuilt(fyne.NewSize(1, 58), func(size fyne.Size) fyne.CanvasObject {
		clock := text(u.t().Clock(l.Time), 15, sh.faint, false)
		clock.Alignment = fyne.TextAlignTrailing
		line := canvas.NewRectangle(sh.line)
		head := text(what, 17, sh.ink, true)
		hw := head.MinSize().Width
		room := size.Width - 44 - hw - 12 - 84
		tail := text(cut(why, 15, room), 15, sh.faint, false)
		mid := func(o *canvas.Text, x, w float32) fyne.CanvasObject {
			h := o.MinSize().Height
			return place(o, x, (size.Height-h)/2, w, h)
		}
		return fixed(size,
			place(mark, 0, (size.Height-30)/2, 30, 30), mid(head, 44, hw), mid(tail, 44+hw+12, max(room, 1)),
			mid(clock, size.Width-84, 84), place(line, 0, size.Height-1, size.Width, 1))
	})
}

// badge is an outcome, small: its colour and its shape.
func badge(o verdict.Outcome, side float32) fyne.CanvasObject {
	return newBuilt(fyne.NewSquareSize(side), func(fyne.Size) fyne.CanvasObject {
		p := outcomePaint(o)
		ground := canvas.NewRectangle(p.ground)
		ground.CornerRadius = side * 0.25
		in := side * 0.64
		return fixed(fyne.NewSquareSize(side), place(ground, 0, 0, side, side),
			place(drawing("shapes/"+outcomeName(o), p.ink, in), (side-in)/2, (side-in)/2, in, in))
	})
}

// ring marks what a person or the program did.
func ring(sh sheet, k journal.Kind, side float32) fyne.CanvasObject {
	return newBuilt(fyne.NewSquareSize(side), func(fyne.Size) fyne.CanvasObject {
		name := "icons/settings"
		if k == journal.Override || k == journal.Registration || k == journal.Slip {
			name = "shapes/done"
		}
		in := side * 0.8
		return fixed(fyne.NewSquareSize(side), place(drawing(name, sh.ink, in), (side-in)/2, (side-in)/2, in, in))
	})
}

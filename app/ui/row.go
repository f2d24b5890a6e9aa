package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"postern/app/gate"
	"postern/app/ui/kit"
	"postern/sync/wording"
)

// rowScreen opens one line of today: what was shown, why the answer was what it
// was, with its numbers, and what was done after it.
type rowScreen struct {
	from   *todayScreen
	line   gate.Line
	row    gate.Row
	failed bool
}

// openRow asks the journal what belongs to a line, and then shows it.
func (u *UI) openRow(from *todayScreen, l gate.Line) {
	g := u.backend.Gate
	u.run(func(ctx context.Context) {
		row, err := g.Row(ctx, l)
		u.do(func() {
			if u.screen == from {
				u.show(&rowScreen{from: from, line: l, row: row, failed: err != nil})
			}
		})
	})
}

func (s *rowScreen) behave(u *UI) behaviour { return s.from.behave(u) }

func (s *rowScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	what, _ := entryWords(u.catalogue(), s.line.Entry)
	p := u.newPageTo(size, what, u.catalogue().Moment(s.line.Time, u.opt.Now()), func() { u.show(s.from) })
	if s.failed {
		p.Add(p.Alert(p.Say(u.say("today.failed"), 26).Bold()))
		return p.Layout()
	}
	if c := s.row.Check; c.Seq > 0 {
		text := u.catalogue().Verdict(s.row.Verdict, u.second(), c.Time)
		side := p.Grid.Of(64)
		head := kit.NewStack(0, p.Say(text.Word, 36).Bold())
		if c.Verdict != nil && text.Name != "" {
			head.Add(p.Say(text.Name, 28))
		}
		card := p.Card(kit.NewBeside(side, badge(c.Outcome, side), head), p.Say(wording.Join(text.Sentence, wording.Whole(text.Help)), 28))
		card.Add(p.Quiet(u.say("row.shown", "at", u.catalogue().Clock(c.Time), "n", wording.Number(int(c.Seq))), 24))
		p.Add(card)
	}
	p.Add(p.Label(u.say("row.after")))
	if len(s.row.Done) == 0 {
		p.Add(p.Card(p.Quiet(u.say("row.nothing"), 26)))
	}
	for _, l := range s.row.Done {
		what, why := entryWords(u.catalogue(), l.Entry)
		who := l.Operator
		if who == "" {
			who = u.say("shift.nobody")
		}
		p.Add(p.Card(p.Say(wording.Join(what, why), 28).Bold(), p.Quiet(u.say("row.done", "at", u.catalogue().Clock(l.Time), "who", who), 24)))
	}
	return p.Layout()
}

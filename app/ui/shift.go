package ui

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"postern/app/gate"
	"postern/app/look"
	"postern/app/scan"
	"postern/app/ui/kit"
	"postern/sync/enrol"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// shiftScreen asks who is on duty: a number or a name, typed or from a badge.
// Checks need no answer: a code that is shown here is checked.
type shiftScreen struct {
	entry   *kit.Field
	role    gate.Role
	ended   gate.ShiftReport // what the shift before did; zero: none was handed over
	key     string           // what was wrong
	working bool
}

func newShift(u *UI) *shiftScreen {
	s := &shiftScreen{role: gate.Guard}
	s.entry = u.newField("", func() { s.begin(u) })
	return s
}

func (s *shiftScreen) behave(u *UI) behaviour {
	b := u.page("settings")
	b.codes, b.field = judged, s.entry
	b.takes = func(r scan.Reading) bool { return s.badge(u, r) }
	return b
}

func (s *shiftScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPage(size, u.say("shift.title"), "")
	if s.ended.Name != "" {
		p.Add(s.report(u, p))
	}
	p.Add(u.inField(s.entry, u.say("shift.hint"), "", u.say("shift.begin")))
	p.Add(p.Label(u.say("shift.role")))
	roles := kit.NewRow(12)
	for _, r := range []gate.Role{gate.Guard, gate.Supervisor, gate.Inspector} {
		roles.Add(choice(p, u.say("shift."+string(r)), s.role == r, func() { s.role = r; u.root.Refresh() }))
	}
	p.Add(roles, p.Quiet(u.say("shift."+string(s.role)+"_say"), 22))
	if s.key != "" {
		p.Add(p.Say(u.say(s.key), 26).Bold())
	}
	p.Add(kit.Gap(4), kit.NewRow(12,
		p.Outlined(u.say("shift.later"), func() { u.open("check") }),
		p.Filled(u.say("shift.begin"), func() { s.begin(u) })))
	return p.Layout()
}

// report is what the shift that was handed over did: who, from when to when, and how many.
func (s *shiftScreen) report(u *UI, p *kit.Page) fyne.CanvasObject {
	r := s.ended
	card := p.Card(p.Say(u.say("shift.ended", "name", r.Name, "from", u.catalogue().Clock(r.Since), "until", u.catalogue().Clock(r.Until)), 28).Bold())
	if r.Role == gate.Inspector {
		return card
	}
	var people []string
	for _, o := range []verdict.Outcome{verdict.Admit, verdict.Check, verdict.Refuse, verdict.Unknown} {
		people = append(people, wording.Whole(u.say("outcome."+look.Name(o))+" "+strconv.Itoa(r.People[o])))
	}
	card.Add(p.Say(strings.Join(people, "·"), 26))
	if text := u.byHand(r.Totals, strconv.Itoa); text != "" {
		card.Add(p.Say(text, 26))
	}
	return card
}

// badge takes a text that is too short to be a pass, and no enrolment code.
func (s *shiftScreen) badge(u *UI, r scan.Reading) bool {
	if utf8.RuneCountInString(r.Text) > gate.MaxOperator || strings.HasPrefix(r.Text, enrol.Prefix) {
		return false
	}
	s.entry.SetText(r.Text)
	s.begin(u)
	return true
}

// begin puts them on duty; a supervisor gives the PIN first.
func (s *shiftScreen) begin(u *UI) {
	who := gate.Shift{Name: s.entry.Trimmed(), Role: s.role}
	switch {
	case u.backend == nil || s.working:
		return
	case who.Check() != nil:
		s.tell(u, "shift.name")
		return
	case who.Role == gate.Supervisor && !u.state.PIN:
		s.tell(u, "shift.no_pin")
		return
	case who.Role == gate.Supervisor:
		u.show(&pinScreen{
			title: "supervisor.pin_title", say: who.Name, back: func() { u.show(s) },
			try:  func(ctx context.Context, g Gate, pin string) error { return g.BeginShift(ctx, who, pin) },
			done: func() { s.begun(u) },
		})
		return
	}
	s.working = true
	g := u.backend.Gate
	u.run(func(ctx context.Context) {
		err := g.BeginShift(ctx, who, "")
		u.do(func() {
			s.working = false
			if err != nil {
				s.tell(u, "pin.failed")
				return
			}
			s.begun(u)
		})
	})
}

// begun goes to work.
func (s *shiftScreen) begun(u *UI) {
	u.refreshState(func() {
		if u.role() == gate.Inspector {
			u.open("today")
			return
		}
		u.open("check")
	})
}

func (s *shiftScreen) tell(u *UI, key string) {
	s.key = key
	if u.screen == s {
		s.entry.Active = false
		u.root.Refresh()
	}
}

// role is what whoever is on duty may do; a guard while nobody said so.
func (u *UI) role() gate.Role {
	if r := u.state.Shift.Role; r != "" {
		return r
	}
	return gate.Guard
}

// onDuty is the card that says who works here.
func (u *UI) onDuty(p *kit.Page) fyne.CanvasObject {
	card := kit.NewStack(10).On(p.Palette.Card, p.Grid.Of(24)).Lined(p.Palette.Line)
	who := u.state.Shift
	if who.Name == "" {
		card.Add(p.Say(u.say("shift.nobody"), 26),
			p.Filled(u.say("shift.start"), func() { u.open("shift") }))
		return card
	}
	since := u.catalogue().Clock(who.Since)
	card.Add(p.Say(u.say("shift.on", "name", who.Name, "role", u.say("shift."+string(u.role()))), 28).Bold(),
		p.Quiet(u.say("shift.since", "at", since), 22),
		p.Outlined(u.say("shift.hand_over"), u.handOver))
	return card
}

// handOver ends the shift, and asks who comes next.
func (u *UI) handOver() {
	g := u.backend.Gate
	u.run(func(ctx context.Context) {
		ended, err := g.HandOver(ctx)
		u.do(func() {
			if u.unsaved = err != nil; u.unsaved {
				u.root.Refresh()
				return
			}
			u.refreshState(func() {
				s := newShift(u)
				s.ended = ended
				u.show(s)
			})
		})
	})
}

// mirror gives the x of what is w wide on a width, for the hand that holds the device.
func (u *UI) mirror(x, w, width float32) float32 {
	if u.set.Left {
		return width - x - w
	}
	return x
}

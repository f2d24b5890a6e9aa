package ui

import (
	"context"
	"slices"

	"postern/app/gate"
)

// idScreen asks the guard to compare the pass with an identity document. Green
// shows only after the gate has recorded what the guard saw.
type idScreen struct {
	from
	asked bool // the gate is recording the answer
	staff bool // at a kiosk: the PIN was given
}

// behave has it stand until the guard has compared; at a kiosk, where nobody
// may be there to do it, it goes as every verdict does.
func (s *idScreen) behave(u *UI) behaviour {
	b := s.from.behave(u)
	b.face = true
	if u.locked() && !s.staff {
		b.unused = goesOn
	}
	return b
}

// callStaff lets a member of the staff compare, after the PIN.
func (s *idScreen) callStaff(u *UI) {
	u.guarded("act.see_id", func() {
		s.staff = true
		u.show(s)
	}, func() { u.show(s) })
}

// confirm has the answer recorded, and shows what the gate says to it.
func (s *idScreen) confirm(u *UI, matches bool) {
	if s.asked || u.backend == nil {
		return
	}
	s.asked = true
	u.root.Refresh()
	g, generation := u.backend.Gate, u.generation
	u.run(func(ctx context.Context) {
		a, err := g.Confirm(ctx, s.seen.token, matches)
		u.do(func() {
			if generation == u.generation {
				u.judgedAgain(s, s.seen, a, err)
			}
		})
	})
}

// judgedAgain shows what the gate says after a guard's answer about somebody. It
// is recorded, and may have opened the barrier, so it shows too where the screen
// went on meanwhile: to the others of the party, or to another way on for the
// same person. Only somebody else's answer stands. here is the screen that asked.
func (u *UI) judgedAgain(here screen, seen *verdictScreen, a gate.Answer, err error) {
	switch stays := u.screen == here; {
	case err != nil && stays && u.party.others() != nil && u.party == seen.party: // the token is over, and the others are not
		seen.handled = true
		u.next()
		u.sayAside("id.over")
	case err != nil && stays:
		u.show(&checkScreen{key: "id.over"})
	case err == nil && (stays || u.party != nil && u.party == seen.party && slices.Contains(u.party.rows, seen)):
		u.goneOn(seen, a)
	}
}

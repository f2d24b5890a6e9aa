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
				s.confirmed(u, a, err)
			}
		})
	})
}

// confirmed shows the gate's word. It is recorded, and may have opened the
// barrier, so it shows too where the screen went on meanwhile: to the others of
// the party, or to another way on for the same person. Only somebody else's answer stands.
func (s *idScreen) confirmed(u *UI, a gate.Answer, err error) {
	switch here := u.screen == s; {
	case err != nil && here && u.party.others() != nil && u.party == s.seen.party: // the token is over, and the others are not
		s.seen.handled = true
		u.next()
		u.sayAside("id.over")
	case err != nil && here:
		u.show(&checkScreen{key: "id.over"})
	case err == nil && (here || u.party != nil && u.party == s.seen.party && slices.Contains(u.party.rows, s.seen)):
		u.goneOn(s.seen, a)
	}
}

package ui

import (
	"strconv"
	"time"

	"postern/sync/verdict"
	"postern/sync/wording"
)

// familyScreen shows several people whose codes were shown together: the worst
// leads in word, shape and colour, and each has a row with their own outcome
// and their own way on. A green row is no permission for the others.
type familyScreen struct {
	party *party
	stop  func()
}

// Times of a list of nothing but Admits, which goes by itself as one Admit does.
const (
	stayMore = time.Second // for each further row
	stayMost = 8 * time.Second
)

func (s *familyScreen) behave(u *UI) behaviour {
	b := behaviour{paint: u.light.Outcome(s.party.lead().v.Outcome), about: s.party.lead(), face: true, list: true, kiosk: visitors, unused: goesOn, leave: s.leave}
	b.arrive = func() { s.arrive(u) }
	if s.goesBy(u) {
		b.codes, b.brief, b.unused = judged, true, stays
	}
	return b
}

// goesBy reports whether the list goes by itself: everybody is admitted and no
// barrier waits to be opened for one after the other.
func (s *familyScreen) goesBy(u *UI) bool {
	return s.party.admitted() && (s.party.left() == 0 || !u.backend.Relay || u.locked())
}

// arrive begins the time after which a list of Admits goes.
func (s *familyScreen) arrive(u *UI) {
	if !s.goesBy(u) {
		return
	}
	s.leave()
	s.stop = u.after(min(stay+time.Duration(len(s.party.rows)-1)*stayMore, stayMost), func() {
		if u.screen == s {
			u.next()
		}
	})
}

func (s *familyScreen) leave() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
}

// title says how many there are, and how many codes were not taken.
func (s *familyScreen) title(u *UI) string {
	text := u.say("family.title", "n", strconv.Itoa(len(s.party.rows)))
	if n := len(s.party.over); n > 0 {
		text = wording.Join(text, u.say("family.more", "n", strconv.Itoa(n)))
	}
	return text
}

// open goes on with one of them.
func (s *familyScreen) open(u *UI, row *verdictScreen) {
	if row.v.Outcome != verdict.Admit {
		u.show(row.own())
		return
	}
	if u.locked() && !s.party.admitted() { // nobody sees who goes through
		return
	}
	u.openFor(row)
	s.arrive(u)
	u.root.Refresh()
}

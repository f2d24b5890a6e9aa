package ui

import "time"

// Times after which a guard's screen goes back by itself, so that nobody stands
// before a gate that shows a page. Verdicts stay: they are somebody's.
const (
	aloneAsk   = 30 * time.Second // what leads on from a verdict goes back to it
	alonePage  = time.Minute      // pages go back to the check screen
	aloneHeld  = 10 * time.Second // the same where somebody's code waits
	aloneDrill = 3 * time.Minute  // a drill ends: whoever comes now is no practice
)

// leftAlone is what becomes of a guard's screen when nobody touches it, and when.
func (u *UI) leftAlone() (time.Duration, func()) {
	home := func() {
		if u.party.waits() { // their answer stands, under whatever shows
			u.show(u.party.face())
			return
		}
		u.show(&checkScreen{})
	}
	switch b := u.behaviour(); {
	case u.backend == nil || !u.state.Enrolled || b.unused == stays:
		return 0, nil
	case u.drill != nil:
		return aloneDrill, func() { u.finish(home) }
	case b.idle && b.unused == goesBack: // it says a sentence
		return aloneAsk, home
	case b.idle || b.face || b.brief:
		return 0, nil
	case b.back != nil:
		return aloneAsk, b.back
	case b.about != nil:
		return aloneAsk, func() { b.about.again(u) }
	case u.line.waiting != nil:
		return aloneHeld, home
	}
	return alonePage, home
}

package ui

import (
	"context"
	"time"

	"postern/app/look"
	"postern/sync/journal"
)

// cutOff is how long ago a check is that the end of the program may have taken
// off the screen before anybody read it.
const cutOff = 2 * time.Minute

// resume says what the last check was, where the program ended in the middle of
// it: the person may still stand there, and whose code is shown again is told
// that it was seen. Names are not stored, so it is the time and the outcome.
// What came since the program began is no such check.
func (u *UI) resume(began time.Time) {
	g, idle := u.backend.Gate, u.screen
	u.run(func(ctx context.Context) {
		lines, err := g.Recent(ctx, 8)
		if err != nil {
			return // the screen says elsewhere that the journal cannot be read
		}
		for _, l := range lines {
			switch l.Kind {
			case journal.Check, journal.Confirm, journal.Override:
			default:
				continue
			}
			if ago := began.Sub(l.Time); ago <= 0 || ago > cutOff {
				return
			}
			u.do(func() {
				if u.screen == idle {
					u.show(&checkScreen{key: "check.resumed", pairs: []string{
						"at", u.catalogue().Clock(l.Time), "outcome", u.say("outcome." + look.Name(l.Outcome)),
					}})
				}
			})
			return
		}
	})
}

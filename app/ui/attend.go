package ui

import (
	"context"
	"slices"
	"time"

	"postern/app/gate"
	"postern/app/scan"
)

// Times of codes that come while somebody else's answer stands.
const (
	leastStay = 800 * time.Millisecond // an Admit, and what was decided by hand, stands at least so long
	heldFor   = 30 * time.Second       // the next person's code waits at most so long
	asideFor  = 4 * time.Second        // what is said beside a standing answer is said for so long
)

// line is who is before the gate besides the people whose answer stands. One
// code may wait; more would be judged when nobody remembers whose they were.
type line struct {
	asking bool     // the gate judges what comes onto the screen next
	asked  []string // the texts of that
	beside []scan.Reading

	waiting *waiting
	over    func() // stops what ends the wait

	aside     string // key of what is said beside what stands; empty: nothing
	stopAside func()
}

// waiting is a code that was read and not judged: it is judged, and recorded, when it is shown.
type waiting struct {
	reading scan.Reading
	who     gate.Who
}

// attends reports whether a code is judged now and its answer shown at once.
func (u *UI) attends() bool {
	b := u.behaviour()
	return !u.line.asking && b.codes == judged && (!b.brief || u.stood() >= leastStay)
}

// stood is for how long the screen has shown.
func (u *UI) stood() time.Duration { return u.opt.Now().Sub(u.shownAt) }

// attend has one code judged, or holds it until whoever is before the gate is done.
func (u *UI) attend(r scan.Reading) {
	if u.backend == nil {
		u.early = append(u.early, r)
		return
	}
	if u.attends() {
		u.submit(r)
		return
	}
	g, generation := u.backend.Gate, u.generation
	u.run(func(context.Context) {
		who := g.Who(r.Text)
		u.do(func() {
			if generation == u.generation {
				u.hold(waiting{r, who})
			}
		})
	})
}

// hold keeps a code for later. One of the people whose answer stands is not
// kept: it would be judged twice. Of one that waits already the newer reading
// counts, since its holder's device has signed it anew.
func (u *UI) hold(w waiting) {
	before := u.line.waiting
	switch {
	case u.attends():
		u.submit(w.reading)
		return
	case slices.ContainsFunc(u.stand(), func(s *verdictScreen) bool { return s.who == w.who }):
		return
	case before != nil && before.who != w.who:
		u.refuse(w.reading)
		return
	}
	u.stopWaiting()
	u.line.waiting = &w
	u.line.over = u.after(heldFor, func() {
		u.stopWaiting()
		u.camera.forget(w.reading.Text)
		u.sayAside("line.over")
	})
	u.lineChanged()
	u.releaseSoon()
}

// refuse says that a code is not taken, so that its holder shows it again.
func (u *UI) refuse(r scan.Reading) {
	u.camera.refuse(r.Text, u.opt.Now())
	if u.backend.Sound != nil {
		u.backend.Sound.Busy()
	}
	u.sayAside("line.full")
}

func (u *UI) stopWaiting() {
	if u.line.over != nil {
		u.line.over()
	}
	u.line.waiting, u.line.over = nil, nil
}

// releaseSoon judges the code that waits as soon as a screen that goes by itself has stood long enough.
func (u *UI) releaseSoon() {
	if b := u.behaviour(); u.line.waiting == nil || !b.brief {
		u.release()
		return
	}
	shown := u.screen
	u.after(max(leastStay-u.stood(), 0), func() {
		if u.screen == shown {
			u.release()
		}
	})
}

// release judges the code that waits, where the screen attends.
func (u *UI) release() {
	if w := u.line.waiting; w != nil && u.backend != nil && u.attends() {
		u.stopWaiting()
		u.submit(w.reading)
	}
}

// sayAside says a sentence beside what stands, which stays.
func (u *UI) sayAside(key string) {
	if u.line.stopAside != nil {
		u.line.stopAside()
	}
	u.line.aside = key
	u.line.stopAside = u.after(asideFor, func() {
		u.line.aside = ""
		u.lineChanged()
	})
	u.lineChanged()
}

// tell says a sentence to whoever stands before the gate: on the check screen
// where nobody's answer stands, else beside that.
func (u *UI) tell(key string, pairs ...string) {
	if u.behaviour().idle {
		u.show(&checkScreen{key: key, pairs: pairs})
		return
	}
	u.sayAside(key)
}

// lineWord is the key of what there is to say of the next person; empty: nothing.
func (u *UI) lineWord() string {
	switch {
	case u.line.aside != "":
		return u.line.aside
	case u.line.waiting != nil:
		return "line.waiting"
	case u.behaviour().about != nil && u.camera.unreadable(u.opt.Now()):
		return "line.unreadable"
	}
	return ""
}

// lineChanged shows what is said of the next person, and counts anew how long a page may be left alone.
func (u *UI) lineChanged() {
	u.lineShown()
	u.armUnattended()
}

// lineShown draws what is said of the next person anew: on a verdict the dock says some of it.
func (u *UI) lineShown() {
	if u.behaviour().face {
		u.root.Refresh()
	} else if u.chip != nil {
		u.chip.Refresh()
	}
}

// dropLine forgets everybody who waits: another gate has taken the place of this one.
func (u *UI) dropLine() {
	u.stopWaiting()
	u.line = line{}
	u.party = nil
	u.camera.forgetAll()
}

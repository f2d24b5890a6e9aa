package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/gate"
	"postern/app/ui/kit"
	"postern/sync/verdict"
)

// stay is how long an Admit stands before the screen waits for the next person.
const stay = 3 * time.Second

// keepAfter is how long an Admit is held until it stays.
const keepAfter = 400 * time.Millisecond

// verdictScreen shows one verdict and nothing else.
type verdictScreen struct {
	v     verdict.Verdict
	token gate.Token // to go on from it
	opens gate.Token // opens the barrier; zero: it is open, or not opened by one
	who   gate.Who   // whose code it was
	text  string     // of the code
	party *party     // whom they were shown with

	handled bool // the guard is done with them
	nobody  bool // there was no code, and this is no verdict

	at   time.Time
	held bool // a finger lies on it
	kept bool // an Admit that stays until it is touched again
	stop func()
	run  *fyne.Animation
	bar  *canvas.Rectangle // how much of the stay has passed
	full float32           // its width at the end
}

func newVerdict(u *UI, a gate.Answer) *verdictScreen {
	s := &verdictScreen{v: a.Verdict, token: a.Token, opens: a.Opens, who: a.Who, at: u.opt.Now()}
	if s.v.Outcome == verdict.Admit {
		s.bar = canvas.NewRectangle(kit.White)
		s.bar.CornerRadius = progressHeight / 2
		s.run = fyne.NewAnimation(stay, func(done float32) { s.bar.Resize(fyne.NewSize(s.full*done, progressHeight)) })
		s.run.Curve = fyne.AnimationLinear
	}
	return s
}

// passes lets an Admit go away by itself.
func (s *verdictScreen) passes(u *UI) {
	if s.v.Outcome != verdict.Admit || s.kept {
		return
	}
	s.stop = u.after(stay, func() {
		if u.screen == s {
			u.next()
		}
	})
	s.run.Start()
}

func (s *verdictScreen) leave() {
	if s.stop != nil {
		s.stop()
		s.run.Stop()
	}
}

// down is a finger on the screen: an Admit that is held stays.
func (s *verdictScreen) down(u *UI) {
	u.touched()
	if s.v.Outcome != verdict.Admit {
		return
	}
	s.leave()
	s.held = true
	s.stop = u.after(keepAfter, func() {
		if s.held && u.screen == s {
			s.kept, s.held = true, false
			u.root.Refresh()
			u.touched()
		}
	})
}

// up is the finger gone: a short touch goes on to the next person.
func (s *verdictScreen) up(u *UI) {
	if s.held && u.screen == s { // another screen may have come meanwhile
		s.held = false
		if !s.kept && u.stood() < leastStay { // nobody has seen it yet
			s.passes(u)
			return
		}
		u.next()
	}
}

func (s *verdictScreen) behave(u *UI) behaviour {
	b := behaviour{paint: s.paint(u), about: s, face: true, kiosk: visitors, unused: goesOn, leave: s.leave}
	b.arrive = func() { s.passes(u) }
	if s.v.Outcome == verdict.Admit && !s.kept { // it goes by itself, or a finger holds it
		b.codes, b.brief, b.unused = judged, !s.held, stays
	}
	if s.held {
		b.codes = held
	}
	return b
}

// paint is the colour of the outcome in the light that there is.
// Visitors see but two: what is no Admit has the kiosk's own ground.
func (s *verdictScreen) paint(u *UI) kit.Paint {
	if s.nobody {
		return u.pagePaint()
	}
	if u.locked() && s.v.Outcome != verdict.Admit {
		return kit.Paint{Ground: kit.KioskNight, Ink: kit.White}
	}
	return u.light.Outcome(s.v.Outcome)
}

package ui

import (
	"strconv"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"postern/sync/journal"
	"postern/sync/verdict"
)

// step leads from a verdict to where the guard goes on; every one works with no network.
func (s *verdictScreen) step(u *UI, step verdict.Step) {
	switch step {
	case verdict.TryAgain, verdict.AnotherCode:
		u.queue = nil
		u.show(&checkScreen{key: "after." + string(step)})
	case verdict.Emergency:
		u.show(&emergencyScreen{s})
	case verdict.Supervisor:
		u.show(&supervisorScreen{s})
	case verdict.LookUp:
		u.show(&registerScreen{from: s, name: "look_up", reason: "look_up"})
	default:
		u.show(&registerScreen{from: s, name: "register", reason: "test"})
	}
}

// ask builds a screen in the verdict's colours: a title, a sentence, and buttons at the thumb.
func (s *verdictScreen) ask(u *UI, size fyne.Size, title, say string, buttons ...*press) fyne.CanvasObject {
	skin := s.skin(u)
	k := scaleFor(size.Width, size.Height)
	if isWide(size) {
		k = scaleFor(size.Width*0.47, size.Height)
	}
	w := min(size.Width*0.88, 760*k)
	x := (size.Width - w) / 2
	foot := newStack(10 * k)
	for _, b := range buttons {
		foot.add(b.sized(20*k, 60*k))
	}
	back := newOutline(u.say("ways.back"), skin.ink, func() { u.show(s) })
	foot.add(back.sized(17*k, 52*k))
	h := foot.heightFor(w)
	top := newStack(14*k, gap(14*k),
		newProse(title, 38*k, skin.ink).strong(), newProse(say, 21*k, skin.ink))
	return fixed(size, scrolled(top, x, 0, w, size.Height-h-28*k), place(foot, x, size.Height-h-16*k, w, h))
}

// solid makes a button in the verdict's colours.
func (s *verdictScreen) solid(u *UI, said string, do func()) *press {
	skin := s.skin(u)
	if s.v.Outcome == verdict.Check {
		return newPress(said, skin.ink, white, do)
	}
	return newPress(said, skin.ink, skin.ground, do)
}

// waysScreen lists every step.
type waysScreen struct{ from *verdictScreen }

func (s *waysScreen) skin(u *UI) paint { return s.from.skin(u) }
func (*waysScreen) tab() string        { return "" }

func (s *waysScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	var buttons []*press
	for _, step := range []verdict.Step{verdict.TryAgain, verdict.AnotherCode, verdict.LookUp, verdict.Register, verdict.Supervisor, verdict.Emergency} {
		buttons = append(buttons, s.from.solid(u, u.say("step."+string(step)), func() { s.from.step(u, step) }))
	}
	return s.from.ask(u, size, u.say("ways.title"), u.t().reason(s.from.v, s.from.at), buttons...)
}

// emergencies are the reasons of an emergency override, as the journal keeps them.
var emergencies = []string{"emergency_medical", "emergency_birth", "emergency_escape", "emergency_other"}

// capital begins s with a capital, for a button.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// emergencyScreen asks why, and lets through: one tap and a reason.
type emergencyScreen struct{ from *verdictScreen }

func (s *emergencyScreen) skin(u *UI) paint { return s.from.skin(u) }
func (*emergencyScreen) tab() string        { return "" }

func (s *emergencyScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	var buttons []*press
	for _, reason := range emergencies {
		buttons = append(buttons, s.from.solid(u, capital(u.say("recorded."+reason)), func() {
			done := doneScreen{title: "emergency.done", say: "emergency.done_say", reason: reason}
			failed := doneScreen{title: "emergency.done", say: "emergency.failed", failed: true}
			u.record(journal.Override, reason, done, failed)
		}))
	}
	say := u.say("emergency.say")
	if place := u.state.Emergency[u.t().Language]; place != "" { // what this place does
		say = place + " " + say
	}
	return s.from.ask(u, size, u.say("emergency.title"), say, buttons...)
}

// supervisorScreen says what to tell the supervisor, and takes the answer.
type supervisorScreen struct{ from *verdictScreen }

func (s *supervisorScreen) skin(u *UI) paint { return s.from.skin(u) }
func (*supervisorScreen) tab() string        { return "" }

func (s *supervisorScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	place := u.state.Place
	if place == "" {
		place = u.say("bar.new_device")
	}
	say := u.say("supervisor.say", "place", place, "help", s.from.v.Help(), "sentence", u.t().reason(s.from.v, s.from.at))
	return s.from.ask(u, size, u.say("supervisor.title"), say,
		s.from.solid(u, u.say("supervisor.agree"), func() {
			done := doneScreen{title: "supervisor.done", say: "supervisor.done_say"}
			failed := doneScreen{title: "supervisor.done", say: "emergency.failed", failed: true}
			u.record(journal.Override, "supervisor", done, failed)
		}),
		s.from.solid(u, u.say("supervisor.no"), u.next))
}

// registerScreen sends somebody on by paper: for a test, or to be looked up by
// hand. The number that it gives is the entry's own, so that list and journal meet.
type registerScreen struct {
	from   *verdictScreen
	name   string // register or look_up
	reason string // as the journal keeps it
}

func (s *registerScreen) skin(u *UI) paint { return s.from.skin(u) }
func (*registerScreen) tab() string        { return "" }

func (s *registerScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	title, say, do := u.say("register.title"), u.say("register.say"), u.say("register.do")
	if s.name == "look_up" {
		title, say, do = u.say("look_up.title"), u.say("look_up.say"), u.say("look_up.do")
	}
	return s.from.ask(u, size, title, say, s.from.solid(u, do, func() {
		done := doneScreen{title: "register.number", say: "register.done_say"}
		failed := doneScreen{title: "register.title", say: "register.failed", failed: true}
		u.record(journal.Registration, s.reason, done, failed)
	}))
}

// record has a decision made durable, and only then says that it is recorded.
func (u *UI) record(kind journal.Kind, reason string, done, failed doneScreen) {
	if u.back == nil {
		return
	}
	g := u.back.Gate
	u.run(func() {
		shown := done
		if err := g.Record(u.ctx, kind, reason); err != nil {
			shown = failed
		} else if lines, err := g.Recent(u.ctx, 16); err == nil {
			for _, l := range lines {
				if l.Kind == kind {
					shown.number = l.Seq
					break
				}
			}
		}
		u.do(func() {
			u.show(&shown)
			u.lookAtState(nil)
		})
	})
}

// doneScreen confirms what was recorded, or says that it was not. It is of no
// outcome's colour: a person decided, not the gate.
type doneScreen struct {
	title, say string // keys
	reason     string // of the entry
	number     uint64
	failed     bool
}

func (*doneScreen) skin(*UI) paint { return paint{chrome, white} }
func (*doneScreen) tab() string    { return "" }

func (s *doneScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	k := scaleFor(size.Width, size.Height)
	w := min(size.Width*0.88, 760*k)
	x := (size.Width - w) / 2
	shape := "shapes/done"
	if s.failed {
		shape = "shapes/check"
	}
	number := strconv.FormatUint(s.number, 10)
	top := newStack(16*k, gap(24*k), leading(drawing(shape, white, 124*k)),
		newProse(u.say(s.title, "n", number), 54*k, white).strong(),
		newProse(u.say(s.say, "reason", u.say("recorded."+s.reason)), 22*k, white))
	foot := newStack(10*k, newPress(u.nextWord(), white, chrome, u.next).sized(20*k, 60*k))
	h := foot.heightFor(w)
	return fixed(size, scrolled(top, x, 0, w, size.Height-h-28*k), place(foot, x, size.Height-h-16*k, w, h))
}

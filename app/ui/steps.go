package ui

import (
	"context"
	"errors"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"postern/app/gate"
	"postern/app/ui/kit"
	"postern/sync/journal"
	"postern/sync/policy"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// step leads from a verdict to where the guard goes on; every one works with no network.
func (s *verdictScreen) step(u *UI, step verdict.Step) {
	switch step {
	case verdict.TryAgain, verdict.AnotherCode:
		if s.handled = true; s.party.waits() { // the others come first
			u.next()
			return
		}
		u.show(&checkScreen{key: "after." + string(step)})
	case verdict.Emergency:
		u.show(&emergencyScreen{from: from{s}})
	case verdict.Supervisor:
		if u.show(&supervisorScreen{from{s}}); u.locked() {
			u.callStaff()
		}
	case verdict.LookUp:
		u.show(&registerScreen{from: from{s}, purpose: gate.ForLookUp})
	default:
		u.show(&registerScreen{from: from{s}, purpose: gate.ForTest})
	}
}

// from is what screens share that go on from a verdict: they wear its colours,
// and hold up the next person's code until the guard is back at it.
type from struct{ seen *verdictScreen }

func (f from) paint(u *UI) kit.Paint { return f.seen.paint(u) }

func (f from) behave(u *UI) behaviour {
	b := behaviour{paint: f.paint(u), about: f.seen, kiosk: visitors}
	if f.seen.nobody {
		b.about, b.back = nil, func() { f.seen.again(u) }
	}
	return b
}

// again shows a verdict once more.
func (s *verdictScreen) again(u *UI) {
	switch {
	case !s.nobody:
		u.show(s.own())
	case u.party.waits():
		u.show(u.party.face())
	default:
		u.show(&checkScreen{})
	}
}

// stepsScreen lists every step, and leads to what the help code means.
type stepsScreen struct{ from }

func (s *stepsScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	var buttons []*kit.Button
	ink := s.paint(u).Ink
	for _, step := range []verdict.Step{verdict.TryAgain, verdict.AnotherCode, verdict.LookUp, verdict.Register, verdict.Supervisor} {
		b := kit.NewOutlined(u.say("step."+string(step)), ink, func() { s.seen.step(u, step) })
		if len(s.seen.v.Steps) > 0 && s.seen.v.Steps[0] == step {
			b = s.seen.solid(u, u.say("step."+string(step)), func() { s.seen.step(u, step) })
		}
		buttons = append(buttons, b.WithIcon(stepIcons[step]))
	}
	if !u.locked() { // its field is nothing for visitors
		buttons = append(buttons, kit.NewOutlined(u.say("ways.help", "help", wording.Whole(s.seen.v.Help())), ink, func() { u.open("help") }).WithIcon("icons/help"))
	}
	return s.seen.ask(u, size, u.say("ways.title"), u.catalogue().Reason(s.seen.v, s.seen.at), buttons...)
}

// emergencies are the reasons of an emergency override, as the journal keeps them.
var emergencies = []string{"emergency_medical", "emergency_birth", "emergency_escape", "emergency_other"}

// capital begins s with a capital, for a button.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// emergencyScreen asks why, and lets through: one tap and a reason.
type emergencyScreen struct {
	from
	asked bool // it is being recorded
}

// behave is white, as the way in for emergencies is everywhere.
func (s *emergencyScreen) behave(u *UI) behaviour {
	b := s.from.behave(u)
	b.paint = kit.Paint{Ground: kit.White, Ink: kit.Chrome}
	return b
}

func (s *emergencyScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	say := u.say("emergency.say")
	if place := u.catalogue().Pick(u.state.Emergency); place != "" { // what this place does
		say = wording.Join(place, say)
	}
	return u.emergencyFace(size, say, func(reason string) { s.letIn(u, reason) }, func() { s.seen.again(u) })
}

// letIn records the emergency and lets the person in. A kiosk calls the staff,
// and waits for their PIN where it was told to.
func (s *emergencyScreen) letIn(u *UI, reason string) {
	let := func() {
		if s.asked { // a second tap lets nobody else in
			return
		}
		s.asked = true
		u.record(doneScreen{title: "emergency.done", say: "emergency.done_say", reason: reason, in: true, calls: u.locked(), of: s.seen},
			doneScreen{title: "emergency.done", say: "emergency.failed", failed: true, calls: u.locked(), of: s.seen},
			journal.Override, func(ctx context.Context, g Gate) error { return g.Emergency(ctx, s.seen.token, reason) })
	}
	if !u.locked() || !u.set.Asks || !u.state.PIN {
		let()
		return
	}
	u.guarded("kiosk.call", let, func() { u.show(s) })
	u.callStaff()
}

// supervisorScreen is the call for help: the code and what to say to the
// supervisor, who may let the person in by PIN where the rules allow it.
type supervisorScreen struct{ from }

func (s *supervisorScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	place := u.state.Place
	if place == "" {
		place = u.say("bar.new_device")
	}
	ink, code := s.paint(u).Ink, s.seen.v.Help()
	words := u.say("supervisor.say", "place", place, "help", wording.Whole(code), "sentence", u.catalogue().Reason(s.seen.v, s.seen.at))
	if s.seen.nobody {
		code, words = u.say("no_code.title"), u.say("no_code.supervisor_say", "place", place)
	}
	var buttons []*kit.Button
	if s.mayOverride(u) {
		buttons = append(buttons, s.seen.solid(u, u.say("supervisor.pin"), func() { u.show(s.pad(u)) }).WithIcon("icons/lock").Means(kit.LetsIn))
	}
	if u.locked() { // the visitor reads it
		return s.seen.askKiosk(u, size, u.say("kiosk.called"), u.say("kiosk.called_say"), buttons...)
	}
	buttons = append(buttons, kit.NewOutlined(u.say("supervisor.no"), ink, u.next).WithIcon("icons/cross").Means(kit.KeepsOut))
	return s.seen.askWith(u, size, u.say("supervisor.title"), func(g kit.Grid, share float32) *kit.Stack {
		return kit.NewStack(g.Of(14), leading(kit.NewCode(wording.Whole(code), g.Of(44)*share, ink)),
			kit.NewProse(words, g.Of(30)*share, ink), s.whom(u, g, share), kit.NewProse(s.quota(u), g.Of(26)*share, ink).Bold())
	}, buttons...)
}

// whom is who decides here, with the number to call: the duty room, where the policy
// names one, also when there is no verdict; else the first whom the verdict's act names.
func (s *supervisorScreen) whom(u *UI, g kit.Grid, share float32) fyne.CanvasObject {
	all := u.catalogue().Verdict(s.seen.v, u.second(), s.seen.at).Contacts
	if rules := s.rules(u); rules != nil {
		all = append(u.catalogue().Contacts(rules.For(s.seen.at.In(u.opt.Zone), policy.Duty), s.seen.at), all...)
	}
	for _, c := range all {
		if c.Phone != "" {
			return u.contactCard(g, c, "", kit.Chrome, share)
		}
	}
	return kit.Gap(0)
}

// rules are those that the verdict followed, else the gate's.
func (s from) rules(u *UI) *policy.Policy {
	if s.seen.v.Policy != nil {
		return s.seen.v.Policy
	}
	return u.state.Rules
}

func (s *supervisorScreen) mayOverride(u *UI) bool {
	return u.state.PIN && u.state.OverridesLeft > 0 && (s.seen.nobody || s.seen.token != gate.Token{})
}

// quota says how many more a supervisor may let in, or why nobody.
func (s *supervisorScreen) quota(u *UI) string {
	switch {
	case !u.state.PIN:
		return u.say("supervisor.no_pin")
	case u.state.OverridesLeft == 0:
		return u.say("supervisor.quota")
	}
	return u.say("supervisor.left", "n", strconv.Itoa(u.state.OverridesLeft))
}

// pad asks for the PIN that lets the person of the verdict in.
func (s *supervisorScreen) pad(u *UI) *pinScreen {
	return &pinScreen{
		title: "supervisor.pin_title", say: s.quota(u), back: func() { u.show(s) },
		about: s.seen,
		try: func(ctx context.Context, g Gate, pin string) error {
			if s.seen.nobody {
				return g.OverrideWithoutCode(ctx, pin, "supervisor")
			}
			return g.Override(ctx, s.seen.token, pin, "supervisor")
		},
		done: func() {
			u.showRecorded(doneScreen{title: "supervisor.done", say: "supervisor.done_say", reason: "supervisor", in: true, of: s.seen}, journal.Override)
		},
	}
}

// registerScreen sends somebody on by paper: for a test, or to be looked up by
// hand. The number that it gives stands in the entry too, so that list and journal meet.
type registerScreen struct {
	from
	purpose gate.Purpose
	asked   bool // it is being recorded
}

func (s *registerScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	title, say, do := u.say("register.title"), u.say("register.say"), u.say("register.do")
	if s.purpose == gate.ForLookUp {
		title, say, do = u.say("look_up.title"), u.say("look_up.say"), u.say("look_up.do")
	}
	buttons := []*kit.Button{s.seen.solid(u, do, func() { s.register(u) })}
	if s.purpose == gate.ForTest && !s.seen.nobody && s.seen.v.Act() == verdict.TestThenAdmit {
		buttons = append([]*kit.Button{s.seen.solid(u, u.say("register.tested"), func() { s.tested(u) }).WithIcon("icons/tick").Means(kit.LetsIn)}, buttons...)
	}
	return s.seen.askWith(u, size, title, func(g kit.Grid, share float32) *kit.Stack {
		return kit.NewStack(g.Of(14), kit.NewProse(say, g.Of(30)*share, s.paint(u).Ink), s.where(u, g, share))
	}, buttons...)
}

// tested lets in who was tested here, where the place's policy does: the test is
// registered, and the gate says whether nothing else is missing.
func (s *registerScreen) tested(u *UI) {
	if s.asked || u.backend == nil {
		return
	}
	s.asked = true
	g, generation := u.backend.Gate, u.generation
	u.run(func(ctx context.Context) {
		_, err := g.Register(ctx, s.seen.token, s.purpose)
		var a gate.Answer
		if err == nil {
			a, err = g.Tested(ctx, s.seen.token)
		}
		u.do(func() {
			switch {
			case generation != u.generation:
			case err != nil && !errors.Is(err, gate.ErrToken) && u.screen == s:
				failed := doneScreen{title: "register.title", say: "register.failed", failed: true, of: s.seen}
				failed.arrive(u)
			default:
				u.judgedAgain(s, s.seen, a, err)
			}
		})
	})
}

// where is the way to where people are tested, as far as the policy tells it.
func (s *registerScreen) where(u *UI, g kit.Grid, share float32) fyne.CanvasObject {
	rules := s.rules(u)
	if s.purpose != gate.ForTest || rules == nil {
		return kit.Gap(0)
	}
	for _, c := range u.catalogue().Contacts(rules.For(s.seen.at.In(u.opt.Zone), policy.TestPoint, policy.Station), s.seen.at) {
		return u.contactCard(g, c, "", kit.Chrome, share)
	}
	return kit.Gap(0)
}

// then is the key of whether who is sent to a test is let in, as the verdict has it.
func (s *registerScreen) then(u *UI) string {
	act := s.seen.v.Act()
	if s.seen.nobody { // no pass says that nothing else is missing
		act = verdict.GetTested
	}
	if s.purpose == gate.ForTest && (act == verdict.TestThenAdmit || act == verdict.GetTested) {
		return "act_say." + string(act)
	}
	return ""
}

// register records, and only then shows the number.
func (s *registerScreen) register(u *UI) {
	if s.asked || u.backend == nil {
		return
	}
	s.asked = true
	g := u.backend.Gate
	u.run(func(ctx context.Context) {
		number, err := g.Register(ctx, s.seen.token, s.purpose)
		u.do(func() {
			done := doneScreen{title: "register.number", say: "register.done_say", then: s.then(u), number: number, of: s.seen}
			if err != nil {
				done = doneScreen{title: "register.title", say: "register.failed", failed: true, of: s.seen}
			}
			done.arrive(u)
			u.refreshState(nil)
		})
	})
}

// record has a decision made durable, and only then says that it is recorded.
func (u *UI) record(done, failed doneScreen, kind journal.Kind, do func(context.Context, Gate) error) {
	if u.backend == nil {
		return
	}
	g := u.backend.Gate
	u.run(func(ctx context.Context) {
		if err := do(ctx, g); err != nil {
			u.do(func() { failed.arrive(u) })
			return
		}
		u.do(func() { u.showRecorded(done, kind) })
	})
}

// showRecorded shows that something of a kind is recorded, with its entry's number.
func (u *UI) showRecorded(done doneScreen, kind journal.Kind) {
	g := u.backend.Gate
	u.run(func(ctx context.Context) {
		lines, err := g.Recent(ctx, 16)
		for _, l := range lines {
			if err == nil && l.Kind == kind {
				done.number = strconv.FormatUint(l.Seq, 10)
				break
			}
		}
		u.do(func() {
			done.arrive(u)
			u.refreshState(nil)
		})
	})
}

// doneStays is how long it is said that something was recorded, before the
// screen waits for the next person.
const doneStays = 7 * time.Second

// doneScreen confirms what was recorded, or says that it was not. It is of no
// outcome's colour: a person decided, not the gate. It goes by itself, and the
// next person's code ends it with a verdict of its own: what was decided by hand
// is for one person only. Where nothing could be recorded it stays.
type doneScreen struct {
	title, say string // keys
	then       string // key of what follows from it; empty: nothing
	reason     string // of the entry
	number     string // of the entry or, of a registration, on paper
	failed     bool
	calls      bool           // the staff, by sound
	in         bool           // it lets somebody in
	of         *verdictScreen // for whom it was decided
	at         time.Time
	stop       func()
}

// arrive shows it, unless somebody else's answer came meanwhile: that stands, and
// what was decided for the one before is said beside it.
func (s *doneScreen) arrive(u *UI) {
	if !s.failed {
		s.of.handled = true
	}
	if b := u.behaviour(); b.about != nil && b.about != s.of {
		key := s.title
		if s.failed {
			key = s.say
		}
		u.root.Refresh()
		u.sayAside(key)
		if s.calls {
			u.callStaff()
		}
		return
	}
	s.at = u.opt.Now()
	u.show(s)
	if s.calls {
		u.callStaff()
	}
	if !s.failed {
		s.stop = u.after(doneStays, func() {
			if u.screen == s {
				u.next()
			}
		})
	}
}

// behave has the next code end it, unless others of the same party wait for the guard.
func (s *doneScreen) behave(u *UI) behaviour {
	b := behaviour{paint: u.pagePaint(), codes: judged, brief: true, kiosk: visitors, unused: goesOn, leave: s.leave}
	if u.party.waits() {
		b.codes, b.brief = held, false
	}
	return b
}

func (s *doneScreen) leave() {
	if s.stop != nil {
		s.stop()
	}
}

package ui

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/gate"
	"postern/sync/client"
	"postern/sync/policy"
)

// hubKey is the sentence for what came of talking to the hub.
func hubKey(c client.Code) string {
	if c == "" {
		return "sync.ok"
	}
	return "hub." + string(c)
}

// percent is how much of a pull's files has come.
func percent(p client.Progress) int {
	if p.Total <= 0 {
		return 0
	}
	return int(min(100*max(p.Done, 0)/p.Total, 100))
}

// syncScreen says how fresh the data is, what waits to be sent, and what is wrong with the gate.
type syncScreen struct{}

func (*syncScreen) skin(u *UI) paint { return u.pagePaint() }
func (*syncScreen) tab() string      { return "sync" }

func (s *syncScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p, st, now := u.newPage(size, u.say("sync.title")), u.state, u.opt.Now()
	p.add(s.light(u, p))
	if problems := u.problems(); len(problems) > 0 {
		card := newStack(10, newProse(u.say("sync.problems"), 19, checkInk).strong()).on(checkAmber, 18)
		for _, said := range problems {
			card.add(newProse(said, 17, checkInk))
		}
		p.add(card)
	}
	version, made, contact, rules, hub := u.say("sync.none"), u.say("sync.never"), u.say("sync.never"), u.say("sync.none"), u.say("sync.none")
	if st.Version > 0 {
		version, made = strconv.FormatUint(st.Version, 10), u.t().Moment(st.Made, now)
	}
	if !st.Pulled.IsZero() {
		contact = u.t().Ago(st.Pulled, now)
	}
	if st.Enrolled {
		rules, hub = st.Policy, st.Hub
	}
	p.add(p.facts(
		p.fact(u.say("sync.version"), version),
		p.fact(u.say("sync.made"), made),
		p.fact(u.say("sync.backlog"), strconv.Itoa(st.Backlog)),
		p.fact(u.say("sync.contact"), contact),
		p.fact(u.say("sync.policy"), rules),
		p.fact(u.say("sync.hub"), hub)))
	p.add(s.button(u, p))
	return p.done()
}

// light is the dot, large, with its words and what they mean for checks.
func (s *syncScreen) light(u *UI, p *page) fyne.CanvasObject {
	st := u.state
	word := u.ageWord()
	if st.Version > 0 {
		word += "·" + u.t().Ago(st.Made, u.opt.Now())
	}
	words := newStack(2, newProse(word, 23, p.sheet.ink).strong(),
		newProse(u.say("ageing."+ageName(st.Age)), 17, p.sheet.faint))
	return newBeside(36, lamp(st.Age), words).on(p.sheet.card, 18)
}

// lamp is a round light with a rim, so that its colour shows on every ground.
func lamp(a policy.Age) fyne.CanvasObject {
	c := canvas.NewCircle(ageColour(a))
	c.StrokeColor, c.StrokeWidth = blend(ageColour(a), chrome, 0.35), 3
	return c
}

func (s *syncScreen) button(u *UI, p *page) fyne.CanvasObject {
	b := newStack(12)
	switch {
	case !u.state.Enrolled:
		b.add(newPress(u.say("check.enrol"), chrome, white, func() { u.open("enrol") }))
		return b
	case u.exchange != nil && u.exchange.Progress.Total > 0:
		done := strconv.Itoa(percent(u.exchange.Progress))
		b.add(newProse(u.say("sync.fetching", "percent", done), 18, p.sheet.ink).strong())
		return b
	case u.updating:
		b.add(newProse(u.say("sync.updating"), 18, p.sheet.ink).strong())
		return b
	case u.exchange != nil:
		b.add(newProse(u.say(hubKey(u.exchange.LastError.Code)), 17, p.sheet.ink))
	}
	ground, ink := chrome, white
	if p.sheet == nightSheet {
		ground, ink = white, chrome
	}
	b.add(newPress(u.say("sync.update"), ground, ink, func() {
		u.updating = true
		u.back.Update()
		u.root.Refresh()
	}).with("icons/sync"))
	return b
}

// relayFailed reports whether the barrier did not open the last time.
func (u *UI) relayFailed() bool { return slices.Contains(u.state.Problems, gate.RelayFailed) }

// problems are what is wrong with the gate, in sentences.
func (u *UI) problems() []string {
	var said []string
	for _, p := range u.state.Problems {
		if p == gate.RecordsStranded {
			said = append(said, u.say("problem.records_stranded", "count", strconv.Itoa(u.state.Stranded)))
			continue
		}
		said = append(said, u.t().either("problem."+string(p), "problem.other", string(p)))
	}
	if u.state.ClockOff != 0 {
		said = append(said, u.say("problem.clock", "off", u.t().Span(u.state.ClockOff)))
	}
	if u.state.Suspended {
		said = append(said, u.say("problem.suspended"))
	}
	return said
}

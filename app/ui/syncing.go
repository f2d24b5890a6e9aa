package ui

import (
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"postern/app/gate"
	"postern/app/ui/kit"
	"postern/sync/client"
	"postern/sync/wording"
)

// exchange is what is known of the talk with the hub.
type exchange struct {
	updating bool           // the guard asked for an update, and nothing was heard yet
	status   *client.Status // the last that was heard; nil before the first
	pull     pull           // the one that goes on, or the last
	traffic  gate.Traffic   // of this month; asked for while a screen shows it
}

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

// syncScreen says how fresh the data is, what waits to be sent, what a check
// does not see meanwhile, and what is wrong with the gate.
type syncScreen struct{}

func (*syncScreen) behave(u *UI) behaviour {
	b := u.page("sync")
	b.codes, b.needs = judged, needsState|needsTraffic
	return b
}

func (s *syncScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPage(size, u.say("sync.title"), u.say("sync.offline"))
	p.Add(s.checked(u, p))
	p.Add(s.troubles(u, p)...)
	p.Add(s.button(u, p))
	r := p.Right()
	if u.state.Enrolled {
		r.Add(s.toSend(u, p))
	}
	r.Add(s.facts(u, p))
	r.Add(s.unseen(u, p)...)
	return p.Layout()
}

// troubles are what is wrong.
func (s *syncScreen) troubles(u *UI, p *kit.Page) []fyne.CanvasObject {
	problems := u.problems()
	if len(problems) == 0 {
		return nil
	}
	card := p.Alert(p.Say(u.say("sync.problems"), 28).Bold())
	for _, text := range problems {
		card.Add(p.Say(text, 24))
	}
	return []fyne.CanvasObject{card}
}

// toSend says what waits to be sent.
func (s *syncScreen) toSend(u *UI, p *kit.Page) fyne.CanvasObject {
	side := p.Grid.Of(52)
	title, say := u.say("sync.to_send", "n", wording.Number(u.state.Backlog)), u.say("sync.to_send_say")
	if u.state.Backlog == 0 {
		title, say = u.say("sync.all_sent"), ""
	}
	card := p.Card(kit.NewBeside(side, kit.Drawing("icons/cloud", p.Palette.Ink, side), kit.NewStack(0, p.Say(title, 36).Bold().Tight())))
	if say != "" {
		card.Add(p.Quiet(say, 24))
	}
	return card
}

func (s *syncScreen) facts(u *UI, p *kit.Page) fyne.CanvasObject {
	st, now := u.state, u.opt.Now()
	none, contact := u.say("sync.none"), u.say("sync.never")
	version, made, rules, hub := none, u.say("sync.never"), none, none
	if st.Version > 0 {
		version, made = strconv.FormatUint(st.Version, 10), u.catalogue().Moment(st.Made, now)
	}
	if at := u.lastContact(); !at.IsZero() {
		contact = u.catalogue().Ago(at, now)
	}
	if st.Enrolled {
		rules, hub = u.policyName(), st.Hub
	}
	return p.Facts(
		p.Fact(u.say("sync.version"), version),
		p.Fact(u.say("sync.made"), made),
		p.Fact(u.say("sync.contact"), contact),
		p.Fact(u.say("sync.month"), u.say("sync.traffic", "down", Size(u.hub.traffic.Down), "up", Size(u.hub.traffic.Up))),
		p.Fact(u.say("sync.policy"), rules),
		p.Fact(u.say("sync.hub"), hub))
}

// policyName is the policy's title in the user's language, else its name.
func (u *UI) policyName() string {
	if r := u.state.Rules; r != nil && len(r.Title) > 0 {
		return r.Title.In(u.Language())
	}
	return u.state.Policy
}

// checkedAt is when the gate last asked the hub for what is new, and got an answer. Sending records asks for nothing.
func (u *UI) checkedAt() time.Time {
	at := u.state.Pulled
	if e := u.hub.status; e != nil && e.LastPull.After(at) {
		at = e.LastPull
	}
	return at
}

// lastContact is when the hub last answered.
func (u *UI) lastContact() time.Time {
	at := u.state.Pulled
	if e := u.hub.status; e != nil {
		for _, t := range []time.Time{e.LastPull, e.LastPush} {
			if t.After(at) {
				at = t
			}
		}
	}
	return at
}

// unseen is what a check does not see until the next update.
func (s *syncScreen) unseen(u *UI, p *kit.Page) []fyne.CanvasObject {
	if len(u.state.Unseen) == 0 {
		return nil
	}
	now := u.opt.Now()
	card := kit.NewStack(10, p.Say(u.say("sync.unseen"), 26).Bold()).On(p.Palette.Card, p.Grid.Of(24)).Lined(p.Palette.Line)
	for _, it := range u.state.Unseen {
		key := "unseen." + string(it.What)
		if it.Since.IsZero() {
			key += "_never"
		}
		card.Add(kit.NewBeside(8, kit.Dot(p.Palette.Faint, 8), kit.NewStack(0, p.Say(u.say(key, "at", u.catalogue().Moment(it.Since, now), "span", u.catalogue().Span(now.Sub(it.Since))), 24))))
	}
	return []fyne.CanvasObject{card}
}

// checked is the moon, large, with when the hub last answered and what that means for checks.
func (s *syncScreen) checked(u *UI, p *kit.Page) fyne.CanvasObject {
	st, side := u.state, p.Grid.Of(104)
	word := u.say("age." + st.Age.String())
	if at := u.checkedAt(); !at.IsZero() {
		word = u.say("sync.checked", "ago", u.catalogue().Ago(at, u.opt.Now()))
	}
	words := kit.NewStack(p.Grid.Of(6), p.Say(word, 44).Bold().Tight())
	if st.Version > 0 {
		words.Add(p.Say(u.say("age."+st.Age.String())+"·"+u.catalogue().Ago(st.Made, u.opt.Now()), 26).Bold())
	}
	words.Add(p.Quiet(u.say("ageing."+st.Age.String()), 24))
	if st.Version > 0 {
		words.Add(p.Quiet(u.say("sync.checked_say", "version", strconv.FormatUint(st.Version, 10)), 24))
	}
	return p.Card(kit.NewBeside(side, kit.Moon(st.Age, p.Palette.Ink, side), words))
}

func (s *syncScreen) button(u *UI, p *kit.Page) fyne.CanvasObject {
	b := kit.NewStack(12)
	switch {
	case !u.state.Enrolled:
		b.Add(p.Filled(u.say("check.enrol"), func() { u.open("enrol") }))
		return b
	case u.hub.status != nil && u.hub.status.Progress.Total > 0:
		b.Add(s.fetching(u, p)...)
		return b.On(p.Palette.Card, p.Grid.Of(24)).Lined(p.Palette.Line)
	case u.hub.updating:
		b.Add(p.Say(u.say("sync.updating"), 26).Bold())
		return b
	case u.hub.status != nil:
		b.Add(p.Say(u.say(hubKey(u.hub.status.LastError.Code)), 24))
	}
	b.Add(p.Filled(u.say("sync.update"), func() {
		u.hub.updating = true
		u.backend.Update()
		u.root.Refresh()
	}).WithIcon("icons/sync"))
	return b
}

// relayFailed reports whether the barrier did not open the last time.
func (u *UI) relayFailed() bool { return slices.Contains(u.state.Problems, gate.RelayFailed) }

// problems are what is wrong with the gate, in sentences.
func (u *UI) problems() []string {
	var text []string
	for _, p := range u.state.Problems {
		if p == gate.RecordsStranded {
			text = append(text, u.say("problem.records_stranded", "count", strconv.Itoa(u.state.Stranded)))
			continue
		}
		text = append(text, u.catalogue().Either("problem."+string(p), "problem.other", string(p)))
	}
	if u.state.ClockOff != 0 {
		text = append(text, u.say("problem.clock", "off", u.catalogue().Span(u.state.ClockOff)))
	}
	if u.state.Suspended {
		text = append(text, u.say("problem.suspended"))
	}
	return text
}

package ui

import (
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/gate"
	"postern/app/ui/kit"
	"postern/sync/client"
	"postern/sync/policy"
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
	p := kit.NewPage(u.palette(), size, u.say("sync.title"))
	if !kit.IsWide(size) || size.Width < 800 {
		p.Add(s.light(u, p))
		p.Add(s.troubles(u)...)
		p.Add(s.button(u, p), s.facts(u, p))
		p.Add(s.unseen(u, p)...)
		return p.Layout()
	}
	right := kit.NewPage(u.palette(), size, "") // its cards begin where those at the left do
	p.Add(s.light(u, p), s.button(u, p))
	p.Add(s.troubles(u)...)
	p.Add(kit.Gap(16))
	right.Add(s.facts(u, right))
	right.Add(s.unseen(u, right)...)
	right.Add(kit.Gap(16))
	pad := kit.PagePad(size)
	w := (size.Width - 3*pad) / 2
	return kit.Fixed(size, kit.Scrolled(p.Stack, pad, 0, w, size.Height), kit.Scrolled(right.Stack, 2*pad+w, 0, w, size.Height))
}

// troubles are what is wrong, on amber.
func (s *syncScreen) troubles(u *UI) []fyne.CanvasObject {
	problems := u.problems()
	if len(problems) == 0 {
		return nil
	}
	card := kit.NewStack(10, kit.NewProse(u.say("sync.problems"), 19, kit.CheckInk).Bold()).On(kit.CheckAmber, 18)
	for _, text := range problems {
		card.Add(kit.NewProse(text, 17, kit.CheckInk))
	}
	return []fyne.CanvasObject{card}
}

func (s *syncScreen) facts(u *UI, p *kit.Page) fyne.CanvasObject {
	st, now := u.state, u.opt.Now()
	none, contact := u.say("sync.none"), u.say("sync.never")
	version, made, rules, hub, backlog := none, u.say("sync.never"), none, none, u.say("sync.all_sent")
	if st.Version > 0 {
		version, made = strconv.FormatUint(st.Version, 10), u.catalogue().Moment(st.Made, now)
	}
	if at := u.lastContact(); !at.IsZero() {
		contact = u.catalogue().Ago(at, now)
	}
	if st.Enrolled {
		rules, hub = st.Policy, st.Hub
	}
	if st.Backlog > 0 {
		backlog = strconv.Itoa(st.Backlog)
	}
	return p.Facts(
		p.Fact(u.say("sync.version"), version),
		p.Fact(u.say("sync.made"), made),
		p.Fact(u.say("sync.backlog"), backlog),
		p.Fact(u.say("sync.contact"), contact),
		p.Fact(u.say("sync.month"), u.say("sync.traffic", "down", Size(u.hub.traffic.Down), "up", Size(u.hub.traffic.Up))),
		p.Fact(u.say("sync.policy"), rules),
		p.Fact(u.say("sync.hub"), hub))
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
	card := kit.NewStack(10, kit.NewProse(u.say("sync.unseen"), 18, p.Palette.Ink).Bold()).On(p.Palette.Card, 18)
	for _, it := range u.state.Unseen {
		key := "unseen." + string(it.What)
		if it.Since.IsZero() {
			key += "_never"
		}
		card.Add(kit.NewBeside(8, kit.Dot(p.Palette.Faint, 8), kit.NewStack(0, kit.NewProse(
			u.say(key, "at", u.catalogue().Moment(it.Since, now), "span", u.catalogue().Span(now.Sub(it.Since))), 17, p.Palette.Ink))))
	}
	return []fyne.CanvasObject{card}
}

// light is the dot, large, with its words and what they mean for checks.
func (s *syncScreen) light(u *UI, p *kit.Page) fyne.CanvasObject {
	st := u.state
	word := u.ageWord()
	if st.Version > 0 {
		word += "·" + u.catalogue().Ago(st.Made, u.opt.Now())
	}
	words := kit.NewStack(2, kit.NewProse(word, 23, p.Palette.Ink).Bold(),
		kit.NewProse(u.say("ageing."+st.Age.String()), 17, p.Palette.Faint))
	return kit.NewBeside(36, lamp(st.Age), words).On(p.Palette.Card, 18)
}

// lamp is a round light with a rim, so that its colour shows on every ground.
func lamp(a policy.Age) fyne.CanvasObject {
	c := canvas.NewCircle(kit.AgeColour(a))
	c.StrokeColor, c.StrokeWidth = kit.Blend(kit.AgeColour(a), kit.Chrome, 0.35), 3
	return c
}

func (s *syncScreen) button(u *UI, p *kit.Page) fyne.CanvasObject {
	b := kit.NewStack(12)
	switch {
	case !u.state.Enrolled:
		b.Add(kit.NewButton(u.say("check.enrol"), kit.Chrome, kit.White, func() { u.open("enrol") }))
		return b
	case u.hub.status != nil && u.hub.status.Progress.Total > 0:
		b.Add(s.fetching(u, p)...)
		return b.On(p.Palette.Card, 18)
	case u.hub.updating:
		b.Add(kit.NewProse(u.say("sync.updating"), 18, p.Palette.Ink).Bold())
		return b
	case u.hub.status != nil:
		b.Add(kit.NewProse(u.say(hubKey(u.hub.status.LastError.Code)), 17, p.Palette.Ink))
	}
	ground, ink := kit.Chrome, kit.White
	if p.Palette == kit.NightPalette {
		ground, ink = kit.White, kit.Chrome
	}
	b.Add(kit.NewButton(u.say("sync.update"), ground, ink, func() {
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

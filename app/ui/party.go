package ui

import (
	"cmp"
	"context"
	"slices"
	"time"

	"postern/app/gate"
	"postern/app/scan"
	"postern/sync/verdict"
)

// mostTogether bounds the codes of one picture that are judged together: more
// rows nobody reads.
const mostTogether = 12

// party is the people whose codes were shown together, mostly one. It is one
// answer: nobody's verdict covers another's.
type party struct {
	rows   []*verdictScreen // the worst first
	over   map[string]bool  // the texts for which there was no room
	family *familyScreen    // where there are several rows
}

// ranks order what a guard must see first.
var ranks = map[verdict.Outcome]int{verdict.Refuse: 0, verdict.Unknown: 2, verdict.Check: 3, verdict.Admit: 4}

func rank(v verdict.Verdict) int {
	if v.Reason == verdict.TestPositive { // keep away from the others
		return 1
	}
	return ranks[v.Outcome]
}

// add puts somebody among the others.
func (p *party) add(s *verdictScreen) {
	s.party = p
	p.rows = append(p.rows, s)
	p.sort()
}

func (p *party) sort() {
	slices.SortStableFunc(p.rows, func(a, b *verdictScreen) int { return cmp.Compare(rank(a.v), rank(b.v)) })
}

// lead is who must be seen to first.
func (p *party) lead() *verdictScreen { return p.rows[0] }

// full reports whether nobody more can join.
func (p *party) full() bool { return p != nil && len(p.rows) >= mostTogether }

// admitted reports whether all of them are.
func (p *party) admitted() bool {
	return p.rows[len(p.rows)-1].v.Outcome == verdict.Admit && p.lead().v.Outcome == verdict.Admit
}

// left is how many are not dealt with.
func (p *party) left() (n int) {
	for _, s := range p.rows {
		if !s.handled {
			n++
		}
	}
	return n
}

// others are those who are not dealt with, where there are several.
func (p *party) others() (all []*verdictScreen) {
	if p == nil || len(p.rows) < 2 {
		return nil
	}
	for _, s := range p.rows {
		if !s.handled {
			all = append(all, s)
		}
	}
	return all
}

// waits reports whether some of several people are not dealt with.
func (p *party) waits() bool { return len(p.others()) > 0 && !p.admitted() }

func (p *party) tokens() (all []gate.Token) {
	for _, s := range p.rows {
		if s.token != (gate.Token{}) {
			all = append(all, s.token)
		}
	}
	return all
}

// face is the screen that shows them.
func (p *party) face() screen {
	if len(p.rows) == 1 {
		return p.lead().own()
	}
	if p.family == nil {
		p.family = &familyScreen{party: p}
	}
	return p.family
}

// own is the screen that shows one verdict alone.
func (s *verdictScreen) own() screen {
	if s.v.Reason == verdict.IDMatch {
		return &idScreen{from: from{s}}
	}
	return s
}

// stand are the people whose answers stand, also while the screen is about one of them.
func (u *UI) stand() []*verdictScreen {
	if u.party == nil {
		return nil
	}
	return u.party.rows
}

// stands reports whether a text is that of somebody whose answer stands, or is being asked for.
func (u *UI) stands(text string) bool {
	if u.line.asking && slices.Contains(u.line.asked, text) {
		return true
	}
	return slices.ContainsFunc(u.stand(), func(s *verdictScreen) bool { return s.text == text })
}

// submit has codes that were shown together judged and recorded, and then shows the answer.
func (u *UI) submit(rs ...scan.Reading) {
	p := &party{}
	u.askFor(p, u.bounded(p, rs))
}

// bounded leaves out the codes for which a party has no room: they are said not
// to be taken, and are read anew once somebody can see to them.
func (u *UI) bounded(p *party, rs []scan.Reading) []scan.Reading {
	room := max(mostTogether-len(p.rows), 0)
	if len(rs) <= room {
		return rs
	}
	if p.over == nil {
		p.over = map[string]bool{}
	}
	for _, r := range rs[room:] {
		p.over[r.Text] = true
		u.refuse(r)
	}
	return rs[:room]
}

// join has a further code of the same view judged, and adds it to the answer that stands.
func (u *UI) join(rs ...scan.Reading) {
	p := u.party
	if u.line.asking {
		u.line.beside = append(u.line.beside, rs...)
		return
	}
	if rs = u.bounded(p, rs); len(rs) > 0 {
		u.askFor(p, rs)
	}
}

// askFor has the gate judge codes for a party.
func (u *UI) askFor(p *party, rs []scan.Reading) {
	texts := make([]string, len(rs))
	for i, r := range rs {
		texts[i] = r.Text
	}
	standing := p.tokens()
	alone := len(p.rows) == 0 && len(rs) == 1
	u.ask(texts, func(ctx context.Context, g Gate) []gate.Answer {
		if alone {
			return []gate.Answer{g.Answer(ctx, rs[0])}
		}
		return g.AnswerTogether(ctx, standing, rs...)
	}, func(all []gate.Answer) { u.answered(p, texts, all) })
}

// submitUnreadable has it recorded that something was shown in which no code can be read.
func (u *UI) submitUnreadable() {
	if u.backend == nil || !u.attends() {
		return
	}
	u.ask([]string{""}, func(ctx context.Context, g Gate) []gate.Answer { return []gate.Answer{g.AnswerUnreadable(ctx)} },
		func(all []gate.Answer) { u.answered(&party{}, []string{""}, all) })
}

// ask has the gate judge and record off Fyne's thread, and gives its answers to
// then, if the gate that gave them is still the one here.
func (u *UI) ask(texts []string, judge func(context.Context, Gate) []gate.Answer, then func([]gate.Answer)) {
	g, generation, began := u.backend.Gate, u.generation, time.Now()
	u.line.asking, u.line.asked = true, texts
	u.run(func(ctx context.Context) {
		all := judge(ctx, g)
		measured := u.opt.Meter.answered(began, all[0])
		u.do(func() {
			if generation == u.generation {
				u.line.asking, u.line.asked = false, nil
				then(all)
			}
			measured()
		})
	})
}

// answered adds answers to their party and shows it. The same showing again is
// in the journal already and does not turn a screen green once more: it has let
// its person through, and whoever holds the code up now is somebody else.
func (u *UI) answered(p *party, texts []string, all []gate.Answer) {
	before := len(p.rows)
	var lead *verdictScreen
	if before > 0 {
		lead = p.lead()
	}
	again := false
	for i, a := range all {
		if a.Repeated && (a.Outcome == verdict.Admit || before > 0) {
			again = again || before == 0
			continue
		}
		s := newVerdict(u, a)
		s.text = texts[i]
		s.handled = a.Outcome == verdict.Admit && a.Opens == gate.Token{} // the barrier has opened
		p.add(s)
	}
	beside := u.line.beside
	u.line.beside = nil
	if len(p.rows) == before {
		if before == 0 && u.behaviour().idle {
			u.show(&checkScreen{key: "check.again"})
		}
		u.attendTogether(beside)
		u.releaseSoon()
		return
	}
	if w := u.line.waiting; w != nil && slices.ContainsFunc(p.rows, func(s *verdictScreen) bool { return s.who == w.who }) {
		u.stopWaiting() // they came into the view of the others
	}
	if lead != p.lead() {
		u.cue(p.lead().v.Outcome)
	}
	u.present(p, before > 0)
	if again { // one green for several codes is nobody else's
		u.sayAside("check.again")
	}
	if len(beside) > 0 {
		u.join(beside...)
	}
}

// present shows a party. Where somebody joined it while the guard is busy with
// one of the others, they are seen on the way back.
func (u *UI) present(p *party, joined bool) {
	busy := joined && u.party == p && u.behaviour().about != nil && !u.behaviour().face && !u.locked() // visitors have no way back
	u.party = p
	if !busy {
		u.show(p.face())
	}
	if p.admitted() && (u.locked() || len(p.rows) == 1) {
		for _, s := range p.rows {
			u.openFor(s)
		}
	}
	u.refreshState(nil)
}

// openFor opens the barrier for one Admit of several.
func (u *UI) openFor(s *verdictScreen) {
	s.handled = true
	if s.opens == (gate.Token{}) {
		return
	}
	g, t := u.backend.Gate, s.opens
	s.opens = gate.Token{}
	u.run(func(context.Context) {
		if err := g.Open(t); err != nil { // the check is too long ago
			u.do(func() { u.sayAside("problem.relay_failed") })
		}
	})
}

// goneOn shows what became of a verdict after the guard has compared the ID.
func (u *UI) goneOn(before *verdictScreen, a gate.Answer) {
	s := newVerdict(u, a)
	s.text, s.handled = before.text, a.Outcome == verdict.Admit
	p := before.party
	if p == nil {
		p = &party{}
	}
	p.rows = slices.DeleteFunc(p.rows, func(row *verdictScreen) bool { return row == before })
	p.add(s)
	u.party = p
	u.cue(a.Outcome)
	if len(p.rows) > 1 && !s.handled {
		u.show(s.own())
	} else {
		u.show(p.face())
	}
	u.refreshState(nil)
}

// cue sounds for an outcome that shows now.
func (u *UI) cue(o verdict.Outcome) {
	if u.backend.Sound != nil {
		u.backend.Sound.Play(o)
	}
}

// next goes on: to the others of a party who are not dealt with, else back to scanning.
func (u *UI) next() {
	if b := u.behaviour(); b.about != nil && !b.list {
		b.about.handled = true
	}
	if u.party.waits() && !u.locked() {
		u.show(u.party.face())
		return
	}
	if r := u.drill; r != nil && r.drawn {
		r.drawn = false
		u.open("drill")
		return
	}
	u.show(&checkScreen{})
}

package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"postern/sync/journal"
	"postern/sync/policy"
	"postern/sync/verdict"
)

// State is what a screen says about the gate itself.
type State struct {
	Enrolled  bool
	Wiped     *Wiped // not enrolled, because the authority took the gate back; nil: it did not
	Suspended bool
	Gate      string
	Place     string
	Places    map[string]string // the place's names by language; see PlaceIn
	Direction string            // in, out or both; empty before the first envelope
	Hub       string
	City      map[string]string // by language
	Policy    string            // its name
	Rules     *policy.Policy    // the policy itself: its title, and whom to ask where there is no verdict; nobody changes it
	Emergency map[string]string // what the policy says on a medical emergency, by language

	Shift         Shift       // the person on duty; zero: nobody said so
	Way           journal.Way // in which people go; where Direction is both, SetWay changes it
	PIN           bool        // a supervisor's PIN is set
	OverridesLeft int         // for a supervisor, by the policy's quota; 0 where the policy allows none

	Version uint64        // of the snapshot; 0 is none
	Made    time.Time     // when the authority made it
	Age     policy.Age    // in the policy's terms
	Since   time.Duration // since Made, by the device's clock; 0 where there is no snapshot
	Pulled  time.Time     // when a pull last succeeded; zero: never

	Unseen   []Unseen      // what a check does not see until the next pull
	Backlog  int           // entries that wait for a receipt
	ClockOff time.Duration // how far the device's clock is off, negative is behind; 0: it is believed
	Problems []Problem
	Stranded int // entries that can never be sent
}

// State says how the gate stands. It reads, and records nothing. An error is
// about the backlog and the overrides alone; everything else is set.
func (g *Gate) State(ctx context.Context) (State, error) {
	g.mu.Lock()
	now, mono := g.now().UTC().Round(0), g.mono()
	v := g.store.View()
	relayFailed := g.relayFailed
	c := g.clock // a copy: reading it moves nothing
	g.mu.Unlock()

	s := State{
		Enrolled: v.Enrolled, Wiped: v.Wiped, Suspended: v.Suspended, Gate: v.Gate, Place: v.Place, Places: v.Places, Direction: v.Direction,
		Hub: v.Hub, City: v.City, Policy: v.Policy.Name, Rules: &v.Policy, Emergency: v.Policy.Emergency,
		Version: v.Snapshot.Version, Made: v.Snapshot.Made, Pulled: v.Pulled, Problems: v.Problems, Stranded: v.Stranded,
		Unseen: v.unseen(), Age: v.Policy.Fresh.Of(v.Snapshot.Made, now),
	}
	if relayFailed {
		s.Problems = append(slices.Clip(s.Problems), RelayFailed)
	}
	if !s.Made.IsZero() {
		s.Since = now.Sub(s.Made)
	}
	s.Shift, s.Way, s.PIN = g.duty.get(ctx).Shift, g.wayOf(ctx, v), v.PIN != nil
	m, _ := c.read(now, mono, v)
	if !m.Believed {
		s.ClockOff = m.Now.Sub(m.Trusted)
	}
	left, err := g.overridesLeft(ctx, m.reliable())
	s.OverridesLeft = left
	backlog, err2 := g.store.Unsent(ctx)
	s.Backlog = backlog
	return s, errors.Join(err, err2)
}

// PlaceIn is the place's name in this language, else in one that contains it,
// else the name that the place has for everybody.
func (s State) PlaceIn(language string) string {
	for tag := language; tag != ""; {
		if name := s.Places[tag]; name != "" {
			return name
		}
		tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)]
	}
	return s.Place
}

// Line is one line of the list of recent entries.
type Line struct {
	journal.Entry
	Verdict *verdict.Verdict // with the masked name; nil where this run of the program did not make it
}

// Row is a line with all that is known of it: what was shown, why, and what
// people did after it.
type Row struct {
	Check   Line            // of the verdict; the zero Line where the line follows none, and is all there is
	Verdict verdict.Verdict // of Check, with the numbers of its reason; the pass is there where Check.Verdict is
	Done    []Line          // after it, oldest first: confirm, override, registration; each says when
}

// Row opens a line of [Gate.Recent]. It goes for lines of earlier runs of the
// program too: then without the name, and with the policy's sentence of today.
// A line about no person gives a Row with no Check and the line alone in Done.
func (g *Gate) Row(ctx context.Context, l Line) (Row, error) {
	t, err := g.store.Trail(ctx, l.Entry)
	if err != nil {
		return Row{}, fmt.Errorf("open line: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.Entry.Kind != journal.Check {
		return Row{Done: []Line{l}}, nil
	}
	r := Row{Check: Line{Entry: t.Entry, Verdict: g.recent.find(t.Entry)}}
	for _, e := range t.Done {
		r.Done = append(r.Done, Line{Entry: e, Verdict: g.recent.find(e)})
	}
	if r.Check.Verdict != nil {
		r.Verdict = *r.Check.Verdict
		return r, nil
	}
	reason, rule := verdict.ParseCode(t.Entry.Reason)
	if t.Detail.Rule == "" {
		t.Detail.Rule = rule
	}
	rules := g.store.View().Policy
	t.Detail.Words = rules.Sentences[t.Detail.Rule]
	r.Verdict = verdict.Verdict{Outcome: t.Entry.Outcome, Reason: reason, Detail: t.Detail, Version: t.Entry.Version, Policy: &rules}
	return r, nil
}

// Recent gives the newest entries first, at most limit.
func (g *Gate) Recent(ctx context.Context, limit int) ([]Line, error) {
	entries, err := g.store.Recent(ctx, limit)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.store.View().Enrolled {
		g.recent = recentVerdicts{} // a gate that was wiped shows no names
	}
	lines := make([]Line, len(entries))
	for i, e := range entries {
		lines[i] = Line{Entry: e, Verdict: g.recent.find(e)}
	}
	return lines, nil
}

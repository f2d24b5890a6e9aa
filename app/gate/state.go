package gate

import (
	"context"
	"errors"
	"slices"
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
	Direction string // in, out or both; empty before the first envelope
	Hub       string
	City      map[string]string // by language
	Policy    string            // its name
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
		Enrolled: v.Enrolled, Wiped: v.Wiped, Suspended: v.Suspended, Gate: v.Gate, Place: v.Place, Direction: v.Direction,
		Hub: v.Hub, City: v.City, Policy: v.Policy.Name, Emergency: v.Policy.Emergency,
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

// Line is one line of the list of recent entries.
type Line struct {
	journal.Entry
	Verdict *verdict.Verdict // with the masked name; nil where this run of the program did not make it
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

package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"postern/app/gate"
	"postern/sync/journal"
)

// books are what a store keeps beside its entries.
type books struct {
	tally     gate.Tally // of all times; its gaps are in gaps
	gaps      []gap
	lastCheck time.Time
	counted   []time.Time
	duty      gate.Duty
	traffic   map[string]gate.Traffic
	BooksErr  error // Duty, SaveDuty, Traffic and AddTraffic fail with it
}

type gap struct {
	at   time.Time
	step int
}

func reliable(e journal.Entry, trusted time.Time) time.Time {
	if trusted.IsZero() {
		return e.Time
	}
	return trusted.UTC().Truncate(time.Millisecond)
}

func (b *books) count(e journal.Entry, d gate.Draft) {
	b.countEntry(gate.Count{Quarter: e.Time.Truncate(gate.Quarter), Kind: e.Kind, Outcome: e.Outcome, Reason: gate.CountedReason(e), N: 1})
	if e.Kind == journal.Headcount {
		b.tally.Passages = nil
	}
	if gate.Passes(e) {
		b.countPassage(e.Time.Truncate(gate.Quarter), e.Way)
	}
	if step, waited := gate.Gap(b.lastCheck, e.Time); waited && e.Kind == journal.Check {
		b.gaps = append(b.gaps, gap{e.Time, step})
	}
	if e.Kind == journal.Check {
		b.lastCheck = e.Time
	}
	if d.Counted {
		b.counted = append(b.counted, reliable(e, d.Trusted))
	}
}

func (b *books) countEntry(c gate.Count) {
	order := func(a, b gate.Count) int {
		return cmp.Or(a.Quarter.Compare(b.Quarter), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Reason, b.Reason))
	}
	i, found := slices.BinarySearchFunc(b.tally.Counts, c, order)
	if found {
		b.tally.Counts[i].N++
		return
	}
	b.tally.Counts = slices.Insert(b.tally.Counts, i, c)
}

func (b *books) countPassage(q time.Time, w journal.Way) {
	i, found := slices.BinarySearchFunc(b.tally.Passages, q, func(p gate.Passage, q time.Time) int { return p.Quarter.Compare(q) })
	if !found {
		b.tally.Passages = slices.Insert(b.tally.Passages, i, gate.Passage{Quarter: q})
	}
	p := &b.tally.Passages[i]
	if w == journal.In {
		p.In, p.Stayed = p.In+1, p.Stayed+1
		return
	}
	p.Out, p.Stayed = p.Out+1, max(p.Stayed-1, 0)
}

// Tally gives the counts of [from, to).
func (s *Store) Tally(_ context.Context, from, to time.Time) (t gate.Tally, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	within := func(q time.Time) bool { return !q.Before(from) && q.Before(to) }
	for _, c := range s.tally.Counts {
		if within(c.Quarter) {
			t.Counts = append(t.Counts, c)
		}
	}
	for _, p := range s.tally.Passages {
		if within(p.Quarter) {
			t.Passages = append(t.Passages, p)
		}
	}
	for _, g := range s.gaps {
		if within(g.at) {
			t.Gaps[g.step]++
		}
	}
	return t, nil
}

// Overrides counts those of the quota after a trusted time.
func (s *Store) Overrides(_ context.Context, since time.Time) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range s.counted {
		if at.After(since) {
			n++
		}
	}
	return n, nil
}

// Duty gives what SaveDuty kept.
func (s *Store) Duty(context.Context) (gate.Duty, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.duty, s.BooksErr
}

// SaveDuty keeps d.
func (s *Store) SaveDuty(_ context.Context, d gate.Duty) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.BooksErr == nil {
		s.duty = d
	}
	return s.BooksErr
}

// Traffic gives what was added up for a month.
func (s *Store) Traffic(_ context.Context, month string) (gate.Traffic, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.traffic[month], s.BooksErr
}

// AddTraffic adds up.
func (s *Store) AddTraffic(_ context.Context, month string, t gate.Traffic) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.BooksErr != nil {
		return s.BooksErr
	}
	if s.traffic == nil {
		s.traffic = map[string]gate.Traffic{}
	}
	was := s.traffic[month]
	s.traffic[month] = gate.Traffic{Down: was.Down + t.Down, Up: was.Up + t.Up}
	return nil
}

package gate_test

import (
	"context"
	"math"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store/storetest"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// tallied is a store whose counts say what a test wants.
type tallied struct {
	gate.Store
	counts []gate.Count
}

func (s tallied) Tally(context.Context, time.Time, time.Time) (gate.Tally, error) {
	return gate.Tally{Counts: s.counts}, nil
}

// A count with an outcome that there is not is nobody's Admit.
func TestOutcomesOutOfRange(t *testing.T) {
	r := newRig(t)
	for o := range math.MaxUint8 + 1 {
		outcome := verdict.Outcome(o)
		want := outcome
		if outcome > verdict.Refuse {
			want = verdict.Unknown
		}
		g := gate.New(t.Context(), tallied{r.store, []gate.Count{{Quarter: r.now.Truncate(gate.Quarter), Kind: journal.Check, Outcome: outcome, N: 1}}}, gate.Options{})
		today, err := g.Today(t.Context(), r.now)
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range today.People {
			if (n == 1) != (verdict.Outcome(i) == want) {
				t.Errorf("outcome %d counts as %d of %v", o, n, verdict.Outcome(i))
			}
		}
		if e := (journal.Entry{Kind: journal.Check, Way: journal.In, Outcome: outcome}); gate.Passes(e) != (outcome == verdict.Admit) {
			t.Errorf("somebody with outcome %d goes through: %v", o, gate.Passes(e))
		}
	}
}

// Nobody goes through in a way or by a kind that there is not.
func TestPassesOutOfRange(t *testing.T) {
	for i := range math.MaxUint8 + 1 {
		w, k := journal.Way(i), journal.Kind(i)
		if got := gate.Passes(journal.Entry{Kind: journal.Check, Outcome: verdict.Admit, Way: w}); got != (w == journal.In || w == journal.Out) {
			t.Errorf("way %d goes through: %v", i, got)
		}
		is := k == journal.Check || k == journal.Confirm || k == journal.Override
		if got := gate.Passes(journal.Entry{Kind: k, Outcome: verdict.Admit, Way: journal.In}); got != is {
			t.Errorf("kind %d goes through: %v", i, got)
		}
	}
}

// A way out of a file that is neither in nor out is in, and people are recorded.
func TestKeptWaysOutOfRange(t *testing.T) {
	r := newRig(t)
	r.envelope(func(e *enrol.Envelope) { e.Direction = "both" })
	for i := range math.MaxUint8 + 1 {
		if err := r.store.SaveDuty(t.Context(), gate.Duty{Way: journal.Way(i)}); err != nil {
			t.Fatal(err)
		}
		r.restart()
		r.wants(r.shows("menu"), verdict.Foreign)
		want := journal.In
		if journal.Way(i) == journal.Out {
			want = journal.Out
		}
		if e := r.entries()[0]; e.Way != want || e.Kind != journal.Check {
			t.Fatalf("kept way %d is recorded as %v", i, e.Way)
		}
	}
}

// Only directions that there are say a way.
func TestDirections(t *testing.T) {
	for direction, want := range map[string]journal.Way{"in": journal.In, "out": journal.Out, "both": journal.In, "": journal.NoWay, "up": journal.NoWay, "IN": journal.NoWay} {
		r := newRig(t)
		opened := r.world.Opened(9)
		opened.Direction = direction // no authority seals some of these
		if err := r.store.Install(t.Context(), client.Update{Envelope: []byte("sealed"), Opened: &opened}); err != nil {
			t.Fatal(err)
		}
		s, err := r.State(t.Context())
		if err != nil || s.Way != want {
			t.Errorf("direction %q goes %v, %v", direction, s.Way, err)
		}
	}
}

// A role out of a file that this program does not know has no rights: nobody is
// on duty, and whoever is names themselves.
func TestRoles(t *testing.T) {
	known := map[gate.Role]bool{gate.Guard: true, gate.Supervisor: true, gate.Inspector: true}
	for _, role := range []gate.Role{gate.Guard, gate.Supervisor, gate.Inspector, "", "boss", "Guard", "supervisor "} {
		s := gate.Shift{Name: "7", Role: role, Since: storetest.Noon}
		if err := s.Check(); (err == nil) != known[role] {
			t.Errorf("role %q: %v", role, err)
		}
		r := newRig(t)
		if err := r.store.SaveDuty(t.Context(), gate.Duty{Shift: s, Fails: 2}); err != nil {
			t.Fatal(err)
		}
		r.restart()
		want := s
		if !known[role] {
			want = gate.Shift{}
		}
		if state, err := r.State(t.Context()); err != nil || state.Shift != want {
			t.Errorf("kept role %q: %+v is on duty, %v", role, state.Shift, err)
		}
	}
}

// Record takes the kinds that are for it, and no others.
func TestKindsOfRecord(t *testing.T) {
	r := newRig(t)
	for i := range math.MaxUint8 + 1 {
		k := journal.Kind(i)
		reason, takes := "x", k == journal.Start || k == journal.Override
		if k == journal.Override {
			reason = "emergency_birth"
		}
		if err := r.Record(t.Context(), k, reason); (err == nil) != takes {
			t.Errorf("kind %d: %v", i, err)
		}
	}
}

// Whatever source a reading claims, it is judged, and one that there is not never repeats an earlier answer.
func TestSources(t *testing.T) {
	repeats := map[scan.Source]bool{scan.Camera: true, scan.Wedge: true}
	for _, s := range []scan.Source{scan.Camera, scan.Wedge, scan.Typed, scan.File, scan.Clipboard, "", "newer"} {
		r := newRig(t)
		show := func() gate.Answer { return r.Answer(t.Context(), scan.Reading{Text: r.good(1), Source: s}) }
		if a := show(); a.Repeated || a.Reason != verdict.OK {
			t.Errorf("source %q: %v, repeated %v", s, a.Reason, a.Repeated)
		}
		if a := show(); a.Repeated != repeats[s] {
			t.Errorf("source %q again: repeated %v", s, a.Repeated)
		}
	}
}

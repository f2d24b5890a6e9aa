package gate_test

import (
	"context"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store/memory"
	"postern/app/store/storetest"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// rig is a gate in a small world, with clocks that only tests move.
type rig struct {
	*gate.Gate
	t     *testing.T
	world *storetest.World
	store *memory.Store
	now   time.Time
	mono  time.Duration
	zone  *time.Location
}

const passes = 400

func newRig(t *testing.T, bend ...func(*storetest.World)) *rig {
	t.Helper()
	r := &rig{t: t, world: storetest.NewWorld(t, 1), store: memory.New()}
	for _, b := range bend {
		b(r.world)
	}
	r.now = r.world.Now
	r.world.Joined(t, r.store, passes)
	r.restart()
	return r
}

// restart is the program begun anew on the same store.
func (r *rig) restart() {
	r.mono = 0
	r.Gate = gate.New(r.t.Context(), r.store, gate.Options{
		Now: func() time.Time { return r.now }, Mono: func() time.Duration { return r.mono }, Zone: r.zone,
		Lane: "left", Operator: "day shift",
	})
}

// wait lets both clocks go on.
func (r *rig) wait(d time.Duration) { r.now, r.mono = r.now.Add(d), r.mono+d }

// sets moves the device's clock alone.
func (r *rig) sets(d time.Duration) { r.now = r.now.Add(d) }

func (r *rig) shows(text string) verdict.Verdict {
	return r.Check(context.Background(), scan.Reading{Text: text, At: r.now, Source: scan.Typed})
}

func (r *rig) films(text string) verdict.Verdict {
	return r.Check(context.Background(), scan.Reading{Text: text, At: r.now, Source: scan.Camera})
}

// good is the text of the n-th pass that is good.
func (r *rig) good(n uint64) string { return r.world.Pass(r.t, n*4) }

func (r *rig) wants(v verdict.Verdict, want verdict.Reason) {
	r.t.Helper()
	if v.Reason != want || v.Outcome != want.Outcome() {
		r.t.Errorf("got %v (%v, off %v), want %v", v.Reason, v.Outcome, v.Detail.Ago, want)
	}
	if v.Outcome != verdict.Admit && len(v.Steps) == 0 {
		r.t.Errorf("%v is a dead end", v.Reason)
	}
}

func (r *rig) entries() []journal.Entry {
	r.t.Helper()
	all, err := r.store.Recent(context.Background(), 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	return all
}

func (r *rig) installs(version uint64, bend func(*client.Update)) {
	r.t.Helper()
	u := r.world.Update(r.t, version, passes)
	if bend != nil {
		bend(&u)
	}
	if err := r.store.Install(context.Background(), u); err != nil {
		r.t.Fatal(err)
	}
}

// envelope installs another envelope.
func (r *rig) envelope(bend func(*enrol.Envelope)) {
	r.t.Helper()
	e := r.world.Opened(9)
	bend(&e)
	if err := r.store.Install(context.Background(), client.Update{Envelope: r.world.Seal(r.t, e), Opened: &e}); err != nil {
		r.t.Fatal(err)
	}
}

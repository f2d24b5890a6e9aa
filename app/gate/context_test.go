package gate_test

import (
	"context"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store/memory"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/pass"
)

type callerKey struct{}

// traced is a store that holds each call to the caller's context.
type traced struct {
	*memory.Store
	t *testing.T
}

func (s traced) came(ctx context.Context, call string) {
	if ctx.Value(callerKey{}) == nil {
		s.t.Errorf("%s came with a context of its own", call)
	}
}

func (s traced) Append(ctx context.Context, d gate.Draft) (journal.Entry, error) {
	s.came(ctx, "Append")
	return s.Store.Append(ctx, d)
}

func (s traced) Recent(ctx context.Context, limit int) ([]journal.Entry, error) {
	s.came(ctx, "Recent")
	return s.Store.Recent(ctx, limit)
}

func (s traced) Unsent(ctx context.Context) (int, error) {
	s.came(ctx, "Unsent")
	return s.Store.Unsent(ctx)
}

func (s traced) Seen(ctx context.Context, tag journal.Tag, since time.Time) (time.Time, journal.Way, error) {
	s.came(ctx, "Seen")
	return s.Store.Seen(ctx, tag, since)
}

func (s traced) Tally(ctx context.Context, from, to time.Time) (gate.Tally, error) {
	s.came(ctx, "Tally")
	return s.Store.Tally(ctx, from, to)
}

func (s traced) Overrides(ctx context.Context, since time.Time) (int, error) {
	s.came(ctx, "Overrides")
	return s.Store.Overrides(ctx, since)
}

// Duty is asked for again and again: what is read once comes from memory later, whoever asks.
func (s traced) Duty(ctx context.Context) (gate.Duty, error) {
	s.came(ctx, "Duty")
	return gate.Duty{}, context.DeadlineExceeded
}

func (s traced) Traffic(ctx context.Context, month string) (gate.Traffic, error) {
	s.came(ctx, "Traffic")
	return s.Store.Traffic(ctx, month)
}

func (s traced) AddTraffic(ctx context.Context, month string, t gate.Traffic) error {
	s.came(ctx, "AddTraffic")
	return s.Store.AddTraffic(ctx, month, t)
}

func (s traced) SaveDuty(ctx context.Context, d gate.Duty) error {
	s.came(ctx, "SaveDuty")
	return s.Store.SaveDuty(ctx, d)
}

// Every call to the store comes with the context of whoever asked the gate.
func TestContextsComeFromCallers(t *testing.T) {
	r := newRig(t)
	r.envelope(func(e *enrol.Envelope) { e.Direction = "both" })
	ctx := context.WithValue(t.Context(), callerKey{}, true)
	g := gate.New(ctx, traced{r.store, t}, gate.Options{Now: func() time.Time { return r.now }, Mono: func() time.Duration { return r.mono }})
	a := g.Answer(ctx, scan.Reading{Text: r.world.Pass(t, 6), Source: scan.Typed})
	r.sets(48 * time.Hour) // the clock jumps, which is an entry too
	g.AnswerUnreadable(ctx)
	_, _ = g.Confirm(ctx, a.Token, true)
	_ = g.Override(ctx, a.Token, "1", "supervisor")
	_ = g.Emergency(ctx, a.Token, "emergency_birth")
	_ = g.Record(ctx, journal.Registration, "visitor")
	_ = g.BeginShift(ctx, gate.Shift{Name: "7", Role: gate.Guard}, "")
	_, _ = g.HandOver(ctx)
	_ = g.SetWay(ctx, journal.Out)
	_, _, _ = g.Slip(ctx, gate.SlipRequest{Kind: pass.Visitor})
	_, _ = g.State(ctx)
	_, _ = g.Recent(ctx, 5)
	_, _ = g.Today(ctx, r.now)
	_, _ = g.Traffic(ctx)
	_ = g.AddTraffic(ctx, gate.Traffic{Down: 1})
	_ = g.FlushTraffic(ctx)
	_ = g.VerifyPIN(ctx, "1")
}

// ending is a store whose caller goes away as soon as something is recorded.
type ending struct {
	*memory.Store
	cancel context.CancelFunc
}

func (s ending) Append(ctx context.Context, d gate.Draft) (journal.Entry, error) {
	e, err := s.Store.Append(ctx, d)
	s.cancel()
	return e, err
}

func (s ending) Duty(ctx context.Context) (gate.Duty, error) {
	if ctx.Err() != nil {
		return gate.Duty{}, ctx.Err()
	}
	return s.Store.Duty(ctx)
}

func (s ending) SaveDuty(ctx context.Context, d gate.Duty) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.Store.SaveDuty(ctx, d)
}

// What an entry says was done is done, though the caller went away meanwhile.
func TestWhatIsRecordedIsFinished(t *testing.T) {
	r := newRig(t)
	r.envelope(func(e *enrol.Envelope) { e.Direction = "both" })
	during := func(act func(ctx context.Context, g *gate.Gate) error) gate.Duty {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if err := act(ctx, gate.New(ctx, ending{r.store, cancel}, gate.Options{Now: func() time.Time { return r.now }})); err != nil {
			t.Error(err)
		}
		d, err := r.store.Duty(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	shift := gate.Shift{Name: "7", Role: gate.Guard}
	if d := during(func(ctx context.Context, g *gate.Gate) error { return g.BeginShift(ctx, shift, "") }); d.Shift.Name != "7" {
		t.Errorf("the shift that began is %+v", d.Shift)
	}
	if d := during(func(ctx context.Context, g *gate.Gate) error { return g.SetWay(ctx, journal.Out) }); d.Way != journal.Out {
		t.Errorf("the gate that was turned goes %v", d.Way)
	}
	if d := during(func(ctx context.Context, g *gate.Gate) error { _, err := g.HandOver(ctx); return err }); d.Shift != (gate.Shift{}) {
		t.Errorf("the shift that ended is %+v", d.Shift)
	}
}

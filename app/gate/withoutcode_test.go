package gate_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"postern/app/gate"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// anonymous reports whether an entry names no pass.
func anonymous(e journal.Entry) bool { return e.Tag == journal.Tag{} && e.RefHash == journal.Hash{} }

func TestOverrideWithoutCode(t *testing.T) {
	r := newRig(t, quota).pinned()
	ctx := context.Background()
	if err := r.OverrideWithoutCode(ctx, wrongPIN, "supervisor"); !errors.Is(err, gate.ErrWrongPIN) || len(r.entries()) != 0 {
		t.Errorf("a wrong PIN: %v, %d entries", err, len(r.entries()))
	}
	if err := r.OverrideWithoutCode(ctx, rightPIN, "emergency_medical"); err == nil {
		t.Error("an emergency went by PIN")
	}
	if err := r.OverrideWithoutCode(ctx, rightPIN, "supervisor"); err != nil {
		t.Fatal(err)
	}
	if e := r.entries()[0]; e.Kind != journal.Override || e.Reason != "supervisor" || e.Outcome != verdict.Admit || e.Way != journal.In || !anonymous(e) {
		t.Errorf("recorded %+v", e)
	}
	stopped := r.stops() // the token of somebody else is left alone
	if err := r.OverrideWithoutCode(ctx, rightPIN, "supervisor"); err != nil {
		t.Fatal(err)
	}
	if err := r.OverrideWithoutCode(ctx, rightPIN, "supervisor"); !errors.Is(err, gate.ErrQuota) {
		t.Errorf("beyond the quota: %v", err)
	}
	if err := r.Emergency(ctx, stopped.Token, "emergency_birth"); err != nil || anonymous(r.entries()[0]) {
		t.Errorf("the one who was judged in between: %v, %+v", err, r.entries()[0])
	}
	if d, err := r.Today(ctx, r.now); err != nil || d.Overrides != 2 || d.In != 3 {
		t.Errorf("today %+v, %v", d, err)
	}
	if err := newRig(t, quota).OverrideWithoutCode(ctx, rightPIN, "supervisor"); !errors.Is(err, gate.ErrNoPIN) {
		t.Errorf("without a PIN: %v", err)
	}
	if err := newRig(t).pinned().OverrideWithoutCode(ctx, rightPIN, "supervisor"); !errors.Is(err, gate.ErrQuota) {
		t.Errorf("without a rule: %v", err)
	}
}

func TestWithoutCodeFromIdle(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	if err := r.Emergency(ctx, gate.Token{}, "emergency_medical"); err != nil {
		t.Fatal(err)
	}
	e := r.entries()[0]
	if e.Kind != journal.Override || e.Reason != "emergency_medical" || e.Outcome != verdict.Admit || !anonymous(e) {
		t.Errorf("an emergency is recorded as %+v", e)
	}
	for _, p := range []gate.Purpose{gate.ForTest, gate.ForLookUp} {
		number, err := r.Register(ctx, gate.Token{}, p)
		if err != nil {
			t.Fatal(err)
		}
		e := r.entries()[0]
		if e.Kind != journal.Registration || e.Reason != string(p)+":"+number || e.Outcome != verdict.Unknown || e.Way != journal.NoWay || !anonymous(e) {
			t.Errorf("%s is recorded as %+v", p, e)
		}
		if got := gate.PaperNumber(e); got != number || gate.PaperNumber(journal.Entry{Kind: journal.Check, Reason: "rule_failed:x"}) != "" {
			t.Errorf("the entry's number is %q, want %q", got, number)
		}
	}
	if _, err := r.Register(ctx, gate.Token{}, "party"); err == nil {
		t.Error("registered for a party")
	}
	if _, err := r.Register(ctx, r.stops().Token, gate.ForTest); err != nil || !anonymous(r.entries()[0]) {
		t.Errorf("after a verdict: %v, %+v", err, r.entries()[0])
	}
	if d, err := r.Today(ctx, r.now); err != nil || d.Emergencies != 1 || d.Registrations != 3 {
		t.Errorf("today %+v, %v", d, err)
	}
	r.store.AppendErr = errors.New("disk")
	if n, err := r.Register(ctx, gate.Token{}, gate.ForTest); err == nil || n != "" {
		t.Errorf("a number %q that is nowhere recorded", n)
	}
}

func TestPaperNumbers(t *testing.T) {
	r := newRig(t)
	r.envelope(func(e *enrol.Envelope) { e.Place = "东门" })
	zone := time.FixedZone("UTC+8", 8*3600)
	r.zone = zone
	r.now = time.Date(2026, 11, 28, 23, 50, 0, 0, zone)
	r.restart()
	wants := func(want string) {
		t.Helper()
		if got, err := r.Register(context.Background(), gate.Token{}, gate.ForTest); err != nil || got != want {
			t.Errorf("got %q, %v; want %s", got, err, want)
		}
	}
	wants("东-01")
	r.stops()
	wants("东-02")
	r.restart()
	wants("东-03")
	r.store.AppendErr = errors.New("disk")
	if _, err := r.Register(context.Background(), gate.Token{}, gate.ForTest); err == nil {
		t.Error("nothing was recorded")
	}
	r.store.AppendErr = nil
	wants("东-04") // it was given to nobody
	r.wait(10 * time.Minute)
	wants("东-01") // the next day
	r.sets(-time.Hour)
	wants("东-05") // and back
	r.sets(time.Hour)
	wants("东-02")
	for range 98 {
		if _, err := r.Register(context.Background(), gate.Token{}, gate.ForLookUp); err != nil {
			t.Fatal(err)
		}
	}
	wants("东-101")
}

func TestPaperNumbersOutliveALostJournal(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	first, err := r.Register(ctx, gate.Token{}, gate.ForTest)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := r.store.Duty(ctx)
	if err != nil {
		t.Fatal(err)
	}
	other := newRig(t) // the same gate with an empty journal
	if err := other.store.SaveDuty(ctx, kept); err != nil {
		t.Fatal(err)
	}
	if second, err := other.Register(ctx, gate.Token{}, gate.ForTest); err != nil || second == first {
		t.Errorf("%q was given twice, %v", second, err)
	}
}

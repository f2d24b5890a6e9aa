package gate_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store/storetest"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/policy"
	"postern/sync/verdict"
)

const rightPIN, wrongPIN = "140922", "140923"

// quota is a world whose supervisors may let two people in within an hour.
func quota(w *storetest.World) { w.Policy.Overrides = &policy.OverrideRule{Quota: 2, Hours: 1} }

// pinned gives the gate a PIN that costs little.
func (r *rig) pinned() *rig {
	salt := bytes.Repeat([]byte{1}, 16)
	r.envelope(func(e *enrol.Envelope) {
		e.PIN = &enrol.PIN{Time: 1, Memory: 8 << 10, Threads: 1, Salt: salt, Sum: argon2.IDKey([]byte(rightPIN), salt, 1, 8<<10, 1, 32)}
	})
	return r
}

// stops shows a pass that is not admitted.
func (r *rig) stops() gate.Answer {
	r.t.Helper()
	a := r.answers(r.world.Pass(r.t, 6), scan.Typed)
	r.wants(a.Verdict, verdict.SuspendedPass)
	return a
}

func (r *rig) overrides(a gate.Answer, pin string) error {
	return r.Override(context.Background(), a.Token, pin, "supervisor")
}

func TestOverride(t *testing.T) {
	r := newRig(t, quota).pinned()
	a := r.stops()
	if err := r.overrides(a, wrongPIN); !errors.Is(err, gate.ErrWrongPIN) {
		t.Errorf("a wrong PIN: %v", err)
	}
	if err := r.overrides(a, rightPIN); err != nil {
		t.Fatal(err)
	}
	e := r.entries()
	if e[0].Kind != journal.Override || e[0].Reason != "supervisor" || e[0].Outcome != verdict.Admit || e[0].Tag != e[1].Tag || e[0].Tag == (journal.Tag{}) {
		t.Errorf("recorded %+v", e[0])
	}
	if err := r.overrides(a, rightPIN); !errors.Is(err, gate.ErrToken) {
		t.Errorf("the same verdict again: %v", err)
	}
	admitted := r.answers(r.good(1), scan.Typed)
	if err := r.overrides(admitted, rightPIN); !errors.Is(err, gate.ErrToken) {
		t.Errorf("of an Admit: %v", err)
	}
	if err := r.Override(context.Background(), r.stops().Token, rightPIN, "emergency_medical"); err == nil {
		t.Error("an emergency went by PIN")
	}
}

func TestQuota(t *testing.T) {
	r := newRig(t, quota).pinned()
	left := func() int {
		t.Helper()
		s, err := r.State(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return s.OverridesLeft
	}
	for want := 2; want > 0; want-- {
		if left() != want {
			t.Errorf("%d left, want %d", left(), want)
		}
		if err := r.overrides(r.stops(), rightPIN); err != nil {
			t.Fatal(err)
		}
		r.wait(10 * time.Minute)
		r.restart() // gives nothing back
	}
	over := r.stops()
	if err := r.overrides(over, rightPIN); !errors.Is(err, gate.ErrQuota) || left() != 0 {
		t.Errorf("the third: %v, %d left", err, left())
	}
	if err := r.Emergency(context.Background(), over.Token, "emergency_medical"); err != nil {
		t.Errorf("an emergency beyond the quota: %v", err)
	}
	r.sets(2 * time.Hour) // the device's clock gives nothing back
	if err := r.overrides(r.stops(), rightPIN); !errors.Is(err, gate.ErrQuota) {
		t.Errorf("with the clock set on: %v", err)
	}
	r.sets(-2 * time.Hour)
	r.stops()
	r.wait(50 * time.Minute) // trusted time does not go on while the program is off
	if err := r.overrides(r.stops(), rightPIN); err != nil || left() != 1 {
		t.Errorf("after an hour: %v, %d left", err, left())
	}
}

func TestNoQuotaAndNoPINLetNobodyIn(t *testing.T) {
	r := newRig(t).pinned()
	if err := r.overrides(r.stops(), rightPIN); !errors.Is(err, gate.ErrQuota) {
		t.Errorf("without a rule: %v", err)
	}
	r = newRig(t, quota)
	for _, pin := range []string{rightPIN, ""} {
		if err := r.overrides(r.stops(), pin); !errors.Is(err, gate.ErrNoPIN) {
			t.Errorf("without a PIN: %v", err)
		}
	}
	if s, err := r.State(context.Background()); err != nil || s.PIN {
		t.Errorf("state says there is a PIN, %v", err)
	}
}

func TestOverrideThatCannotBeRecorded(t *testing.T) {
	r := newRig(t, quota).pinned()
	a := r.stops()
	r.store.AppendErr = errors.New("disk")
	if err := r.overrides(a, rightPIN); err == nil {
		t.Fatal("nobody knows of it, and it was said to be done")
	}
	r.store.AppendErr = nil
	if err := r.overrides(a, rightPIN); err != nil {
		t.Errorf("and then: %v", err)
	}
	if n, _ := r.store.Overrides(context.Background(), time.Time{}); n != 1 {
		t.Errorf("%d counted", n)
	}
}

func TestLastOverrideIsGivenOnce(t *testing.T) {
	r := newRig(t, func(w *storetest.World) { w.Policy.Overrides = &policy.OverrideRule{Quota: 1, Hours: 1} }).pinned()
	var done sync.WaitGroup
	results := make(chan error, 8)
	for range cap(results) {
		a := r.stops()
		done.Go(func() { results <- r.overrides(a, rightPIN) })
	}
	done.Wait()
	close(results)
	let := 0
	for err := range results {
		if err == nil {
			let++
		} else if !errors.Is(err, gate.ErrQuota) {
			t.Error(err)
		}
	}
	if let != 1 {
		t.Errorf("%d were let in", let)
	}
}

func TestWrongPINsWait(t *testing.T) {
	r := newRig(t).pinned()
	ctx := context.Background()
	fail := func() {
		t.Helper()
		if err := r.VerifyPIN(ctx, wrongPIN); !errors.Is(err, gate.ErrWrongPIN) {
			t.Fatal(err)
		}
	}
	waits := func(want time.Duration) {
		t.Helper()
		var wait *gate.WaitError
		if err := r.VerifyPIN(ctx, rightPIN); !errors.As(err, &wait) || wait.Left != want {
			t.Errorf("got %v, want a wait of %v", err, want)
		}
	}
	fail()
	fail()
	fail()
	for _, want := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute} {
		waits(want)
		r.restart()
		waits(want)
		r.wait(want - time.Nanosecond)
		waits(time.Nanosecond)
		r.wait(time.Nanosecond)
		fail()
	}
	r.sets(3 * time.Hour)
	waits(5 * time.Minute)
	r.sets(-3 * time.Hour)
	r.wait(5 * time.Minute)
	if err := r.VerifyPIN(ctx, rightPIN); err != nil {
		t.Fatal(err)
	}
	fail() // the count began anew
	fail()
	if err := r.VerifyPIN(ctx, rightPIN); err != nil {
		t.Error(err)
	}
}

func TestPINThatCannotBeCountedIsNotTried(t *testing.T) {
	r := newRig(t).pinned()
	r.store.BooksErr = errors.New("disk")
	if err := r.VerifyPIN(context.Background(), rightPIN); err == nil {
		t.Error("the right PIN was taken without a count")
	}
}

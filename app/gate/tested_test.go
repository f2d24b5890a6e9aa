package gate_test

import (
	"errors"
	"testing"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store/storetest"
	"postern/sync/journal"
	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/verdict"
)

// Who is tested here is let in where the policy says so, which is a confirm; a
// place that does not say it has no such way, and nobody else takes it.
func TestTestedHere(t *testing.T) {
	rule := &policy.TestRule{Hours: 1, Kinds: []pass.Kind{pass.NucleicAcid}}
	for _, here := range []policy.TestHere{policy.TestAdmit, policy.TestWait} {
		r := newRig(t, func(w *storetest.World) { w.Policy.Test, w.Policy.TestHere = rule, here })
		shown := func(text string) gate.Answer {
			return r.Answer(t.Context(), scan.Reading{Text: text, At: r.now, Source: scan.Typed})
		}
		a := shown(r.good(1))
		if a.Reason != verdict.TestMissing && a.Reason != verdict.TestOld {
			t.Fatalf("the test is %v", a.Reason)
		}
		got, err := r.Tested(t.Context(), a.Token)
		if here == policy.TestWait {
			if !errors.Is(err, gate.ErrToken) {
				t.Errorf("at a place that waits for results: %v, %v", got.Outcome, err)
			}
			continue
		}
		if err != nil || got.Outcome != verdict.Admit {
			t.Fatalf("tested here: %v %v, %v", got.Outcome, got.Reason, err)
		}
		if e := r.entries()[0]; e.Kind != journal.Confirm || e.Outcome != verdict.Admit {
			t.Errorf("the journal has %v %v", e.Kind, e.Outcome)
		}
		if _, err := r.Tested(t.Context(), a.Token); !errors.Is(err, gate.ErrToken) {
			t.Errorf("it serves twice: %v", err)
		}
		barred := shown(r.world.Pass(t, 5))
		if _, err := r.Tested(t.Context(), barred.Token); !errors.Is(err, gate.ErrToken) {
			t.Errorf("a barred person was let in by a test: %v", err)
		}
	}

	// Where the ID is compared too, that comes after the test and is the last thing missing.
	r := newRig(t, func(w *storetest.World) {
		w.Policy.Test, w.Policy.TestHere, w.Policy.IDMatch = rule, policy.TestAdmit, true
	})
	a := r.Answer(t.Context(), scan.Reading{Text: r.good(1), At: r.now, Source: scan.Typed})
	a, err := r.Tested(t.Context(), a.Token)
	if err != nil || a.Reason != verdict.IDMatch {
		t.Fatalf("tested, and not compared: %v, %v", a.Reason, err)
	}
	if a, err = r.Confirm(t.Context(), a.Token, true); err != nil || a.Outcome != verdict.Admit {
		t.Errorf("tested and compared: %v %v, %v", a.Outcome, a.Reason, err)
	}
}

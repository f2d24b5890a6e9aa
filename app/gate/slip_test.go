package gate_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/store/memory"
	"postern/app/store/storetest"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/pass"
	"postern/sync/status"
	"postern/sync/verdict"
)

// slipIndex is a place of the world's list whose status is good.
const slipIndex = 4

func delegation(t *testing.T, w *storetest.World, bend func(*pass.Delegation)) []byte {
	t.Helper()
	d := pass.Delegation{
		Issuer: "XA", ID: []byte("delegate"), IssuedAt: w.Now.Add(-time.Hour), Expires: w.Now.Add(47 * time.Hour),
		Key: w.Gate.Sign.Public().(ed25519.PublicKey), Status: &pass.StatusRef{URI: storetest.URI, Index: slipIndex},
		Scope: pass.Scope{Gate: w.Gate.Gate, Place: "East Gate", Kinds: pass.SlipKinds, Life: 12 * time.Hour},
	}
	if bend != nil {
		bend(&d)
	}
	b, err := d.Seal(w.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// slipRig is a gate that may sign slips, at a place that asks for no test.
func slipRig(t *testing.T, bend func(*pass.Delegation)) *rig {
	t.Helper()
	r := newRig(t, func(w *storetest.World) { w.Policy.Test = nil })
	r.envelope(func(e *enrol.Envelope) { e.Delegation = delegation(t, r.world, bend) })
	return r
}

func (r *rig) slip(life time.Duration) string {
	r.t.Helper()
	text, p, err := r.Slip(context.Background(), gate.SlipRequest{Kind: pass.Visitor, Name: "John Doe", BirthYear: 1990, Life: life})
	if err != nil {
		r.t.Fatal(err)
	}
	if p.Name != "J. D." || p.Slip.Kind != pass.Visitor {
		r.t.Errorf("the slip says %+v", p)
	}
	return text
}

// A slip of one gate is admitted at another, with no network at either, until
// it ends or is taken back.
func TestSlip(t *testing.T) {
	a := slipRig(t, nil)
	text := a.slip(0)
	if e := a.entries()[0]; e.Kind != journal.Slip || e.Reason != "visitor" || e.Tag == (journal.Tag{}) || len(e.Ref) == 0 {
		t.Errorf("recorded as %+v", e)
	}
	b := &rig{t: t, world: storetest.NewWorld(t, 2), store: memory.New(), now: a.now}
	b.world.Policy.Test, b.world.Policy.Reentry = nil, 0
	b.world.Joined(t, b.store, passes)
	b.restart()
	b.wants(b.shows(text), verdict.OK)
	b.wait(-89 * time.Second) // the other gate's clock is behind
	b.wants(b.shows(text), verdict.OK)
	b.wait(89*time.Second + 12*time.Hour - time.Second)
	b.wants(b.shows(text), verdict.OK)
	b.wait(time.Second)
	b.wants(b.shows(text), verdict.Expired)

	for value, want := range map[status.Value]verdict.Reason{status.Invalid: verdict.Revoked, status.Suspended: verdict.SuspendedPass} {
		other := &rig{t: t, world: storetest.NewWorld(t, 3), store: memory.New(), now: a.now}
		other.world.Policy.Test = nil
		other.world.Joined(t, other.store, passes)
		other.restart()
		other.installs(2, func(u *client.Update) {
			u.Content.Lists[0].Entries[slipIndex] = status.Entry(value)
			u.Digest = u.Content.Digest()
		})
		other.wants(other.shows(text), want)
	}
}

func TestSlipCountsWhereItsDelegationSays(t *testing.T) {
	for policy, want := range map[string]verdict.Reason{"default": verdict.OK, "elsewhere": verdict.SlipElsewhere} {
		r := slipRig(t, func(d *pass.Delegation) { d.Policies = []string{policy} })
		if name := r.store.View().Policy.Name; name != "default" {
			t.Fatalf("the world's policy is %q", name)
		}
		r.wants(r.shows(r.slip(time.Hour)), want)
	}
}

// A gate that may not sign slips signs none, and records none.
func TestNoSlip(t *testing.T) {
	for name, tc := range map[string]struct {
		rig  func(*testing.T) *rig
		ask  gate.SlipRequest
		want error
	}{
		"no delegation": {func(t *testing.T) *rig { return newRig(t) }, gate.SlipRequest{Kind: pass.Visitor}, gate.ErrNoSlips},
		"a delegation that ended": {func(t *testing.T) *rig {
			r := slipRig(t, nil)
			r.wait(47 * time.Hour)
			return r
		}, gate.SlipRequest{Kind: pass.Visitor}, gate.ErrNoSlips},
		"another gate's delegation": {func(t *testing.T) *rig {
			return slipRig(t, func(d *pass.Delegation) { d.Key = storetest.NewWorld(t, 9).Gate.Sign.Public().(ed25519.PublicKey) })
		}, gate.SlipRequest{Kind: pass.Visitor}, gate.ErrNoSlips},
		"a suspended gate": {func(t *testing.T) *rig {
			r := newRig(t)
			r.envelope(func(e *enrol.Envelope) { e.Delegation, e.Suspended = delegation(t, r.world, nil), true })
			return r
		}, gate.SlipRequest{Kind: pass.Visitor}, gate.ErrNoSlips},
		"a clock that is wrong": {func(t *testing.T) *rig {
			r := slipRig(t, nil)
			r.sets(-3 * time.Hour)
			return r
		}, gate.SlipRequest{Kind: pass.Visitor}, gate.ErrSlipTime},
		"longer than allowed": {func(t *testing.T) *rig { return slipRig(t, nil) }, gate.SlipRequest{Kind: pass.Visitor, Life: 13 * time.Hour}, pass.ErrKeyUse},
		"a kind that is not allowed": {func(t *testing.T) *rig {
			return slipRig(t, func(d *pass.Delegation) { d.Kinds = []pass.SlipKind{pass.Visitor} })
		}, gate.SlipRequest{Kind: pass.Medical}, pass.ErrKeyUse},
	} {
		t.Run(name, func(t *testing.T) {
			r := tc.rig(t)
			if text, _, err := r.Slip(context.Background(), tc.ask); !errors.Is(err, tc.want) || text != "" {
				t.Errorf("gave %q and %v, want %v", text, err, tc.want)
			}
			if slices.ContainsFunc(r.entries(), func(e journal.Entry) bool { return e.Kind == journal.Slip }) {
				t.Error("a slip that was not made is recorded")
			}
		})
	}
}

// Durable first: what cannot be recorded is not given.
func TestSlipIsRecordedFirst(t *testing.T) {
	r := slipRig(t, nil)
	r.store.BeforeAll = func() { panic("staged") }
	text, p, err := r.Slip(context.Background(), gate.SlipRequest{Kind: pass.Visitor})
	if err == nil || text != "" || p != nil {
		t.Errorf("gave %q, %v, %v", text, p, err)
	}
}

// A gate whose clock is a minute behind the authority's signs slips at once.
func TestSlipOfAFreshDelegation(t *testing.T) {
	r := slipRig(t, func(d *pass.Delegation) {
		d.IssuedAt = d.IssuedAt.Add(61 * time.Minute)
		d.Expires = d.IssuedAt.Add(time.Hour)
	})
	r.wants(r.shows(r.slip(time.Hour)), verdict.OK)
}

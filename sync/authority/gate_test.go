package authority_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postern/sync/authority"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/pass"
)

var devices byte

// requestOf enrols a new device with code.
func requestOf(t testing.TB, code enrol.Code) (enrol.Identity, []byte) {
	t.Helper()
	devices++
	id, err := enrol.NewIdentity(code, rand.NewChaCha8([32]byte{'g', devices}))
	if err != nil {
		t.Fatal(err)
	}
	b, err := id.Request(code.Secret)
	if err != nil {
		t.Fatal(err)
	}
	return id, b
}

func mustCode(t testing.TB, a *authority.Authority) enrol.Code {
	t.Helper()
	c, err := a.Gates.Add(t.Context(), authority.NewGate{Hub: "http://hub.example", Place: "南门", Policy: "residential", Direction: "both", Expiry: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCountersign(t *testing.T) {
	a, dir := mustCreate(t)
	code := mustCode(t, a)
	id, request := requestOf(t, code)
	certificate, sealed, err := a.Gates.Countersign(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	mustPublish(t, a)
	key := mustVerify(t, filepath.Join(dir, "repository")).key
	c, err := enrol.OpenCertificate(certificate, key)
	if err != nil || c.Gate != id.Gate || !c.Sign.Equal(id.Sign.Public()) || c.Place != "南门" || !c.Time.Equal(now) {
		t.Errorf("certificate %+v, %v", c, err)
	}
	e, err := enrol.OpenEnvelope(sealed, key, id)
	if err != nil || e.Version != 1 || e.Policy != "residential" || e.Direction != "both" {
		t.Errorf("envelope %+v, %v", e, err)
	}
	again, newer, err := a.Gates.Countersign(t.Context(), request)
	if err != nil || string(again) != string(certificate) {
		t.Errorf("the same request again: %v", err)
	}
	if _, version, _ := enrol.EnvelopeVersion(newer); version <= 1 {
		t.Errorf("the envelope sent again has version %d", version)
	}
	_, other := requestOf(t, code)
	if _, _, err := a.Gates.Countersign(t.Context(), other); !errors.Is(err, authority.ErrUsed) {
		t.Errorf("a second device with the same code: %v", err)
	}
}

func TestCountersignRefuses(t *testing.T) {
	a, _ := mustCreate(t)
	code := mustCode(t, a)
	_, request := requestOf(t, code)

	forged := append([]byte{}, request...)
	forged[len(forged)-1] ^= 1
	if _, _, err := a.Gates.Countersign(t.Context(), forged); !errors.Is(err, authority.ErrNotProven) {
		t.Errorf("without the secret: %v", err)
	}
	stranger, err := enrol.NewCode("http://hub.example", "x", code.Root, [16]byte{1}, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	_, unknown := requestOf(t, stranger)
	if _, _, err := a.Gates.Countersign(t.Context(), unknown); !errors.Is(err, authority.ErrNoGate) {
		t.Errorf("a code nobody printed: %v", err)
	}
	if _, _, err := a.Gates.Countersign(t.Context(), []byte("x")); !errors.Is(err, authority.ErrRequest) {
		t.Errorf("rubbish: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := a.Gates.Countersign(ended, request); err == nil || strings.Contains(err.Error(), "countersign gate:") {
		t.Errorf("the authority's own trouble reads like a refusal: %v", err)
	}
	for _, c := range []struct {
		after time.Duration
		want  error
	}{{time.Hour, authority.ErrExpired}, {time.Hour - time.Second, nil}, {48 * time.Hour, nil}} {
		a.Now = func() time.Time { return now.Add(c.after) }
		if _, _, err := a.Gates.Countersign(t.Context(), request); !errors.Is(err, c.want) {
			t.Errorf("%s after printing: %v, want %v", c.after, err, c.want)
		}
	}
}

func TestAddGateRefuses(t *testing.T) {
	a, _ := mustCreate(t)
	for name, c := range map[string]struct {
		hub, place, policy string
		expiry             time.Time
		want               error
	}{
		"policy":  {"http://h", "p", "spa", now.Add(time.Hour), authority.ErrNoPolicy},
		"expired": {"http://h", "p", "office", now, authority.ErrExpired},
		"hub":     {"hub", "p", "office", now.Add(time.Hour), nil},
		"place":   {"http://h", "", "office", now.Add(time.Hour), nil},
	} {
		if _, err := a.Gates.Add(t.Context(), authority.NewGate{Hub: c.hub, Place: c.place, Policy: c.policy, Direction: "both", Expiry: c.expiry}); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if gates, err := a.Gates.All(t.Context()); err != nil || len(gates) != 0 {
		t.Errorf("%d gates are left of it, %v", len(gates), err)
	}
}

func TestGateChangesReachItsEnvelope(t *testing.T) {
	a, dir := mustCreate(t)
	id, before := enrolled(t, a, "residential")
	if before.Suspended || before.Wipe {
		t.Fatalf("a new gate is %+v", before)
	}
	if err := errors.Join(a.Gates.Suspend(t.Context(), id.Gate, true), a.Gates.Wipe(t.Context(), id.Gate), a.Gates.SetPolicy(t.Context(), id.Gate, "office")); err != nil {
		t.Fatal(err)
	}
	mustPublish(t, a)
	repository := filepath.Join(dir, "repository")
	b, err := os.ReadFile(filepath.Join(repository, "gates", id.Gate+".envelope"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := enrol.OpenEnvelope(b, mustVerify(t, repository).key, id)
	if err != nil || !e.Suspended || !e.Wipe || e.Policy != "office" || e.Version <= before.Version {
		t.Errorf("envelope %+v, %v", e, err)
	}
	gates, err := a.Gates.All(t.Context())
	if err != nil || len(gates) != 1 || !gates[0].Enrolled || !gates[0].Suspended || gates[0].ID != id.Gate {
		t.Errorf("gates %+v, %v", gates, err)
	}
	if err := a.Gates.Suspend(t.Context(), "0000000000000000", true); !errors.Is(err, authority.ErrNoGate) {
		t.Errorf("suspended nobody: %v", err)
	}
	if err := a.Gates.SetPolicy(t.Context(), id.Gate, "spa"); !errors.Is(err, authority.ErrNoPolicy) {
		t.Errorf("gave it a policy that is not: %v", err)
	}
}

func TestTagKeysRollOver(t *testing.T) {
	a, _ := mustCreate(t)
	_, today := enrolled(t, a, "residential")
	a.Now = func() time.Time { return now.Add(24 * time.Hour) }
	_, tomorrow := enrolled(t, a, "residential")
	day := uint64(now.Unix() / 86400)
	if _, there := tomorrow.TagKeys[day]; there {
		t.Error("a day's tag key outlives its day")
	}
	if string(today.TagKeys[day+1]) != string(tomorrow.TagKeys[day+1]) || len(tomorrow.TagKeys) != 30 {
		t.Error("gates that pulled on different days tag one pass differently")
	}
}

func TestTrace(t *testing.T) {
	a, dir := mustCreate(t)
	mustRoster(t, a, roster(0, 3))
	issued, err := a.Roster.Issue(t.Context(), []string{"P0000001"}, authority.IssueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	trust, err := a.Trust.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := pass.Open(issued[0].Text, trust.Keyring())
	if err != nil {
		t.Fatal(err)
	}
	ref, err := journal.SealRef(trust.Tracing, "0011223344556677", 9, p.Identity())
	if err != nil {
		t.Fatal(err)
	}
	if number, identity, err := a.Roster.Trace(t.Context(), "0011223344556677", 9, ref); number != "P0000001" || string(identity) != string(p.Identity()) || err != nil {
		t.Errorf("got %q, %v", number, err)
	}
	if _, _, err := a.Roster.Trace(t.Context(), "0011223344556677", 10, ref); err == nil {
		t.Error("a reference opens for another entry")
	}
	o := options()
	o.Passphrase = authority.Phrase("incorrect horse")
	b, err := authority.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, _, err := b.Roster.Trace(t.Context(), "0011223344556677", 9, ref); !errors.Is(err, authority.ErrPassphrase) {
		t.Errorf("traced with a wrong passphrase: %v", err)
	}
}

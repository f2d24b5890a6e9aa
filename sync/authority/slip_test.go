package authority_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"postern/sync/authority"
	"postern/sync/enrol"
	"postern/sync/pass"
	"postern/sync/snapshot"
	"postern/sync/status"
)

// post is an enrolled gate as this authority's files tell it.
type post struct {
	*authority.Authority
	t   *testing.T
	dir string
	id  enrol.Identity
}

// published publishes, and gives the gate's delegation (nil: none) and the list's entries.
func (p post) published() (d *pass.Delegation, entries []status.Entry) {
	p.t.Helper()
	mustPublish(p.t, p.Authority)
	folder := filepath.Join(p.dir, "repository")
	s := mustVerify(p.t, folder)
	sealed, err := os.ReadFile(filepath.Join(folder, "gates", p.id.Gate+".envelope"))
	if err != nil {
		p.t.Fatal(err)
	}
	e, err := enrol.OpenEnvelope(sealed, s.key, p.id)
	if err != nil {
		p.t.Fatal(err)
	}
	trust, err := snapshot.ParseTrust(s.files["trust/list"])
	if err != nil {
		p.t.Fatal(err)
	}
	if e.Delegation != nil {
		if d, err = pass.OpenDelegation(e.Delegation, trust.Keyring()); err != nil {
			p.t.Fatal(err)
		}
	}
	return d, p.content(s, e).Lists[0].Entries
}

func (p post) content(s *served, e enrol.Envelope) *snapshot.Content {
	p.t.Helper()
	path := snapshot.FullTarget(s.version)
	custom, err := snapshot.ParseCustom(*s.targets[path].Custom)
	if err != nil {
		p.t.Fatal(err)
	}
	plain, err := snapshot.OpenFile(s.files[path], path, e.Epochs[custom.Key])
	if err != nil {
		p.t.Fatal(err)
	}
	c, err := snapshot.DecodeFull(plain, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// A gate that may sign slips has a delegation in every envelope, and what is
// taken back is revoked for good.
func TestSlips(t *testing.T) {
	a, dir := mustCreate(t)
	code := mustCode(t, a)
	id, request := requestOf(t, code)
	if _, _, err := a.Gates.Countersign(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	p := post{a, t, dir, id}
	if d, _ := p.published(); d != nil {
		t.Fatalf("a gate that nobody allowed slips has %+v", d)
	}
	if err := a.Gates.AllowSlips(t.Context(), id.Gate, 12*time.Hour, []string{"residential", "office"}); err != nil {
		t.Fatal(err)
	}
	d, entries := p.published()
	if d == nil || d.Gate != id.Gate || d.Place != "南门" || d.Life != 12*time.Hour || !slices.Equal(d.Policies, []string{"residential", "office"}) ||
		!d.IssuedAt.Equal(now) || !d.Expires.Equal(now.Add(48*time.Hour)) || !d.Key.Equal(id.Sign.Public()) {
		t.Fatalf("the delegation is %+v", d)
	}
	if got := entries[d.Status.Index].Value(); got != status.Good {
		t.Errorf("its status is %v", got)
	}
	first := d.Status.Index

	if err := a.Gates.Suspend(t.Context(), id.Gate, true); err != nil {
		t.Fatal(err)
	}
	d, entries = p.published()
	if d != nil || entries[first].Value() != status.Suspended {
		t.Errorf("a suspended gate has %+v, status %v", d, entries[first].Value())
	}
	if err := errors.Join(a.Gates.Suspend(t.Context(), id.Gate, false), a.Gates.AllowSlips(t.Context(), id.Gate, time.Hour, nil)); err != nil {
		t.Fatal(err)
	}
	d, entries = p.published()
	if d == nil || d.Life != time.Hour || d.Policies != nil || d.Status.Index != first || entries[first].Value() != status.Good {
		t.Errorf("allowed anew it has %+v, status %v", d, entries[first].Value())
	}

	if err := a.Gates.StopSlips(t.Context(), id.Gate); err != nil {
		t.Fatal(err)
	}
	if d, entries = p.published(); d != nil || entries[first].Value() != status.Invalid {
		t.Errorf("taken back it has %+v, status %v", d, entries[first].Value())
	}
	if err := a.Gates.AllowSlips(t.Context(), id.Gate, time.Hour, nil); err != nil {
		t.Fatal(err)
	}
	d, entries = p.published()
	if d == nil || d.Status.Index == first || entries[first].Value() != status.Invalid || entries[d.Status.Index].Value() != status.Good {
		t.Errorf("given a second time it has %+v", d)
	}
	if err := a.Gates.Wipe(t.Context(), id.Gate); err != nil {
		t.Fatal(err)
	}
	if _, entries = p.published(); entries[d.Status.Index].Value() != status.Invalid {
		t.Error("the slips of a wiped gate go on")
	}
}

func TestSlipsRefused(t *testing.T) {
	a, _ := mustCreate(t)
	gate := mustCode(t, a).GateID()
	for name, err := range map[string]error{
		"too long":       a.Gates.AllowSlips(t.Context(), gate, 48*time.Hour+time.Second, nil),
		"too short":      a.Gates.AllowSlips(t.Context(), gate, 59*time.Second, nil),
		"half a second":  a.Gates.AllowSlips(t.Context(), gate, time.Hour+time.Second/2, nil),
		"no such gate":   a.Gates.AllowSlips(t.Context(), "0000000000000000", time.Hour, nil),
		"no such policy": a.Gates.AllowSlips(t.Context(), gate, time.Hour, []string{"moon"}),
		"nothing to end": a.Gates.StopSlips(t.Context(), gate),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

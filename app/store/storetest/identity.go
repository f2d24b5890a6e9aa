package storetest

import (
	"errors"
	"testing"

	"postern/sync/client"
	"postern/sync/status"
)

func wiped(t *testing.T, tr *trial) {
	tr.join(t, 4)
	tr.mustAppend(t, draft(tr.w.Now))
	e := tr.w.Opened(2)
	e.Wipe = true
	if err := tr.Install(tr.ctx, client.Update{Envelope: tr.w.Seal(t, e), Opened: &e}); err != nil {
		t.Fatal(err)
	}
	tr.reopen(t)
	if v := tr.View(); v.Enrolled || v.Keys != nil || v.TagKeys != nil {
		t.Errorf("a wiped gate goes by %+v", v)
	}
	says := func(when string) {
		t.Helper()
		if w := tr.View().Wiped; w == nil || w.Place != e.Place || !w.At.Equal(e.Made) || w.City["en"] != "Xi'an" {
			t.Errorf("%s it says %+v", when, w)
		}
	}
	says("while entries wait")
	if i, err := tr.Installed(tr.ctx); err != nil || i.Envelope != nil || i.Policy != nil || i.Snapshot != 0 ||
		i.Opened == nil || !i.Opened.Wipe || i.Opened.TagKeys != nil || i.Opened.Epochs != nil {
		t.Errorf("a wiped gate still has %+v, %v", i, err)
	}
	b, err := tr.Backlog(tr.ctx, 10)
	if err != nil || len(b.Entries) != 1 {
		t.Fatalf("the unsent entry is gone: %+v, %v", b, err)
	}
	if _, err := b.Sign(tr.w.Gate.Sign); err != nil {
		t.Fatal(err)
	}
	if err := tr.Install(tr.ctx, tr.w.Update(t, 1, 4)); err == nil {
		t.Error("an older envelope brought the gate back")
	}
	if err := tr.Acknowledge(tr.ctx, tr.w.ReceiptOf(b)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, ok, err := tr.Identity(tr.ctx); ok || err != nil {
			t.Errorf("after the last receipt the gate still is somebody, %v", err)
		}
		if i, err := tr.Installed(tr.ctx); err != nil || i.Trust != nil || len(i.Metadata) != 0 {
			t.Errorf("after the last receipt there is %+v, %v", i, err)
		}
		if got, err := tr.Recent(tr.ctx, 10); err != nil || len(got) != 0 {
			t.Errorf("after the last receipt there are %d entries, %v", len(got), err)
		}
		tr.reopen(t)
		says("after the last receipt")
	}
	tr.join(t, 4) // and it can be enrolled again
	tr.sees(t, tr.w.Update(t, 1, 4), 4)
	if w := tr.View().Wiped; w != nil {
		t.Errorf("a gate says of itself %+v", w)
	}
}

func anotherGate(t *testing.T, tr *trial) {
	tr.join(t, 4)
	old := tr.mustAppend(t, draft(tr.w.Now))
	other := NewWorld(t, 2)
	if err := tr.SaveIdentity(tr.ctx, other.Gate); err == nil {
		t.Error("the gate was forgotten while an entry waits that only it can sign")
	}
	if id, _, err := tr.Identity(tr.ctx); err != nil || id.Gate != tr.w.Gate.Gate {
		t.Errorf("the gate is %q, %v", id.Gate, err)
	}
	tr.sees(t, tr.w.Update(t, 1, 4), 4)
	unsent, err := tr.Backlog(tr.ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Acknowledge(tr.ctx, tr.w.ReceiptOf(unsent)); err != nil {
		t.Fatal(err)
	}
	if err := tr.SaveIdentity(tr.ctx, other.Gate); err != nil {
		t.Fatal(err)
	}
	tr.reopen(t)
	if i, err := tr.Installed(tr.ctx); err != nil || i.Trust != nil || len(i.Versions) != 0 || i.Snapshot != 0 {
		t.Errorf("the other gate's world stayed: %+v, %v", i, err)
	}
	if _, err := tr.Status(URI, 0); !errors.Is(err, status.ErrNoEntry) {
		t.Errorf("the other gate's snapshot stayed: %v", err)
	}
	if n, err := tr.Unsent(tr.ctx); n != 0 || err != nil {
		t.Errorf("%d entries would be sent in another gate's name, %v", n, err)
	}
	e := tr.mustAppend(t, draft(tr.w.Now))
	if e.Seq != 1 || e.Prev == old.Prev {
		t.Errorf("the new gate goes on with the old one's chain: entry %d", e.Seq)
	}
	b, err := tr.Backlog(tr.ctx, 10)
	if err != nil || b.Gate != other.Gate.Gate || len(b.Entries) != 1 {
		t.Fatalf("backlog %+v, %v", b, err)
	}
	if _, err := b.Sign(other.Gate.Sign); err != nil {
		t.Error(err)
	}
	if got, err := tr.Recent(tr.ctx, 10); err != nil || len(got) != 2 {
		t.Errorf("%d recent entries, %v; what was recorded stays", len(got), err)
	}
}

func pastKeys(t *testing.T, tr *trial) {
	tr.join(t, 4)
	late := draft(tr.w.Now.AddDate(0, 0, 2))
	tr.mustAppend(t, late) // trusted time is now two days later
	if err := tr.Tend(tr.ctx); err != nil {
		t.Fatal(err)
	}
	tr.reopen(t)
	today := Day(late.Trusted)
	keys := tr.View().TagKeys
	if len(keys) != 2 || keys[today] == nil || keys[today-1] == nil {
		t.Errorf("keys of %d days are left, want those of today and yesterday", len(keys))
	}
	i, err := tr.Installed(tr.ctx)
	if err != nil || i.Envelope != nil || len(i.Opened.TagKeys) != 2 || len(i.Opened.Epochs) != 1 {
		t.Errorf("forgotten keys are still there: %+v, %v", i.Opened, err)
	}

	// An envelope that comes with such keys is not kept as it came.
	e := tr.w.Opened(2)
	if err := tr.Install(tr.ctx, client.Update{Envelope: tr.w.Seal(t, e), Opened: &e}); err != nil {
		t.Fatal(err)
	}
	i, err = tr.Installed(tr.ctx)
	if err != nil || i.Envelope != nil || i.Opened.Version != 2 || len(i.Opened.TagKeys) != 2 || len(e.TagKeys) != 4 {
		t.Errorf("keys of past days came back: %+v, %v", i.Opened, err)
	}
}

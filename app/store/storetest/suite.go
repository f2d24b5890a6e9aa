package storetest

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"postern/app/gate"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/status"
	"postern/sync/verdict"
)

// Store is all that a gate's store does.
type Store interface {
	gate.Store
	client.Store
	Identity(ctx context.Context) (enrol.Identity, bool, error)
	SaveIdentity(ctx context.Context, id enrol.Identity) error
	Tend(ctx context.Context) error
	Close() error
}

// Run holds a store to the contract. open opens the store under test, and
// after its Close the same one again, with all that was durable.
func Run(t *testing.T, open func(t *testing.T, now func() time.Time) (again func() Store)) {
	for name, test := range map[string]func(*testing.T, *trial){
		"an empty store":                      emptyStore,
		"enrolled, nothing pulled":            enrolled,
		"a first pull":                        firstPull,
		"what an update leaves out stays":     partialUpdate,
		"what must not be installed":          refusals,
		"lists of other issuers":              foreignLists,
		"entries follow each other":           chain,
		"a backlog goes out and is receipted": backlog,
		"a receipt for another history":       foreignReceipts,
		"seen before":                         seen,
		"counts beside the entries":           tallied,
		"the count of the quota":              counted,
		"who is on duty":                      duty,
		"data used in a month":                traffic,
		"trusted time":                        trusted,
		"a wiped gate":                        wiped,
		"what was done after a check":         trails,
		"another gate in the same store":      anotherGate,
		"keys of days that are over":          pastKeys,
		"checks beside installs":              beside,
		"a cancelled append":                  cancelled,
	} {
		t.Run(name, func(t *testing.T) {
			w := NewWorld(t, 1)
			tr := &trial{w: w, ctx: t.Context()}
			tr.again = open(t, func() time.Time { return w.Now })
			tr.Store = tr.again()
			t.Cleanup(func() { tr.Close() })
			test(t, tr)
		})
	}
}

type trial struct {
	Store
	w     *World
	ctx   context.Context
	again func() Store
}

// reopen closes the store and opens it again; what was durable must be there.
func (tr *trial) reopen(t *testing.T) {
	t.Helper()
	if err := tr.Close(); err != nil {
		t.Fatal(err)
	}
	tr.Store = tr.again()
}

func (tr *trial) join(t *testing.T, n int) { t.Helper(); tr.w.Joined(t, tr.Store, n) }

func (tr *trial) mustAppend(t *testing.T, d gate.Draft) journal.Entry {
	t.Helper()
	e, err := tr.Append(tr.ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func draft(at time.Time) gate.Draft {
	return gate.Draft{
		Entry: journal.Entry{
			Time: at, Lane: "1", Operator: "day", Kind: journal.Check, Outcome: verdict.Admit, Reason: "ok", Version: 1,
			Tag: journal.Tag{1, 2, 3, 4, 5, 6, 7, 8},
		},
		Trusted: at,
	}
}

func emptyStore(t *testing.T, tr *trial) {
	i, err := tr.Installed(tr.ctx)
	if err != nil || i.Snapshot != 0 || len(i.Metadata) != 0 || len(i.Versions) != 0 || i.Trust != nil || i.Opened != nil || !i.Pulled.IsZero() {
		t.Errorf("installed %+v, %v", i, err)
	}
	if v := tr.View(); v == nil || v.Enrolled || v.Keys != nil || !v.Snapshot.Made.IsZero() {
		t.Errorf("view %+v", v)
	}
	if c, err := tr.Content(tr.ctx); err != nil || c == nil || c.Version != 0 || c.Lists != nil {
		t.Errorf("content %+v, %v", c, err)
	}
	if _, err := tr.Status(URI, 0); !errors.Is(err, status.ErrNoEntry) {
		t.Errorf("status: %v", err)
	}
	if _, ok, err := tr.Identity(tr.ctx); ok || err != nil {
		t.Errorf("identity %v, %v", ok, err)
	}
	if !tr.Trusted().IsZero() {
		t.Errorf("trusted time %v", tr.Trusted())
	}
	if b, err := tr.Backlog(tr.ctx, 10); err != nil || b.First != 0 || b.Entries != nil {
		t.Errorf("backlog %+v, %v", b, err)
	}
	if err := tr.Install(tr.ctx, tr.w.Update(t, 1, 4)); err == nil {
		t.Error("a gate that is not enrolled took an update")
	}
	// It records all the same, and has nothing to send.
	if e := tr.mustAppend(t, draft(tr.w.Now)); e.Seq != 1 {
		t.Errorf("first entry has number %d", e.Seq)
	}
	if n, err := tr.Unsent(tr.ctx); n != 0 || err != nil {
		t.Errorf("unsent %d, %v", n, err)
	}
}

func enrolled(t *testing.T, tr *trial) {
	if err := tr.SaveIdentity(tr.ctx, tr.w.Gate); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		id, ok, err := tr.Identity(tr.ctx)
		if err != nil || !ok || !reflect.DeepEqual(id, tr.w.Gate) {
			t.Fatalf("identity %+v, %v, %v", id, ok, err)
		}
		v := tr.View()
		if !v.Enrolled || v.Gate != id.Gate || v.Place != id.Place || v.Hub != id.Hub || v.Keys != nil || v.Snapshot.Version != 0 {
			t.Fatalf("view %+v", v)
		}
		tr.reopen(t)
	}
	if err := tr.SaveIdentity(tr.ctx, enrol.Identity{Gate: tr.w.Gate.Gate}); err == nil {
		t.Error("an identity without keys was saved")
	}
}

func firstPull(t *testing.T, tr *trial) {
	const n = 3000 // more than two blocks
	tr.join(t, n)
	u := tr.w.Update(t, 1, n)
	for range 2 {
		i, err := tr.Installed(tr.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(i.Metadata, u.Metadata) || !reflect.DeepEqual(i.Versions, u.Versions) ||
			!bytes.Equal(i.Trust, u.Trust) || !bytes.Equal(i.Policy, u.Policy) || i.Envelope == nil ||
			!reflect.DeepEqual(i.Opened, u.Opened) || i.Digest != u.Digest {
			t.Fatalf("installed %+v", i)
		}
		if i.Snapshot != 1 || !i.Made.Equal(u.Content.Made) || !i.Pulled.Equal(u.Pulled) {
			t.Fatalf("installed version %d made %v pulled %v", i.Snapshot, i.Made, i.Pulled)
		}
		c, err := tr.Content(tr.ctx)
		if err != nil || c.Digest() != u.Digest {
			t.Fatalf("content differs, %v", err)
		}
		tr.sees(t, u, n)
		tr.reopen(t)
	}
}

// sees holds the view and every entry against u.
func (tr *trial) sees(t *testing.T, u client.Update, n int) {
	t.Helper()
	v := tr.View()
	if !v.Enrolled || v.Place != u.Opened.Place || v.Direction != "in" || v.City["zh"] != "西安" || v.Keys == nil || v.Trust == nil ||
		v.Policy.Reentry != 5 || v.Suspended || len(v.TagKeys) != len(u.Opened.TagKeys) || len(v.Problems) != 0 {
		t.Fatalf("view %+v", v)
	}
	if v.Snapshot.Version != u.Content.Version || !v.Snapshot.Made.Equal(u.Content.Made) || !v.Snapshot.Epoch.Equal(u.Content.Epoch) {
		t.Fatalf("snapshot %+v", v.Snapshot)
	}
	for i, want := range u.Content.Lists[0].Entries {
		if e, err := tr.Status(URI, uint64(i)); err != nil || e != want {
			t.Fatalf("entry %d is %#x, %v; want %#x", i, e, err, want)
		}
	}
	for _, at := range []struct {
		uri   string
		index uint64
	}{{URI, uint64(n)}, {URI, 1 << 40}, {URI, 1<<64 - 1}, {"s:2", 0}, {"", 0}} {
		if _, err := tr.Status(at.uri, at.index); !errors.Is(err, status.ErrNoEntry) {
			t.Errorf("%q %d: %v, want ErrNoEntry", at.uri, at.index, err)
		}
	}
}

func partialUpdate(t *testing.T, tr *trial) {
	tr.join(t, 8)
	pulled := tr.w.Now.Add(time.Hour)
	err := tr.Install(tr.ctx, client.Update{
		Metadata: map[string][]byte{"timestamp": []byte("a newer one")},
		Versions: map[string]int64{"timestamp": 9, "root": 0}, Pulled: pulled,
	})
	if err != nil {
		t.Fatal(err)
	}
	tr.reopen(t)
	i, err := tr.Installed(tr.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if string(i.Metadata["timestamp"]) != "a newer one" || string(i.Metadata["root"]) != "root file" {
		t.Errorf("metadata %q", i.Metadata)
	}
	if i.Versions["timestamp"] != 9 || i.Versions["root"] != 1 {
		t.Errorf("versions %v: they only rise", i.Versions)
	}
	if i.Snapshot != 1 || i.Trust == nil || i.Opened == nil || !i.Pulled.Equal(pulled) {
		t.Errorf("installed %+v", i)
	}
	if e, err := tr.Status(URI, 3); err != nil || e.Value() != status.Barred {
		t.Errorf("entry %v, %v", e, err)
	}
}

func refusals(t *testing.T, tr *trial) {
	tr.join(t, 8)
	if err := tr.Install(tr.ctx, tr.w.Update(t, 5, 9)); err != nil {
		t.Fatal(err)
	}
	before, err := tr.Installed(tr.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for name, bend := range map[string]func(*client.Update){
		"an older snapshot":         func(u *client.Update) { u.Content.Version = 4 },
		"an older envelope":         func(u *client.Update) { u.Opened.Version = 4 },
		"another gate's envelope":   func(u *client.Update) { u.Opened.Gate = "00112233445566aa" },
		"an envelope not opened":    func(u *client.Update) { u.Opened = nil },
		"a trust list of rubbish":   func(u *client.Update) { u.Trust = []byte("rubbish") },
		"a policy of rubbish":       func(u *client.Update) { u.Policy = []byte(`{"v":1}`) },
		"a trust list of no length": func(u *client.Update) { u.Trust = []byte{} },
	} {
		u := tr.w.Update(t, 6, 10)
		u.Digest = [32]byte{1}
		bend(&u)
		if err := tr.Install(tr.ctx, u); err == nil {
			t.Errorf("%s was installed", name)
		}
	}
	after, err := tr.Installed(tr.ctx)
	if err != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("refused updates changed something: %v\n%+v\n%+v", err, before, after)
	}
	tr.sees(t, tr.w.Update(t, 5, 9), 9)
}

func chain(t *testing.T, tr *trial) {
	tr.join(t, 4)
	var want []journal.Entry
	prev := journal.Hash{}
	for i := range 40 {
		d := draft(tr.w.Now.Add(time.Duration(i)*time.Second + 123456*time.Microsecond))
		if i%3 == 0 {
			d.Seal = func(seq uint64) ([]byte, error) { return []byte{byte(seq), 7}, nil }
		}
		e := tr.mustAppend(t, d)
		if e.Seq != uint64(i+1) || (i > 0 && e.Prev != prev) {
			t.Fatalf("entry %d has number %d and does not follow", i+1, e.Seq)
		}
		if i%3 == 0 && (len(e.Ref) != 2 || e.Ref[0] != byte(i+1)) || i%3 != 0 && (e.Ref != nil || e.RefHash != journal.Hash{}) {
			t.Fatalf("entry %d has reference %x", e.Seq, e.Ref)
		}
		prev = e.Hash()
		want = append([]journal.Entry{e}, want...)
		if i == 20 {
			tr.reopen(t)
		}
	}
	if _, err := tr.Append(tr.ctx, gate.Draft{Entry: draft(tr.w.Now).Entry, Seal: func(uint64) ([]byte, error) { return nil, errors.New("no") }}); err == nil {
		t.Error("an entry whose reference could not be sealed was recorded")
	}
	got, err := tr.Recent(tr.ctx, 100)
	if err != nil || !slices.EqualFunc(got, want, sameEntry) {
		t.Errorf("recent entries differ, %v:\n%+v\n%+v", err, got, want)
	}
	if got, err := tr.Recent(tr.ctx, 3); err != nil || len(got) != 3 || got[0].Seq != 40 {
		t.Errorf("three recent entries: %+v, %v", got, err)
	}
	if n, err := tr.Unsent(tr.ctx); n != 40 || err != nil {
		t.Errorf("unsent %d, %v", n, err)
	}
}

func sameEntry(a, b journal.Entry) bool { return a.Hash() == b.Hash() && bytes.Equal(a.Ref, b.Ref) }

func backlog(t *testing.T, tr *trial) {
	tr.join(t, 4)
	for i := range 25 {
		tr.mustAppend(t, draft(tr.w.Now.Add(time.Duration(i)*time.Second)))
	}
	var last uint64
	var head journal.Hash
	for round := 0; ; round++ {
		b, err := tr.Backlog(tr.ctx, 10)
		if err != nil {
			t.Fatal(err)
		}
		if b.First == 0 {
			break
		}
		again, err := tr.Backlog(tr.ctx, 10)
		if err != nil || again.Head != b.Head {
			t.Fatalf("the same question got another answer: %v", err)
		}
		if _, err := b.Sign(tr.w.Gate.Sign); err != nil {
			t.Fatalf("batch is no chain: %v", err)
		}
		if b.First != last+1 || (last > 0 && b.Prev != head) || b.Gate != tr.w.Gate.Gate || len(b.Entries) > 10 {
			t.Fatalf("batch from %d with %d entries after %d", b.First, len(b.Entries), last)
		}
		last, head = b.Last(), b.Head
		r := tr.w.ReceiptOf(b)
		for range 2 { // a lost answer comes again
			if err := tr.Acknowledge(tr.ctx, r); err != nil {
				t.Fatal(err)
			}
		}
		tr.reopen(t)
		if n, err := tr.Unsent(tr.ctx); n != 25-int(last) || err != nil {
			t.Fatalf("unsent %d after %d, %v", n, last, err)
		}
	}
	if last != 25 {
		t.Errorf("%d entries went out, want 25", last)
	}
	if e := tr.mustAppend(t, draft(tr.w.Now)); e.Seq != 26 || e.Prev != head {
		t.Errorf("entry %d does not follow the receipted ones", e.Seq)
	}
}

func foreignReceipts(t *testing.T, tr *trial) {
	tr.join(t, 4)
	for range 5 {
		tr.mustAppend(t, draft(tr.w.Now))
	}
	b, err := tr.Backlog(tr.ctx, 3)
	if err != nil {
		t.Fatal(err)
	}
	good := tr.w.ReceiptOf(b)
	for name, bend := range map[string]func(*journal.Receipt){
		"another gate":         func(r *journal.Receipt) { r.Gate = "0011223344556677" },
		"another chain":        func(r *journal.Receipt) { r.Chain[0]++ },
		"another head":         func(r *journal.Receipt) { r.Head[0]++ },
		"more than there is":   func(r *journal.Receipt) { r.Through = 6 },
		"much more than there": func(r *journal.Receipt) { r.Through = 1<<63 + 5 },
	} {
		r := good
		bend(&r)
		if err := tr.Acknowledge(tr.ctx, r); err == nil {
			t.Errorf("a receipt for %s was taken", name)
		}
	}
	if n, _ := tr.Unsent(tr.ctx); n != 5 {
		t.Errorf("unsent %d, want 5", n)
	}
	if err := tr.Acknowledge(tr.ctx, good); err != nil {
		t.Fatal(err)
	}
	first := journal.Receipt{Gate: b.Gate, Chain: b.Chain, Through: 1, Head: b.Entries[0].Hash(), Time: tr.w.Now}
	if err := tr.Acknowledge(tr.ctx, first); err != nil {
		t.Errorf("an older receipt that comes late: %v", err)
	}
	if n, _ := tr.Unsent(tr.ctx); n != 2 {
		t.Errorf("unsent %d, want 2: the mark only moves forward", n)
	}
}

func seen(t *testing.T, tr *trial) {
	tr.join(t, 4)
	admit := draft(tr.w.Now.Add(-10 * time.Minute))
	tr.mustAppend(t, admit)
	refused := draft(tr.w.Now.Add(-time.Minute))
	refused.Entry.Outcome, refused.Entry.Reason = verdict.Check, "test_old"
	tr.mustAppend(t, refused)
	override := draft(tr.w.Now.Add(-time.Minute))
	override.Entry.Kind = journal.Override
	tr.mustAppend(t, override)
	untagged := draft(tr.w.Now)
	untagged.Entry.Tag = journal.Tag{}
	tr.mustAppend(t, untagged)
	tr.reopen(t)
	for _, tc := range []struct {
		name string
		tag  journal.Tag
		ago  time.Duration
		want time.Time
	}{
		{"within the window", admit.Entry.Tag, 11 * time.Minute, admit.Entry.Time},
		{"at its edge", admit.Entry.Tag, 10 * time.Minute, admit.Entry.Time},
		{"outside it", admit.Entry.Tag, 10*time.Minute - time.Millisecond, time.Time{}},
		{"another pass", journal.Tag{9}, time.Hour, time.Time{}},
		{"no tag", journal.Tag{}, time.Hour, time.Time{}},
	} {
		got, _, err := tr.Seen(tr.ctx, tc.tag, tr.w.Now.Add(-tc.ago))
		if err != nil || !got.Equal(tc.want) {
			t.Errorf("%s: %v, %v; want %v", tc.name, got, err, tc.want)
		}
	}
	confirmed := draft(tr.w.Now.Add(24 * time.Hour)) // by a clock that is wild
	confirmed.Entry.Kind, confirmed.Entry.Way, confirmed.Trusted = journal.Confirm, journal.Out, tr.w.Now
	tr.mustAppend(t, confirmed)
	got, way, err := tr.Seen(tr.ctx, confirmed.Entry.Tag, tr.w.Now)
	if err != nil || !got.Equal(tr.w.Now) || way != journal.Out {
		t.Errorf("a confirmation: %v, %v, %v; want trusted time, out", got, way, err)
	}
}

func trusted(t *testing.T, tr *trial) {
	if err := tr.SaveIdentity(tr.ctx, tr.w.Gate); err != nil {
		t.Fatal(err)
	}
	u := tr.w.Update(t, 1, 4)
	u.Content = nil
	if err := tr.Install(tr.ctx, u); err != nil {
		t.Fatal(err)
	}
	if !tr.Trusted().Equal(u.Opened.Made) {
		t.Errorf("trusted time %v, want the envelope's %v", tr.Trusted(), u.Opened.Made)
	}
	if err := tr.Install(tr.ctx, tr.w.Update(t, 1, 4)); err != nil {
		t.Fatal(err)
	}
	made := tr.w.Now.Add(-12 * time.Minute)
	if !tr.Trusted().Equal(made) {
		t.Errorf("trusted time %v, want the snapshot's %v", tr.Trusted(), made)
	}
	none := draft(tr.w.Now.AddDate(70, 0, 0))
	none.Trusted = time.Time{}
	tr.mustAppend(t, none)
	if !tr.Trusted().Equal(made) {
		t.Errorf("an entry without trusted time moved it to %v", tr.Trusted())
	}
	late := draft(tr.w.Now)
	tr.mustAppend(t, late)
	healed := draft(tr.w.Now)
	healed.Trusted = made.Add(time.Minute)
	tr.mustAppend(t, healed)
	for range 2 {
		if !tr.Trusted().Equal(healed.Trusted) {
			t.Errorf("trusted time %v, want that of the last entry %v", tr.Trusted(), healed.Trusted)
		}
		tr.reopen(t)
	}
}

func beside(t *testing.T, tr *trial) {
	tr.join(t, 2500)
	done := make(chan error, 1)
	go func() {
		var err error
		for v := uint64(2); v < 8 && err == nil; v++ {
			err = tr.Install(tr.ctx, tr.w.Update(t, v, 2500))
		}
		done <- err
	}()
	for i := uint64(0); ; i++ {
		v := tr.View()
		e, err := tr.Status(URI, i%2500)
		if err != nil {
			t.Fatal(err)
		}
		if tr.View() == v { // then both are of one version
			test, ok := e.Test(v.Snapshot.Epoch)
			want := tr.w.Now.Add(-24*time.Hour + time.Duration(v.Snapshot.Version)*time.Minute)
			if !ok || !test.At.Equal(want) {
				t.Fatalf("version %d says %v, want %v", v.Snapshot.Version, test.At, want)
			}
		}
		tr.mustAppend(t, draft(tr.w.Now))
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			if tr.View().Snapshot.Version != 7 {
				t.Errorf("version %d is current", tr.View().Snapshot.Version)
			}
			return
		default:
		}
	}
}

func cancelled(t *testing.T, tr *trial) {
	tr.join(t, 4)
	ctx, cancel := context.WithCancel(tr.ctx)
	cancel()
	if _, err := tr.Append(ctx, draft(tr.w.Now)); !errors.Is(err, context.Canceled) {
		t.Errorf("append: %v", err)
	}
	if e := tr.mustAppend(t, draft(tr.w.Now)); e.Seq != 1 {
		t.Errorf("the next entry has number %d", e.Seq)
	}
}

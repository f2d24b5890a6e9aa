package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/client"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// attempt appends an entry with a reference, as a check of a pass does.
func attempt(s *store.Store) (journal.Entry, error) {
	return s.Append(background, gate.Draft{
		Entry:   journal.Entry{Time: storetest.Noon, Kind: journal.Check, Outcome: verdict.Admit, Reason: "ok", Tag: journal.Tag{1}},
		Trusted: storetest.Noon,
		Seal:    func(seq uint64) ([]byte, error) { return slices.Repeat([]byte{byte(seq)}, 90), nil },
	})
}

// fillUp appends until that fails, and says how many went in.
func fillUp(t *testing.T, s *store.Store, most int) (n int) {
	t.Helper()
	for ; n < most; n++ {
		if _, err := attempt(s); err != nil {
			return n
		}
	}
	return n
}

func receiptAll(t *testing.T, s *store.Store, w *storetest.World) {
	t.Helper()
	for {
		b, err := s.Backlog(background, 0)
		must(t, err)
		if b.First == 0 {
			return
		}
		must(t, s.Acknowledge(background, w.ReceiptOf(b)))
	}
}

// TestFullJournalForgetsReceiptedEntriesFirst: SQLite says that the file is full.
func TestFullJournalForgetsReceiptedEntriesFirst(t *testing.T) {
	dir, w := folder(t, 0)
	s := mustOpen(t, dir, store.Options{})
	must(t, s.LimitJournal(background, 20))

	first := fillUp(t, s, 10_000)
	if first == 0 || first == 10_000 {
		t.Fatalf("%d entries went in", first)
	}
	if !hasProblem(s, gate.DiskNearlyFull) {
		t.Errorf("problems %v", s.View().Problems)
	}
	if n, err := s.Unsent(background); n != first || err != nil {
		t.Fatalf("%d unsent, %v: something was lost", n, err)
	}
	receiptAll(t, s, w)
	if hasProblem(s, gate.DiskNearlyFull) {
		t.Error("the reserve was not restored with the receipt, though the disk has room")
	}

	second := fillUp(t, s, 3*first)
	if second < first/2 {
		t.Errorf("only %d entries went in after the hub took %d", second, first)
	}
	b, err := s.Backlog(background, 0)
	must(t, err)
	if b.First != uint64(first+1) {
		t.Errorf("the backlog begins at %d, want %d", b.First, first+1)
	}
	if _, err := b.Sign(w.Gate.Sign); err != nil {
		t.Error(err)
	}
	must(t, s.Close())
	s = mustOpen(t, dir, store.Options{})
	if e, err := attempt(s); err != nil || e.Seq != uint64(first+second+1) {
		t.Errorf("after a restart: entry %d, %v", e.Seq, err)
	}
}

// TestFullDisk fills a real file system to the last byte.
func TestFullDisk(t *testing.T) {
	disk := smallDisk(t, 80)
	dir := filepath.Join(disk, "gate")
	w := storetest.NewWorld(t, 1)
	s, err := store.Open(background, dir, store.Options{})
	must(t, err)
	defer func() { s.Close() }() // before the disk goes
	w.Joined(t, s, 3000)
	reserve := filepath.Join(dir, "reserve")
	if info, err := os.Stat(reserve); err != nil || info.Size() != 16<<20 || blocks(info) < 16<<20 {
		t.Fatalf("the reserve is not there: %v", err)
	}
	for range 200 {
		if _, err := attempt(s); err != nil {
			t.Fatal(err)
		}
	}
	receiptAll(t, s, w)
	stuff(t, filepath.Join(disk, "photos"))

	// First the room inside the journal, then the reserve.
	n, used := 0, 0
	for ; n < 40_000; n++ {
		if _, err := attempt(s); err != nil {
			break
		}
		if used == 0 && hasProblem(s, gate.DiskNearlyFull) {
			used = n
		}
	}
	if used == 0 || n-used < 5000 {
		t.Errorf("the reserve came into use after %d entries and held %d", used, n-used)
	}
	if unsent, err := s.Unsent(background); unsent != n || err != nil {
		t.Errorf("%d unsent of %d, %v", unsent, n, err)
	}
	if err := s.Install(background, w.Update(t, 2, 3000)); err == nil {
		t.Error("a snapshot took the room that is left for recording")
	}
	must(t, s.Install(background, client.Update{Pulled: storetest.Noon.Add(time.Hour)}))
	if v := s.View(); v.Snapshot.Version != 1 {
		t.Errorf("version %d", v.Snapshot.Version)
	}

	// The hub takes some, and recording goes on, though the disk is as full as before.
	b, err := s.Backlog(background, 0)
	must(t, err)
	must(t, s.Acknowledge(background, w.ReceiptOf(b)))
	more := fillUp(t, s, len(b.Entries))
	if more < len(b.Entries)/2 {
		t.Errorf("%d entries went in after the hub took %d", more, len(b.Entries))
	}

	must(t, os.Remove(filepath.Join(disk, "photos")))
	receiptAll(t, s, w)
	must(t, s.Tend(background))
	if info, err := os.Stat(reserve); err != nil || info.Size() != 16<<20 || hasProblem(s, gate.DiskNearlyFull) {
		t.Errorf("the reserve is not restored: %v, problems %v", err, s.View().Problems)
	}
	must(t, s.Install(background, w.Update(t, 2, 3000)))
	isWhole(t, s, w, 2, 3000)
	must(t, s.Close())
	s, err = store.Open(background, dir, store.Options{})
	must(t, err)
	if e, err := attempt(s); err != nil || e.Seq != uint64(200+n+more+1) {
		t.Errorf("after a restart: entry %d, %v; want %d", e.Seq, err, 200+n+more+1)
	}
}

// stuff takes all the space that is left.
func stuff(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}

// TestFolderThatCannotBeWritten: a gate is there, on a disk that is read-only.
func TestFolderThatCannotBeWritten(t *testing.T) {
	disk := smallDisk(t, 60)
	dir := filepath.Join(disk, "gate")
	w := storetest.NewWorld(t, 1)
	s, err := store.Open(background, dir, store.Options{})
	must(t, err)
	w.Joined(t, s, 3000)
	append1(t, s)
	must(t, s.Close())
	makeReadOnly(t, disk)

	s, err = store.Open(background, dir, store.Options{})
	must(t, err)
	defer s.Close()
	looksOnly(t, s)
	if v := s.View(); !v.Enrolled || !slices.Contains(v.Problems, gate.ReadOnly) {
		t.Errorf("view %+v", v)
	}
	if _, err := store.Open(background, filepath.Join(disk, "nothing"), store.Options{}); err == nil {
		t.Error("a gate was opened where there is none")
	} else if want := store.ErrNoGate; !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
	}
}

// TestPruning: receipted entries stay for the screens, then go; unsent ones
// never, and never the last.
func TestPruning(t *testing.T) {
	dir, w := folder(t, 0)
	s := mustOpen(t, dir, store.Options{})
	at := func(d time.Duration) {
		t.Helper()
		now := storetest.Noon.Add(d)
		_, err := s.Append(background, gate.Draft{Entry: journal.Entry{Time: now, Kind: journal.Check, Reason: "ok"}, Trusted: now})
		must(t, err)
	}
	for range 600 {
		at(0)
	}
	at(time.Hour)
	early, err := s.Backlog(background, 10)
	must(t, err)
	receiptAll(t, s, w)
	left := func(want int) {
		t.Helper()
		must(t, s.Tend(background))
		got, err := s.Recent(background, 5000)
		must(t, err)
		if len(got) != want {
			t.Errorf("%d entries are left, want %d", len(got), want)
		}
	}
	at(47 * time.Hour)
	left(602)
	at(48*time.Hour + time.Minute)
	left(3) // an hour after noon is not two days ago yet
	if err := s.Acknowledge(background, w.ReceiptOf(early)); err != nil {
		t.Errorf("a receipt that comes late, for entries that are gone: %v", err)
	}
	at(96 * time.Hour)
	left(3) // and the unsent ones stay
	receiptAll(t, s, w)
	at(400 * time.Hour)
	left(1)
	receiptAll(t, s, w)
	at(900 * time.Hour)
	receiptAll(t, s, w)
	left(1) // the last, which the next one follows
	must(t, s.Close())
	s = mustOpen(t, dir, store.Options{})
	if e := append1(t, s); e.Seq != 607 {
		t.Errorf("entry %d", e.Seq)
	}
	b, err := s.Backlog(context.Background(), 0)
	must(t, err)
	if _, err := b.Sign(w.Gate.Sign); err != nil || b.First != 607 {
		t.Errorf("backlog from %d, %v", b.First, err)
	}
}

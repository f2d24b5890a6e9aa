package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postern/app/gate"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/journal"
	"postern/sync/status"
	"postern/sync/verdict"
)

var background = context.Background()

func append1(tb testing.TB, s *store.Store) journal.Entry {
	tb.Helper()
	e, err := s.Append(background, gate.Draft{
		Entry:   journal.Entry{Time: storetest.Noon, Kind: journal.Check, Outcome: verdict.Admit, Reason: "ok", Tag: journal.Tag{1}},
		Trusted: storetest.Noon,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// folder is a gate's folder with a snapshot of three blocks and n entries, closed.
func folder(t *testing.T, n int) (dir string, w *storetest.World) {
	t.Helper()
	dir, w = t.TempDir(), storetest.NewWorld(t, 1)
	s := mustOpen(t, dir, store.Options{})
	w.Joined(t, s, 3000)
	for range n {
		append1(t, s)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, w
}

// edit changes a database behind the store's back.
func edit(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func overwrite(t *testing.T, path string, at int64, b []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
}

func hasProblem(s *store.Store, p gate.Problem) bool { return slices.Contains(s.View().Problems, p) }

func setAside(t *testing.T, dir, name string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, name+".damaged-20261122T040000Z*"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(found, func(p string) bool { return strings.HasSuffix(p, "-wal") })
}

func TestDamagedJournalIsSetAside(t *testing.T) {
	garbage := bytes.Repeat([]byte("garbage!"), 2048)
	for name, tc := range map[string]struct {
		harm func(t *testing.T, path string)
		kept bool // the damaged file is still there
	}{
		"its beginning is garbage": {func(t *testing.T, path string) { overwrite(t, path, 0, garbage) }, true},
		"its pages are garbage":    {func(t *testing.T, path string) { overwrite(t, path, 4096, garbage) }, true},
		"half of it is gone":       {func(t *testing.T, path string) { must(t, os.Truncate(path, 4096*2)) }, true},
		"it is not a database":     {func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("hello"), 0o600)) }, true},
		"it is empty":              {func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) }, false},
		"it is gone":               {func(t *testing.T, path string) { must(t, os.Remove(path)) }, false},
		"an entry was altered":     {func(t *testing.T, path string) { edit(t, path, flipBody(90)) }, true},
		"an entry was taken out":   {func(t *testing.T, path string) { edit(t, path, "DELETE FROM entries WHERE id & 1023 = 90") }, true},
		"it is another chain's": {func(t *testing.T, path string) {
			edit(t, path, "DELETE FROM entries WHERE id & 1023 > 40; UPDATE chains SET id = x'0102030405060708' WHERE gate <> ''")
		}, true},
		"the chain's ID is damaged": {func(t *testing.T, path string) { edit(t, path, "UPDATE chains SET id = x'00' WHERE gate <> ''") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			dir, w := folder(t, 100)
			path := filepath.Join(dir, "journal.db")
			tc.harm(t, path)
			s := mustOpen(t, dir, store.Options{})
			if !hasProblem(s, gate.JournalSetAside) {
				t.Errorf("problems %v", s.View().Problems)
			}
			if kept := setAside(t, dir, "journal.db"); (len(kept) == 1) != tc.kept {
				t.Errorf("set aside: %v", kept)
			}
			e := append1(t, s)
			b, err := s.Backlog(background, 10)
			must(t, err)
			if e.Seq != 2 || len(b.Entries) != 2 || b.Entries[0].Kind != journal.Start || b.Entries[0].Reason != store.ReasonSetAside {
				t.Errorf("the new chain begins with %+v", b.Entries)
			}
			if _, err := b.Sign(w.Gate.Sign); err != nil {
				t.Error(err)
			}
			if v := s.View(); !v.Enrolled || v.Snapshot.Version != 1 {
				t.Errorf("the rest suffered too: %+v", v)
			}
			must(t, s.Close())
			s = mustOpen(t, dir, store.Options{})
			if e := append1(t, s); e.Seq != 3 || hasProblem(s, gate.JournalSetAside) {
				t.Errorf("after a restart: entry %d, problems %v", e.Seq, s.View().Problems)
			}
		})
	}
}

// flipBody turns the reason "ok" of an entry into "oj", which reads as well.
func flipBody(seq int) string {
	return fmt.Sprintf("UPDATE entries SET body = unhex(replace(hex(body), '626F6B', '626F6A')) WHERE id & 1023 = %d", seq)
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// TestDamageFarBackIsFoundWhenItIsSent: only the end of the chain is hashed at
// a start; the rest is when it goes out.
func TestDamageFarBackIsFoundWhenItIsSent(t *testing.T) {
	dir, w := folder(t, 200)
	edit(t, filepath.Join(dir, "journal.db"), flipBody(10))
	s := mustOpen(t, dir, store.Options{})
	if hasProblem(s, gate.JournalSetAside) {
		t.Fatal("found at the start already")
	}
	b, err := s.Backlog(background, 0)
	must(t, err)
	if _, err := b.Sign(w.Gate.Sign); err != nil || b.First != 1 || b.Last() != 9 {
		t.Fatalf("entries %d to %d would go, %v; want 1 to 9", b.First, b.Last(), err)
	}
	must(t, s.Acknowledge(background, w.ReceiptOf(b)))
	if b, err := s.Backlog(background, 0); err == nil {
		t.Fatalf("%d damaged entries would go", len(b.Entries))
	}
	if !hasProblem(s, gate.JournalSetAside) || len(setAside(t, dir, "journal.db")) != 1 {
		t.Errorf("problems %v", s.View().Problems)
	}
	if e := append1(t, s); e.Seq != 2 {
		t.Errorf("entry %d", e.Seq)
	}
}

func TestDamagedDatabaseIsSetAside(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, path string){
		"garbage":        func(t *testing.T, path string) { overwrite(t, path, 0, bytes.Repeat([]byte("garbage!"), 512)) },
		"not a database": func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("hello, I am no database"), 0o600)) },
		"a changed byte": func(t *testing.T, path string) { edit(t, path, "UPDATE fact SET value = x'00' WHERE name = 'trust'") },
		"a changed identity": func(t *testing.T, path string) {
			edit(t, path, "UPDATE fact SET value = x'a0' WHERE name = 'identity'")
		},
		"another file's table": func(t *testing.T, path string) { edit(t, path, "DROP TABLE fact; CREATE TABLE fact (x)") },
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := folder(t, 3)
			harm(t, filepath.Join(dir, "gate.db"))
			s := mustOpen(t, dir, store.Options{})
			if v := s.View(); v.Enrolled || !hasProblem(s, gate.DatabaseSetAside) {
				t.Errorf("view %+v", v)
			}
			if len(setAside(t, dir, "gate.db")) != 1 {
				t.Error("the damaged file is gone")
			}
			append1(t, s)
			got, err := s.Recent(background, 10)
			must(t, err)
			if len(got) != 4 {
				t.Errorf("%d entries; what was recorded stays", len(got))
			}
			storetest.NewWorld(t, 2).Joined(t, s, 10) // a new code is a new gate
			// The key that signs the three is gone with the file, and the screen says so.
			if v := s.View(); !v.Enrolled || len(v.Problems) != 1 || v.Problems[0] != gate.RecordsStranded || v.Stranded != 3 {
				t.Errorf("after enrolling again: problems %v, %d stranded", v.Problems, v.Stranded)
			}
		})
	}
}

func TestDamagedSnapshotIsBlind(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, path string){
		"gone":                func(t *testing.T, path string) { must(t, os.Remove(path)) },
		"half of it is gone":  func(t *testing.T, path string) { must(t, os.Truncate(path, 4096*4)) },
		"not a database":      func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("hello"), 0o600)) },
		"garbage":             func(t *testing.T, path string) { overwrite(t, path, 0, bytes.Repeat([]byte("garbage!"), 512)) },
		"another version's":   func(t *testing.T, path string) { edit(t, path, "UPDATE about SET version = 7") },
		"another city's":      func(t *testing.T, path string) { edit(t, path, "UPDATE about SET digest = x'00'") },
		"its lists are empty": func(t *testing.T, path string) { edit(t, path, "DROP TABLE lists") },
	} {
		t.Run(name, func(t *testing.T) {
			dir, w := folder(t, 1)
			harm(t, filepath.Join(dir, "snapshot-1.db"))
			s := mustOpen(t, dir, store.Options{})
			if v := s.View(); !v.Enrolled || !v.Snapshot.Made.IsZero() || !hasProblem(s, gate.SnapshotDamaged) {
				t.Errorf("view %+v", v)
			}
			if _, err := s.Status(storetest.URI, 3); !errors.Is(err, status.ErrNoEntry) {
				t.Errorf("status: %v", err)
			}
			pullWhole(t, s, w)
		})
	}
}

// TestDamagedListsSayNothing: a list of another issuer that is not what was
// installed must not make a revoked certificate good.
func TestDamagedListsSayNothing(t *testing.T) {
	for name, statement := range map[string]string{
		"a changed hash":  "UPDATE foreign_pages SET data = zeroblob(16) || substr(data, 17) WHERE first = (SELECT min(first) FROM foreign_pages)",
		"a page is gone":  "DELETE FROM foreign_pages WHERE first = (SELECT max(first) FROM foreign_pages)",
		"a list is gone":  "DELETE FROM foreign_lists",
		"another issuer":  "UPDATE foreign_lists SET issuer = 'XG'",
		"another end":     "UPDATE foreign_lists SET until = 5",
		"no pages at all": "DROP TABLE foreign_pages",
	} {
		t.Run(name, func(t *testing.T) {
			dir, w := folder(t, 1)
			s := mustOpen(t, dir, store.Options{})
			must(t, s.Install(background, storetest.WithForeign(w.Update(t, 1, 3000), storetest.Foreign(2000))))
			must(t, s.Close())
			edit(t, installedFile(t, dir), statement)
			s = mustOpen(t, dir, store.Options{})
			if v := s.View(); !v.Snapshot.Made.IsZero() || !hasProblem(s, gate.SnapshotDamaged) {
				t.Errorf("view %+v", v)
			}
			i, err := s.Installed(background)
			must(t, err)
			if i.Foreign != [32]byte{} || i.Snapshot != 0 {
				t.Error("what is damaged still counts as installed")
			}
			must(t, s.Install(background, storetest.WithForeign(w.Update(t, 1, 3000), storetest.Foreign(2000))))
			if f, err := s.Foreign(storetest.Certificate(4)); err != nil || f.Value != status.Invalid {
				t.Errorf("after the next pull: %+v, %v", f, err)
			}
		})
	}
}

func installedFile(t *testing.T, dir string) string {
	t.Helper()
	names := snapshots(t, dir)
	if len(names) != 1 {
		t.Fatalf("files %v", names)
	}
	return filepath.Join(dir, names[0])
}

// pullWhole does what a client does with a store whose snapshot is damaged.
func pullWhole(t *testing.T, s *store.Store, w *storetest.World) {
	t.Helper()
	i, err := s.Installed(background)
	must(t, err)
	c, err := s.Content(background)
	must(t, err)
	if i.Snapshot != 0 || c.Version != 0 {
		t.Errorf("version %d and content %d still count as installed", i.Snapshot, c.Version)
	}
	must(t, s.Install(background, w.Update(t, 1, 3000))) // the same version again
	if v := s.View(); v.Snapshot.Version != 1 || len(v.Problems) != 0 {
		t.Errorf("after the pull: %+v", v)
	}
	for index := range uint64(3000) {
		if e, err := s.Status(storetest.URI, index); err != nil || uint64(e.Value()) != index&3 {
			t.Fatalf("entry %d: %v, %v", index, e.Value(), err)
		}
	}
}

// TestDamagedBlockSaysNothing: a worn card changes bytes; barred must not become good.
func TestDamagedBlockSaysNothing(t *testing.T) {
	for name, statement := range map[string]string{
		"a changed byte": "UPDATE blocks SET data = x'00' || substr(data, 2) WHERE id = 1",
		"a short block":  "UPDATE blocks SET data = substr(data, 5) WHERE id = 1",
		"a lost block":   "DELETE FROM blocks WHERE id = 1",
	} {
		t.Run(name, func(t *testing.T) {
			dir, w := folder(t, 1)
			edit(t, filepath.Join(dir, "snapshot-1.db"), statement)
			s := mustOpen(t, dir, store.Options{})
			if e, err := s.Status(storetest.URI, 1007); err != nil || e.Value() != status.Barred {
				t.Errorf("a whole block: %v, %v", e.Value(), err)
			}
			if len(s.View().Problems) != 0 {
				t.Errorf("problems %v", s.View().Problems)
			}
			for _, index := range []uint64{1008, 1011, 2015} {
				if e, err := s.Status(storetest.URI, index); err == nil || errors.Is(err, status.ErrNoEntry) {
					t.Errorf("entry %d of the damaged block: %v, %v", index, e, err)
				}
			}
			if e, err := s.Status(storetest.URI, 2016); err != nil || e.Value() != status.Good {
				t.Errorf("the block after it: %v, %v", e.Value(), err)
			}
			if !hasProblem(s, gate.SnapshotDamaged) {
				t.Errorf("problems %v", s.View().Problems)
			}
			pullWhole(t, s, w)
		})
		t.Run(name+", found by a delta", func(t *testing.T) {
			dir, w := folder(t, 1)
			edit(t, filepath.Join(dir, "snapshot-1.db"), statement)
			s := mustOpen(t, dir, store.Options{})
			if c, err := s.Content(background); err != nil || c.Version != 0 {
				t.Fatalf("content of version %d, %v", c.Version, err)
			}
			pullWhole(t, s, w)
		})
	}
}

// TestReread: a hub that was restored from an older copy gets its entries again.
func TestReread(t *testing.T) {
	dir, w := folder(t, 30)
	s := mustOpen(t, dir, store.Options{})
	receiptAll(t, s, w)
	append1(t, s)
	chain, err := s.Backlog(background, 1)
	must(t, err)
	b, err := s.Reread(background, chain.Chain, 11, 8)
	must(t, err)
	if _, err := b.Sign(w.Gate.Sign); err != nil || b.First != 11 || b.Last() != 18 {
		t.Errorf("entries %d to %d, %v", b.First, b.Last(), err)
	}
	for name, ask := range map[string]struct {
		chain journal.ChainID
		first uint64
	}{"another chain": {journal.ChainID{1}, 1}, "past the end": {chain.Chain, 32}, "far past the end": {chain.Chain, 1 << 60}, "nought": {chain.Chain, 0}} {
		if b, err := s.Reread(background, ask.chain, ask.first, 8); err == nil {
			t.Errorf("%s: entries from %d", name, b.First)
		}
	}
}

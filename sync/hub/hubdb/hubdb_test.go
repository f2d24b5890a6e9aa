package hubdb_test

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"postern/sync/hub"
	"postern/sync/hub/hubdb"
	"postern/sync/hub/hubtest"
	"postern/sync/journal"
)

func mustOpen(t testing.TB, path string) *hubdb.DB {
	t.Helper()
	db, err := hubdb.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestSuite(t *testing.T) {
	hubtest.Suite(t, func(t *testing.T) (hubtest.Store, func() hubtest.Store) {
		path := filepath.Join(t.TempDir(), "a hub?#%.db") // a name that a URL must escape
		db := mustOpen(t, path)
		t.Cleanup(func() { db.Close() })
		return db, func() hubtest.Store {
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			db = mustOpen(t, path)
			return db
		}
	})
}

// TestDurability holds the settings on which every receipt rests.
func TestDurability(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	db := mustOpen(t, path)
	defer db.Close()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2"} {
		got, err := db.Pragma(pragma)
		if err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", pragma, got, err, want)
		}
	}
	if info, err := os.Stat(path); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
		t.Errorf("the file has mode %v, %v", info.Mode(), err)
	}
}

func TestOpenRefused(t *testing.T) {
	dir := t.TempDir()
	for name, prepare := range map[string]func(path string) error{
		"no folder": func(string) error { return nil },
		"not a database": func(path string) error {
			return os.WriteFile(path, []byte("this is a text and long enough not to be taken for an empty file"), 0o600)
		},
		"newer": func(path string) error {
			db, err := sql.Open("sqlite", path)
			if err != nil {
				return err
			}
			defer db.Close()
			_, err = db.Exec("PRAGMA user_version = 99")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			if name == "no folder" {
				path = filepath.Join(dir, "absent", "hub.db")
			}
			if err := prepare(path); err != nil {
				t.Fatal(err)
			}
			if db, err := hubdb.Open(path); err == nil {
				db.Close()
				t.Error("opened")
			}
		})
	}
}

func TestClosed(t *testing.T) {
	db := mustOpen(t, filepath.Join(t.TempDir(), "hub.db"))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Append(context.Background(), hub.Head{}, hub.Batch{Gate: "a", Last: 1}); err == nil {
		t.Error("appended to a closed database")
	}
	if err := db.Ready(context.Background()); err == nil {
		t.Error("a closed database is ready")
	}
}

// A file that cannot grow takes no batch, keeps what it has, and goes on when there is room again.
func TestFullDisk(t *testing.T) {
	db := mustOpen(t, filepath.Join(t.TempDir(), "hub.db"))
	defer db.Close()
	g := hub.Gate{ID: "a", Sign: make(ed25519.PublicKey, 32)}
	if err := db.PutGate(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	pages, err := db.Pragma("page_count")
	if err != nil {
		t.Fatal(err)
	}
	limit := func(pages string) {
		t.Helper()
		if _, err := db.Pragma("max_page_count=" + pages); err != nil {
			t.Fatal(err)
		}
	}
	head := g.Head(journal.ChainID{1})
	batch := hub.Batch{Gate: g.ID, Chain: head.Chain, First: 1, Last: 1, Head: head.Hash, Received: time.Unix(1, 0), Body: make([]byte, 256<<10)}
	limit(pages)
	if err := db.Append(t.Context(), head, batch); err == nil {
		t.Fatal("a batch went into a file that cannot grow")
	}
	if known, err := db.Gate(t.Context(), g.ID); err != nil || known.Head(head.Chain).Through != 0 {
		t.Errorf("the head moved all the same: %+v, %v", known.Heads, err)
	}
	limit("1000000")
	if err := db.Append(t.Context(), head, batch); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if known, err := db.Gate(t.Context(), g.ID); err != nil || known.Head(head.Chain).Through != 1 {
		t.Errorf("stands at %+v, %v", known.Heads, err)
	}
}

// BenchmarkAppend stores batches of 64 KiB, some gates at a time.
func BenchmarkAppend(b *testing.B) {
	db := mustOpen(b, filepath.Join(b.TempDir(), "hub.db"))
	defer db.Close()
	body := make([]byte, 64<<10)
	var gates atomic.Uint64
	b.SetBytes(int64(len(body)))
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		g := hub.Gate{ID: string(rune('a' + gates.Add(1))), Sign: make(ed25519.PublicKey, 32)}
		head := g.Head(journal.ChainID{1})
		for pb.Next() {
			row := hub.Batch{Gate: g.ID, Chain: head.Chain, First: head.Through + 1, Last: head.Through + 1, Head: head.Hash, Received: time.Unix(1, 0), Body: body}
			if err := db.Append(b.Context(), head, row); err != nil {
				b.Fatal(err)
			}
			head.Through++
		}
	})
}

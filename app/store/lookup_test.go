package store_test

import (
	"context"
	"database/sql/driver"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"modernc.org/sqlite"

	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/snapshot"
)

// bare is the same look-up with nothing but the driver: one prepared
// statement, its arguments and its row used again.
type bare struct {
	conn driver.Conn
	stmt driver.Stmt
	args []driver.NamedValue
	row  []driver.Value
}

func newBare(tb testing.TB, path string) *bare {
	tb.Helper()
	conn, err := new(sqlite.Driver).Open("file://" + path + "?mode=ro&immutable=1&_pragma=mmap_size(1073741824)&_pragma=query_only(ON)")
	if err != nil {
		tb.Fatal(err)
	}
	stmt, err := conn.Prepare("SELECT data FROM blocks WHERE id = ?1")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { stmt.Close(); conn.Close() })
	return &bare{conn, stmt, []driver.NamedValue{{Ordinal: 1}}, make([]driver.Value, 1)}
}

func (b *bare) look(tb testing.TB, index uint64) {
	b.args[0].Value = int64(index / snapshot.Block)
	rows, err := b.stmt.(driver.StmtQueryContext).QueryContext(context.Background(), b.args)
	if err != nil {
		tb.Fatal(err)
	}
	if err := rows.Next(b.row); err != nil || len(b.row[0].([]byte)) == 0 {
		tb.Fatalf("%v, %v", b.row, err)
	}
	if err := rows.Close(); err != nil {
		tb.Fatal(err)
	}
}

// TestStatusAllocatesNothingOfItsOwn: what SQLite's driver allocates for a row is all.
func TestStatusAllocatesNothingOfItsOwn(t *testing.T) {
	const passes = 100_000
	dir := t.TempDir()
	s := mustOpen(t, dir, store.Options{})
	storetest.NewWorld(t, 1).Joined(t, s, passes)
	b := newBare(t, installedFile(t, dir))
	rng := rand.New(rand.NewSource(1))
	ours := testing.AllocsPerRun(1000, func() {
		if _, err := s.Status(storetest.URI, uint64(rng.Intn(passes))); err != nil {
			t.Fatal(err)
		}
	})
	bare := testing.AllocsPerRun(1000, func() { b.look(t, uint64(rng.Intn(passes))) })
	if ours > bare {
		t.Errorf("%v allocations a look-up, %v are SQLite's", ours, bare)
	}
}

// BenchmarkStatus looks up passes at random, with the bare driver and through
// the store, in the same file. POSTERN_PASSES says how many there
// are; 47000000 takes a file of 191 MB and some seconds to build.
func BenchmarkStatus(b *testing.B) {
	passes := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("POSTERN_PASSES")); err == nil {
		passes = n
	}
	dir := b.TempDir()
	s := mustOpen(b, dir, store.Options{})
	w := storetest.NewWorld(b, 1)
	if err := s.SaveIdentity(background, w.Gate); err != nil {
		b.Fatal(err)
	}
	u := w.Update(b, 1, passes)
	began := time.Now()
	if err := s.Install(background, u); err != nil {
		b.Fatal(err)
	}
	built := time.Since(began)
	path := filepath.Join(dir, "snapshot-1.db")
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	raw := newBare(b, path)
	for index := 0; index < passes; index += snapshot.Block { // both find the file in memory
		raw.look(b, uint64(index))
		if _, err := s.Status(storetest.URI, uint64(index)); err != nil {
			b.Fatal(err)
		}
	}
	var alone float64
	b.Run("SQLite alone", func(b *testing.B) {
		rng := rand.New(rand.NewSource(1))
		b.ReportAllocs()
		for b.Loop() {
			raw.look(b, uint64(rng.Intn(passes)))
		}
		alone = float64(b.Elapsed()) / float64(b.N)
	})
	b.Run("through the store", func(b *testing.B) {
		rng := rand.New(rand.NewSource(1))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Status(storetest.URI, uint64(rng.Intn(passes))); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed())/float64(b.N)/alone, "x-SQLite")
		b.ReportMetric(built.Seconds(), "s-install")
		b.ReportMetric(float64(info.Size())/1e6, "MB-file")
	})
}

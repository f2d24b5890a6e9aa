package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/journal"
	"postern/sync/status"
	"postern/sync/verdict"
)

// looksOnly holds that s answers and takes nothing.
func looksOnly(t *testing.T, s *store.Store) {
	t.Helper()
	if e, err := s.Status(storetest.URI, 3); err != nil || e.Value() != status.Barred {
		t.Errorf("status %v, %v", e, err)
	}
	if s.Trusted().IsZero() {
		t.Error("no trusted time")
	}
	w := storetest.NewWorld(t, 1)
	_, appended := s.Append(background, gate.Draft{Entry: journal.Entry{Time: storetest.Noon, Kind: journal.Check}})
	_, batch := s.Backlog(background, 1)
	_, _, seen := s.Seen(background, journal.Tag{1}, storetest.Noon)
	_, recent := s.Recent(background, 1)
	_, unsent := s.Unsent(background)
	for name, err := range map[string]error{
		"append": appended, "backlog": batch, "seen": seen, "recent": recent, "unsent": unsent,
		"install": s.Install(background, w.Update(t, 2, 10)), "identity": s.SaveIdentity(background, w.Gate),
		"receipt": s.Acknowledge(background, journal.Receipt{}),
	} {
		if !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("%s: %v, want ErrReadOnly", name, err)
		}
	}
	if err := s.Tend(background); err != nil {
		t.Errorf("tend: %v", err)
	}
	v, _ := gate.Judge(s, w.Pass(t, 4), verdict.Clock{Now: storetest.Noon})
	if v.Reason != verdict.OK {
		t.Errorf("judged %v", v.Reason)
	}
	g := gate.New(t.Context(), s, gate.Options{})
	if err := g.Record(background, journal.Override, "emergency_birth"); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("override: %v", err)
	}
}

func TestLookingBesideAProgramAtWork(t *testing.T) {
	dir, w := folder(t, 1)
	s := mustOpen(t, dir, store.Options{})
	before := files(t, dir)
	looking := mustOpen(t, dir, store.Options{ReadOnly: true})
	looksOnly(t, looking)
	if v := looking.View(); len(v.Problems) != 0 {
		t.Errorf("problems %v", v.Problems)
	}
	must(t, looking.Close())
	if after := files(t, dir); after != before {
		t.Errorf("looking changed the folder:\n%s\n%s", before, after)
	}
	append1(t, s)
	must(t, s.Install(background, w.Update(t, 2, 3000)))
	for version := uint64(3); version < 8; version++ {
		done := make(chan error, 1)
		go func() { done <- s.Install(background, w.Update(t, version, 3000)) }()
		for range 5 {
			l, err := store.Open(background, dir, store.Options{ReadOnly: true})
			must(t, err)
			if e, err := l.Status(storetest.URI, 2); err != nil || e.Value() != status.Suspended || len(l.View().Problems) != 0 {
				t.Errorf("beside an install: %v, %v, problems %v", e, err, l.View().Problems)
			}
			must(t, l.Close())
		}
		must(t, <-done)
	}
}

func files(t *testing.T, dir string) string {
	t.Helper()
	all, err := os.ReadDir(dir)
	must(t, err)
	var b strings.Builder
	for _, f := range all {
		info, err := f.Info()
		must(t, err)
		b.WriteString(f.Name() + " " + info.ModTime().String() + "\n")
	}
	return b.String()
}

func TestOneProgramAtATime(t *testing.T) {
	dir, _ := folder(t, 1)
	s := mustOpen(t, dir, store.Options{})
	if _, err := store.Open(background, dir, store.Options{}); !errors.Is(err, store.ErrBusy) {
		t.Fatalf("a second program: %v", err)
	}
	if e := append1(t, s); e.Seq != 2 {
		t.Errorf("entry %d", e.Seq)
	}
	must(t, s.Close())
	if e := append1(t, mustOpen(t, dir, store.Options{})); e.Seq != 3 {
		t.Errorf("entry %d", e.Seq)
	}
}

func TestFoldersWithOddNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("skipped: Windows allows no such names")
	}
	for _, name := range []string{"a b", "100%", "50%20off", "what?mode=ro", "a#b", "[x]*", "东门", `back\slash`} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			w := storetest.NewWorld(t, 1)
			s := mustOpen(t, dir, store.Options{})
			w.Joined(t, s, 10)
			must(t, s.Install(background, w.Update(t, 2, 10)))
			append1(t, s)
			must(t, s.Close())
			for _, file := range []string{"gate.db", "journal.db", "snapshot-2.db", "reserve"} {
				if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
					t.Error(err)
				}
			}
			if got := snapshots(t, strings.NewReplacer("[", "\\[", "*", "\\*", `\`, `\\`, "?", "\\?").Replace(dir)); len(got) != 1 {
				t.Errorf("snapshots %v", got)
			}
			if e := append1(t, mustOpen(t, dir, store.Options{})); e.Seq != 2 {
				t.Errorf("entry %d", e.Seq)
			}
		})
	}
}

func TestKeysAreForTheOwnerOnly(t *testing.T) {
	dir, _ := folder(t, 1)
	info, err := os.Stat(filepath.Join(dir, "gate.db"))
	must(t, err)
	if info.Mode().Perm()&0o077 != 0 {
		t.Errorf("gate.db has mode %v", info.Mode())
	}
}

func TestOpenFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	for name, o := range map[string]store.Options{"a file": {}, "a file, to look": {ReadOnly: true}} {
		if s, err := store.Open(background, file, o); err == nil {
			t.Errorf("%s was opened as a folder: %v", name, s.Close())
		} else if !strings.HasPrefix(err.Error(), "open gate folder") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := store.Open(background, t.TempDir(), store.Options{ReadOnly: true}); !errors.Is(err, store.ErrNoGate) {
		t.Errorf("an empty folder: %v", err)
	}
}

// A program that ends leaves trusted time to those that only look, though its
// own context ended first.
func TestTrustedTimeIsNotedAtTheEnd(t *testing.T) {
	dir, _ := folder(t, 1)
	ctx, cancel := context.WithCancel(background)
	s, err := store.Open(ctx, dir, store.Options{Now: func() time.Time { return storetest.Noon }})
	must(t, err)
	late := storetest.Noon.Add(time.Hour)
	cancel()
	time.Sleep(50 * time.Millisecond) // for whatever would end with it
	_, err = s.Append(background, gate.Draft{Entry: journal.Entry{Time: late, Kind: journal.Check}, Trusted: late})
	must(t, err)
	must(t, s.Close())
	looking := mustOpen(t, dir, store.Options{ReadOnly: true})
	if got := looking.Trusted(); !got.Equal(late) {
		t.Errorf("trusted time is %v, want %v", got, late)
	}
}

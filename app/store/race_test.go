package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/pass"
)

// during runs do beside whatever stops at a step, and gives it time to come in
// between where nothing keeps it out.
func during(s *store.Store, step string, do func()) (ended <-chan struct{}) {
	done := make(chan struct{})
	first := true
	s.SetFault(func(at string) error {
		if at != step || !first {
			return nil
		}
		first = false
		go func() { defer close(done); do() }()
		select {
		case <-done:
		case <-time.After(100 * time.Millisecond): // it waits for the lock, as it should
		}
		return nil
	})
	return done
}

// sendAll takes the whole backlog to a hub that takes it, and gives it.
func sendAll(t *testing.T, s *store.Store, w *storetest.World) (all []journal.Entry) {
	t.Helper()
	for {
		b, err := s.Backlog(background, 0)
		must(t, err)
		if b.First == 0 {
			return all
		}
		if _, err := b.Sign(w.Gate.Sign); err != nil {
			t.Fatal(err)
		}
		all = append(all, b.Entries...)
		must(t, s.Acknowledge(background, w.ReceiptOf(b)))
	}
}

func contains(all []journal.Entry, e journal.Entry) bool {
	for _, one := range all {
		if one.Hash() == e.Hash() {
			return true
		}
	}
	return false
}

// A check that falls while the sync sets a damaged journal aside is recorded
// after it, where it can be sent.
func TestCheckWhileTheJournalIsReplaced(t *testing.T) {
	dir, w := folder(t, 200)
	edit(t, filepath.Join(dir, "journal.db"), flipBody(1))
	s := mustOpen(t, dir, store.Options{})
	var e journal.Entry
	var err error
	ended := during(s, store.JournalGone, func() { e, err = attempt(s) })
	if _, err := s.Backlog(background, 0); err == nil {
		t.Fatal("the damage was not noticed")
	}
	<-ended
	must(t, err)
	all := sendAll(t, s, w)
	if !contains(all, e) || len(all) != 2 || all[0].Reason != store.ReasonSetAside {
		t.Errorf("%d entries went out, the check among them: %v", len(all), contains(all, e))
	}
}

// Where the new journal cannot be opened, the next check tries again, and the
// loss stands before it.
func TestJournalThatCannotBeReplacedAtOnce(t *testing.T) {
	dir, w := folder(t, 200)
	edit(t, filepath.Join(dir, "journal.db"), flipBody(1))
	s := mustOpen(t, dir, store.Options{})
	s.SetFault(func(string) error { return errors.New("staged") })
	if _, err := s.Backlog(background, 0); err == nil {
		t.Fatal("the damage was not noticed")
	}
	s.SetFault(nil)
	if _, _, err := s.Seen(background, journal.Tag{1}, storetest.Noon); err != nil {
		t.Errorf("the next check asks who was here: %v", err)
	}
	e, err := attempt(s)
	must(t, err)
	all := sendAll(t, s, w)
	if !contains(all, e) || len(all) != 2 || all[0].Reason != store.ReasonSetAside {
		t.Errorf("%d entries went out, the check among them: %v", len(all), contains(all, e))
	}
}

// Every call finds its journal, whichever comes first after the file was set
// aside and no new one could be opened.
func TestEveryCallOpensTheJournalAgain(t *testing.T) {
	calls := map[string]func(s *store.Store, w *storetest.World) error{
		"Recent": func(s *store.Store, _ *storetest.World) error {
			got, err := s.Recent(background, 10)
			if err == nil && (len(got) != 1 || got[0].Reason != store.ReasonSetAside) {
				err = fmt.Errorf("it gives %+v", got)
			}
			return err
		},
		"Unsent": func(s *store.Store, _ *storetest.World) error {
			n, err := s.Unsent(background)
			if err == nil && n != 1 {
				err = fmt.Errorf("it counts %d", n)
			}
			return err
		},
		"Backlog": func(s *store.Store, _ *storetest.World) error {
			b, err := s.Backlog(background, 0)
			if err == nil && (len(b.Entries) != 1 || b.Entries[0].Reason != store.ReasonSetAside) {
				err = fmt.Errorf("it gives %+v", b)
			}
			return err
		},
		"Reread": func(s *store.Store, _ *storetest.World) error {
			_, err := s.Reread(background, journal.ChainID{1}, 1, 1)
			return but(err, "is no longer here")
		},
		"Acknowledge": func(s *store.Store, w *storetest.World) error {
			return but(s.Acknowledge(background, journal.Receipt{Gate: w.Gate.Gate, Chain: journal.ChainID{1}}), "which is not in this journal")
		},
		"Append": func(s *store.Store, _ *storetest.World) error { _, err := attempt(s); return err },
		"Seen": func(s *store.Store, _ *storetest.World) error {
			_, _, err := s.Seen(background, journal.Tag{1}, storetest.Noon)
			return err
		},
		"Tally": func(s *store.Store, _ *storetest.World) error {
			_, err := s.Tally(background, storetest.Noon, storetest.Noon.Add(time.Hour))
			return err
		},
		"Trail": func(s *store.Store, _ *storetest.World) error {
			_, err := s.Trail(background, journal.Entry{Seq: 1})
			return err
		},
		"Overrides": func(s *store.Store, _ *storetest.World) error {
			_, err := s.Overrides(background, storetest.Noon)
			return err
		},
		"Traffic": func(s *store.Store, _ *storetest.World) error { _, err := s.Traffic(background, "2026-11"); return err },
		"AddTraffic": func(s *store.Store, _ *storetest.World) error {
			return s.AddTraffic(background, "2026-11", gate.Traffic{Down: 1})
		},
		"Duty":     func(s *store.Store, _ *storetest.World) error { _, err := s.Duty(background); return err },
		"SaveDuty": func(s *store.Store, _ *storetest.World) error { return s.SaveDuty(background, gate.Duty{}) },
		"Tend":     func(s *store.Store, _ *storetest.World) error { return s.Tend(background) },
		"Identity": func(s *store.Store, _ *storetest.World) error { _, _, err := s.Identity(background); return err },
		"SaveIdentity": func(s *store.Store, _ *storetest.World) error {
			id, _, _ := s.Identity(background)
			id.Gate = "another"
			err := s.SaveIdentity(background, id)
			if errors.Is(err, store.ErrUnsent) { // the loss is an entry that waits
				err = nil
			}
			return err
		},
		"Install":   func(s *store.Store, w *storetest.World) error { return wipe(t, s, w) },
		"Installed": func(s *store.Store, _ *storetest.World) error { _, err := s.Installed(background); return err },
		"Content":   func(s *store.Store, _ *storetest.World) error { _, err := s.Content(background); return err },
		"Status":    func(s *store.Store, _ *storetest.World) error { _, err := s.Status(storetest.URI, 1); return err },
		"Foreign": func(s *store.Store, _ *storetest.World) error {
			_, err := s.Foreign(&pass.Pass{})
			return err
		},
		"View":    func(s *store.Store, _ *storetest.World) error { s.View(); return nil },
		"Trusted": func(s *store.Store, _ *storetest.World) error { s.Trusted(); return nil },
		"Close":   func(s *store.Store, _ *storetest.World) error { return s.Close() },
	}
	for i := range reflect.TypeFor[storetest.Store]().NumMethod() {
		if name := reflect.TypeFor[storetest.Store]().Method(i).Name; calls[name] == nil {
			t.Errorf("%s is not tried", name)
		}
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			dir, w := folder(t, 200)
			edit(t, filepath.Join(dir, "journal.db"), flipBody(1))
			s := mustOpen(t, dir, store.Options{})
			s.SetFault(func(string) error { return errors.New("staged") })
			if _, err := s.Backlog(background, 0); err == nil {
				t.Fatal("the damage was not noticed")
			}
			s.SetFault(nil)
			if err := call(s, w); err != nil {
				t.Error(err)
			}
		})
	}
}

// but gives nil for an error that says what, which is not about the file.
func but(err error, what string) error {
	if err != nil && strings.Contains(err.Error(), what) {
		return nil
	}
	return fmt.Errorf("want an error that says %q, got %w", what, err)
}

// wipe installs an envelope that takes the gate back.
func wipe(t *testing.T, s *store.Store, w *storetest.World) error {
	t.Helper()
	e := w.Opened(2)
	e.Wipe = true
	return s.Install(background, client.Update{Envelope: w.Seal(t, e), Opened: &e})
}

// A check that falls during a wipe is not erased with what the hub has.
func TestCheckWhileTheGateIsWiped(t *testing.T) {
	dir, w := folder(t, 3)
	s := mustOpen(t, dir, store.Options{})
	receiptAll(t, s, w)
	var e journal.Entry
	var err error
	ended := during(s, store.JournalGone, func() { e, err = attempt(s) })
	must(t, wipe(t, s, w))
	<-ended
	must(t, err)
	got, err := s.Recent(background, 10)
	must(t, err)
	if len(got) != 1 || !contains(got, e) {
		t.Errorf("%d entries after the wipe, the check among them: %v", len(got), contains(got, e))
	}
}

// Nor is one whose wipe was cut off forgotten, and the wipe is done in the end.
func TestWipeThatIsCutOff(t *testing.T) {
	dir, w := folder(t, 3)
	s := mustOpen(t, dir, store.Options{})
	receiptAll(t, s, w)
	s.SetFault(func(step string) error {
		if step == store.JournalGone {
			return errors.New("staged")
		}
		return nil
	})
	if err := wipe(t, s, w); err == nil {
		t.Fatal("the wipe was not cut off")
	}
	s.SetFault(nil)
	e, err := attempt(s)
	must(t, err)
	if all := sendAll(t, s, w); !contains(all, e) {
		t.Errorf("the check did not go out; %d entries did", len(all))
	}
	if _, enrolled, err := s.Identity(background); enrolled || err != nil {
		t.Errorf("the gate still is somebody, %v", err)
	}
	must(t, s.Close())
	s = mustOpen(t, dir, store.Options{})
	if len(s.View().Problems) != 0 {
		t.Errorf("problems %v", s.View().Problems)
	}
}

// TestWipeTakesAll: what was set aside holds keys and entries too.
func TestWipeTakesAll(t *testing.T) {
	dir, w := folder(t, 3)
	for _, name := range []string{"gate.db.damaged-20261101T000000Z", "journal.db.damaged-20261101T000000Z-wal", "partial/7", "fetching/7.part", "snapshot-0.db.new"} {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("secret"), 0o600))
	}
	s := mustOpen(t, dir, store.Options{})
	receiptAll(t, s, w)
	must(t, wipe(t, s, w))
	must(t, s.Close())
	found, err := os.ReadDir(dir)
	must(t, err)
	for _, name := range []string{"gate.db", "journal.db"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		if bytes.Contains(b, []byte(w.Gate.Gate)) {
			t.Errorf("%s still names the gate", name)
		}
	}
	for _, f := range found {
		if n := f.Name(); n != "gate.db" && n != "journal.db" && n != "reserve" {
			t.Errorf("%s is still there", n)
		}
	}
}

// TestFilesAreTheirOwners, in a folder that everybody may look into.
func TestFilesAreTheirOwners(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "journal.db"), nil, 0o644)) // an earlier version's
	s := mustOpen(t, dir, store.Options{})
	storetest.NewWorld(t, 1).Joined(t, s, 3000)
	append1(t, s)
	found, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range found {
		info, err := f.Info()
		must(t, err)
		if os.PathSeparator == '/' && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", f.Name(), info.Mode())
		}
	}
	if len(found) < 5 {
		t.Errorf("%d files", len(found))
	}
}

// TestLookingGoesByTheGatesTime: entries move trusted time, not snapshots alone.
func TestLookingGoesByTheGatesTime(t *testing.T) {
	dir, _ := folder(t, 1)
	s := mustOpen(t, dir, store.Options{})
	late := storetest.Noon.Add(36 * time.Hour)
	_, err := s.Append(background, gate.Draft{Entry: journal.Entry{Time: late, Kind: journal.Check, Reason: "ok"}, Trusted: late})
	must(t, err)
	must(t, s.Tend(background))
	looking := mustOpen(t, dir, store.Options{ReadOnly: true})
	if !looking.Trusted().Equal(late) {
		t.Errorf("beside the gate: trusted time %v, the gate has %v", looking.Trusted(), late)
	}
	later := late.Add(time.Hour)
	_, err = s.Append(background, gate.Draft{Entry: journal.Entry{Time: later, Kind: journal.Check, Reason: "ok"}, Trusted: later})
	must(t, err)
	must(t, s.Close())
	looking = mustOpen(t, dir, store.Options{ReadOnly: true})
	if !looking.Trusted().Equal(later) {
		t.Errorf("after the gate: trusted time %v, want %v", looking.Trusted(), later)
	}
}

// A gate whose entries wait does not become another: the hub is not even asked,
// so that the code is not spent.
func TestEnrolWithUnsentEntries(t *testing.T) {
	asked := 0
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer hub.Close()
	dir, w := folder(t, 3)
	s := mustOpen(t, dir, store.Options{})
	code, err := enrol.NewCode(hub.URL, "North Gate", [32]byte{1}, [16]byte{9}, time.Now().Add(time.Hour))
	must(t, err)
	if _, err := s.Enrol(background, nil, code); !errors.Is(err, store.ErrUnsent) || asked != 0 {
		t.Errorf("%v, and the hub was asked %d times", err, asked)
	}
	if err := s.SaveIdentity(background, storetest.NewWorld(t, 2).Gate); !errors.Is(err, store.ErrUnsent) {
		t.Errorf("another identity: %v", err)
	}
	must(t, s.SaveIdentity(background, w.Gate)) // the same gate again loses nothing
	receiptAll(t, s, w)
	if _, err := s.Enrol(background, nil, code); errors.Is(err, store.ErrUnsent) || asked == 0 {
		t.Errorf("with nothing unsent: %v, and the hub was asked %d times", err, asked)
	}
}

// A gate that never pulled cannot send, and must not hold its device for ever.
func TestEnrolAgainAfterTheWrongCity(t *testing.T) {
	s := mustOpen(t, t.TempDir(), store.Options{})
	must(t, s.SaveIdentity(background, storetest.NewWorld(t, 1).Gate))
	append1(t, s)
	must(t, s.SaveIdentity(background, storetest.NewWorld(t, 2).Gate))
	if v := s.View(); v.Stranded != 1 || !hasProblem(s, gate.RecordsStranded) {
		t.Errorf("%d stranded, problems %v", v.Stranded, v.Problems)
	}
}

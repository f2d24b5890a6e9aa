package station_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/station"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/enrol"
	"postern/sync/journal"
)

// enrolled is the folder of a gate for both ways, in a small world.
func enrolled(t *testing.T) (string, *storetest.World) {
	t.Helper()
	w, folder := storetest.NewWorld(t, 1), t.TempDir()
	s, err := store.Open(t.Context(), folder, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.Joined(t, s, 8)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return folder, w
}

func open(t *testing.T, folder string) *station.Station {
	t.Helper()
	s, err := station.Open(t.Context(), folder, station.Options{Program: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Each start of a program is an entry of the gate's; a folder without a gate has no journal to begin.
func TestStartIsRecorded(t *testing.T) {
	folder, _ := enrolled(t)
	for n := 1; n <= 2; n++ {
		s := open(t, folder)
		all, err := s.Gate.Recent(t.Context(), 10)
		if err != nil || len(all) != n || all[0].Kind != journal.Start || all[0].Reason != "test "+station.Version {
			t.Errorf("start %d: %+v, %v", n, all, err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, t.TempDir())
	defer s.Close(t.Context())
	if all, err := s.Gate.Recent(t.Context(), 10); err != nil || len(all) != 0 {
		t.Errorf("a folder without a gate: %+v, %v", all, err)
	}
	if _, err := s.Push(t.Context()); !errors.Is(err, store.ErrNoGate) {
		t.Errorf("a push without a gate: %v", err)
	}
}

// Whatever is recorded asks for a push, and what is only looked at does not.
func TestEveryEntryAsksForAPush(t *testing.T) {
	folder, _ := enrolled(t)
	s := open(t, folder)
	defer s.Close(t.Context())
	ctx := t.Context()
	if !s.PushAsked() {
		t.Error("the start asks for no push")
	}
	for name, act := range map[string]func() error{
		"a check":        func() error { s.Gate.Answer(ctx, scan.Reading{Text: "menu", Source: scan.Typed}); return nil },
		"unreadable":     func() error { s.Gate.AnswerUnreadable(ctx); return nil },
		"an emergency":   func() error { return s.Gate.Emergency(ctx, gate.Token{}, "emergency_birth") },
		"a shift":        func() error { return s.Gate.BeginShift(ctx, gate.Shift{Name: "7", Role: gate.Guard}, "") },
		"a registration": func() error { _, err := s.Gate.Register(ctx, gate.Token{}, gate.ForTest); return err },
		"a headcount":    func() error { return s.Gate.ResetHeadcount(ctx, "") },
	} {
		if err := act(); err != nil {
			t.Fatal(name, err)
		}
		if !s.PushAsked() {
			t.Errorf("%s asks for no push", name)
		}
	}
	if _, err := s.Gate.State(ctx); err != nil {
		t.Fatal(err)
	}
	if s.PushAsked() {
		t.Error("looking at the state asks for a push")
	}
}

// The traffic that a cancelled program counted last is written all the same.
func TestTrafficIsWrittenAtTheEnd(t *testing.T) {
	folder, w := enrolled(t)
	ctx, cancel := context.WithCancel(t.Context())
	s, err := station.Open(ctx, folder, station.Options{Now: func() time.Time { return w.Now }})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Gate.AddTraffic(ctx, gate.Traffic{Down: 5, Up: 3}); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	again, err := station.Open(t.Context(), folder, station.Options{Now: func() time.Time { return w.Now }})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close(t.Context())
	if got, err := again.Gate.Traffic(t.Context()); err != nil || got != (gate.Traffic{Down: 5, Up: 3}) {
		t.Errorf("this month took %+v, %v", got, err)
	}
}

// One program at a time works on a folder, and a second one learns why it may not.
func TestSecondProgram(t *testing.T) {
	folder, _ := enrolled(t)
	defer open(t, folder).Close(t.Context())
	if _, err := station.Open(t.Context(), folder, station.Options{}); !errors.Is(err, store.ErrBusy) {
		t.Errorf("a second program on the folder: %v", err)
	}
}

// A code that is over, or none, is refused before anybody is asked.
func TestCodesThatCannotBeSpent(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close(t.Context())
	if err := s.Enrol(t.Context(), "PE1:NONSENSE"); err == nil {
		t.Error("nonsense is a code")
	}
	code, err := enrol.NewCode("http://127.0.0.1:1", "North Gate", [32]byte{1}, [16]byte{9}, time.Now().Add(-time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Enrol(t.Context(), code.Encode()); err == nil || !strings.Contains(err.Error(), "ask the operator for a new one") {
		t.Errorf("a code that is over: %v", err)
	}
}

// FyneApp.toml, from which packages are made, says the same version.
func TestVersion(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "FyneApp.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), `Version = "`+station.Version+`"`) {
		t.Errorf("FyneApp.toml says another version than %s", station.Version)
	}
}

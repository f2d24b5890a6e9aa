package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"postern/app/relay"
	"postern/app/scan"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/app/ui"
	"postern/sync/client"
	"postern/sync/journal"
)

// fakeScreens show nothing: a reading goes to the gate at once.
type fakeScreens struct {
	backend ui.Backend
	failed  error
}

func (f *fakeScreens) Attach(b ui.Backend)     { f.backend = b }
func (f *fakeScreens) Failed(err error)        { f.failed = err }
func (*fakeScreens) Exchanged(client.Status)   {}
func (*fakeScreens) SetScanner(_ scan.Profile) {}
func (f *fakeScreens) Submit(r scan.Reading)   { f.backend.Gate.Answer(context.Background(), r) }

// openFor opens the gate in a folder and closes it again, as run does.
func openFor(t *testing.T, opt options) (f *fakeScreens, err error) {
	t.Helper()
	t.Setenv("PATH", t.TempDir()) // no program that plays sounds
	opt.camera = noCamera
	ctx, cancel := context.WithCancel(t.Context())
	f = &fakeScreens{}
	g := &openGate{opt: opt, screens: f}
	opened := make(chan error, 1)
	g.work.Go(func() { opened <- g.open(ctx) })
	err = <-opened
	cancel()
	return f, errors.Join(err, g.close(ctx))
}

// The app records its start, checks the text of the command line, and leaves a
// folder that can be opened again.
func TestOpenGate(t *testing.T) {
	w, folder := storetest.NewWorld(t, 1), t.TempDir()
	s, err := store.Open(t.Context(), folder, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.Joined(t, s, 4)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := openFor(t, options{began: time.Now(), data: folder, check: "https://menu.example/table/12"})
	if err != nil || f.failed != nil || f.backend.Cameras != nil || f.backend.Relay {
		t.Fatalf("%v, %+v", err, f)
	}
	if s, err = store.Open(t.Context(), folder, store.Options{}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := s.Recent(t.Context(), 10)
	if err != nil || len(all) != 2 || all[0].Kind != journal.Check || all[1].Kind != journal.Start || all[1].Reason != "app 0.1.0" {
		t.Errorf("the journal has %+v, %v", all, err)
	}
}

// A folder that another program uses ends open, and its error says so; a code
// that cannot be spent ends nothing.
func TestOpenGateThatFails(t *testing.T) {
	folder := t.TempDir()
	s, err := store.Open(t.Context(), folder, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f, err := openFor(t, options{data: folder}); !errors.Is(err, store.ErrBusy) || !errors.Is(f.failed, store.ErrBusy) || f.backend.Gate != nil {
		t.Errorf("a folder in use: %v, and the screens hear %v", err, f.failed)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, relay.File), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := openFor(t, options{data: folder, enrol: "PE1:NONSENSE"}); err != nil || f.backend.Gate == nil || f.backend.Relay {
		t.Errorf("a code that is none: %v", err)
	}
}

package main

import (
	"context"
	"image/color"
	"path/filepath"
	"testing"
	"time"

	"postern/app/store"
	"postern/sync/journal"
)

// TestWindow drives the real app in a real window, as a guard with a hardware
// scanner does: it enrols, types a code, and holds the screen's colour and the
// journal against what must come of it.
func TestWindow(t *testing.T) {
	bin := windowBin(t)
	d := startDisplay(t)
	w, err := newWorld(context.Background(), t.TempDir(), 60, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	d.start(filepath.Join(bin, "postern-gate"), "--data", filepath.Join(w.dir, "gate"), "--enrol", w.code, "--lang", "zh")
	d.waitFor("the check screen", color.RGBA{0x14, 0x18, 0x1c, 0xff})
	w.shown.now = time.Now()
	exhibits, err := w.shown.exhibits()
	if err != nil {
		t.Fatal(err)
	}
	colours := map[string]color.RGBA{
		"old-test": {0xf2, 0xb0, 0x1e, 0xff},
		"barred":   {0xa3, 0x16, 0x1f, 0xff},
		"menu":     {0x37, 0x50, 0x6b, 0xff},
	}
	checked := 0
	for _, e := range exhibits {
		if want, ok := colours[e.file]; ok {
			d.scan(e.text)
			d.waitFor(e.what, want)
			d.keep("window-" + e.file)
			checked++
		}
	}
	d.end()
	if got := checksIn(t, filepath.Join(w.dir, "gate")); got != checked {
		t.Errorf("the journal has %d checks, the window showed %d", got, checked)
	}
}

// checksIn counts the checks in a gate's journal.
func checksIn(t *testing.T, dir string) (n int) {
	s, err := store.Open(context.Background(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	entries, err := s.Recent(context.Background(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Kind == journal.Check {
			n++
		}
	}
	return n
}

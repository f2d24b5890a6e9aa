package main

import (
	"context"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"
	"time"

	"postern/app/store"
	"postern/sync/hub"
	"postern/sync/journal"
)

// The colours of the screens, by which the test sees what stands there.
var (
	dark   = color.RGBA{0x14, 0x18, 0x1c, 0xff}
	amber  = color.RGBA{0xf2, 0xb0, 0x1e, 0xff}
	red    = color.RGBA{0xa3, 0x16, 0x1f, 0xff}
	slate  = color.RGBA{0x37, 0x50, 0x6b, 0xff}
	inShow = map[string]color.RGBA{"old-test": amber, "barred": red, "menu": slate}
)

// TestWindow drives the real app in a real window, as a guard does: it enrols by
// a scanner's keys, checks by keys and by camera, with the hub and without, and
// sees all of it reach the hub when that is back.
func TestWindow(t *testing.T) {
	app := filepath.Join(windowBin(t), "postern-gate")
	d := startDisplay(t)
	w, err := newWorld(t.Context(), t.TempDir(), 60, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	view := t.TempDir() // what the camera sees: nothing yet
	writeFrame(t, filepath.Join(view, "0.png"), image.NewGray(image.Rect(0, 0, 1280, 720)))
	gate := filepath.Join(w.dir, "gate")
	lines := filepath.Join(t.TempDir(), "measured")
	home := t.TempDir() // where the app looks for pictures first
	t.Setenv("HOME", home)
	d.start(app, "--data", gate, "--lang", "zh", "--measure", lines, "--camera", view+"#rate=5")
	d.waitFor("the first screen", indigo)
	d.scan(w.code)
	d.keep("window-enrolling")
	d.waitForHub(w, 1) // the start: the gate is enrolled, and has its snapshot
	d.keep("window-enrolled")
	d.next()
	d.waitFor("the check screen", dark)

	shown := d.showAll(w, "") + d.showPictures(w, home)
	d.waitForHub(w, 1+shown) // the start, and the checks
	if err := w.hub.stop(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(6 * time.Second) // sooner, the same codes would be the same showing
	shown += d.showAll(w, "-offline")
	d.click(300, 765) // the tile that says what waits to be sent
	d.keep("window-backlog")
	d.next()
	writeFrame(t, filepath.Join(view, "1.png"), cameraFrame(t, "https://menu.example/table/13"))
	d.waitFor("the code before the camera", slate)
	d.keep("window-camera-offline")
	shown++
	if err := w.hub.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.waitForHub(w, 1+shown) // the start, and the checks
	d.next()
	d.click(300, 765)
	d.keep("window-sent")
	d.end()
	if got := newVerdicts(t, lines); len(got) < shown { // the camera's code may have come into view again
		t.Errorf("the screen showed %d verdicts, %d codes were held before it", len(got), shown)
	}
	sameAsShown(t, gate, newVerdicts(t, lines), 1)
}

// showAll types codes as a hardware scanner does, and holds the screen's colour against each.
func (d *display) showAll(w *world, when string) (shown int) {
	d.t.Helper()
	w.holders.now = time.Now()
	exhibits, err := w.holders.exhibits()
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range exhibits {
		if want, ok := inShow[e.file]; ok {
			d.next()
			d.scan(e.text)
			d.waitFor(e.what, want)
			d.keep("window-" + e.file + when)
			shown++
		}
	}
	d.next()
	return shown
}

// showPictures has the app read picture files: one is dropped on its window, one
// is picked by touch.
func (d *display) showPictures(w *world, home string) (shown int) {
	d.t.Helper()
	exhibits, err := w.holders.exhibits()
	if err != nil {
		d.t.Fatal(err)
	}
	pictures := make(map[string]string)
	for _, e := range exhibits {
		b, err := e.picture()
		if err != nil {
			d.t.Fatal(err)
		}
		pictures[e.file] = filepath.Join(d.t.TempDir(), e.file+".png")
		if err := os.WriteFile(pictures[e.file], b, 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
	d.drop(pictures["forged"])
	d.waitFor("the picture that was dropped", red)
	d.keep("window-dropped")
	d.next()
	if err := os.MkdirAll(filepath.Join(home, "Pictures"), 0o700); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Rename(pictures["expired"], filepath.Join(home, "Pictures", "expired.png")); err != nil {
		d.t.Fatal(err)
	}
	d.click(437, 130)
	d.keep("window-choosing")
	d.click(80, 240) // the newest picture
	d.waitFor("the picture that was chosen", amber)
	d.keep("window-chosen")
	d.next()
	return 2
}

// waitForHub waits until the hub holds so many entries of the gate.
func (d *display) waitForHub(w *world, n int) {
	d.t.Helper()
	var held uint64
	for range 300 {
		held = 0
		for b, err := range w.hub.store.Batches(d.t.Context(), hub.Query{}) {
			if err != nil {
				d.t.Fatal(err)
			}
			held += b.Last - b.First + 1
		}
		if held >= uint64(n) {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	d.keep("window-failed")
	d.t.Fatalf("the hub holds %d of %d entries\n%s", held, n, d.log.String())
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

package main

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"postern/app/store"
	"postern/sync/journal"
)

// shortSoak is how many checks the window test can spare the time for; `make
// soak` asks for some hours. People come one after another: who comes faster than
// two a second stands in one picture with the one before.
const shortSoak = 70

// oldScreens is when Fyne has begun to let go of the screens it has drawn: it
// keeps each for a minute. Only a soak that outlasts it shows how memory stands.
const (
	oldScreens = 75 * time.Second
	longSoak   = 10_000
)

// TestWindowSoak lets a crowd pass before the camera of the real app. After a
// fifth of the checks neither memory nor goroutines may grow, and the journal
// holds just what the screen showed.
func TestWindowSoak(t *testing.T) {
	bin := windowBin(t)
	checks := shortSoak
	if asked := os.Getenv("POSTERN_SOAK"); asked != "" {
		var err error
		if checks, err = strconv.Atoi(asked); err != nil {
			t.Fatalf("POSTERN_SOAK is how many checks: %v", err)
		}
	}
	w, passes := newCrowd(t, 360)
	d := startDisplay(t)
	gate, lines := filepath.Join(w.dir, "gate"), filepath.Join(t.TempDir(), "measured")
	began := time.Now()
	frames := frameFolder(t, passes)
	d.start(filepath.Join(bin, "postern-gate"), "--data", gate, "--enrol", w.code, "--lang", "zh",
		"--measure", lines, "--camera", frames+"#rate=2")
	d.waitForVerdicts(lines, checks/5)
	if checks >= longSoak {
		time.Sleep(time.Until(began.Add(oldScreens)))
	}
	memory, routines := d.settled(lines)
	d.waitForVerdicts(lines, checks)
	memoryEnd, routinesEnd := d.settled(lines)
	took := time.Since(began)
	d.leaveNobody(lines, frames)
	d.end()

	shown := newVerdicts(t, lines)
	t.Logf("%d checks in %v: %.0f then %.0f MB resident, %d then %d goroutines",
		len(shown), took.Round(time.Second), memory, memoryEnd, routines, routinesEnd)
	if checks >= longSoak && math.Abs(memoryEnd/memory-1) > 0.1 {
		t.Errorf("memory went from %.1f to %.1f MB", memory, memoryEnd)
	}
	if routinesEnd > routines+2 { // a push to the hub may be under way
		t.Errorf("goroutines went from %d to %d", routines, routinesEnd)
	}
	sameAsShown(t, gate, shown, 0)
}

// leaveNobody takes the crowd from before the camera, and waits until the last verdict stands.
func (d *display) leaveNobody(lines, frames string) {
	d.t.Helper()
	if err := os.RemoveAll(frames); err != nil {
		d.t.Fatal(err)
	}
	_, end := countVerdicts(d.t, lines, 0)
	for quiet := 0; quiet < 10; quiet++ {
		time.Sleep(200 * time.Millisecond)
		more, now := countVerdicts(d.t, lines, end)
		if end = now; more > 0 {
			quiet = 0
		}
	}
}

// settled is the app's memory in MB and its goroutines, each the middle of some seconds.
func (d *display) settled(lines string) (memory float64, routines int) {
	d.t.Helper()
	var all []float64
	for range 5 {
		time.Sleep(time.Second)
		all = append(all, anonymous(d.t, d.app.Process.Pid))
	}
	standing := readMeasured(d.t, lines, "standing")
	if len(standing) < 5 {
		d.t.Fatal("the app does not say how it stands")
	}
	var counts []int
	for _, s := range standing[len(standing)-5:] {
		counts = append(counts, s.Routines)
	}
	return middle(all), middle(counts)
}

// waitForVerdicts waits until the app has shown so many.
func (d *display) waitForVerdicts(lines string, n int) {
	d.t.Helper()
	seen, from, changed := 0, int64(0), time.Now()
	for seen < n {
		time.Sleep(200 * time.Millisecond)
		d.next()
		more, end := countVerdicts(d.t, lines, from)
		if from = end; more > 0 {
			seen, changed = seen+more, time.Now()
		} else if time.Since(changed) > time.Minute {
			d.keep("window-failed")
			_ = d.app.Process.Signal(syscall.SIGQUIT) // Go then writes what every goroutine does
			_ = d.app.Wait()
			d.t.Fatalf("no verdict for a minute after %d\n%s", seen, d.log.String())
		}
	}
}

// countVerdicts counts the new verdicts in a file's whole lines after an offset,
// and gives where they end: a soak's file is long.
func countVerdicts(t testing.TB, file string, from int64) (n int, end int64) {
	t.Helper()
	f, err := os.Open(file)
	if os.IsNotExist(err) {
		return 0, from
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(f, from, math.MaxInt64-from))
	if err != nil {
		t.Fatal(err)
	}
	b = b[:bytes.LastIndexByte(b, '\n')+1]
	for line := range bytes.Lines(b) {
		if bytes.Contains(line, []byte(`"what":"verdict"`)) && !bytes.Contains(line, []byte(`"repeated":true`)) {
			n++
		}
	}
	return n, from + int64(len(b))
}

// mostUnseen is how many verdicts may be on their way to the screen when the app
// is ended in the middle of its work.
const mostUnseen = 2

// sameAsShown holds the journal against the verdicts that the screen showed:
// the chain is whole, and every verdict is in it, in order. Each end in the middle
// of its work may cut off a few that were recorded and not yet shown; where it ran
// once, not one before that is missing on the screen.
func sameAsShown(t testing.TB, dir string, shown []measured, ends int) {
	t.Helper()
	s, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	entries, err := s.Recent(t.Context(), math.MaxInt32)
	if err != nil {
		t.Fatal(err)
	}
	var recorded []string
	first := 0
	for i := range entries {
		e := entries[len(entries)-1-i]
		if e.Seq == 1 && len(recorded) == 0 { // enrolling begins the gate's own chain
			first = i
		}
		if e.Seq != uint64(i-first)+1 || (i > first && e.Prev != entries[len(entries)-i].Hash()) {
			t.Fatalf("the chain breaks at entry %d", e.Seq)
		}
		if e.Kind == journal.Check {
			recorded = append(recorded, e.Reason)
		}
	}
	if ends <= 1 {
		for i, m := range shown {
			if i >= len(recorded) || recorded[i] != m.Reason {
				t.Fatalf("verdict %d on the screen is %s, not what the journal has there", i+1, m.Reason)
			}
		}
	}
	at := 0
	for i, m := range shown {
		for at < len(recorded) && recorded[at] != m.Reason {
			at++
		}
		if at == len(recorded) {
			t.Fatalf("verdict %d (%s) was shown and is not in the journal", i+1, m.Reason)
		}
		at++
	}
	if unseen := len(recorded) - len(shown); unseen > mostUnseen*ends {
		t.Errorf("%d checks are in the journal, %d were shown", len(recorded), len(shown))
	}
	t.Logf("%d checks in the journal, %d shown, the chain of %d entries is whole", len(recorded), len(shown), len(entries))
}

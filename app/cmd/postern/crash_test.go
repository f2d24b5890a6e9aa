package main

import (
	"path/filepath"
	"testing"
)

// TestWindowCrash kills the real app in the middle of checks, again and again:
// each time it is back at its gate, and every verdict that the screen ever
// showed is in the journal.
func TestWindowCrash(t *testing.T) {
	app := filepath.Join(windowBin(t), "postern-gate")
	w, passes := newCrowd(t, 120)
	d := startDisplay(t)
	gate, camera := filepath.Join(w.dir, "gate"), frameFolder(t, passes)+"#rate=2" // one after another
	var shown []measured
	const kills = 3
	for range kills {
		lines := filepath.Join(t.TempDir(), "measured")
		d.start(app, "--data", gate, "--enrol", w.code, "--measure", lines, "--camera", camera)
		d.waitForVerdicts(lines, 12)
		kill(d.app)
		shown = append(shown, newVerdicts(t, lines)...)
	}
	lines := filepath.Join(t.TempDir(), "measured")
	d.start(app, "--data", gate, "--measure", lines, "--camera", camera) // no code: it is enrolled
	d.waitForVerdicts(lines, 12)
	d.end()
	sameAsShown(t, gate, append(shown, newVerdicts(t, lines)...), kills+1)
}

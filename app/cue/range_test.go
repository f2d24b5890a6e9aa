package cue_test

import (
	"bytes"
	"slices"
	"testing"

	"postern/app/cue"
	"postern/sync/verdict"
)

// An outcome that is none of the four sounds, speaks and shakes as Unknown, and none of the four does but Unknown.
func TestOutcomesOutOfRange(t *testing.T) {
	for n := range 256 {
		o := verdict.Outcome(n)
		want := o == verdict.Unknown || o > verdict.Refuse
		for what, same := range map[string]bool{
			"tone":      slices.Equal(cue.PCM(o), cue.PCM(verdict.Unknown)),
			"file":      bytes.Equal(cue.WAV(o, loud), cue.WAV(verdict.Unknown, loud)),
			"word":      slices.Equal(cue.Word(o, "en"), cue.Word(verdict.Unknown, "en")),
			"zh word":   slices.Equal(cue.Word(o, "zh"), cue.Word(verdict.Unknown, "zh")),
			"vibration": slices.Equal(cue.Pulses(o), cue.Pulses(verdict.Unknown)),
		} {
			if same != want {
				t.Errorf("outcome %d: its %s is Unknown's: %t, want %t", n, what, same, want)
			}
		}
	}
}

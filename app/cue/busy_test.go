package cue_test

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"postern/app/cue"
	"postern/sync/verdict"
)

// busy is the sound and the vibration of a code that is not taken.
func busy(t *testing.T) (wav []byte, pulses []cue.Pulse) {
	t.Helper()
	heard, felt := make(chan []byte, 1), make(chan []cue.Pulse, 1)
	p := cue.NewPlayer(t.Context(), cue.Devices{
		Sound:   func(_ context.Context, wav []byte) error { heard <- wav; return nil },
		Vibrate: func(_ context.Context, pulses []cue.Pulse) error { felt <- pulses; return nil },
	}, cue.Options{Volume: 100, Vibrate: true, Speak: true, Language: "zh"})
	defer p.Close()
	p.Busy()
	return <-heard, <-felt
}

// It is short and low, and nobody takes it for one of the four, by ear or by hand.
func TestBusyIsLikeNoOutcome(t *testing.T) {
	wav, pulses := busy(t)
	pcm := samples(wav)
	if n := len(pcm); n > cue.Rate*12/100 {
		t.Errorf("it has %d samples, more than an eighth of a second", n)
	}
	if f := pitch(pcm[:cue.Rate*36/1000]); f < 500 || f > 700 {
		t.Errorf("it begins at %v Hz", f)
	}
	if s := share(pcm, corner, 2500); s < 0.9 {
		t.Errorf("%.2f of it is what a small loudspeaker gives", s)
	}
	if s := share(pcm, 4000, cue.Rate/2); s > 1e-3 {
		t.Errorf("clicks: %.5f of it lies above 4 kHz", s)
	}
	var levels []float64
	for _, o := range outcomes {
		levels = append(levels, loudness(cue.PCM(o)))
		if x, y := rhythm(pcm), rhythm(cue.PCM(o)); !apart(x, y) {
			t.Errorf("it has the rhythm of %v: %v and %v", o, x, y)
		}
		if len(cue.Pulses(o)) == len(pulses) && cue.Pulses(o)[0].Length < 3*pulses[0].Length {
			t.Errorf("it shakes as %v: %v and %v", o, pulses, cue.Pulses(o))
		}
	}
	if l := loudness(pcm); l < slices.Min(levels)-3 || l > slices.Max(levels)+1 {
		t.Errorf("its level is %.1f dB, of the outcomes %.1f", l, levels)
	}
}

// stage is a player whose sounds last until they are let go, or cut short.
func stage(t *testing.T) (p *cue.Player, started chan []byte, release chan struct{}) {
	t.Helper()
	started, release = make(chan []byte), make(chan struct{})
	p = cue.NewPlayer(t.Context(), cue.Devices{Sound: func(ctx context.Context, wav []byte) error {
		select {
		case started <- wav:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case <-release:
		case <-ctx.Done():
		}
		return ctx.Err()
	}}, loud)
	t.Cleanup(p.Close)
	return p, started, release
}

// A red that is being spoken is heard to its end; then it beeps once, however many codes came.
func TestBusyCutsNoVerdictShort(t *testing.T) {
	tone, _ := busy(t)
	p, started, release := stage(t)
	p.Play(verdict.Refuse)
	if !bytes.Equal(<-started, cue.WAV(verdict.Refuse, loud)) {
		t.Error("another sound came first")
	}
	for range 100 {
		p.Busy()
	}
	release <- struct{}{} // would block for ever if the refusal had been cut
	if !bytes.Equal(<-started, tone) {
		t.Error("the busy tone did not come next")
	}
	p.Busy() // while it beeps
	release <- struct{}{}
	select {
	case <-started:
		t.Error("it beeped twice")
	case <-time.After(50 * time.Millisecond):
	}
	for again := false; !again; { // once the player knows that the tone is over
		p.Busy()
		select {
		case wav := <-started:
			if again = true; !bytes.Equal(wav, tone) {
				t.Error("something else sounds later")
			}
		default:
			runtime.Gosched()
		}
	}
	release <- struct{}{}
}

// A verdict ends a busy tone, and takes the place of one that waits.
func TestVerdictsComeBeforeBusy(t *testing.T) {
	p, started, release := stage(t)
	p.Busy()
	<-started
	p.Play(verdict.Check) // nobody lets the busy tone go
	if !bytes.Equal(<-started, cue.WAV(verdict.Check, loud)) {
		t.Error("the verdict did not end the busy tone")
	}
	p.Busy()
	p.Play(verdict.Refuse)
	if !bytes.Equal(<-started, cue.WAV(verdict.Refuse, loud)) {
		t.Error("the verdict waited behind a busy tone")
	}
	p.Play(verdict.Admit)
	p.Busy() // a verdict waits
	if !bytes.Equal(<-started, cue.WAV(verdict.Admit, loud)) {
		t.Error("a busy tone took the place of a verdict")
	}
	release <- struct{}{}
}

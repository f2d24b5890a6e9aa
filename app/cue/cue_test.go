package cue_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"postern/app/cue"
	"postern/sync/verdict"
)

var outcomes = []verdict.Outcome{verdict.Admit, verdict.Check, verdict.Refuse, verdict.Unknown}

func TestTonesAreShortLoudAndWithoutClicks(t *testing.T) {
	for _, o := range outcomes {
		pcm := cue.PCM(o)
		if n := len(pcm); n < cue.Rate/10 || n > cue.Rate/2 {
			t.Errorf("%v: %d samples, want a tenth to half a second", o, n)
		}
		loudest, steepest := 0, 0
		for i, s := range pcm {
			loudest = max(loudest, int(math.Abs(float64(s))))
			if i > 0 {
				steepest = max(steepest, int(math.Abs(float64(s)-float64(pcm[i-1]))))
			}
		}
		if loudest < math.MaxInt16/3 || loudest > math.MaxInt16*7/10 {
			t.Errorf("%v: loudest sample %d", o, loudest)
		}
		if steepest > math.MaxInt16/4 || pcm[0] != 0 || pcm[len(pcm)-1] != 0 {
			t.Errorf("%v: clicks: steepest step %d, from %d to %d", o, steepest, pcm[0], pcm[len(pcm)-1])
		}
	}
}

// strength measures how much of a frequency is in some samples (Goertzel).
func strength(pcm []int16, frequency float64) float64 {
	k := 2 * math.Cos(2*math.Pi*frequency/cue.Rate)
	var a, b float64
	for _, s := range pcm {
		a, b = float64(s)+k*a-b, a
	}
	return math.Sqrt(max(a*a+b*b-k*a*b, 0)) / float64(len(pcm))
}

// pitch is the loudest of the notes that tones are made of.
func pitch(pcm []int16) float64 {
	best, loudest := 0.0, 0.0
	for f := 150.0; f < 1400; f += 7 {
		if s := strength(pcm, f); s > loudest {
			best, loudest = f, s
		}
	}
	return best
}

func TestTonesDifferInDirection(t *testing.T) {
	ends := func(o verdict.Outcome) (first, last float64) {
		pcm := cue.PCM(o)
		part := cue.Rate * 60 / 1000
		return pitch(pcm[:part]), pitch(pcm[len(pcm)-part:])
	}
	if first, last := ends(verdict.Admit); last < first*1.2 {
		t.Errorf("admit goes from %v to %v Hz, not up", first, last)
	}
	if first, last := ends(verdict.Unknown); last > first/1.2 {
		t.Errorf("unknown goes from %v to %v Hz, not down", first, last)
	}
	if first, last := ends(verdict.Check); math.Abs(first-last) > 15 || first < 500 {
		t.Errorf("check goes from %v to %v Hz", first, last)
	}
	if first, last := ends(verdict.Refuse); math.Abs(first-last) > 15 || first > 300 {
		t.Errorf("refuse goes from %v to %v Hz", first, last)
	}
	if a, b := cue.PCM(verdict.Outcome(77)), cue.PCM(verdict.Unknown); len(a) != len(b) {
		t.Error("an outcome of the future does not sound like unknown")
	}
}

func TestWAV(t *testing.T) {
	for _, o := range outcomes {
		b := cue.WAV(o)
		pcm := cue.PCM(o)
		if string(b[:4]) != "RIFF" || string(b[8:16]) != "WAVEfmt " || string(b[36:40]) != "data" {
			t.Fatalf("%v: header %q", o, b[:44])
		}
		if int(binary.LittleEndian.Uint32(b[4:])) != len(b)-8 || int(binary.LittleEndian.Uint32(b[40:])) != 2*len(pcm) || len(b) != 44+2*len(pcm) {
			t.Errorf("%v: lengths do not agree", o)
		}
		if rate := binary.LittleEndian.Uint32(b[24:]); rate != cue.Rate {
			t.Errorf("%v: %d samples a second", o, rate)
		}
		for i, s := range pcm {
			if int16(binary.LittleEndian.Uint16(b[44+2*i:])) != s {
				t.Fatalf("%v: sample %d", o, i)
			}
		}
	}
}

// TestPlayNeverWaits holds the first tone back: a thousand more return all the
// same, and the next that sounds is the newest.
func TestPlayNeverWaits(t *testing.T) {
	started, release := make(chan []byte), make(chan struct{})
	p := cue.NewPlayer(func(_ context.Context, wav []byte) error {
		started <- wav
		<-release
		return nil
	})
	defer p.Close()
	defer close(release)
	p.Play(verdict.Admit)
	if !bytes.Equal(<-started, cue.WAV(verdict.Admit)) {
		t.Error("another tone came first")
	}
	for range 1000 {
		p.Play(verdict.Unknown)
	}
	p.Play(verdict.Refuse)
	release <- struct{}{}
	if !bytes.Equal(<-started, cue.WAV(verdict.Refuse)) {
		t.Error("the newest tone did not come next")
	}
}

func TestCloseEndsWhatPlays(t *testing.T) {
	started := make(chan struct{})
	p := cue.NewPlayer(func(ctx context.Context, _ []byte) error {
		close(started)
		<-ctx.Done()
		return ctx.Err()
	})
	p.Play(verdict.Check)
	<-started
	p.Close()
	p.Play(verdict.Check) // after the end: nothing, and no panic
}

// TestProgramOfTheSystem puts a program called aplay into an otherwise empty path.
func TestProgramOfTheSystem(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("skipped: the program is a shell script")
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	script := "#!/bin/sh\n/bin/cat \"$2\" >" + out + ".new && /bin/mv " + out + ".new " + out + "\n"
	if err := os.WriteFile(filepath.Join(dir, "aplay"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	p := cue.NewPlayer(nil)
	defer p.Close()
	p.Play(verdict.Admit)
	deadline := time.Now().Add(30 * time.Second)
	for {
		got, err := os.ReadFile(out)
		if err == nil {
			if !bytes.Equal(got, cue.WAV(verdict.Admit)) {
				t.Errorf("the program got %d bytes", len(got))
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the program was not called")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestSilentMachine(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	p := cue.NewPlayer(nil)
	for range 100 {
		p.Play(verdict.Refuse)
	}
	p.Close()
}

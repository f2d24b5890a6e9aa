package cue_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"postern/app/cue"
	"postern/sync/verdict"
)

// TestPlayNeverWaits holds the first tone back: a thousand more return all the
// same, and the next that sounds is the newest.
func TestPlayNeverWaits(t *testing.T) {
	started, release := make(chan []byte), make(chan struct{})
	p := cue.NewPlayer(t.Context(), cue.Devices{Sound: func(_ context.Context, wav []byte) error {
		started <- wav
		<-release
		return nil
	}}, loud)
	defer p.Close()
	defer close(release)
	p.Play(verdict.Admit)
	if !bytes.Equal(<-started, cue.WAV(verdict.Admit, loud)) {
		t.Error("another tone came first")
	}
	for range 1000 {
		p.Play(verdict.Unknown)
	}
	p.Play(verdict.Refuse)
	release <- struct{}{}
	if !bytes.Equal(<-started, cue.WAV(verdict.Refuse, loud)) {
		t.Error("the newest tone did not come next")
	}
}

// The next verdict does not wait until a long word is said.
func TestTheNewestEndsWhatSounds(t *testing.T) {
	started := make(chan []byte, 8)
	p := cue.NewPlayer(t.Context(), cue.Devices{Sound: func(ctx context.Context, wav []byte) error {
		started <- wav
		if bytes.Equal(wav, cue.WAV(verdict.Check, loud)) {
			<-ctx.Done() // only a newer cue ends it
		}
		return ctx.Err()
	}}, loud)
	defer p.Close()
	p.Play(verdict.Check)
	<-started
	p.Play(verdict.Refuse)
	if !bytes.Equal(<-started, cue.WAV(verdict.Refuse, loud)) {
		t.Error("the newest tone did not come next")
	}
	if s := p.State(); s.Sound == cue.Failed {
		t.Errorf("a tone that was cut short counts as a failure: %+v", s)
	}
}

func TestCloseEndsWhatPlays(t *testing.T) {
	started := make(chan struct{})
	p := cue.NewPlayer(t.Context(), cue.Devices{Sound: func(ctx context.Context, _ []byte) error {
		close(started)
		<-ctx.Done()
		return ctx.Err()
	}}, loud)
	p.Play(verdict.Check)
	<-started
	p.Close()
	p.Play(verdict.Check) // after the end: nothing, and no panic
	p.Test()
}

// The volume test gives all four, each once, in the options of the moment.
func TestAllFour(t *testing.T) {
	heard := make(chan []byte, 8)
	p := cue.NewPlayer(t.Context(), cue.Devices{Sound: func(_ context.Context, wav []byte) error { heard <- wav; return nil }}, cue.Options{})
	defer p.Close()
	quiet := cue.Options{Volume: 30, Speak: true, Language: "zh"}
	p.Set(quiet)
	if p.Options() != quiet {
		t.Errorf("the options are %+v", p.Options())
	}
	p.Test()
	for _, o := range outcomes {
		if !bytes.Equal(<-heard, cue.WAV(o, quiet)) {
			t.Errorf("%v was not heard in its turn", o)
		}
	}
}

// Silence asked for reaches no device; vibration is a setting of its own.
func TestMuteAndVibration(t *testing.T) {
	felt := make(chan []cue.Pulse, 8)
	p := cue.NewPlayer(t.Context(), cue.Devices{
		Sound:   func(context.Context, []byte) error { t.Error("a muted device was played"); return nil },
		Vibrate: func(_ context.Context, pulses []cue.Pulse) error { felt <- pulses; return nil },
	}, cue.Options{Vibrate: true})
	p.Play(verdict.Refuse)
	if got := <-felt; !slices.Equal(got, cue.Pulses(verdict.Refuse)) {
		t.Errorf("refuse feels like %v", got)
	}
	p.Set(cue.Options{})
	p.Play(verdict.Admit)
	p.Close()
	if len(felt) > 0 {
		t.Error("it shook though that was switched off")
	}
}

// A device that fails is a state; when it works again, that is the state.
func TestFailureIsAState(t *testing.T) {
	broken := errors.New("no card")
	results := []error{broken, broken, nil}
	played := make(chan struct{})
	p := cue.NewPlayer(t.Context(), cue.Devices{Sound: func(context.Context, []byte) error {
		err := results[0]
		results = results[1:]
		<-played
		return err
	}}, loud)
	if s := p.State(); s.Sound != cue.Untried || s.Vibration != cue.Absent {
		t.Errorf("before the first cue: %+v", s)
	}
	until := func(want cue.Condition, why error) {
		t.Helper()
		for p.State().Sound != want {
			runtime.Gosched()
		}
		if !errors.Is(p.State().SoundErr, why) {
			t.Errorf("the cause is %v", p.State().SoundErr)
		}
	}
	p.Play(verdict.Check)
	played <- struct{}{}
	until(cue.Failed, broken)
	p.Play(verdict.Check)
	played <- struct{}{}
	p.Play(verdict.Check)
	played <- struct{}{}
	until(cue.Working, nil)
	p.Close()
}

// program puts a shell script into dir.
func program(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// TestProgramOfTheSystem has one program whose server is not there, and one that plays.
func TestProgramOfTheSystem(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("skipped: the programs are shell scripts")
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	program(t, dir, "paplay", "exit 1")
	program(t, dir, "aplay", "/bin/cat \"$2\" >"+out)
	t.Setenv("PATH", dir)
	if err := cue.Machine().Sound(context.Background(), cue.WAV(verdict.Admit, loud)); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(out); err != nil || !bytes.Equal(got, cue.WAV(verdict.Admit, loud)) {
		t.Errorf("the program got %d bytes: %v", len(got), err)
	}
	program(t, dir, "aplay", "exit 1")
	if err := cue.Machine().Sound(context.Background(), cue.WAV(verdict.Admit, loud)); err == nil {
		t.Error("no program worked, and none complained")
	}
}

func TestSilentMachine(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("skipped: Windows plays without a program")
	}
	t.Setenv("PATH", t.TempDir())
	p := cue.NewPlayer(t.Context(), cue.Machine(), loud)
	for range 100 {
		p.Play(verdict.Refuse)
	}
	if s := p.State(); s.Sound != cue.Absent {
		t.Errorf("the state is %+v", s)
	}
	p.Close()
}

// What the kernel is told, in both of its ways.
func TestSysfs(t *testing.T) {
	for name, c := range map[string]struct{ files, want map[string]string }{
		"leds":         {map[string]string{"class/leds/vibrator/duration": "", "class/leds/vibrator/activate": ""}, map[string]string{"class/leds/vibrator/duration": "7", "class/leds/vibrator/activate": "1"}},
		"timed output": {map[string]string{"class/timed_output/vibrator/enable": ""}, map[string]string{"class/timed_output/vibrator/enable": "7"}},
	} {
		root := t.TempDir()
		for path := range c.files {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(root, path)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(root, path), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		shake := cue.Sysfs(root)
		if shake == nil {
			t.Fatalf("%s: no vibrator found", name)
		}
		if err := shake(context.Background(), []cue.Pulse{{Length: 7 * time.Millisecond}}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for path, want := range c.want {
			if got, _ := os.ReadFile(filepath.Join(root, path)); string(got) != want {
				t.Errorf("%s: %s has %q, want %q", name, path, got, want)
			}
		}
		ended, end := context.WithCancel(context.Background())
		end()
		if err := shake(ended, []cue.Pulse{{Length: time.Hour}}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: an ended context gives %v", name, err)
		}
	}
	if cue.Sysfs(t.TempDir()) != nil {
		t.Error("a vibrator was found where there is none")
	}
}

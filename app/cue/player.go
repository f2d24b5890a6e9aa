package cue

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"postern/sync/verdict"
)

// programs play a WAV file and are there on one system or another.
var programs = [][]string{{"paplay"}, {"pw-play"}, {"aplay", "-q"}, {"afplay"}}

// longest is how long one tone may take, the start of the program included.
const longest = 3 * time.Second

// Player plays tones one after another. The newest matters most: one that is
// still waiting when the next comes is dropped. Make it with NewPlayer.
type Player struct {
	play   func(ctx context.Context, wav []byte) error
	next   chan verdict.Outcome // holds at most one
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// NewPlayer makes a player that gives WAV bytes to play, in a goroutine that
// Close ends; play must return when its context is done. A nil play looks for
// a program of the system, and is silent where there is none.
func NewPlayer(play func(ctx context.Context, wav []byte) error) *Player {
	if play == nil {
		play = systemPlay()
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &Player{play: play, next: make(chan verdict.Outcome, 1), cancel: cancel}
	if play != nil {
		p.done.Go(func() { p.run(ctx) })
	}
	return p
}

// Play asks for an outcome's tone and returns at once.
func (p *Player) Play(o verdict.Outcome) {
	for range 3 { // another caller may come in between; then either tone will do
		select {
		case p.next <- o:
			return
		default:
		}
		select {
		case <-p.next:
		default:
		}
	}
}

// Close ends the player and what it is playing.
func (p *Player) Close() {
	p.cancel()
	p.done.Wait()
}

func (p *Player) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case o := <-p.next:
			tone, stop := context.WithTimeout(ctx, longest)
			_ = p.play(tone, WAV(o)) // no sound is no fault
			stop()
		}
	}
}

// systemPlay is how this machine plays a file; nil where it has no program for it.
func systemPlay() func(ctx context.Context, wav []byte) error {
	for _, program := range programs {
		if path, err := exec.LookPath(program[0]); err == nil {
			return func(ctx context.Context, wav []byte) error { return runProgram(ctx, path, program[1:], wav) }
		}
	}
	return nil
}

func runProgram(ctx context.Context, path string, args []string, wav []byte) error {
	dir, err := os.MkdirTemp("", "postern-cue-*")
	if err != nil {
		return fmt.Errorf("play tone: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "tone.wav")
	if err := os.WriteFile(file, wav, 0o600); err != nil {
		return fmt.Errorf("play tone: %w", err)
	}
	cmd := exec.CommandContext(ctx, path, append(args[:len(args):len(args)], file)...)
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("play tone: %w", err)
	}
	return nil
}

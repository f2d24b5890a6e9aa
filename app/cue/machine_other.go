//go:build !windows

package cue

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// programs are commands that play a WAV file; no system has all of them.
var programs = [][]string{{"paplay"}, {"pw-play"}, {"aplay", "-q"}, {"afplay"}}

// Machine finds the devices of this machine.
func Machine() Devices {
	d := Devices{Sound: systemSound()}
	if runtime.GOOS == "linux" {
		d.Vibrate = Sysfs("/sys")
	}
	return d
}

// systemSound plays with the first program that works: one may be installed
// whose sound server does not run. It is nil where no program is installed.
func systemSound() func(context.Context, []byte) error {
	var found [][]string
	for _, program := range programs {
		if path, err := exec.LookPath(program[0]); err == nil {
			found = append(found, append([]string{path}, program[1:]...))
		}
	}
	if found == nil {
		return nil
	}
	return func(ctx context.Context, wav []byte) error {
		var failures error
		for _, command := range found {
			err := runProgram(ctx, command, wav)
			if err == nil || ctx.Err() != nil {
				return err
			}
			failures = errors.Join(failures, err)
		}
		return failures
	}
}

func runProgram(ctx context.Context, command []string, wav []byte) error {
	dir, err := os.MkdirTemp("", "postern-cue-*")
	if err != nil {
		return fmt.Errorf("play tone: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "tone.wav")
	if err := os.WriteFile(file, wav, 0o600); err != nil {
		return fmt.Errorf("play tone: %w", err)
	}
	cmd := exec.CommandContext(ctx, command[0], append(command[1:len(command):len(command)], file)...)
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("play tone by %s: %w", filepath.Base(command[0]), err)
	}
	return nil
}

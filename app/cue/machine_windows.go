package cue

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Flags of PlaySound (playsoundapi.h).
const (
	sndAsync     = 0x0001
	sndNoDefault = 0x0002 // silence rather than the system's own sound
	sndMemory    = 0x0004
)

var playSound = windows.NewLazySystemDLL("winmm.dll").NewProc("PlaySoundW")

// Machine finds the devices of this machine; Windows gives a program no vibrator.
func Machine() Devices {
	if playSound.Find() != nil {
		return Devices{}
	}
	return Devices{Sound: winmm}
}

// winmm plays from memory. PlaySound is asked not to wait, and winmm waits
// itself, so that ctx can end the sound; wav must stay in memory until then.
func winmm(ctx context.Context, wav []byte) error {
	ok, _, _ := playSound.Call(uintptr(unsafe.Pointer(&wav[0])), 0, sndAsync|sndNoDefault|sndMemory)
	if ok == 0 {
		return fmt.Errorf("play tone: %w", errors.New("PlaySound refused, is there a sound device?"))
	}
	wait(ctx, time.Duration(len(wav)-44)*time.Second/(2*Rate)+50*time.Millisecond)
	playSound.Call(0, 0, 0)
	runtime.KeepAlive(wav)
	return ctx.Err()
}

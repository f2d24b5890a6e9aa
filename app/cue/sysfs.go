package cue

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Sysfs finds the vibrator that the Linux kernel offers as files below root
// (/sys): class/leds/vibrator with duration and activate, or the older
// class/timed_output/vibrator with enable; milliseconds are written in decimal.
// It is nil where there is none that this process may write. The force feedback
// of input devices is not used, since a game pad offers it as well as a tablet.
func Sysfs(root string) func(context.Context, []Pulse) error {
	leds := filepath.Join(root, "class/leds/vibrator")
	if activate := filepath.Join(leds, "activate"); writable(activate) && writable(filepath.Join(leds, "duration")) {
		return pulsing(func(d time.Duration) error {
			if err := write(filepath.Join(leds, "duration"), milliseconds(d)); err != nil {
				return err
			}
			return write(activate, "1")
		})
	}
	if enable := filepath.Join(root, "class/timed_output/vibrator/enable"); writable(enable) {
		return pulsing(func(d time.Duration) error { return write(enable, milliseconds(d)) })
	}
	return nil
}

// pulsing makes a Devices.Vibrate of a function that starts one pulse, which the kernel ends.
func pulsing(shake func(time.Duration) error) func(context.Context, []Pulse) error {
	return func(ctx context.Context, pulses []Pulse) error {
		for _, p := range pulses {
			if err := shake(p.Length); err != nil {
				return fmt.Errorf("vibrate: %w", err)
			}
			if !wait(ctx, p.Length+p.Rest) {
				return ctx.Err()
			}
		}
		return nil
	}
}

func writable(path string) bool {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return false
	}
	return f.Close() == nil
}

func write(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

//go:build !linux || android

package camera

import (
	"fmt"
	"runtime"
	"strings"
)

// List gives no device: this system's cameras have no driver in this program.
func List() ([]Device, error) { return nil, nil }

func isDevice(address string) bool { return strings.HasPrefix(address, "/dev/") }

func openDevice(string) (Source, error) {
	return nil, fmt.Errorf("open camera: %w: built-in and USB cameras of %s have no driver here; use a telephone or a network camera (http://…), or a scanner", ErrSystem, runtime.GOOS)
}

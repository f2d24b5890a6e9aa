//go:build linux && !android

package camera

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/blackjack/webcam"
	"github.com/blackjack/webcam/ioctl"
	"golang.org/x/sys/unix"
)

// opened is a real device. It makes up for two faults of webcam v0.6.1, which
// reports the size that was asked for instead of the one that the driver set,
// and does not check the length of a frame.
type opened struct {
	*webcam.Webcam
	path string
}

func openVideo(path string) (device, error) {
	w, err := webcam.Open(path)
	if err != nil {
		return nil, err
	}
	return opened{w, path}, nil
}

// GetFrame is webcam's, with an error in place of its panic where the driver
// claims that a frame is longer than its buffer.
func (o opened) GetFrame() (data []byte, index uint32, err error) {
	defer func() {
		if why := recover(); why != nil {
			data, err = nil, fmt.Errorf("take frame: the driver says what cannot be: %v", why)
		}
	}()
	return o.Webcam.GetFrame()
}

// format is struct v4l2_format with the single-planar part of its union
// (linux/videodev2.h). Of the union, 200 bytes aligned as a pointer, the first
// five words are width, height, pixel format, field and bytes per line.
type format struct {
	kind  uint32
	union struct {
		_     [0]uintptr
		words [50]uint32
	}
}

// getFormat is VIDIOC_G_FMT.
var getFormat = ioctl.IoRW('V', 4, unsafe.Sizeof(format{}))

// Layout asks the driver through a second file descriptor, since webcam does not
// export its own; a device has one format for all of its descriptors.
func (o opened) Layout() (layout, error) {
	fd, err := unix.Open(o.path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return layout{}, err
	}
	defer unix.Close(fd)
	f := format{kind: webcam.V4L2_BUF_TYPE_VIDEO_CAPTURE}
	if err := ioctl.Ioctl(uintptr(fd), getFormat, uintptr(unsafe.Pointer(&f))); err != nil {
		return layout{}, err
	}
	words := f.union.words
	return layout{format: words[2], width: int(words[0]), height: int(words[1]), stride: int(words[4])}, nil
}

// controls are the controls that matter for reading codes, by their V4L2 numbers
// (linux/v4l2-controls.h).
var controls = map[string]webcam.ControlID{
	"brightness":    0x00980900,
	"contrast":      0x00980901,
	"gain":          0x00980913,
	"power-line":    0x00980918, // 1 for 50 Hz, 2 for 60 Hz: against flicker
	"backlight":     0x0098091c,
	"exposure-mode": 0x009a0901, // 1 manual, 3 automatic in most cameras
	"exposure":      0x009a0902, // in 100 µs
	"focus":         0x009a090a,
	"focus-auto":    0x009a090c,
	"zoom":          0x009a090d,
	torchName:       0x009c0901, // flash LED mode: none, flash, torch
}

// torchMode is V4L2_FLASH_LED_MODE_TORCH: a lamp without it only flashes.
const torchMode = 2

// Controls gives what the running device lets one set.
func (v *video) Controls() []Control {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.running == nil {
		return nil
	}
	has := v.running.GetControls()
	var found []Control
	for name, id := range controls {
		c, ok := has[id]
		if !ok || name == torchName && c.Max < torchMode {
			continue
		}
		value, err := v.running.GetControl(id)
		if err != nil {
			continue
		}
		found = append(found, Control{name, int(c.Min), int(c.Max), int(c.Step), int(value)})
	}
	slices.SortFunc(found, func(a, b Control) int { return strings.Compare(a.Name, b.Name) })
	return found
}

// SetControl sets a control of the running device, within its bounds.
func (v *video) SetControl(name string, value int) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	id, ok := controls[name]
	if !ok || v.running == nil {
		return fmt.Errorf("set %s: %w", name, ErrNoControl)
	}
	c, ok := v.running.GetControls()[id]
	if !ok {
		return fmt.Errorf("set %s: %w", name, ErrNoControl)
	}
	if value < int(c.Min) || value > int(c.Max) {
		return fmt.Errorf("set %s: %d is not within %d and %d", name, value, c.Min, c.Max)
	}
	if err := v.running.SetControl(id, int32(value)); err != nil {
		return fmt.Errorf("set %s: %w", name, err)
	}
	return nil
}

//go:build linux && !android

package camera

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"
)

const (
	videoPatience = 5 * time.Second
	videoBuffers  = 4
	videoTick     = 4 * time.Millisecond // between two looks for a frame
	wantedWidth   = 1280
	wantedHeight  = 720
	wantedRate    = 30 // pictures a second
	smoothRate    = 15 // fewer are too few for a line of people
)

// device is what video needs of a V4L2 device. *webcam.Webcam has all of it but
// Layout; tests play one.
type device interface {
	GetName() (string, error)
	GetSupportedFormats() map[webcam.PixelFormat]string
	GetSupportedFrameSizes(webcam.PixelFormat) []webcam.FrameSize
	GetSupportedFramerates(f webcam.PixelFormat, width, height uint32) []webcam.FrameRate
	SetImageFormat(f webcam.PixelFormat, width, height uint32) (webcam.PixelFormat, uint32, uint32, error)
	SetFramerate(float32) error
	SetBufferCount(uint32) error
	StartStreaming() error
	GetFrame() (data []byte, index uint32, err error) // EAGAIN where none is there yet
	ReleaseFrame(index uint32) error
	GetControls() map[webcam.ControlID]webcam.Control
	GetControl(webcam.ControlID) (int32, error)
	SetControl(webcam.ControlID, int32) error
	Close() error

	// Layout is what the driver settled on, which need not be what was asked.
	Layout() (layout, error)
}

// video is a V4L2 device.
type video struct {
	system   machine
	open     func(path string) (device, error)
	now      func() time.Time
	patience time.Duration

	mu      sync.Mutex
	address string // the lasting one as soon as it is known; empty for the first device
	name    string
	running device // nil while Frames does not run
}

func openDevice(address string) (Source, error) {
	v := &video{system: machine{"/"}, open: openVideo, now: time.Now, patience: videoPatience, address: address}
	if address != "" {
		v.address = v.system.lasting(address)
	}
	return v, nil
}

func (v *video) Name() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.name != "":
		return v.name
	case v.address != "":
		return v.address
	}
	return "camera"
}

// Frames opens the device, settles on a format and streams. It ends with
// [ErrGone] when the device is unplugged.
func (v *video) Frames(ctx context.Context, each func(Frame)) (err error) {
	defer func() {
		if ctx.Err() != nil {
			err = nil
		} else if err != nil {
			err = fmt.Errorf("watch %s: %w", v.Name(), err)
		}
	}()
	path, err := v.place()
	if err != nil {
		return err
	}
	d, err := v.open(path)
	if err != nil {
		return absent(path, err)
	}
	v.run(d)
	defer v.release()
	l, err := settle(d)
	if err != nil {
		return err
	}
	if err := d.SetBufferCount(videoBuffers); err != nil {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	if err := d.StartStreaming(); err != nil {
		return fmt.Errorf("%w: %w; another program may be using it", ErrGone, err)
	}
	return v.stream(ctx, d, l, each)
}

// place is the path of the device; the first device's where no address was given.
func (v *video) place() (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.address == "" {
		devices, err := v.system.list()
		if err != nil {
			return "", err
		}
		if len(devices) == 0 {
			return "", fmt.Errorf("%w: there is no camera; plug one in", ErrGone)
		}
		return devices[0].Address, nil
	}
	v.address = v.system.lasting(v.address)
	return v.address, nil
}

// absent is why a device did not open.
func absent(path string, err error) error {
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return fmt.Errorf("%w: %s; plug it in", ErrGone, path)
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return fmt.Errorf("%w: this user may not open %s; add the user to the group video", ErrRefused, path)
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("%w: %s is in use by another program", ErrGone, path)
	}
	return fmt.Errorf("%w: %s: %w", ErrAddress, path, err)
}

func (v *video) run(d device) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.running = d
	if name, err := d.GetName(); err == nil && name != "" {
		v.name = name
	}
}

// release closes the device; controls cannot reach it any more then.
func (v *video) release() {
	v.mu.Lock()
	defer v.mu.Unlock()
	_ = v.running.Close() // nothing can be done about an error here
	v.running = nil
}

// stream hands on the newest frame again and again. It polls the device, because
// a blocking wait in the driver cannot be cancelled.
func (v *video) stream(ctx context.Context, d device, l layout, each func(Frame)) error {
	tick := time.NewTicker(videoTick)
	defer tick.Stop()
	var (
		out   unpacker
		bad   int
		cause error
	)
	since := v.now()
	for ctx.Err() == nil {
		data, index, got, err := newestFrame(d)
		at := v.now()
		switch {
		case err != nil:
			return fmt.Errorf("%w: %w", ErrGone, err)
		case !got && at.Sub(since) > v.patience:
			return fmt.Errorf("%w for %v; unplug it and plug it in again", ErrStalled, v.patience)
		case !got:
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
			continue
		}
		gray, color, err := out.frame(l, data)
		if freed := d.ReleaseFrame(index); freed != nil {
			return fmt.Errorf("%w: %w", ErrGone, freed)
		}
		if err != nil {
			if bad, cause = bad+1, err; bad >= mostBad {
				return fmt.Errorf("%w: %d frames in a row: %w", ErrFormat, bad, cause)
			}
			continue
		}
		each(Frame{Gray: gray, Color: color, At: at})
		bad, since = 0, v.now() // the time that the callback takes is not the camera's
	}
	return nil
}

// newestFrame takes all frames that the driver has filled and releases all but
// the last, which the caller releases. A frame that the driver reports as
// damaged (EIO) does not count.
func newestFrame(d device) (data []byte, index uint32, got bool, err error) {
	for range videoBuffers {
		next, i, err := d.GetFrame()
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) || errors.Is(err, unix.EIO) {
			break
		}
		if got {
			if freed := d.ReleaseFrame(index); freed != nil {
				return nil, 0, false, freed
			}
		}
		if err != nil {
			return nil, 0, false, err
		}
		data, index, got = next, i, true
	}
	return data, index, got, nil
}

// Package camera gives frames of cameras: of V4L2 devices (Linux), of network
// cameras and telephones that send JPEGs over HTTP, and of a folder of pictures
// that is played like a slow camera.
//
// A frame is only a picture of what somebody showed: nothing in it is believed
// before a signature is verified. Devices and servers are not trusted either:
// the sizes, formats and lengths that they claim are checked against what they
// send, every buffer is bounded, and a device that falls silent is an error,
// never a picture that stands still.
package camera

import (
	"context"
	"errors"
	"fmt"
	"image"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Frame is one picture from a device. It is valid until the callback that
// received it returns.
type Frame struct {
	Gray  *image.Gray // the picture in which codes are searched; its corner is at 0,0
	Color image.Image // the same picture for the screen, of the same size; Gray itself where there are no colours
	At    time.Time   // when it arrived
}

// Source gives the frames of one device. It opens the device in Frames and
// releases it before Frames returns. One Frames runs at a time.
type Source interface {
	// Frames calls each with every new frame, from one goroutine. A frame that
	// arrives while each still runs is dropped, never queued. Frames returns nil
	// when ctx ends or when there will be no more pictures, and otherwise the
	// error that ended it; then it may be called again: see [Steady].
	Frames(ctx context.Context, each func(Frame)) error
	// Name is what a person calls the device; no password is in it.
	Name() string
}

// Device is a camera that [List] found.
type Device struct {
	Address string // what Open takes; it stays the same when the device is plugged in again
	Name    string
}

// What may be wrong with a device. The errors around them say what to do.
var (
	ErrAddress = errors.New("the address is not one of a camera")     // waiting does not help
	ErrRefused = errors.New("the camera refuses")                     // wrong user, password or path
	ErrGone    = errors.New("the camera is not there")                // unplugged, switched off, out of reach
	ErrStalled = errors.New("the camera sends no pictures")           // there, but silent
	ErrFormat  = errors.New("the camera sends what cannot be read")   // no format of ours, or not what it says
	ErrSystem  = errors.New("this system's cameras cannot be opened") // no driver in this program
)

// What one live frame may cost. A still may cost more: see [qr.Load].
const (
	MaxFrame  = 8 << 20    // bytes as a JPEG
	MaxPixels = 16_000_000 // 16 megapixels
)

// Open understands an address:
//
//	/dev/video0              a V4L2 device (Linux)
//	http://host:8080/video   a network camera: an MJPEG stream, or one JPEG that is asked for again and again
//	shots                    a folder of pictures
//	(empty)                  the first device
//
// A fragment turns the picture and sets the pace; see [ParseView]:
//
//	/dev/video0#turn=180,mirror
//
// Open does not touch the device: Frames does, so that a camera which is
// unplugged now may be plugged in later.
func Open(address string) (Source, error) {
	bare, view, err := cut(address)
	if err != nil {
		return nil, err
	}
	s, err := open(bare, view)
	if err != nil {
		return nil, err
	}
	if view.turned() {
		return &turning{Source: s, view: view}, nil
	}
	return s, nil
}

func open(address string, view View) (Source, error) {
	switch {
	case address == "":
		return openDevice("")
	case strings.HasPrefix(address, "http://"), strings.HasPrefix(address, "https://"):
		return openStream(address, view)
	case strings.Contains(address, "://"):
		scheme, _, _ := strings.Cut(address, "://")
		return nil, fmt.Errorf("open camera: %w: there is no reader for %s; use http:// or https:// with MJPEG", ErrAddress, scheme)
	}
	if info, err := os.Stat(address); err == nil && info.IsDir() {
		return &folder{dir: address, view: view, now: time.Now}, nil
	} else if isDevice(address) {
		return openDevice(address)
	} else if err != nil {
		return nil, fmt.Errorf("open camera: %w: %w; give /dev/video0, http://…, or a folder of pictures", ErrAddress, err)
	}
	return nil, fmt.Errorf("open camera: %w: %s is a file; give the folder that it is in", ErrAddress, filepath.Base(address))
}

// cut takes the view off an address. A fragment that is no view belongs to the
// path where a file of that name exists; anywhere else it is an error.
func cut(address string) (string, View, error) {
	bare, fragment, found := strings.Cut(address, "#")
	if !found {
		return address, View{}, nil
	}
	view, err := ParseView(fragment)
	if err != nil {
		if _, missing := os.Stat(address); missing == nil {
			return address, View{}, nil
		}
		return "", View{}, err
	}
	return bare, view, nil
}

// hideUser is an address without user, password, query and fragment, as screens and logs show it.
func hideUser(u *url.URL) string {
	shown := *u
	shown.User, shown.RawQuery, shown.Fragment = nil, "", ""
	return shown.String()
}

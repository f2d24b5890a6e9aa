// Package camera is the place for frames from a device: one file per operating
// system, each a [Source]. What a reader must know to be safe: a frame is only
// a picture of what somebody showed; package scan reads it, bounded like any
// other picture, and nothing in it is believed before its signature verified.
//
// No device is supported yet, so this package has no constructor: until it has
// one, the check screen offers scanners, typing, pasting and pictures, and
// shows no camera.
package camera

import (
	"context"
	"image"
)

// Source gives frames of one device. Implementations open the device in Frames
// and release it before they return.
type Source interface {
	// Frames calls each with every new frame, upright, gray, newest only: a
	// frame that comes while each still runs is dropped, never queued. The
	// picture is valid until each returns. Frames ends with ctx (nil), or with
	// the error that took the device away; it may be called again then.
	Frames(ctx context.Context, each func(*image.Gray)) error
	// Name is what a person calls the device.
	Name() string
}

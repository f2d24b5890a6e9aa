//go:build linux && !android

package camera

import "time"

// FakeDevice is what a test plays a V4L2 device with.
type FakeDevice = device

// Settled is what a driver says that it settled on.
func Settled(format uint32, w, h, stride int) layout { return layout{format, w, h, stride} }

// Layout is the type of what Settled gives.
type Layout = layout

// NewVideo is a V4L2 source whose devices a test opens, on a machine whose
// files lie under root.
func NewVideo(address, root string, open func(path string) (FakeDevice, error), patience time.Duration) Source {
	return &video{system: machine{root}, open: open, now: time.Now, patience: patience, address: address}
}

// ListIn lists the devices of a machine whose files lie under root.
func ListIn(root string) ([]Device, error) { return machine{root}.list() }

// GetFormat is the number of VIDIOC_G_FMT as this program makes it.
var GetFormat = getFormat

package main

import (
	"postern/app/camera"
	"postern/app/ui"
)

// noCamera is the address that stands for none.
const noCamera = "none"

// machine are the cameras of this machine, and those of the network that are named.
type machine struct{}

func (machine) List() []camera.Device {
	devices, err := camera.List()
	if err != nil {
		return nil // a system without a driver has no cameras to choose from
	}
	return devices
}

func (machine) Open(address string) (camera.Source, error) { return camera.Open(address) }

// camerasOf is what the screens may look through, given the command line's address.
func camerasOf(address string) ui.Cameras {
	if address == noCamera {
		return nil
	}
	return machine{}
}

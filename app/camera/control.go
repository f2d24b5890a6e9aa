package camera

import "errors"

// Control is something that a device lets one set, such as its focus.
type Control struct {
	Name                  string // brightness, exposure, focus …
	Min, Max, Step, Value int
}

// Adjustable is a source whose device may have controls. It has them while
// Frames runs. Its methods may be called from any goroutine.
type Adjustable interface {
	Controls() []Control
	SetControl(name string, value int) error
}

// Torch is a source whose device has a lamp.
type Torch interface {
	SetTorch(on bool) error
}

// ErrNoControl says that a device does not have a control, or is not running.
var ErrNoControl = errors.New("the camera has no such control now")

// Adjust gives the controls of a source that [Open] or [Steady] made.
func Adjust(s Source) (Adjustable, bool) { return find[Adjustable](s) }

// Lamp gives the torch of a source that [Open] or [Steady] made. Whether a
// device has one is known once it runs: ask again after the first frame.
func Lamp(s Source) (Torch, bool) {
	a, ok := Adjust(s)
	if !ok {
		return nil, false
	}
	for _, c := range a.Controls() {
		if c.Name == torchName {
			return lamp{a, c}, true
		}
	}
	return nil, false
}

// torchName is the control that a lamp is.
const torchName = "torch"

type lamp struct {
	device  Adjustable
	control Control
}

func (l lamp) SetTorch(on bool) error {
	if on {
		return l.device.SetControl(l.control.Name, l.control.Max)
	}
	return l.device.SetControl(l.control.Name, l.control.Min)
}

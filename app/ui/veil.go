package ui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"
)

// veilStands is how long a new screen feels no finger: shorter than anybody
// needs to read a word of it, longer than a second tap or a tap that was on its way.
const veilStands = 350 * time.Millisecond

// veil lies over a screen that has just come, unseen, and takes the fingers that
// were meant for the one before: the next person's code may come at any moment,
// and "matches" for one must not count for the other.
type veil struct {
	widget.BaseWidget
	stop func() // stops what lifts it
}

func newVeil() *veil {
	v := &veil{}
	v.ExtendBaseWidget(v)
	v.Hide()
	return v
}

// fall covers the screen for a while.
func (u *UI) fall() {
	v := u.veil
	if v.stop != nil {
		v.stop()
	}
	v.Show()
	v.stop = u.after(veilStands, v.Hide)
}

func (*veil) Tapped(*fyne.PointEvent)          {}
func (*veil) TappedSecondary(*fyne.PointEvent) {}
func (*veil) MouseDown(*desktop.MouseEvent)    {}
func (*veil) MouseUp(*desktop.MouseEvent)      {}
func (*veil) TouchDown(*mobile.TouchEvent)     {}
func (*veil) TouchUp(*mobile.TouchEvent)       {}
func (*veil) TouchCancel(*mobile.TouchEvent)   {}

func (*veil) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

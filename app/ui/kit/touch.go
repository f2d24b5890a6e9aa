package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"
)

// TouchArea is a surface that feels a finger or a mouse come and go.
type TouchArea struct {
	widget.BaseWidget
	down, up func()
	held     bool
}

func NewTouchArea(down, up func()) *TouchArea {
	t := &TouchArea{down: down, up: up}
	t.ExtendBaseWidget(t)
	return t
}

func (t *TouchArea) MouseDown(*desktop.MouseEvent)  { t.press() }
func (t *TouchArea) MouseUp(*desktop.MouseEvent)    { t.letGo() }
func (t *TouchArea) TouchDown(*mobile.TouchEvent)   { t.press() }
func (t *TouchArea) TouchUp(*mobile.TouchEvent)     { t.letGo() }
func (t *TouchArea) TouchCancel(*mobile.TouchEvent) { t.letGo() }

// Dragged is here so that Fyne says MouseUp to the surface that a finger came
// down on, wherever it leaves the screen.
func (t *TouchArea) Dragged(*fyne.DragEvent) {}
func (t *TouchArea) DragEnd()                { t.letGo() }

func (t *TouchArea) press() {
	t.held = true
	t.down()
}

// letGo is the finger gone; a [Scroll] that lies over the surface says so too.
func (t *TouchArea) letGo() {
	if t.held {
		t.held = false
		t.up()
	}
}

func (t *TouchArea) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

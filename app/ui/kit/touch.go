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
}

func NewTouchArea(down, up func()) *TouchArea {
	t := &TouchArea{down: down, up: up}
	t.ExtendBaseWidget(t)
	return t
}

func (t *TouchArea) MouseDown(*desktop.MouseEvent)    { t.down() }
func (t *TouchArea) MouseUp(*desktop.MouseEvent)      { t.up() }
func (t *TouchArea) TouchDown(*mobile.TouchEvent)     { t.down() }
func (t *TouchArea) TouchUp(*mobile.TouchEvent)       { t.up() }
func (t *TouchArea) TouchCancel(e *mobile.TouchEvent) { t.up() }

func (t *TouchArea) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

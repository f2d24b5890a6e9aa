package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// IsWide reports whether a window lies flat: the tabs then stand at its side.
func IsWide(size fyne.Size) bool { return size.Width > size.Height*1.15 }

// Place puts an object at a rectangle and gives it back.
func Place(o fyne.CanvasObject, x, y, w, h float32) fyne.CanvasObject {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	return o
}

// corner is how round grounds and buttons are.
const corner = 16

// inside lays a rectangle on a size so that its line does not reach out of it.
func inside(r *canvas.Rectangle, size fyne.Size) {
	in := r.StrokeWidth / 2
	r.CornerRadius = corner - in
	Place(r, in, in, size.Width-2*in, size.Height-2*in)
}

// Gap is empty height.
func Gap(height float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(1, height))
	return r
}

// Scrolled makes a stack scroll where the height is not enough; the bar runs
// beside it, not over it.
func Scrolled(s *Stack, x, y, w, h float32) *Scroll {
	s.side, s.width = barRoom, w+2*barRoom
	v := NewScroll(s)
	Place(v, x-barRoom, y, s.width, h)
	return v
}

// Fixed holds objects that are already placed.
func Fixed(size fyne.Size, objects ...fyne.CanvasObject) *fyne.Container {
	c := container.NewWithoutLayout(objects...)
	c.Resize(size)
	return c
}

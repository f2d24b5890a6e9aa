package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// RingIn is the ring of the keys inside a size.
func RingIn(size fyne.Size, corner float32, ink color.Color) fyne.CanvasObject {
	const in = 5
	r := canvas.NewRectangle(color.Transparent)
	r.StrokeColor, r.StrokeWidth, r.CornerRadius = ink, 3, corner-in
	return Place(r, in, in, size.Width-2*in, size.Height-2*in)
}

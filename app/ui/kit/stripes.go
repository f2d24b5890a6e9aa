package kit

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Stripes are slanted stripes of two colours: barrier tape, the edge of the way
// in for emergencies, the ground of what a person decided. Wide is how wide each
// stripe is, across it.
type Stripes struct {
	A, B color.NRGBA
	Wide float32
}

// at is the colour at a place of the window, in dp.
func (s Stripes) at(x, y, pixel float64) color.NRGBA {
	wide := float64(s.Wide)
	along := math.Mod((x+y)/math.Sqrt2, 2*wide)
	if along < 0 {
		along += 2 * wide
	}
	// The edges between the two are as soft as a pixel.
	share := 0.0
	switch edge := along - wide; {
	case edge >= 0:
		share = 1 - max(pixel/2-(2*wide-along), 0)/pixel
		share = min(share, 0.5+edge/pixel)
	default:
		share = max(0.5+edge/pixel, 0.5-along/pixel)
	}
	return Blend(s.A, s.B, float32(min(max(share, 0), 1)))
}

// On is a rectangle of stripes that begin at a place: pieces of one tape meet
// when each is told where it lies. radius rounds its corners at the left.
func (s Stripes) On(from fyne.Position, radius float32) fyne.CanvasObject {
	var r *canvas.Raster
	r = canvas.NewRaster(func(w, h int) image.Image {
		size := r.Size()
		if w <= 0 || h <= 0 || size.Width <= 0 {
			return image.NewNRGBA(image.Rect(0, 0, 1, 1))
		}
		img, pixel := image.NewNRGBA(image.Rect(0, 0, w, h)), float64(size.Width)/float64(w)
		for y := range h {
			for x := range w {
				dx, dy := (float64(x)+0.5)*pixel, (float64(y)+0.5)*pixel
				c := s.at(dx+float64(from.X), dy+float64(from.Y), pixel)
				c.A = uint8(255 * rounded(dx, dy, float64(size.Height), float64(radius), pixel))
				img.SetNRGBA(x, y, c)
			}
		}
		return img
	})
	return r
}

// rounded is how much of a pixel lies inside the two round corners at the left.
func rounded(x, y, height, radius, pixel float64) float64 {
	y = min(y, height-y)
	if x >= radius || y >= radius {
		return 1
	}
	out := math.Hypot(radius-x, radius-y) - radius
	return min(max(0.5-out/pixel, 0), 1)
}

// Tape is barrier tape of a width round the edge of a size: it says refuse.
func Tape(size fyne.Size, wide float32, ground color.NRGBA) []fyne.CanvasObject {
	s := Stripes{White, Blend(ground, Black, 0.24), wide * 1.1}
	side := func(x, y, w, h float32) fyne.CanvasObject { return Place(s.On(fyne.NewPos(x, y), 0), x, y, w, h) }
	return []fyne.CanvasObject{
		side(0, 0, size.Width, wide), side(0, size.Height-wide, size.Width, wide),
		side(0, wide, wide, size.Height-2*wide), side(size.Width-wide, wide, wide, size.Height-2*wide),
	}
}

package kit

import (
	"image"
	"image/color"
)

// Fit is how a camera's frame fills a pane: as large as needed, the rest cut
// off evenly at both sides.
type Fit struct {
	scale  float64 // pixels of the pane for one of the frame
	dx, dy float64 // of the frame, cut off at the left and at the top
}

// NewFit fits a frame into a pane, both in pixels.
func NewFit(frame, pane image.Point) Fit {
	k := max(float64(pane.X)/float64(max(frame.X, 1)), float64(pane.Y)/float64(max(frame.Y, 1)))
	return Fit{
		scale: k,
		dx:    (float64(frame.X) - float64(pane.X)/k) / 2,
		dy:    (float64(frame.Y) - float64(pane.Y)/k) / 2,
	}
}

// OnPane is where a place of the frame stands on the pane.
func (c Fit) OnPane(p image.Point) (x, y float64) {
	return (float64(p.X) - c.dx) * c.scale, (float64(p.Y) - c.dy) * c.scale
}

// FillPreview paints a frame over all of dst, each pixel from the nearest of
// the frame: it runs for every frame beside the reader, and nobody reads on it.
func FillPreview(dst *image.RGBA, frame image.Image) {
	b, pane := frame.Bounds(), dst.Rect.Size()
	if b.Empty() || pane.X == 0 || pane.Y == 0 {
		return
	}
	c := NewFit(b.Size(), pane)
	columns := make([]int, pane.X)
	for x := range columns {
		columns[x] = b.Min.X + min(max(int(c.dx+(float64(x)+0.5)/c.scale), 0), b.Dx()-1)
	}
	for y := range pane.Y {
		from := b.Min.Y + min(max(int(c.dy+(float64(y)+0.5)/c.scale), 0), b.Dy()-1)
		fillRow(dst.Pix[y*dst.Stride:][:4*pane.X], frame, columns, from)
	}
}

func fillRow(row []uint8, frame image.Image, columns []int, y int) {
	switch f := frame.(type) {
	case *image.YCbCr:
		for i, x := range columns {
			at := f.COffset(x, y)
			r, g, b := color.YCbCrToRGB(f.Y[f.YOffset(x, y)], f.Cb[at], f.Cr[at])
			row[4*i], row[4*i+1], row[4*i+2], row[4*i+3] = r, g, b, 0xff
		}
	case *image.Gray:
		for i, x := range columns {
			v := f.Pix[f.PixOffset(x, y)]
			row[4*i], row[4*i+1], row[4*i+2], row[4*i+3] = v, v, v, 0xff
		}
	default:
		for i, x := range columns {
			r, g, b, _ := f.At(x, y).RGBA()
			row[4*i], row[4*i+1], row[4*i+2], row[4*i+3] = uint8(r>>8), uint8(g>>8), uint8(b>>8), 0xff
		}
	}
}

package qr

import (
	"image"
	"io"

	"golang.org/x/image/draw"
)

// Thumb is a small picture of a picture, in colour and upright, at most side by side
// pixels, for people to find the one that they mean. It takes what [Load] takes, and
// costs no more.
func Thumb(r io.Reader, side int) (*image.NRGBA, error) {
	img, turned, err := unpack(r)
	if err != nil {
		return nil, err
	}
	b := img.Bounds()
	k := min(float64(side)/float64(b.Dx()), float64(side)/float64(b.Dy()), 1)
	small := image.NewNRGBA(image.Rect(0, 0, max(int(float64(b.Dx())*k), 1), max(int(float64(b.Dy())*k), 1)))
	draw.ApproxBiLinear.Scale(small, small.Rect, img, b, draw.Src, nil)
	w, h := small.Rect.Dx(), small.Rect.Dy()
	if turned <= 1 || turned > 8 {
		return small, nil
	}
	size := image.Rect(0, 0, w, h)
	if turned >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewNRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			sx, sy := stored(x, y, w, h, turned)
			copy(out.Pix[out.PixOffset(x, y):][:4], small.Pix[small.PixOffset(sx, sy):])
		}
	}
	return out, nil
}

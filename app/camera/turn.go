package camera

import (
	"context"
	"image"
)

// turning is a source whose frames are turned or mirrored as a view says.
type turning struct {
	Source
	view View
}

// inner is the source that has the device's controls; find calls it.
func (t *turning) inner() Source { return t.Source }

func (t *turning) Frames(ctx context.Context, each func(Frame)) error {
	var out turner
	return t.Source.Frames(ctx, func(f Frame) { each(out.frame(f, t.view)) })
}

// turner turns frames into buffers that it keeps.
type turner struct {
	gray  image.Gray
	color image.YCbCr
}

// frame turns a frame. Its picture for people stays in colour where the
// turned subsampling has a name; else it is gray.
func (t *turner) frame(f Frame, v View) Frame {
	w, h := f.Gray.Rect.Dx(), f.Gray.Rect.Dy()
	rect := image.Rect(0, 0, w, h)
	if v.sideways() {
		rect = image.Rect(0, 0, h, w)
	}
	t.gray.Pix = turnPlane(t.gray.Pix, samples{f.Gray.Pix, f.Gray.Stride, w, h}, v)
	t.gray.Stride, t.gray.Rect = rect.Dx(), rect
	out := Frame{Gray: &t.gray, Color: &t.gray, At: f.At}
	color, ok := f.Color.(*image.YCbCr)
	ratio, named := turnedRatio(color, v)
	if !ok || !named || color.Rect.Dx() != w || color.Rect.Dy() != h {
		return out
	}
	cw, ch := chromaSize(color.SubsampleRatio, w, h)
	from := color.COffset(color.Rect.Min.X, color.Rect.Min.Y)
	t.color = image.YCbCr{
		Y: t.gray.Pix, YStride: t.gray.Stride,
		Cb:      turnPlane(t.color.Cb, samples{color.Cb[from:], color.CStride, cw, ch}, v),
		Cr:      turnPlane(t.color.Cr, samples{color.Cr[from:], color.CStride, cw, ch}, v),
		CStride: cw, SubsampleRatio: ratio, Rect: rect,
	}
	if v.sideways() {
		t.color.CStride = ch
	}
	out.Color = &t.color
	return out
}

// turnedRatio is a colour picture's subsampling after the turn.
func turnedRatio(img *image.YCbCr, v View) (image.YCbCrSubsampleRatio, bool) {
	if img == nil {
		return 0, false
	}
	if v.sideways() {
		switch img.SubsampleRatio {
		case image.YCbCrSubsampleRatio422:
			return image.YCbCrSubsampleRatio440, true
		case image.YCbCrSubsampleRatio440:
			return image.YCbCrSubsampleRatio422, true
		}
	}
	switch r := img.SubsampleRatio; r {
	case image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420:
		return r, true
	case image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio440:
		return r, true
	}
	return 0, false
}

// chromaSize is the size of the colour planes of a picture of w x h pixels.
func chromaSize(r image.YCbCrSubsampleRatio, w, h int) (cw, ch int) {
	cw, ch = w, h
	if r == image.YCbCrSubsampleRatio422 || r == image.YCbCrSubsampleRatio420 {
		cw = (w + 1) / 2
	}
	if r == image.YCbCrSubsampleRatio440 || r == image.YCbCrSubsampleRatio420 {
		ch = (h + 1) / 2
	}
	return cw, ch
}

// samples is one plane of a picture.
type samples struct {
	pix          []byte
	stride, w, h int
}

// turnPlane turns a plane into dst, which it makes larger where it must. The
// result has no gaps between its rows.
func turnPlane(dst []byte, src samples, v View) []byte {
	dst = sized(dst, src.w*src.h)
	width := src.w
	if v.sideways() {
		width = src.h
	}
	// The place of the first pixel in dst, and the steps from it to the next
	// pixel of a row and of a column of src.
	var at, right, down int
	switch v.Turn {
	case 90:
		at, right, down = width-1, width, -1
	case 180:
		at, right, down = src.w*src.h-1, -1, -width
	case 270:
		at, right, down = (src.w-1)*width, -width, 1
	default: // upright
		at, right, down = 0, 1, width
	}
	if v.Mirror && width > 1 {
		at, right, down = mirrored(at, width), mirroredStep(right), mirroredStep(down)
	}
	for y := range src.h {
		to := at + y*down
		for _, p := range src.pix[y*src.stride:][:src.w] {
			dst[to] = p
			to += right
		}
	}
	return dst
}

// mirrored is the place in a row of width pixels as seen from its other end.
func mirrored(at, width int) int { return at/width*width + width - 1 - at%width }

// mirroredStep turns steps along a row round; steps down a column stay.
func mirroredStep(step int) int {
	if step == 1 || step == -1 {
		return -step
	}
	return step
}

// sized gives a buffer of n bytes, the old one where it is large enough.
func sized(buffer []byte, n int) []byte {
	if cap(buffer) < n {
		return make([]byte, n)
	}
	return buffer[:n]
}

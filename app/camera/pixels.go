package camera

import (
	"errors"
	"fmt"
	"image"
)

// Pixel formats by their four characters (V4L2, linux/videodev2.h).
const (
	pixelYUYV = 'Y' | 'U'<<8 | 'Y'<<16 | 'V'<<24
	pixelGREY = 'G' | 'R'<<8 | 'E'<<16 | 'Y'<<24
	pixelMJPG = 'M' | 'J'<<8 | 'P'<<16 | 'G'<<24
	pixelJPEG = 'J' | 'P'<<8 | 'E'<<16 | 'G'<<24
)

var (
	errHalf   = errors.New("the frame is not whole")
	errLayout = errors.New("the sizes that the device says make no sense")
)

// layout is how a device says that its frames lie in memory. For JPEGs only the
// format counts, since each says its own size.
type layout struct {
	format        uint32
	width, height int
	stride        int // bytes from row to row; 0 where the device does not say
}

// checked gives the layout with its stride filled in, or an error where no frame can have it.
func (l layout) checked() (layout, error) {
	each := 1 // bytes a pixel
	switch l.format {
	case pixelMJPG, pixelJPEG:
		return l, nil
	case pixelYUYV:
		each = 2
	case pixelGREY:
	default:
		return l, fmt.Errorf("%w: pixel format %q", ErrFormat, fourCC(l.format))
	}
	if l.width < 2 || l.height < 1 || l.width > MaxPixels/l.height || l.format == pixelYUYV && l.width%2 != 0 {
		return l, fmt.Errorf("%w: %w: %d x %d", ErrFormat, errLayout, l.width, l.height)
	}
	if l.stride == 0 {
		l.stride = each * l.width
	}
	if l.stride < each*l.width || l.stride > 4*each*MaxPixels/l.height {
		return l, fmt.Errorf("%w: %w: %d bytes a row of %d pixels", ErrFormat, errLayout, l.stride, l.width)
	}
	return l, nil
}

func fourCC(f uint32) string {
	return string([]byte{byte(f), byte(f >> 8), byte(f >> 16), byte(f >> 24)})
}

// unpacker makes frames of a device's bytes, in buffers that it keeps.
type unpacker struct {
	gray  image.Gray
	color image.YCbCr
}

// frame copies a frame out of the device's memory. The layout must come from
// checked; data may be anything.
func (u *unpacker) frame(l layout, data []byte) (*image.Gray, image.Image, error) {
	switch l.format {
	case pixelMJPG, pixelJPEG:
		return picture(data)
	case pixelGREY:
		return u.grey(l, data)
	case pixelYUYV:
		return u.yuyv(l, data)
	}
	return nil, nil, fmt.Errorf("%w: pixel format %q", ErrFormat, fourCC(l.format))
}

// grey copies the rows, which are brightness alone.
func (u *unpacker) grey(l layout, data []byte) (*image.Gray, image.Image, error) {
	if len(data) < l.stride*(l.height-1)+l.width {
		return nil, nil, errHalf
	}
	u.resize(l)
	for y := range l.height {
		copy(u.gray.Pix[y*l.width:][:l.width], data[y*l.stride:])
	}
	return &u.gray, &u.gray, nil
}

// yuyv separates brightness and colours: the bytes Y0 Cb Y1 Cr make two pixels.
func (u *unpacker) yuyv(l layout, data []byte) (*image.Gray, image.Image, error) {
	if len(data) < l.stride*(l.height-1)+2*l.width {
		return nil, nil, errHalf
	}
	u.resize(l)
	half := l.width / 2
	u.color.Cb, u.color.Cr = sized(u.color.Cb, half*l.height), sized(u.color.Cr, half*l.height)
	u.color.Y, u.color.YStride, u.color.CStride = u.gray.Pix, l.width, half
	u.color.SubsampleRatio, u.color.Rect = image.YCbCrSubsampleRatio422, u.gray.Rect
	for y := range l.height {
		row := data[y*l.stride:][:2*l.width]
		luma := u.gray.Pix[y*l.width:][:l.width]
		cb, cr := u.color.Cb[y*half:][:half], u.color.Cr[y*half:][:half]
		for x := range half {
			four := row[4*x:][:4]
			luma[2*x], cb[x], luma[2*x+1], cr[x] = four[0], four[1], four[2], four[3]
		}
	}
	return &u.gray, &u.color, nil
}

func (u *unpacker) resize(l layout) {
	u.gray.Pix = sized(u.gray.Pix, l.width*l.height)
	u.gray.Stride, u.gray.Rect = l.width, image.Rect(0, 0, l.width, l.height)
}

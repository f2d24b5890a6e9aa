package qr

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
)

// What a picture may cost.
const (
	MaxPixels = 50_000_000 // 50 megapixels
	MaxFile   = 64 << 20   // 64 MiB as a file
)

// Errors of [Load]; the text around them says what to do.
var (
	ErrPicture = errors.New("this is not a picture that can be read")
	ErrTooBig  = errors.New("the picture is too big")
)

// Load unpacks a picture into 8-bit gray, upright by its EXIF orientation,
// transparent parts over white. It takes PNG, JPEG (gray, colour, CMYK) and the
// first frame of a GIF. The size is checked before anything is unpacked, so a
// small file cannot become a huge picture.
func Load(r io.Reader) (*image.Gray, error) {
	img, turned, err := unpack(r)
	if err != nil {
		return nil, err
	}
	return upright(gray(img), turned), nil
}

// unpack decodes a picture as it is stored, and gives its EXIF orientation.
func unpack(r io.Reader) (image.Image, int, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, 0, fmt.Errorf("read picture: %w", err)
	}
	if len(data) > MaxFile {
		return nil, 0, fmt.Errorf("read picture: %w: the file has more than %d MiB; crop it to the code and save it again", ErrTooBig, MaxFile>>20)
	}
	codec, err := codecOf(data)
	if err != nil {
		return nil, 0, err
	}
	config, err := codec.config(bytes.NewReader(data))
	if err != nil {
		return nil, 0, fmt.Errorf("read picture: %w: its head is damaged (%v); save or photograph it again", ErrPicture, err)
	}
	if config.Width < 1 || config.Height < 1 {
		return nil, 0, fmt.Errorf("read picture: %w: it says it has no pixels; save or photograph it again", ErrPicture)
	}
	if config.Width > MaxPixels/config.Height {
		return nil, 0, fmt.Errorf("read picture: %w: %d x %d pixels, more than %d megapixels; crop it to the code and save it again",
			ErrTooBig, config.Width, config.Height, MaxPixels/1_000_000)
	}
	img, err := codec.decode(bytes.NewReader(data))
	if err != nil {
		return nil, 0, fmt.Errorf("read picture: %w: it is damaged or cut short (%v); copy or photograph it again", ErrPicture, err)
	}
	return img, orientation(data), nil
}

type codec struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// codecOf tells formats by their first bytes. The global registry of package
// image is not asked: what another package registers must not widen what a
// hostile file can reach.
func codecOf(data []byte) (codec, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return codec{png.DecodeConfig, png.Decode}, nil
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		return codec{jpeg.DecodeConfig, jpeg.Decode}, nil
	case bytes.HasPrefix(data, []byte("GIF8")):
		return codec{gif.DecodeConfig, gif.Decode}, nil
	case len(data) == 0:
		return codec{}, fmt.Errorf("read picture: %w: the file is empty; copy it again", ErrPicture)
	}
	return codec{}, fmt.Errorf("read picture: %w: it is no PNG, JPEG or GIF; save it as one of these", ErrPicture)
}

// gray makes any picture gray with its corner at 0,0.
func gray(img image.Image) *image.Gray {
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	row := func(y int) []byte { return out.Pix[y*out.Stride:][:b.Dx()] }
	switch m := img.(type) {
	case *image.Gray:
		for y := range b.Dy() {
			copy(row(y), m.Pix[y*m.Stride:])
		}
	case *image.YCbCr: // luma is what a gray picture is
		for y := range b.Dy() {
			copy(row(y), m.Y[m.YOffset(b.Min.X, b.Min.Y+y):])
		}
	case *image.Paletted:
		var shades [256]byte
		for i, c := range m.Palette {
			if i < len(shades) {
				shades[i] = shade(c)
			}
		}
		for y := range b.Dy() {
			dst, src := row(y), m.Pix[y*m.Stride:]
			for x := range dst {
				dst[x] = shades[src[x]]
			}
		}
	default:
		for y := range b.Dy() {
			dst := row(y)
			for x := range dst {
				dst[x] = shade(img.At(b.Min.X+x, b.Min.Y+y))
			}
		}
	}
	return out
}

// shade is the luma of a colour over white paper, weighted as package color
// does it (ITU-R BT.601).
func shade(c color.Color) byte {
	r, g, b, a := c.RGBA()
	y := (19595*r + 38470*g + 7471*b + 1<<15) >> 16
	return byte((y + 0xffff - a) >> 8)
}

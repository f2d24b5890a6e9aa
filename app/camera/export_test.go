package camera

import (
	"bytes"
	"image"
	"io"
	"time"
)

// For tests: what cannot be waited for, made short.

func SetPatience(s Source, d time.Duration) {
	if s, ok := find[*stream](s); ok {
		s.patience = d
	}
}

func SetRest(s Source, least, most time.Duration) {
	s.(*steady).least, s.(*steady).most = least, most
}

// Bodies gives the bodies of a stream's parts and why it ended.
func Bodies(data []byte, contentType string) (bodies [][]byte, err error) {
	p, err := newParts(bytes.NewReader(data), contentType)
	if err != nil {
		return nil, err
	}
	for {
		body, err := p.next(nil)
		if err == io.EOF {
			return bodies, nil
		} else if err != nil {
			return bodies, err
		}
		bodies = append(bodies, body)
	}
}

// Picture unpacks a live JPEG.
func Picture(data []byte) (*image.Gray, image.Image, error) { return picture(data) }

// Unpack makes a picture of a device's bytes.
func Unpack(format uint32, w, h, stride int, data []byte) (*image.Gray, image.Image, error) {
	l, err := layout{format, w, h, stride}.checked()
	if err != nil {
		return nil, nil, err
	}
	var u unpacker
	return u.frame(l, data)
}

// Pixel formats.
const (
	YUYV = pixelYUYV
	GREY = pixelGREY
	MJPG = pixelMJPG
)

// Unpacker unpacks frames of one size into the same buffers.
func Unpacker(format uint32, w, h int) func([]byte) error {
	var u unpacker
	l, err := layout{format: format, width: w, height: h}.checked()
	return func(data []byte) error {
		if err != nil {
			return err
		}
		_, _, err := u.frame(l, data)
		return err
	}
}

// Turned is a frame as a view turns it.
func Turned(f Frame, v View) Frame {
	var out turner
	return out.frame(f, v)
}

// Taken is what is made of a device's bytes whose layout nobody checked.
func Taken(format uint32, w, h int, data []byte) (image.Image, error) {
	var u unpacker
	img, _, err := u.frame(layout{format: format, width: w, height: h, stride: 2 * w}, data)
	return img, err
}

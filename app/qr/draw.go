package qr

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"

	qrcode "github.com/skip2/go-qrcode"
)

// ErrDraw means that a text fits no QR code.
var ErrDraw = errors.New("the text does not fit a QR code")

// Draw makes the QR code of a text at level M, scale pixels a module (at least
// one), with the quiet zone of four modules that ISO/IEC 18004 asks for. Texts
// in base45 come out in alphanumeric mode.
func Draw(text string, scale int) (image.Image, error) {
	if text == "" || len(text) > MaxText {
		return nil, fmt.Errorf("draw code of %d bytes: %w", len(text), ErrDraw)
	}
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("draw code of %d bytes: %w: %v", len(text), ErrDraw, err)
	}
	return q.Image(-min(max(scale, 1), 64)), nil
}

// WritePNG draws a text as [Draw] does and writes it as a PNG file.
func WritePNG(w io.Writer, text string, scale int) error {
	img, err := Draw(text, scale)
	if err != nil {
		return err
	}
	if err := png.Encode(w, img); err != nil {
		return fmt.Errorf("write code: %w", err)
	}
	return nil
}

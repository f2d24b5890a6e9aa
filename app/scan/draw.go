package scan

import (
	"bufio"
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

// WriteSVG draws a text as [Draw] does and writes it as an SVG image whose code,
// without the quiet zone, is a number of millimetres wide. For a printed pass
// 30 mm are read from 30 cm.
func WriteSVG(w io.Writer, text string, millimetres float64) error {
	if text == "" || len(text) > MaxText {
		return fmt.Errorf("draw code of %d bytes: %w", len(text), ErrDraw)
	}
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("draw code of %d bytes: %w: %v", len(text), ErrDraw, err)
	}
	const quiet = 4 // modules, in the bitmap already
	modules := q.Bitmap()
	side := len(modules)
	size := millimetres * float64(side) / float64(side-2*quiet)
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" width="%.2fmm" height="%.2fmm" viewBox="0 0 %d %d" shape-rendering="crispEdges">`, size, size, side, side)
	fmt.Fprintf(out, `<rect width="%d" height="%d" fill="#fff"/><path d="`, side, side)
	for y, row := range modules {
		for x, dark := range row {
			if dark {
				fmt.Fprintf(out, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	fmt.Fprint(out, `"/></svg>`)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write code: %w", err)
	}
	return nil
}

// Package look has what the screens and the printed help card share: the
// colours and shapes of the outcomes, the drawings, the fonts, and where lines
// may break. It needs no window.
package look

import (
	"bytes"
	"fmt"
	"image"
	"image/color"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"postern/assets"
	"postern/sync/verdict"
)

// Paint is a ground and the ink that is read on it.
type Paint struct{ Ground, Ink color.NRGBA }

// Outcome is how an outcome is painted; what is none of the four is painted as
// Unknown. The contrast of ink and ground is at least 7:1.
func Outcome(o verdict.Outcome) Paint {
	switch o {
	case verdict.Admit:
		return Paint{RGB(0x08603a), RGB(0xffffff)}
	case verdict.Check:
		return Paint{RGB(0xf2b01e), RGB(0x1c1400)}
	case verdict.Refuse:
		return Paint{RGB(0xa3161f), RGB(0xffffff)}
	}
	return Paint{RGB(0x37506b), RGB(0xffffff)}
}

// Name is an outcome's name in the keys of the catalogues and the files of the
// drawings; what is none of the four is "unknown".
func Name(o verdict.Outcome) string {
	switch o {
	case verdict.Admit:
		return "admit"
	case verdict.Check:
		return "check"
	case verdict.Refuse:
		return "refuse"
	}
	return "unknown"
}

// RGB is an opaque colour, 0xRRGGBB.
func RGB(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// Drawing rasterises an embedded drawing (shapes/admit, icons/scan) in one
// colour on a transparent ground. The result is a square of side pixels.
func Drawing(name string, ink color.NRGBA, side int) (*image.RGBA, error) {
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	svg, err := assets.Drawings.ReadFile(name + ".svg")
	if err != nil {
		return img, fmt.Errorf("draw: %w", err)
	}
	svg = bytes.ReplaceAll(svg, []byte("#ffffff"), fmt.Appendf(nil, "#%02x%02x%02x", ink.R, ink.G, ink.B))
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg))
	if err != nil {
		return img, fmt.Errorf("draw %s: %w", name, err)
	}
	for i := range icon.SVGPaths { // oksvg scales outlines, but not the width of strokes
		icon.SVGPaths[i].LineWidth *= float64(side) / icon.ViewBox.W
	}
	icon.SetTarget(0, 0, float64(side), float64(side))
	icon.Draw(rasterx.NewDasher(side, side, rasterx.NewScannerGV(side, side, img, img.Rect)), float64(ink.A)/0xff)
	return img, nil
}

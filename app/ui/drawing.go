package ui

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/assets"
)

// drawing is an embedded drawing (shapes/admit, icons/scan) in an ink, square.
func drawing(name string, ink color.NRGBA, side float32) *canvas.Image {
	svg, err := assets.Drawings.ReadFile(name + ".svg")
	if err != nil {
		fyne.LogError("drawing", err) // a name is a constant of this package; a test draws all of them
	}
	hex := fmt.Sprintf("#%02x%02x%02x", ink.R, ink.G, ink.B)
	svg = bytes.ReplaceAll(svg, []byte("#ffffff"), []byte(hex))
	img := canvas.NewImageFromResource(fyne.NewStaticResource(name+hex+".svg", svg))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(side))
	img.Resize(fyne.NewSquareSize(side))
	return img
}

// corners are four brackets that say where a code goes.
func corners(side, thick float32, ink color.Color) []fyne.CanvasObject {
	arm := side * 0.2
	bar := func(x, y, w, h float32) fyne.CanvasObject {
		r := canvas.NewRectangle(ink)
		r.CornerRadius = thick / 2
		return place(r, x, y, w, h)
	}
	far := side - thick
	return []fyne.CanvasObject{
		bar(0, 0, arm, thick), bar(0, 0, thick, arm),
		bar(side-arm, 0, arm, thick), bar(far, 0, thick, arm),
		bar(0, far, arm, thick), bar(0, side-arm, thick, arm),
		bar(side-arm, far, arm, thick), bar(far, side-arm, thick, arm),
	}
}

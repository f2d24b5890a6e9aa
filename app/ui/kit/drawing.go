package kit

import (
	"image"
	"image/color"
	"math"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/look"
)

// Drawing is an embedded drawing (shapes/admit, icons/scan) in an ink, square.
// It is rasterised once for its size: Fyne would do so for every screen anew,
// and keep each for a minute.
func Drawing(name string, ink color.NRGBA, side float32) *canvas.Image {
	img := canvas.NewImageFromImage(raster(rasterKey{name, ink, int(math.Ceil(float64(side * pixels())))}))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(side))
	img.Resize(fyne.NewSquareSize(side))
	return img
}

// pixels is how many pixels of the screen one of Fyne's has.
func pixels() float32 {
	if a := fyne.CurrentApp(); a != nil {
		for _, w := range a.Driver().AllWindows() {
			return max(w.Canvas().Scale(), 1)
		}
	}
	return 1
}

type rasterKey struct {
	name string
	ink  color.NRGBA
	side int
}

// rasters are the drawings that were rasterised; a window that is dragged to
// other sizes makes many, so that they are forgotten when there are too many.
// Only Fyne's thread draws, but tests have one thread for each window.
var (
	rastersMu sync.Mutex
	rasters   = map[rasterKey]image.Image{}
)

const mostRasters = 256

func raster(k rasterKey) image.Image {
	rastersMu.Lock()
	defer rastersMu.Unlock()
	if img := rasters[k]; img != nil {
		return img
	}
	if len(rasters) >= mostRasters {
		clear(rasters)
	}
	img, err := look.Drawing(k.name, k.ink, max(k.side, 1))
	if err != nil {
		fyne.LogError("drawing", err) // a name is a constant of this package; a test draws all of them
	}
	rasters[k] = img
	return img
}

// Brackets are four brackets that say where a code goes.
func Brackets(side, thick float32, ink color.Color) []fyne.CanvasObject {
	arm := side * 0.2
	bar := func(x, y, w, h float32) fyne.CanvasObject {
		r := canvas.NewRectangle(ink)
		r.CornerRadius = thick / 2
		return Place(r, x, y, w, h)
	}
	far := side - thick
	return []fyne.CanvasObject{
		bar(0, 0, arm, thick), bar(0, 0, thick, arm),
		bar(side-arm, 0, arm, thick), bar(far, 0, thick, arm),
		bar(0, far, arm, thick), bar(0, side-arm, thick, arm),
		bar(side-arm, far, arm, thick), bar(far, side-arm, thick, arm),
	}
}

package kit

import (
	"image/color"

	"fyne.io/fyne/v2"

	"postern/sync/policy"
)

// Moon says how fresh the data is: full, half, empty, struck through where there
// is none. It has the ink of the words beside it, because the colours are the outcomes'.
func Moon(a policy.Age, ink color.NRGBA, side float32) fyne.CanvasObject {
	return Drawing("icons/moon-"+a.String(), ink, side)
}

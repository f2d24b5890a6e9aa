package kit

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/look"
)

// DropFacts leaves out the last of the facts between dots until the others fit; the first is cut if it must be.
func DropFacts(s string, size, width float32) string {
	for at := 0; Shorten(s, size, width) != look.Plain(s); s = s[:at] {
		if at = strings.LastIndex(s, "·"); at < 0 {
			return Shorten(s, size, width)
		}
	}
	return look.Plain(s)
}

// Dot is a filled circle.
func Dot(ink color.Color, side float32) fyne.CanvasObject {
	c := canvas.NewRectangle(ink)
	c.CornerRadius = side / 2
	c.SetMinSize(fyne.NewSquareSize(side))
	return c
}

// Shorten shortens a line that is too long for a width; what is cut off is shown by an ellipsis.
func Shorten(s string, size, width float32) string {
	s = look.Plain(s)
	if measure(s, Letters(size), true) <= width {
		return s
	}
	clusters := look.Clusters(s)
	for len(clusters) > 0 && measure(strings.Join(clusters, "")+"…", Letters(size), true) > width {
		clusters = clusters[:len(clusters)-1]
	}
	return strings.Join(clusters, "") + "…"
}

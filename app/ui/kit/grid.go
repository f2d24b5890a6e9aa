package kit

import "fyne.io/fyne/v2"

// Grid is how large the screens are drawn. They are designed for a window of
// 1280 by 800 dp, or of 800 by 1280 where it stands upright; in any other they
// grow and shrink as a whole, never into columns of a telephone.
type Grid struct {
	Size fyne.Size
	Wide bool    // the window lies flat
	K    float32 // dp of the window for one of the design
}

// The least that a design shrinks to, where the window is a telephone's, and the most that it grows.
const (
	leastScale = 0.6
	mostScale  = 1.5
)

// NewGrid is the grid of a window.
func NewGrid(size fyne.Size) Grid {
	g := Grid{Size: size, Wide: IsWide(size)}
	k := min(size.Width/800, size.Height/1280)
	if g.Wide {
		k = min(size.Width/1280, size.Height/800)
	}
	g.K = min(max(k, leastScale), mostScale)
	return g
}

// Of is a length of the design in the window.
func (g Grid) Of(length float32) float32 { return length * g.K }

// Margin is the room at both sides of a screen.
func (g Grid) Margin() float32 {
	if g.Wide {
		return g.Of(40)
	}
	return g.Of(32)
}

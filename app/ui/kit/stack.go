// Package kit is the look of the screens: stacks, prose, buttons, pages, a
// chart, themes and palettes. It knows no gate and no catalogue: what it shows
// comes in as words, counts and pictures. Everything here runs on Fyne's thread.
package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Stack puts its items under each other, each as wide as the stack; a row puts
// them side by side, all of one width, unless a word would break for it. Both
// know their height only for a width, and may have a ground with round corners.
type Stack struct {
	widget.BaseWidget
	Items  []fyne.CanvasObject
	gap    float32
	pad    float32
	side   float32 // room at the sides beside pad
	across bool
	ground *canvas.Rectangle
	width  float32
}

// NewStack puts items under each other, gap apart.
func NewStack(gap float32, items ...fyne.CanvasObject) *Stack {
	s := &Stack{Items: items, gap: gap}
	s.ExtendBaseWidget(s)
	return s
}

// NewRow puts items beside each other, gap apart, where their words fit.
func NewRow(gap float32, items ...fyne.CanvasObject) *Stack {
	s := NewStack(gap, items...)
	s.across = true
	return s
}

// On gives the stack a ground, with room round its items.
func (s *Stack) On(ground color.Color, pad float32) *Stack {
	s.ground = canvas.NewRectangle(ground)
	s.ground.CornerRadius = corner
	if l := theme.Size(sizeLine); l > 2 { // in the sun a card is told by its edge
		s.ground.StrokeColor, s.ground.StrokeWidth = Black, l
	}
	s.pad = pad
	return s
}

// Lined draws a thin line round the ground.
func (s *Stack) Lined(line color.Color) *Stack {
	if s.ground.StrokeWidth == 0 {
		s.ground.StrokeColor, s.ground.StrokeWidth = line, theme.Size(sizeLine)
	}
	return s
}

// Thick draws a thick line round the ground: this asks for attention.
func (s *Stack) Thick(line color.Color) *Stack {
	s.ground.StrokeColor, s.ground.StrokeWidth = line, 2*theme.Size(sizeLine)
	return s
}

// Add puts items behind the last one.
func (s *Stack) Add(items ...fyne.CanvasObject) { s.Items = append(s.Items, items...) }

// HeightFor is how high the stack is at a width.
func (s *Stack) HeightFor(width float32) float32 {
	inner, height := s.inner(width), float32(0)
	across := s.sideBySide(inner)
	for i, o := range s.Items {
		if across {
			height = max(height, heightOf(o, s.share(inner)))
			continue
		}
		height += heightOf(o, inner) + s.gapAfter(i)
	}
	return height + 2*s.pad
}

// inner is what a width leaves to the items.
func (s *Stack) inner(width float32) float32 { return width - 2*(s.pad+s.side) }

// sideBySide reports whether the items of a row stand beside each other: in a
// narrow one they stand under each other, as in a stack.
func (s *Stack) sideBySide(inner float32) bool {
	for _, o := range s.Items {
		if b, ok := o.(*Button); ok && s.across && !b.fits(s.share(inner)) {
			return false
		}
	}
	return s.across
}

// share is the width of one item of a row.
func (s *Stack) share(inner float32) float32 {
	for i := range s.Items {
		inner -= s.gapAfter(i)
	}
	return inner / float32(max(len(s.Items), 1))
}

// gapAfter is the gap between an item and the one behind it.
func (s *Stack) gapAfter(i int) float32 {
	switch {
	case i+1 >= len(s.Items):
		return 0
	case Opposed(s.Items[i], s.Items[i+1]):
		return max(s.gap, Apart)
	}
	return s.gap
}

// MinSize is what the last width needs, so that a scroll may hold a stack.
func (s *Stack) MinSize() fyne.Size {
	if s.width == 0 {
		return fyne.NewSize(1, 1)
	}
	return fyne.NewSize(1, s.HeightFor(s.width))
}

func (s *Stack) Resize(size fyne.Size) {
	s.width = size.Width
	s.BaseWidget.Resize(size)
}

func (s *Stack) CreateRenderer() fyne.WidgetRenderer { return stackRenderer{s} }

type stackRenderer struct{ s *Stack }

func (r stackRenderer) Layout(size fyne.Size) {
	s := r.s
	if s.ground != nil {
		inside(s.ground, size)
	}
	at, inner := fyne.NewPos(s.pad+s.side, s.pad), s.inner(size.Width)
	across := s.sideBySide(inner)
	for i, o := range s.Items {
		o.Move(at)
		if across {
			o.Resize(fyne.NewSize(s.share(inner), size.Height-2*s.pad))
			at.X += s.share(inner) + s.gapAfter(i)
			continue
		}
		h := heightOf(o, inner)
		o.Resize(fyne.NewSize(inner, h))
		at.Y += h + s.gapAfter(i)
	}
}

func (r stackRenderer) MinSize() fyne.Size { return r.s.MinSize() }
func (r stackRenderer) Refresh()           { r.Layout(r.s.Size()) }
func (r stackRenderer) Destroy()           {}

func (r stackRenderer) Objects() []fyne.CanvasObject {
	if r.s.ground == nil {
		return r.s.Items
	}
	return append([]fyne.CanvasObject{r.s.ground}, r.s.Items...)
}

package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// stack puts its items under each other, each as wide as the stack; row puts
// them side by side, all of one width, unless a word would break for it. Both
// know their height only for a width, and may have a ground with round corners.
type stack struct {
	widget.BaseWidget
	items  []fyne.CanvasObject
	gap    float32
	pad    float32
	side   float32 // room at the sides beside pad
	across bool
	ground *canvas.Rectangle
	width  float32
}

func newStack(gap float32, items ...fyne.CanvasObject) *stack {
	s := &stack{items: items, gap: gap}
	s.ExtendBaseWidget(s)
	return s
}

func newRow(gap float32, items ...fyne.CanvasObject) *stack {
	s := newStack(gap, items...)
	s.across = true
	return s
}

// on gives the stack a ground, with room round its items.
func (s *stack) on(ground color.Color, pad float32) *stack {
	s.ground = canvas.NewRectangle(ground)
	s.ground.CornerRadius = corner
	if l := theme.Size(sizeLine); l > 2 { // in the sun a card is told by its edge
		s.ground.StrokeColor, s.ground.StrokeWidth = black, l
	}
	s.pad = pad
	return s
}

func (s *stack) add(items ...fyne.CanvasObject) { s.items = append(s.items, items...) }

func (s *stack) heightFor(width float32) float32 {
	inner, height := s.inner(width), float32(0)
	across := s.sideBySide(inner)
	for i, o := range s.items {
		if across {
			height = max(height, heightOf(o, s.share(inner)))
			continue
		}
		if i > 0 {
			height += s.gap
		}
		height += heightOf(o, inner)
	}
	return height + 2*s.pad
}

// inner is what a width leaves to the items.
func (s *stack) inner(width float32) float32 { return width - 2*(s.pad+s.side) }

// sideBySide reports whether the items of a row stand beside each other: in a
// narrow one they stand under each other, as in a stack.
func (s *stack) sideBySide(inner float32) bool {
	for _, o := range s.items {
		if b, ok := o.(*press); ok && s.across && !b.fits(s.share(inner)) {
			return false
		}
	}
	return s.across
}

// share is the width of one item of a row.
func (s *stack) share(inner float32) float32 {
	n := float32(max(len(s.items), 1))
	return (inner - s.gap*(n-1)) / n
}

// MinSize is what the last width needs, so that a scroll may hold a stack.
func (s *stack) MinSize() fyne.Size {
	if s.width == 0 {
		return fyne.NewSize(1, 1)
	}
	return fyne.NewSize(1, s.heightFor(s.width))
}

func (s *stack) Resize(size fyne.Size) {
	s.width = size.Width
	s.BaseWidget.Resize(size)
}

func (s *stack) CreateRenderer() fyne.WidgetRenderer { return stackRenderer{s} }

type stackRenderer struct{ s *stack }

func (r stackRenderer) Layout(size fyne.Size) {
	s := r.s
	if s.ground != nil {
		inside(s.ground, size)
	}
	at, inner := fyne.NewPos(s.pad+s.side, s.pad), s.inner(size.Width)
	across := s.sideBySide(inner)
	for _, o := range s.items {
		o.Move(at)
		if across {
			o.Resize(fyne.NewSize(s.share(inner), size.Height-2*s.pad))
			at.X += s.share(inner) + s.gap
			continue
		}
		h := heightOf(o, inner)
		o.Resize(fyne.NewSize(inner, h))
		at.Y += h + s.gap
	}
}

func (r stackRenderer) MinSize() fyne.Size { return r.s.MinSize() }
func (r stackRenderer) Refresh()           { r.Layout(r.s.Size()) }
func (r stackRenderer) Destroy()           {}

func (r stackRenderer) Objects() []fyne.CanvasObject {
	if r.s.ground == nil {
		return r.s.items
	}
	return append([]fyne.CanvasObject{r.s.ground}, r.s.items...)
}

// place puts an object at a rectangle and gives it back.
func place(o fyne.CanvasObject, x, y, w, h float32) fyne.CanvasObject {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	return o
}

// corner is how round grounds and buttons are.
const corner = 14

// inside lays a rectangle on a size so that its line does not reach out of it.
func inside(r *canvas.Rectangle, size fyne.Size) {
	in := r.StrokeWidth / 2
	r.CornerRadius = corner - in
	place(r, in, in, size.Width-2*in, size.Height-2*in)
}

// gap is empty height.
func gap(height float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(1, height))
	return r
}

// scrolled makes a stack scroll where the height is not enough; the bar runs
// beside it, not over it.
func scrolled(s *stack, x, y, w, h float32) *container.Scroll {
	const room = 12
	s.side, s.width = room, w+2*room
	v := container.NewVScroll(s)
	place(v, x-room, y, s.width, h)
	return v
}

// upon puts what is read over what is pressed, which stays at the thumb. Where
// that would leave too little to read, both scroll together.
func upon(at fyne.Position, area fyne.Size, space float32, top, foot *stack) fyne.CanvasObject {
	w, h := area.Width, foot.heightFor(area.Width)
	room := area.Height - h - space
	if room < min(top.heightFor(w), area.Height*0.3) {
		return scrolled(newStack(space, top, foot, gap(space)), at.X, at.Y, w, area.Height)
	}
	return fixed(fyne.NewSize(0, 0), scrolled(top, at.X, at.Y, w, room), place(foot, at.X, at.Y+area.Height-h, w, h))
}

// fixed holds objects that are already placed.
func fixed(size fyne.Size, objects ...fyne.CanvasObject) *fyne.Container {
	c := container.NewWithoutLayout(objects...)
	c.Resize(size)
	return c
}

// built is a pane that is made anew for every size and every change of what it
// shows: one way for language, state, turning the tablet and resizing.
type built struct {
	widget.BaseWidget
	build func(fyne.Size) fyne.CanvasObject
	least fyne.Size
	shown fyne.CanvasObject
}

func newBuilt(least fyne.Size, build func(fyne.Size) fyne.CanvasObject) *built {
	b := &built{build: build, least: least}
	b.ExtendBaseWidget(b)
	return b
}

func (b *built) MinSize() fyne.Size { return b.least }

func (b *built) CreateRenderer() fyne.WidgetRenderer { return builtRenderer{b} }

type builtRenderer struct{ b *built }

// Layout builds for a new size only: Fyne lays out again whatever has new
// children, and would have new ones for ever.
func (r builtRenderer) Layout(size fyne.Size) {
	if r.b.shown == nil || r.b.shown.Size() != size {
		r.rebuild(size)
	}
}

func (r builtRenderer) rebuild(size fyne.Size) {
	if size.Width <= 0 || size.Height <= 0 {
		return
	}
	r.b.shown = r.b.build(size)
	r.b.shown.Resize(size)
}

func (r builtRenderer) Refresh() {
	r.rebuild(r.b.Size())
	canvas.Refresh(r.b)
}

func (r builtRenderer) MinSize() fyne.Size { return r.b.least }
func (r builtRenderer) Destroy()           {}

func (r builtRenderer) Objects() []fyne.CanvasObject {
	if r.b.shown == nil {
		return nil
	}
	return []fyne.CanvasObject{r.b.shown}
}

// beside is a square mark with words that take the rest of the width.
type beside struct {
	widget.BaseWidget
	mark  fyne.CanvasObject
	words *stack
	side  float32
}

func newBeside(side float32, mark fyne.CanvasObject, words *stack) *stack {
	b := &beside{mark: mark, words: words, side: side}
	b.ExtendBaseWidget(b)
	return newStack(0, b)
}

func (b *beside) room(width float32) float32 { return width - b.side - 16 }

func (b *beside) heightFor(width float32) float32 {
	return max(b.side, b.words.heightFor(b.room(width)))
}

func (b *beside) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(newBuilt(fyne.NewSize(1, b.side), func(size fyne.Size) fyne.CanvasObject {
		h := b.words.heightFor(b.room(size.Width))
		return fixed(size, place(b.mark, 0, (size.Height-b.side)/2, b.side, b.side),
			place(b.words, b.side+16, (size.Height-h)/2, b.room(size.Width), h))
	}))
}

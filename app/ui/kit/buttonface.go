package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	return &buttonRenderer{b: b, ground: canvas.NewRectangle(b.ground)}
}

// buttonRenderer draws a button: its ground, and on it from left to right the
// striped edge, the drawing, the words, and what stands behind them.
type buttonRenderer struct {
	b       *Button
	laid    fyne.Size
	ground  *canvas.Rectangle
	objects []fyne.CanvasObject
}

func (r *buttonRenderer) paint() {
	b, g := r.b, r.ground
	g.FillColor, g.StrokeWidth = b.ground, 0
	line := theme.Size(sizeLine) * max(b.least/76, 1)
	switch {
	case b.Outline:
		g.StrokeColor, g.StrokeWidth = b.ink, line
	case b.edge.A > 0:
		g.StrokeColor, g.StrokeWidth = b.edge, line
	}
	if b.thick {
		g.StrokeWidth = 2.2 * line
	}
	if b.hovered {
		g.FillColor = Fade(b.ink, 0.12)
		if !b.Outline {
			g.FillColor = Blend(b.ground, b.ink, 0.12)
		}
	}
}

// Layout makes new words for a new size only; see paneRenderer.
func (r *buttonRenderer) Layout(size fyne.Size) {
	if r.laid == size {
		return
	}
	r.laid = size
	r.paint()
	inside(r.ground, size)
	r.objects = []fyne.CanvasObject{r.ground}
	b := r.b
	if w := b.stripe(); w > 0 {
		in := r.ground.StrokeWidth
		r.add(Stripes{Chrome, White, w / 2}.On(fyne.NewPos(0, 0), corner-in), in, in, w, size.Height-2*in)
	}
	if b.Ringed {
		r.objects = append(r.objects, RingIn(size, corner, b.ink))
	}
	switch {
	case b.label == "" && b.icon == "": // what lies over it is its face
		return
	case b.label == "":
		side := b.drawn()
		r.add(Drawing(b.icon, b.ink, side), (size.Width-side)/2, (size.Height-side)/2, side, side)
		return
	}
	r.row(size)
}

func (r *buttonRenderer) add(o fyne.CanvasObject, x, y, w, h float32) {
	r.objects = append(r.objects, Place(o, x, y, w, h))
}

// row lays drawing, words and tail out.
func (r *buttonRenderer) row(size fyne.Size) {
	b := r.b
	icon, tail := b.iconRoom(size.Width), b.tailRoom(size.Width)
	left, room := b.pad+b.stripe(), b.inner(size.Width)-icon-tail
	words := b.words(room)
	if icon > 0 {
		if !b.leading { // words and drawing stand in the middle together
			used := words.Measure(b.label) + 1
			left, room = (size.Width-used-icon)/2, used
		}
		side := b.drawn()
		r.add(Drawing(b.icon, b.ink, side), left, (size.Height-side)/2, side, side)
		left += icon
	}
	y := (size.Height - b.textHeight(room)) / 2
	h := words.HeightFor(room)
	r.add(words, left, y, room, h)
	if s := b.smallWords(); s != nil {
		if !b.leading {
			s.Centred()
		}
		r.add(s, left, y+h, room, s.HeightFor(room))
	}
	r.tail(size, tail)
}

// tail is what stands at the right.
func (r *buttonRenderer) tail(size fyne.Size, room float32) {
	b := r.b
	right := size.Width - b.pad
	switch {
	case room == 0:
	case b.flips != nil:
		w := flipWidth(b)
		r.objects = append(r.objects, flip(*b.flips, b.ink, right-w, (size.Height-w*0.57)/2, w)...)
	case len(b.held) > 0:
		c := b.heldWords(b.inner(size.Width) - b.iconRoom(size.Width) - b.prose().Measure(b.label))
		w, h := c.width(), c.height()
		r.add(c, right-w, (size.Height-h)/2, w, h)
	default:
		side := b.size * 1.2
		r.add(Drawing(b.trail, b.ink, side), right-side, (size.Height-side)/2, side, side)
	}
}

func (r *buttonRenderer) Refresh() {
	r.laid = fyne.Size{}
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}

func (r *buttonRenderer) MinSize() fyne.Size           { return r.b.MinSize() }
func (r *buttonRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *buttonRenderer) Destroy()                     {}

// flipWidth is how wide the switch of a button is.
func flipWidth(b *Button) float32 { return b.least }

// flip draws a switch of a width at a place: on is filled, with its knob at the right.
func flip(f Flip, ink color.NRGBA, x, y, w float32) []fyne.CanvasObject {
	h := w * 0.57
	rail, knob := canvas.NewRectangle(color.Transparent), canvas.NewRectangle(Fade(ink, 0.6))
	rail.StrokeColor, rail.StrokeWidth = Fade(ink, 0.6), max(h*0.06, 2)
	rail.CornerRadius, knob.CornerRadius = h/2, h
	in := h * 0.17
	side := h - 2*in
	at := x + in
	if f.On {
		rail.FillColor, rail.StrokeColor, knob.FillColor = f.Act, f.Act, White
		at = x + w - in - side
	}
	return []fyne.CanvasObject{Place(rail, x, y, w, h), Place(knob, at, y+in, side, side)}
}

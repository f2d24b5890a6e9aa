package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"postern/app/look"
)

// press is a button for a thumb. It never takes the focus: typed runes must go
// on reaching the check screen, and a space in a scan must press nothing.
type press struct {
	widget.BaseWidget
	said    string
	name    string // for who cannot see the drawing that stands for it
	icon    string // name of a drawing, may be empty
	ground  color.NRGBA
	ink     color.NRGBA
	outline bool
	size    float32
	least   float32
	do      func()

	hovered bool
	ringed  bool // by the keys
}

// newPress makes a solid button.
func newPress(said string, ground, ink color.NRGBA, do func()) *press {
	b := &press{said: said, ground: ground, ink: ink, size: 19, least: 58, do: do}
	b.ExtendBaseWidget(b)
	return b
}

// newOutline makes a button that steps back behind the solid ones.
func newOutline(said string, ink color.NRGBA, do func()) *press {
	b := newPress(said, color.NRGBA{}, ink, do)
	b.outline = true
	return b
}

// with puts a drawing before the words.
func (b *press) with(icon string) *press { b.icon = icon; return b }

// named gives a button that shows only a drawing its name.
func (b *press) named(name string) *press { b.name = name; return b }

// leastTarget is the least height of what a thumb hits.
const leastTarget = 48

// sized sets the text's size and the button's least height, which a thumb needs in any case.
func (b *press) sized(size, least float32) *press {
	b.size, b.least = size, max(least, leastTarget)
	return b
}

func (b *press) Tapped(*fyne.PointEvent) {
	if b.do != nil {
		b.do()
	}
}

// ring draws a line inside the edge, in the ink: it shows on every ground.
func (b *press) ring(on bool) {
	if b.ringed != on {
		b.ringed = on
		b.Refresh()
	}
}

func (b *press) MouseIn(*desktop.MouseEvent)    { b.hovered = true; b.Refresh() }
func (b *press) MouseMoved(*desktop.MouseEvent) {}
func (b *press) MouseOut()                      { b.hovered = false; b.Refresh() }

func (b *press) MinSize() fyne.Size { return fyne.NewSize(1, b.least) }

const pressPad = 10

// iconRoom is what the drawing takes of a width: nothing where it would crowd out the words.
func (b *press) iconRoom(width float32) float32 {
	if b.said == "" && b.icon != "" {
		return letters(b.size) * 1.25
	}
	room := letters(b.size)*1.25 + 8
	if b.icon == "" || newProse(b.said, b.size, b.ink).strong().measure(b.said) > width-2*pressPad-room {
		return 0
	}
	return room
}

// words are set smaller where a single one of them would not fit.
func (b *press) words(width float32) *prose {
	p := newProse(b.said, b.size, b.ink).strong().centred()
	for _, token := range look.Tokens(b.said) {
		for p.size > leastLetters && p.measure(strings.TrimRight(token, " ")) > width {
			p.size--
		}
	}
	return p
}

// fits reports whether every word stands whole on a button of a width.
func (b *press) fits(width float32) bool {
	p := b.words(width - 2*pressPad)
	for _, token := range look.Tokens(b.said) {
		if p.measure(strings.TrimRight(token, " ")) > width-2*pressPad {
			return false
		}
	}
	return true
}

func (b *press) heightFor(width float32) float32 {
	room := width - 2*pressPad - b.iconRoom(width)
	return max(b.least, b.words(room).heightFor(room)+2*pressPad)
}

func (b *press) CreateRenderer() fyne.WidgetRenderer {
	return &pressRenderer{b: b, ground: canvas.NewRectangle(b.ground)}
}

type pressRenderer struct {
	b       *press
	laid    fyne.Size
	ground  *canvas.Rectangle
	objects []fyne.CanvasObject
}

func (r *pressRenderer) paint() {
	b, g := r.b, r.ground
	g.FillColor = b.ground
	if b.outline {
		g.StrokeColor, g.StrokeWidth = b.ink, theme.Size(sizeLine)
	}
	if b.hovered {
		g.FillColor = fade(b.ink, 0.12)
		if !b.outline {
			g.FillColor = blend(b.ground, b.ink, 0.12)
		}
	}
}

// Layout makes new words for a new size only; see builtRenderer.
func (r *pressRenderer) Layout(size fyne.Size) {
	if r.laid == size {
		return
	}
	r.laid = size
	r.paint()
	inside(r.ground, size)
	r.objects = []fyne.CanvasObject{r.ground}
	if r.b.ringed {
		r.objects = append(r.objects, ringIn(size, corner, r.b.ink))
	}
	icon := r.b.iconRoom(size.Width)
	room, left := size.Width-2*pressPad-icon, float32(pressPad)
	words := r.b.words(room)
	if icon > 0 { // words and drawing stand in the middle together
		used := words.measure(r.b.said) + 1
		left = (size.Width - used - icon) / 2
		side := letters(r.b.size) * 1.25
		r.objects = append(r.objects, place(drawing(r.b.icon, r.b.ink, side), left, (size.Height-side)/2, side, side))
		left, room = left+icon, used
	}
	h := words.heightFor(room)
	r.objects = append(r.objects, place(words, left, (size.Height-h)/2, room, h))
}

func (r *pressRenderer) Refresh() {
	r.laid = fyne.Size{}
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}

func (r *pressRenderer) MinSize() fyne.Size           { return r.b.MinSize() }
func (r *pressRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *pressRenderer) Destroy()                     {}

// ringIn is the ring of the keys inside a size.
func ringIn(size fyne.Size, corner float32, ink color.Color) fyne.CanvasObject {
	const in = 5
	r := canvas.NewRectangle(color.Transparent)
	r.StrokeColor, r.StrokeWidth, r.CornerRadius = ink, 3, corner-in
	return place(r, in, in, size.Width-2*in, size.Height-2*in)
}

// touch is a surface that feels a finger or a mouse come and go.
type touch struct {
	widget.BaseWidget
	down, up func()
}

func newTouch(down, up func()) *touch {
	t := &touch{down: down, up: up}
	t.ExtendBaseWidget(t)
	return t
}

func (t *touch) MouseDown(*desktop.MouseEvent)    { t.down() }
func (t *touch) MouseUp(*desktop.MouseEvent)      { t.up() }
func (t *touch) TouchDown(*mobile.TouchEvent)     { t.down() }
func (t *touch) TouchUp(*mobile.TouchEvent)       { t.up() }
func (t *touch) TouchCancel(e *mobile.TouchEvent) { t.up() }

func (t *touch) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

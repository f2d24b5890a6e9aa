package kit

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"postern/app/look"
)

// Button is a button for a thumb. It never takes the focus: typed runes must go
// on reaching the check screen, and a space in a scan must press nothing.
type Button struct {
	widget.BaseWidget
	label   string
	Name    string // spoken or read in place of a drawing
	icon    string // name of a drawing, may be empty
	ground  color.NRGBA
	ink     color.NRGBA
	Outline bool
	size    float32
	least   float32
	do      func()
	meaning Meaning

	hovered bool
	Ringed  bool // by the keys
}

// NewButton makes a solid button.
func NewButton(text string, ground, ink color.NRGBA, do func()) *Button {
	b := &Button{label: text, ground: ground, ink: ink, size: 19, least: 58, do: do}
	b.ExtendBaseWidget(b)
	return b
}

// NewOutlined makes a button that steps back behind the solid ones.
func NewOutlined(text string, ink color.NRGBA, do func()) *Button {
	b := NewButton(text, color.NRGBA{}, ink, do)
	b.Outline = true
	return b
}

// WithIcon puts a drawing before the words.
func (b *Button) WithIcon(icon string) *Button { b.icon = icon; return b }

// Named gives a button that shows only a drawing its name.
func (b *Button) Named(name string) *Button { b.Name = name; return b }

// leastTarget is the least height of what a thumb hits.
const leastTarget = 48

// Sized sets the text's size and the button's least height, which a thumb needs in any case.
func (b *Button) Sized(size, least float32) *Button {
	b.size, b.least = size, max(least, leastTarget)
	return b
}

// Says is what the button says, or its name in place of a drawing.
func (b *Button) Says() string { return b.label + b.Name }

func (b *Button) Tapped(*fyne.PointEvent) {
	if b.do != nil {
		b.do()
	}
}

// Ring draws a line inside the edge, in the ink: it shows on every ground.
func (b *Button) Ring(on bool) {
	if b.Ringed != on {
		b.Ringed = on
		b.Refresh()
	}
}

func (b *Button) MouseIn(*desktop.MouseEvent)    { b.hovered = true; b.Refresh() }
func (b *Button) MouseMoved(*desktop.MouseEvent) {}
func (b *Button) MouseOut()                      { b.hovered = false; b.Refresh() }

func (b *Button) MinSize() fyne.Size { return fyne.NewSize(1, b.least) }

const buttonPad = 10

// iconRoom is what the drawing takes of a width: nothing where it would crowd out the words.
func (b *Button) iconRoom(width float32) float32 {
	if b.label == "" && b.icon != "" {
		return Letters(b.size) * 1.25
	}
	room := Letters(b.size)*1.25 + 8
	if b.icon == "" || NewProse(b.label, b.size, b.ink).Bold().Measure(b.label) > width-2*buttonPad-room {
		return 0
	}
	return room
}

// words are set smaller where a single one of them would not fit.
func (b *Button) words(width float32) *Prose {
	p := NewProse(b.label, b.size, b.ink).Bold().Centred()
	for _, token := range look.Tokens(b.label) {
		for p.Letters > LeastLetters && p.Measure(strings.TrimRight(token, " ")) > width {
			p.Letters--
		}
	}
	return p
}

// fits reports whether every word stands whole on a button of a width.
func (b *Button) fits(width float32) bool {
	p := b.words(width - 2*buttonPad)
	for _, token := range look.Tokens(b.label) {
		if p.Measure(strings.TrimRight(token, " ")) > width-2*buttonPad {
			return false
		}
	}
	return true
}

// HeightFor is how high the button is at a width, with its words broken into lines.
func (b *Button) HeightFor(width float32) float32 {
	room := width - 2*buttonPad - b.iconRoom(width)
	return max(b.least, b.words(room).HeightFor(room)+2*buttonPad)
}

func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	return &buttonRenderer{b: b, ground: canvas.NewRectangle(b.ground)}
}

type buttonRenderer struct {
	b       *Button
	laid    fyne.Size
	ground  *canvas.Rectangle
	objects []fyne.CanvasObject
}

func (r *buttonRenderer) paint() {
	b, g := r.b, r.ground
	g.FillColor = b.ground
	if b.Outline {
		g.StrokeColor, g.StrokeWidth = b.ink, theme.Size(sizeLine)
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
	if r.b.Ringed {
		r.objects = append(r.objects, RingIn(size, corner, r.b.ink))
	}
	icon := r.b.iconRoom(size.Width)
	room, left := size.Width-2*buttonPad-icon, float32(buttonPad)
	words := r.b.words(room)
	if icon > 0 { // words and drawing stand in the middle together
		used := words.Measure(r.b.label) + 1
		left = (size.Width - used - icon) / 2
		side := Letters(r.b.size) * 1.25
		r.objects = append(r.objects, Place(Drawing(r.b.icon, r.b.ink, side), left, (size.Height-side)/2, side, side))
		left, room = left+icon, used
	}
	h := words.HeightFor(room)
	r.objects = append(r.objects, Place(words, left, (size.Height-h)/2, room, h))
}

func (r *buttonRenderer) Refresh() {
	r.laid = fyne.Size{}
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}

func (r *buttonRenderer) MinSize() fyne.Size           { return r.b.MinSize() }
func (r *buttonRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *buttonRenderer) Destroy()                     {}

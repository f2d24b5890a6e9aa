package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Chip is a few words on a small ground of their own: how old an answer is, the
// help code, that the next one waits. Nobody presses it.
type Chip struct {
	widget.BaseWidget
	text    string
	icon    string
	size    float32
	ground  color.NRGBA
	ink     color.NRGBA
	outline bool
	small   float32 // how large the letters are where they have little room; 0: as they should
}

// NewChip makes a filled chip with round ends.
func NewChip(text string, size float32, ground, ink color.NRGBA) *Chip {
	c := &Chip{text: text, size: size, ground: ground, ink: ink}
	c.ExtendBaseWidget(c)
	return c
}

// NewCode makes the outlined chip of a help code.
func NewCode(text string, size float32, ink color.NRGBA) *Chip {
	c := NewChip(text, size, color.NRGBA{}, ink)
	c.outline = true
	return c
}

// WithIcon puts a drawing before the words.
func (c *Chip) WithIcon(icon string) *Chip { c.icon = icon; return c }

// Within makes the words smaller where they are wider than a room.
func (c *Chip) Within(room float32) *Chip {
	for c.width() > room && c.letters() > LeastLetters*0.7 {
		c.small = c.letters() * 0.96
	}
	return c
}

func (c *Chip) line() *canvas.Text { return fitted(c.text, c.size, c.ink, 1e6, c.letters()) }

// sides is the room at both ends, iconRoom what the drawing takes.
func (c *Chip) sides() float32 { return c.letters() * 0.6 }

// letters is how large the words are drawn.
func (c *Chip) letters() float32 {
	if c.small > 0 {
		return c.small
	}
	return max(Letters(c.size), LeastLetters)
}

func (c *Chip) iconRoom() float32 {
	if c.icon == "" {
		return 0
	}
	return c.letters() * 1.5
}

func (c *Chip) width() float32 { return c.line().MinSize().Width + 2*c.sides() + c.iconRoom() }

func (c *Chip) height() float32 { return c.letters() * 1.75 }

// MinSize is the chip's whole size.
func (c *Chip) MinSize() fyne.Size { return fyne.NewSize(c.width(), c.height()) }

func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(NewPane(c.MinSize(), c.build))
}

func (c *Chip) build(size fyne.Size) fyne.CanvasObject {
	ground := canvas.NewRectangle(c.ground)
	ground.CornerRadius = size.Height / 2
	if c.outline {
		ground.CornerRadius = size.Height / 4
		ground.StrokeColor, ground.StrokeWidth = c.ink, max(c.letters()*0.09, 1.5)
	}
	text, x := c.line(), c.sides()
	h := text.MinSize().Height
	objects := []fyne.CanvasObject{Place(ground, 0, 0, size.Width, size.Height)}
	if c.icon != "" {
		side := c.letters() * 1.25
		objects = append(objects, Place(Drawing(c.icon, c.ink, side), x*0.9, (size.Height-side)/2, side, side))
		x += c.iconRoom()
	}
	return Fixed(size, append(objects, Place(text, x, (size.Height-h)/2, size.Width-x-c.sides()*0.5, h))...)
}

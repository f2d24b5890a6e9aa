package kit

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"postern/app/look"
)

// Button is a button for a thumb. It never takes the focus: typed runes must go
// on reaching the check screen, and a space in a scan must press nothing.
type Button struct {
	widget.BaseWidget
	label   string
	Name    string // spoken or read in place of a drawing
	icon    string // name of a drawing before the words; may be empty
	trail   string // name of a drawing behind the words; may be empty
	small   string // a line under the words; may be empty
	held    []string
	flips   *Flip // a switch at the right; nil: there is none
	ground  color.NRGBA
	ink     color.NRGBA
	edge    color.NRGBA // of the line round a filled one; transparent: there is none
	Outline bool
	striped bool // the edge of the way in for emergencies
	leading bool // words stand at the left
	thick   bool
	size    float32 // of the words
	side    float32 // of the drawing; 0: as the words
	pad     float32 // at the left and at the right
	least   float32 // height
	do      func()
	meaning Meaning

	hovered bool
	Ringed  bool // by the keys
}

// NewButton makes a filled button: of a screen's it is the one to press.
func NewButton(text string, ground, ink color.NRGBA, do func()) *Button {
	b := &Button{label: text, ground: ground, ink: ink, size: 19, least: 58, pad: 12, do: do}
	b.ExtendBaseWidget(b)
	return b
}

// NewOutlined makes a button that steps back behind the filled ones.
func NewOutlined(text string, ink color.NRGBA, do func()) *Button {
	b := NewButton(text, color.NRGBA{}, ink, do)
	b.Outline = true
	return b
}

// NewEmergency makes the button that leads to the emergencies: white, with a
// striped edge and a star of six arms, the same on every screen.
func NewEmergency(text string, do func()) *Button {
	b := NewButton(text, White, Chrome, do).WithIcon("shapes/star").Leading(20)
	b.striped = true
	return b
}

// WithIcon puts a drawing before the words.
func (b *Button) WithIcon(icon string) *Button { b.icon = icon; return b }

// Drawn sets how large the drawing is, in dp, whatever the size of letters.
func (b *Button) Drawn(side float32) *Button { b.side = side; return b }

// Trail puts a drawing at the right, where there is room.
func (b *Button) Trail(icon string) *Button { b.trail = icon; return b }

// Under puts a small line under the words.
func (b *Button) Under(small string) *Button { b.small = small; return b }

// Holding says at the right that the next one was scanned: with the longest of
// some words that has room.
func (b *Button) Holding(words ...string) *Button { b.held = words; return b }

// Flip is a switch and its colour where it is on.
type Flip struct {
	On  bool
	Act color.NRGBA
}

// Flips puts a switch at the right.
func (b *Button) Flips(f Flip) *Button { b.flips = &f; return b }

// Leading puts the words at the left, after some room.
func (b *Button) Leading(pad float32) *Button { b.leading, b.pad = true, pad; return b }

// Edged draws a line round a filled button, where its ground is the page's too.
func (b *Button) Edged(line color.NRGBA) *Button { b.edge = line; return b }

// Thick marks what cannot be undone: ink with a thick line.
func (b *Button) Thick() *Button { b.thick = true; return b }

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

// stripe is how wide the striped edge is.
func (b *Button) stripe() float32 {
	if !b.striped {
		return 0
	}
	return min(b.least*0.26, 34)
}

// drawn is how large the drawing is.
func (b *Button) drawn() float32 {
	if b.side > 0 {
		return b.side
	}
	return Letters(b.size) * 1.2
}

// inner is what is left between the paddings of a width.
func (b *Button) inner(width float32) float32 { return max(width-2*b.pad-b.stripe(), 1) }

// iconRoom is what the drawing takes of a width: nothing where it would crowd out the words.
func (b *Button) iconRoom(width float32) float32 {
	if b.icon == "" || b.label == "" {
		return 0
	}
	room := b.drawn() + max(b.size*0.45, 8)
	switch {
	case b.leading && b.fewest(b.inner(width)-room) > b.fewest(b.inner(width)), b.striped && !b.leading:
		return 0
	case !b.leading && b.prose().Measure(b.label) > b.inner(width)-room:
		return 0
	}
	return room
}

// fewest is how many lines the words need in a room; many, where a word does not fit.
func (b *Button) fewest(room float32) int {
	if !b.fitsIn(room) {
		return 99
	}
	return len(b.prose().lines(room))
}

// tailRoom is what stands at the right of a width: a drawing, or that the next one is held.
func (b *Button) tailRoom(width float32) float32 {
	left := b.inner(width) - b.iconRoom(width) - b.prose().Measure(b.label)
	switch {
	case b.flips != nil:
		return flipWidth(b) + 12
	case len(b.held) > 0:
		return b.heldWords(left).width() + 12
	case b.trail != "" && left > b.size*1.2+8:
		return b.size*1.2 + 8
	}
	return 0
}

// heldWords is the chip for the next one, in the longest words that have room.
func (b *Button) heldWords(room float32) *Chip {
	var c *Chip
	for _, words := range b.held {
		c = NewChip(words, b.size*0.6, b.ink, b.chipInk()).WithIcon("icons/scan")
		if c.width()+12 <= room {
			break
		}
	}
	return c
}

func (b *Button) chipInk() color.NRGBA {
	if b.Outline && b.ink == White {
		return Chrome
	}
	if b.Outline {
		return White
	}
	return b.ground
}

func (b *Button) prose() *Prose { return NewProse(b.label, b.size, b.ink).Bold() }

// words are set smaller where a single one of them would not fit.
func (b *Button) words(width float32) *Prose {
	p := b.prose()
	if !b.leading {
		p.Centred()
	}
	for _, token := range look.Tokens(b.label) {
		for p.Letters > LeastLetters && p.Measure(strings.TrimRight(token, " ")) > width {
			p.Letters--
		}
	}
	return p
}

// fits reports whether every word stands whole on a button of a width.
func (b *Button) fits(width float32) bool { return b.fitsIn(b.inner(width)) }

func (b *Button) fitsIn(room float32) bool {
	p := b.words(room)
	for _, token := range look.Tokens(b.label) {
		if p.Measure(strings.TrimRight(token, " ")) > room {
			return false
		}
	}
	return true
}

// smallWords is the line under the words, or nil.
func (b *Button) smallWords() *Prose {
	if b.small == "" {
		return nil
	}
	return NewProse(b.small, b.size*0.5, b.ink)
}

// textHeight is how high words and the line under them are in a room.
func (b *Button) textHeight(room float32) float32 {
	h := b.words(room).HeightFor(room)
	if s := b.smallWords(); s != nil {
		h += s.HeightFor(room)
	}
	return h
}

// HeightFor is how high the button is at a width, with its words broken into lines.
func (b *Button) HeightFor(width float32) float32 {
	room := b.inner(width) - b.iconRoom(width) - b.tailRoom(width)
	return max(b.least, b.textHeight(room)+2*6)
}

// Natural is how wide the button is with its words on one line.
func (b *Button) Natural() float32 {
	w := b.prose().Measure(b.label) + 2*b.pad + b.stripe() + 2
	if b.icon != "" {
		w += b.drawn() + max(b.size*0.45, 8)
	}
	if len(b.held) > 0 {
		w += b.heldWords(0).width() + 16
	}
	return w
}

package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Sentence is a text with a chip behind its last word.
type Sentence struct {
	widget.BaseWidget
	text *Prose
	chip *Chip
}

// NewSentence puts a chip behind a text.
func NewSentence(text *Prose, chip *Chip) *Sentence {
	s := &Sentence{text: text, chip: chip}
	s.ExtendBaseWidget(s)
	return s
}

// beside reports whether the chip stands behind the last line, and from where on.
func (s *Sentence) beside(width float32) (float32, bool) {
	lines := s.text.lines(width)
	x := s.text.measureAt(lines[len(lines)-1], s.text.drawn) + s.text.drawn*0.4
	return x, x+s.chip.width() <= width
}

// HeightFor is how high both are at a width.
func (s *Sentence) HeightFor(width float32) float32 {
	h := s.text.HeightFor(width)
	if _, ok := s.beside(width); !ok {
		h += s.chip.height() + 4
	}
	return h
}

// MinSize is that of the text.
func (s *Sentence) MinSize() fyne.Size { return s.text.MinSize() }

func (s *Sentence) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(NewPane(s.MinSize(), func(size fyne.Size) fyne.CanvasObject {
		h, w, high := s.text.HeightFor(size.Width), s.chip.width(), s.chip.height()
		x, ok := s.beside(size.Width)
		y := h - s.text.drawn*s.text.high/2 - high/2
		if !ok {
			x, y = 0, h+4
		}
		return Fixed(size, Place(s.text, 0, 0, size.Width, h), Place(s.chip, x, y, min(w, size.Width), high))
	}))
}

package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// beside is a square mark with words that take the rest of the width.
type beside struct {
	widget.BaseWidget
	mark  fyne.CanvasObject
	words *Stack
	side  float32
}

// NewBeside puts words beside a mark; side is how wide and high the mark is.
func NewBeside(side float32, mark fyne.CanvasObject, words *Stack) *Stack {
	b := &beside{mark: mark, words: words, side: side}
	b.ExtendBaseWidget(b)
	return NewStack(0, b)
}

func (b *beside) room(width float32) float32 { return width - b.side - b.apart() }

// apart is the room between the mark and the words.
func (b *beside) apart() float32 { return min(16, max(b.side*0.3, 8)) }

func (b *beside) HeightFor(width float32) float32 {
	return max(b.side, b.words.HeightFor(b.room(width)))
}

func (b *beside) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(NewPane(fyne.NewSize(1, b.side), func(size fyne.Size) fyne.CanvasObject {
		h := b.words.HeightFor(b.room(size.Width))
		return Fixed(size, Place(b.mark, 0, (size.Height-b.side)/2, b.side, b.side),
			Place(b.words, b.side+b.apart(), (size.Height-h)/2, b.room(size.Width), h))
	}))
}

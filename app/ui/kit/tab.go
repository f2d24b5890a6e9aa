package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// tabLetters is the size of the words on tabs.
const TabLetters = 14

// tab is one tab: a drawing over a word.
type Tab struct {
	widget.BaseWidget
	label, icon string
	on, Ringed  bool
	do          func()
	shown       *Pane
}

// NewTab makes a tab with a word and an icon; on marks the one that shows.
func NewTab(text, icon string, on bool, do func()) *Tab {
	t := &Tab{label: text, icon: icon, on: on, do: do}
	t.shown = NewPane(fyne.NewSize(1, 1), t.build)
	t.ExtendBaseWidget(t)
	return t
}

// Ring draws the ring of the keys, or takes it away.
func (t *Tab) Ring(on bool) {
	if t.Ringed != on {
		t.Ringed = on
		t.shown.Refresh()
	}
}

// Says is the word of the tab.
func (t *Tab) Says() string { return t.label }

func (t *Tab) Tapped(*fyne.PointEvent) { t.do() }

func (t *Tab) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(t.shown)
}

func (t *Tab) build(size fyne.Size) fyne.CanvasObject {
	ink := Quiet
	if t.on {
		ink = White
	}
	word := Text(t.label, TabLetters, ink, t.on)
	for w := word.MinSize().Width; w > size.Width-10; w = word.MinSize().Width {
		word.TextSize -= 0.5
	}
	high := word.MinSize().Height
	word.Alignment = fyne.TextAlignCenter
	side := min(26, size.Height-high-4)
	top := (size.Height - side - high) / 2
	objects := []fyne.CanvasObject{
		Place(Drawing(t.icon, ink, side), (size.Width-side)/2, top, side, side),
		Place(word, 0, top+side+2, size.Width, high),
	}
	if t.Ringed {
		objects = append(objects, RingIn(size, 14, White))
	}
	if t.on {
		mark := canvas.NewRectangle(White)
		mark.CornerRadius = 1.5
		if size.Height > 80 {
			objects = append(objects, Place(mark, 0, size.Height*0.2, 3, size.Height*0.6))
		} else {
			objects = append(objects, Place(mark, size.Width*0.3, 0, size.Width*0.4, 3))
		}
	}
	return Fixed(size, objects...)
}

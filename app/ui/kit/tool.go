package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Tool is a small square to press: a number or a drawing over a word.
type Tool struct {
	widget.BaseWidget
	label, icon, value string
	ground, ink        color.NRGBA
	size               float32 // of the word
	Ringed             bool
	do                 func()
	shown              *Pane
}

// NewTool makes a tool with a word in letters of a size, and a drawing over it.
func NewTool(word, icon string, size float32, ground, ink color.NRGBA, do func()) *Tool {
	t := &Tool{label: word, icon: icon, size: size, ground: ground, ink: ink, do: do}
	t.shown = NewPane(fyne.NewSquareSize(leastTarget), t.build)
	t.ExtendBaseWidget(t)
	return t
}

// Counting puts a number in the place of the drawing.
func (t *Tool) Counting(value string) *Tool { t.value = value; return t }

// Says is the word.
func (t *Tool) Says() string { return t.label }

// Ring draws the ring of the keys, or takes it away.
func (t *Tool) Ring(on bool) {
	if t.Ringed != on {
		t.Ringed = on
		t.shown.Refresh()
	}
}

func (t *Tool) Tapped(*fyne.PointEvent) { t.do() }

func (t *Tool) MinSize() fyne.Size { return fyne.NewSquareSize(leastTarget) }

func (t *Tool) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.shown) }

func (t *Tool) build(size fyne.Size) fyne.CanvasObject {
	ground := canvas.NewRectangle(t.ground)
	ground.CornerRadius = corner
	word := fitted(t.label, t.size, t.ink, size.Width-8, size.Height*0.42)
	wh := word.TextSize * 1.3
	top := min(t.size*1.6, size.Height-wh-6)
	y := (size.Height - top - wh) / 2
	objects := []fyne.CanvasObject{Place(ground, 0, 0, size.Width, size.Height)}
	if t.value != "" {
		n := fitted(t.value, t.size*1.5, t.ink, size.Width-8, top)
		objects = append(objects, centred(n, size.Width, y+top/2))
	} else {
		objects = append(objects, Place(Drawing(t.icon, t.ink, top), (size.Width-top)/2, y, top, top))
	}
	objects = append(objects, centred(word, size.Width, y+top+wh/2+1))
	if t.Ringed {
		objects = append(objects, RingIn(size, corner, t.ink))
	}
	return Fixed(size, objects...)
}

// fitted is one line in letters as large as a size, a width and a height allow.
func fitted(s string, size float32, ink color.Color, width, height float32) *canvas.Text {
	t := Text(s, size, ink, true)
	t.TextSize = min(t.TextSize, height)
	if w := t.MinSize().Width; w > width {
		t.TextSize *= width / w
	}
	return t
}

// centred puts a line in the middle of a width, round a height.
func centred(t *canvas.Text, width, y float32) fyne.CanvasObject {
	t.Alignment = fyne.TextAlignCenter
	h := t.MinSize().Height
	return Place(t, 0, y-h/2, width, h)
}

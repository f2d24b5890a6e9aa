package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// KeyPaint is the colours of the keys on the screen.
type KeyPaint struct {
	Ground    color.NRGBA // behind the keys
	Cap, Ink  color.NRGBA // a key that types
	Dim       color.NRGBA // a key that does something else
	Edge      color.NRGBA // the lower edge of the keys of a pad
	Done      color.NRGBA // the key that sends what was typed
	DoneInk   color.NRGBA
	outlined  bool // caps are told by their lines
	lineWidth float32
}

// Keys are the colours of the keys among pages of a palette.
func (p Palette) Keys() KeyPaint {
	return KeyPaint{
		Ground: Blend(p.Ground, p.Ink, 0.1), Cap: p.Card, Ink: p.Ink,
		Dim: Blend(p.Ground, p.Ink, 0.2), Edge: Blend(p.Ground, p.Ink, 0.5),
		Done: p.Act, DoneInk: White, outlined: theme.Size(sizeLine) > 2, lineWidth: theme.Size(sizeLine),
	}
}

// Key is a key of a keyboard or a pad on the screen. The whole of it is pressed, with the gaps
// round its cap, so that no place between two keys is dead.
type Key struct {
	widget.BaseWidget
	word, icon string
	name       string // said in place of a drawing
	cap, ink   color.NRGBA
	paint      KeyPaint
	size       float32 // of the letters
	raised     bool    // the cap has a lower edge
	do         func()

	pressed, ringed bool
	face            *Pane
}

func newKey(word string, k KeyPaint, do func()) *Key {
	key := &Key{word: word, cap: k.Cap, ink: k.Ink, paint: k, size: 26, do: do}
	key.face = NewPane(fyne.NewSquareSize(leastTarget), key.build)
	key.ExtendBaseWidget(key)
	return key
}

// drawn shows a drawing in place of a word.
func (k *Key) drawn(icon, name string) *Key { k.icon, k.name = icon, name; return k }

// in gives the cap a colour of its own.
func (k *Key) in(cap, ink color.NRGBA) *Key { k.cap, k.ink = cap, ink; return k }

// Says is what the key types or does, in a word.
func (k *Key) Says() string { return k.word + k.name }

func (k *Key) Tapped(*fyne.PointEvent) { k.do() }

// Ring draws a line inside the cap.
func (k *Key) Ring(on bool) {
	if k.ringed != on {
		k.ringed = on
		k.face.Refresh()
	}
}

func (k *Key) MouseDown(*desktop.MouseEvent)  { k.press(true) }
func (k *Key) MouseUp(*desktop.MouseEvent)    { k.press(false) }
func (k *Key) MouseIn(*desktop.MouseEvent)    {}
func (k *Key) MouseMoved(*desktop.MouseEvent) {}
func (k *Key) MouseOut()                      { k.press(false) }

func (k *Key) press(on bool) {
	if k.pressed != on {
		k.pressed = on
		k.face.Refresh()
	}
}

func (k *Key) MinSize() fyne.Size { return fyne.NewSquareSize(leastTarget) }

func (k *Key) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(k.face) }

const (
	keyGap    = 3  // between a cap and the edge of its key
	keyCorner = 10 // how round caps are
	keyEdge   = 4  // how thick the lower edge of a raised cap is
)

func (k *Key) build(size fyne.Size) fyne.CanvasObject {
	w, h := size.Width-2*keyGap, size.Height-2*keyGap
	top := canvas.NewRectangle(k.cap)
	top.CornerRadius = keyCorner
	if k.pressed {
		top.FillColor = Blend(k.cap, k.ink, 0.25)
	}
	if k.paint.outlined {
		top.StrokeColor, top.StrokeWidth = k.paint.Ink, k.paint.lineWidth
	}
	var objects []fyne.CanvasObject
	high := h
	if k.raised {
		edge := canvas.NewRectangle(k.paint.Edge)
		edge.CornerRadius = keyCorner
		objects = append(objects, Place(edge, keyGap, keyGap, w, h))
		high -= keyEdge
	}
	objects = append(objects, Place(top, keyGap, keyGap, w, high))
	if k.icon != "" {
		side := min(Letters(k.size)*1.2, w-8, high-8)
		objects = append(objects, Place(Drawing(k.icon, k.ink, side), (size.Width-side)/2, keyGap+(high-side)/2, side, side))
	} else {
		word := Text(k.word, k.size, k.ink, true)
		for word.TextSize > LeastLetters && (word.MinSize().Width > w-4 || word.TextSize > high*0.75) {
			word.TextSize -= 0.5
		}
		word.Alignment = fyne.TextAlignCenter
		objects = append(objects, Place(word, 0, keyGap+(high-word.MinSize().Height)/2, size.Width, word.MinSize().Height))
	}
	if k.ringed {
		objects = append(objects, Place(RingIn(fyne.NewSize(w, high), keyCorner+2, k.ink), keyGap+5, keyGap+5, w-10, high-10))
	}
	return Fixed(size, objects...)
}

// keyRow puts keys beside each other; widths are their shares.
func keyRow(y, left, width, height float32, keys []*Key, shares []float32) (placed []fyne.CanvasObject) {
	all := float32(0)
	for _, s := range shares {
		all += s
	}
	for i, k := range keys {
		w := width * shares[i] / all
		placed = append(placed, Place(k, left, y, w, height))
		left += w
	}
	return placed
}

// NewPad is a pad of digits, three to a row, that fills its room. left and right
// stand beside the zero.
func NewPad(k KeyPaint, typed func(rune), left, right PadKey) *Pane {
	digit := func(r rune) *Key { return newKey(string(r), k, func() { typed(r) }) }
	beside := func(p PadKey) *Key {
		key := newKey(p.Word, k, p.Do).drawn(p.Icon, p.Name)
		if p.Icon != "" {
			key.in(k.Dim, k.Ink)
		}
		if p.Done {
			key.in(k.Done, k.DoneInk)
		}
		return key
	}
	rows := [][]*Key{
		{digit('1'), digit('2'), digit('3')},
		{digit('4'), digit('5'), digit('6')},
		{digit('7'), digit('8'), digit('9')},
		{beside(left), digit('0'), beside(right)},
	}
	const least = 4 * leastTarget
	return NewPane(fyne.NewSize(3*leastTarget, least), func(size fyne.Size) fyne.CanvasObject {
		var placed []fyne.CanvasObject
		for i, row := range rows {
			for _, key := range row {
				key.raised, key.size = true, max(min(size.Height/4*0.42, size.Width/3*0.5), 20)/max(Letters(1), 1)
			}
			placed = append(placed, keyRow(size.Height/4*float32(i), 0, size.Width, size.Height/4, row, []float32{1, 1, 1})...)
		}
		return Fixed(size, placed...)
	})
}

// PadKey is a key beside the zero of a pad: a word, or a drawing with a name.
type PadKey struct {
	Word, Icon, Name string
	Done             bool // it sends what was typed
	Do               func()
}

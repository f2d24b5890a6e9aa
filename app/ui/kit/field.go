package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Field is where a text is typed, by the keys on the screen, by a keyboard or by
// a paste. It never has Fyne's focus: the window hears every key first, so that
// what a scanner types can be told from what a person types, and taken out
// again; see [Field.Mark].
type Field struct {
	widget.BaseWidget
	Code    bool    // it takes codes: capitals first, and no words
	Lines   int     // how many lines of the text show; 0 is 1
	Changed func()  // the text did; may be nil
	Sent    func()  // what the key that sends does; may be nil
	Paste   func()  // what the paste button does; nil: there is none
	Active  bool    // keys go here, and the keyboard shows
	Pressed func()  // somebody touched the text; may be nil
	Scale   float32 // how much larger it is drawn; less than 1 is 1

	words   FieldWords
	palette Palette
	text    []rune
	caret   int // before which character it stands
	first   int // the first line that shows
	marked  struct {
		text  []rune
		caret int
	}
	page   keyPage
	ringed bool
	face   *Pane
}

// FieldWords are the words on a field, in the guard's language.
type FieldWords struct {
	Label        string // small, over the text
	Hint         string // in place of a text; may be empty
	Send         string // on the key that sends what was typed
	Clear, Paste string // names of the buttons
}

// mostTyped is the longest text that a field takes, in characters: more than any code has.
const mostTyped = 8192

// NewField makes a field with a text.
func NewField(text string) *Field {
	f := &Field{}
	f.set(text)
	f.face = NewPane(fyne.NewSize(1, leastTarget), f.build)
	f.ExtendBaseWidget(f)
	return f
}

// In gives the field the colours and words of the screen that it stands on.
func (f *Field) In(p Palette, words FieldWords) *Field {
	f.palette, f.words = p, words
	f.face.Refresh()
	return f
}

// Says is the name of the field.
func (f *Field) Says() string { return f.words.Label }

// Text is what was typed.
func (f *Field) Text() string { return string(f.text) }

// SetText puts another text in place of what was typed.
func (f *Field) SetText(text string) {
	f.set(text)
	f.changed()
}

func (f *Field) set(text string) {
	f.text = f.text[:0:0]
	for _, r := range text {
		if r >= ' ' && len(f.text) < mostTyped {
			f.text = append(f.text, r)
		}
	}
	f.caret = len(f.text)
	f.page.shift = f.Code
}

// Type puts a character before the caret. What is no character that shows is left out.
func (f *Field) Type(r rune) {
	if r < ' ' || r == 0x7f || len(f.text) >= mostTyped {
		return
	}
	f.text = append(f.text[:f.caret:f.caret], append([]rune{r}, f.text[f.caret:]...)...)
	f.caret++
	f.changed()
}

// Rub takes the character before the caret out.
func (f *Field) Rub() {
	if f.caret > 0 {
		f.text = append(f.text[:f.caret-1:f.caret-1], f.text[f.caret:]...)
		f.caret--
		f.changed()
	}
}

// Key takes a key of a keyboard that gives no character, and reports whether it was the field's.
func (f *Field) Key(key fyne.KeyName) bool {
	switch key {
	case fyne.KeyBackspace:
		f.Rub()
	case fyne.KeyDelete:
		if f.caret < len(f.text) {
			f.caret++
			f.Rub()
		}
	case fyne.KeyLeft:
		f.moveTo(f.caret - 1)
	case fyne.KeyRight:
		f.moveTo(f.caret + 1)
	case fyne.KeyHome:
		f.moveTo(0)
	case fyne.KeyEnd:
		f.moveTo(len(f.text))
	case fyne.KeyReturn, fyne.KeyEnter:
		f.send()
	default:
		return false
	}
	return true
}

func (f *Field) moveTo(caret int) {
	f.caret = min(max(caret, 0), len(f.text))
	f.face.Refresh()
}

func (f *Field) send() {
	if f.Sent != nil {
		f.Sent()
	}
}

// Mark remembers the text as it is, before a key that may be the first of a scan.
func (f *Field) Mark() { f.marked.text, f.marked.caret = append([]rune(nil), f.text...), f.caret }

// Restore brings the text of the last [Field.Mark] back: what was typed since was a scan.
func (f *Field) Restore() {
	f.text, f.caret = append([]rune(nil), f.marked.text...), min(f.marked.caret, len(f.marked.text))
	f.changed()
}

func (f *Field) changed() {
	f.face.Refresh()
	if f.Changed != nil {
		f.Changed()
	}
}

const (
	fieldPad   = 14
	fieldLabel = 15 // the sizes of letters
	fieldText  = 24
	fieldTool  = 56 // the width of a button in it
)

// of is a length in the scale of the window.
func (f *Field) of(length float32) float32 { return length * max(f.Scale, 1) }

func (f *Field) shownLines() float32 { return float32(max(f.Lines, 1)) }

// HeightFor is how high the field is; it does not depend on the width.
func (f *Field) HeightFor(float32) float32 {
	return max((Letters(f.of(fieldLabel))+f.shownLines()*Letters(f.of(fieldText)))*lineHeight+fieldPad+6, leastTarget)
}

func (f *Field) MinSize() fyne.Size { return fyne.NewSize(1, f.HeightFor(0)) }

func (f *Field) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(f.face) }

func (f *Field) inner() fyne.CanvasObject { return f.face.Shown }

func (f *Field) build(size fyne.Size) fyne.CanvasObject {
	p := f.palette
	ground := canvas.NewRectangle(p.Card)
	ground.StrokeColor, ground.StrokeWidth = p.Faint, 1.5
	if f.Active {
		ground.StrokeColor, ground.StrokeWidth = p.Act, 4
	}
	inside(ground, size)
	objects, right := []fyne.CanvasObject{ground}, size.Width-2
	tool := func(icon, name string, do func()) {
		right -= f.of(fieldTool)
		b := NewOutlined("", p.Ink, do).WithIcon(icon).Named(name)
		b.Outline = false
		objects = append(objects, Place(b, right, 2, f.of(fieldTool), size.Height-4))
	}
	if f.Paste != nil {
		tool("icons/paste", f.words.Paste, f.Paste)
	}
	if len(f.text) > 0 {
		tool("icons/clear", f.words.Clear, func() { f.SetText("") })
	}
	t := &typed{f: f}
	t.face = NewPane(fyne.NewSize(1, 1), t.build)
	t.ExtendBaseWidget(t)
	return Fixed(size, append(objects, Place(t, 2, 2, right-2, size.Height-4))...)
}

// breaks are where the lines of the text begin in a width, and its end.
func (f *Field) breaks(width float32) []int {
	size, style := Letters(f.of(fieldText)), fyne.TextStyle{Bold: true}
	wide := map[rune]float32{}
	at, used := []int{0}, float32(0)
	for i, r := range f.text {
		w, known := wide[r]
		if !known {
			w = fyne.MeasureText(string(r), size, style).Width
			wide[r] = w
		}
		if used+w > width && used > 0 {
			at, used = append(at, i), 0
		}
		used += w
	}
	return append(at, len(f.text))
}

// typed is the text of a field with its caret.
type typed struct {
	widget.BaseWidget
	f    *Field
	face *Pane
}

func (t *typed) MinSize() fyne.Size { return fyne.NewSquareSize(leastTarget) }

func (t *typed) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.face) }

// Says is the name of the field.
func (t *typed) Says() string { return t.f.words.Label }

func (t *typed) Ring(on bool) {
	if t.f.ringed != on {
		t.f.ringed = on
		t.face.Refresh()
	}
}

// Tapped puts the caret where the finger is.
func (t *typed) Tapped(e *fyne.PointEvent) {
	if e != nil {
		t.f.moveTo(t.under(e.Position))
	}
	if t.f.Pressed != nil {
		t.f.Pressed()
	}
}

// under is the place in the text that is nearest to a place on the field.
func (t *typed) under(at fyne.Position) int {
	f := t.f
	breaks := f.breaks(t.Size().Width - 2*fieldPad)
	line := f.first + int((at.Y-t.top())/(Letters(f.of(fieldText))*lineHeight))
	line = min(max(line, 0), len(breaks)-2)
	best, from := breaks[line], breaks[line]
	for i, nearest := from, float32(1e9); i <= breaks[line+1]; i++ {
		x := fieldPad + f.measureTyped(string(f.text[from:i]))
		if far := max(at.X-x, x-at.X); far < nearest {
			best, nearest = i, far
		}
	}
	return best
}

// top is where the first line of the text stands.
func (t *typed) top() float32 { return fieldPad/2 + Letters(t.f.of(fieldLabel))*lineHeight }

func (f *Field) measureTyped(s string) float32 {
	return fyne.MeasureText(s, Letters(f.of(fieldText)), fyne.TextStyle{Bold: true}).Width
}

func (t *typed) build(size fyne.Size) fyne.CanvasObject {
	f, p := t.f, t.f.palette
	width, high := size.Width-2*fieldPad, Letters(f.of(fieldText))*lineHeight
	label := Text(Shorten(f.words.Label, f.of(fieldLabel), width), f.of(fieldLabel), p.Faint, false)
	objects := []fyne.CanvasObject{Place(label, fieldPad, fieldPad/2, width, Letters(f.of(fieldLabel))*lineHeight)}
	if len(f.text) == 0 && f.words.Hint != "" {
		hint := Text(Shorten(f.words.Hint, f.of(fieldText)*0.8, width), f.of(fieldText)*0.8, p.Faint, false)
		objects = append(objects, Place(hint, fieldPad+6, t.top(), width, high))
	}
	breaks := f.breaks(width)
	at := 0 // the line of the caret
	for at+2 < len(breaks) && f.caret >= breaks[at+1] && f.caret < len(f.text) || at+2 < len(breaks) && f.caret > breaks[at+1] {
		at++
	}
	shown := max(f.Lines, 1)
	f.first = min(max(min(f.first, at), at-shown+1), max(len(breaks)-1-shown, 0))
	for i := f.first; i < min(f.first+shown, len(breaks)-1); i++ {
		y := t.top() + float32(i-f.first)*high
		objects = append(objects, Place(Text(string(f.text[breaks[i]:breaks[i+1]]), f.of(fieldText), p.Ink, true), fieldPad, y, width, high))
		if i == at && f.Active {
			caret := canvas.NewRectangle(p.Act)
			x := fieldPad + f.measureTyped(string(f.text[breaks[i]:min(f.caret, breaks[i+1])]))
			objects = append(objects, Place(caret, x, y+high*0.1, 3, high*0.8))
		}
	}
	if f.ringed {
		objects = append(objects, RingIn(size, corner, p.Ink))
	}
	return Fixed(size, objects...)
}

// Trimmed is what was typed without the white space round it.
func (f *Field) Trimmed() string { return strings.TrimSpace(f.Text()) }

package kit

import (
	"image/color"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"postern/app/look"
)

// flowing is what needs a width before it knows its height.
type flowing interface {
	fyne.CanvasObject
	HeightFor(width float32) float32
}

// heightOf is how high o is at a width.
func heightOf(o fyne.CanvasObject, width float32) float32 {
	if !o.Visible() {
		return 0
	}
	if f, ok := o.(flowing); ok {
		return f.HeightFor(width)
	}
	return o.MinSize().Height
}

// LeastLetters is the size of the smallest letters: less cannot be read at arm's length.
const LeastLetters = 13

// Text makes one line of the screens' own words, in letters as large as the
// guard wants them. What others wrote, and every name, is a [Line].
func Text(s string, size float32, ink color.Color, heavy bool) *canvas.Text {
	return text(look.Run{Text: look.Plain(s)}, max(Letters(size), LeastLetters), ink, heavy)
}

// Word is one line that no setting makes larger or smaller: the outcome, which is
// as large as its room in any case.
func Word(s string, size float32, ink color.Color) *canvas.Text {
	return text(look.Run{Text: look.Plain(s)}, size, ink, true)
}

// Prose is text that breaks into lines, in Chinese as in English; see [look.Lines].
type Prose struct {
	widget.BaseWidget
	text    string
	Letters float32 // size of the letters
	ink     color.Color
	heavy   bool
	align   fyne.TextAlign
	rtl     bool    // the text is read from right to left
	high    float32 // how high a line is with letters of size 1

	cutFor float32 // the width of the lines in cut; nothing of the above changes after the first
	cut    []string
	drawn  float32 // the size of their letters: smaller where a word would not fit
}

// NewProse makes a text in letters of a size, as large as the guard wants them.
func NewProse(text string, size float32, ink color.Color) *Prose {
	p := &Prose{text: text, Letters: max(Letters(size), LeastLetters), ink: ink, rtl: look.RightToLeft(text), high: lineHeight}
	if look.Tall(text) {
		p.high = tallHeight
	}
	p.ExtendBaseWidget(p)
	return p
}

// Bold makes p bold; bold means "act on this".
func (p *Prose) Bold() *Prose { p.heavy = true; return p }

// Centred puts each line in the middle.
func (p *Prose) Centred() *Prose { p.align = fyne.TextAlignCenter; return p }

// Trailing puts each line at the right.
func (p *Prose) Trailing() *Prose { p.align = fyne.TextAlignTrailing; return p }

// Shrunk is the text in smaller letters, by a share, as far as they can be read.
func (p *Prose) Shrunk(share float32) *Prose {
	q := NewProse(p.text, 0, p.ink)
	q.Letters, q.heavy, q.align, q.high = max(p.Letters*share, LeastLetters), p.heavy, p.align, p.high
	return q
}

// Tight sets the lines close, for a few large words.
func (p *Prose) Tight() *Prose {
	if p.high == lineHeight {
		p.high = 1.18
	}
	return p
}

// MinSize is one line high and asks for no width, so that a window may become small.
func (p *Prose) MinSize() fyne.Size { return fyne.NewSize(1, p.lineHeight()) }

// lineHeight is that of a line with letters of size 1, tallHeight that of one
// in a script whose letters have more above and below them.
const lineHeight, tallHeight = 1.36, 1.7

func (p *Prose) lineHeight() float32 { return p.Letters * p.high }

// HeightFor is how high the text is, broken for a width.
func (p *Prose) HeightFor(width float32) float32 {
	return float32(len(p.lines(width))) * p.drawn * p.high
}

func (p *Prose) CreateRenderer() fyne.WidgetRenderer { return &proseRenderer{p: p} }

// Measure is how wide s is in the letters of p, on one line.
func (p *Prose) Measure(s string) float32 { return p.measureAt(s, p.Letters) }

func (p *Prose) measureAt(s string, size float32) float32 {
	return measure(s, size, p.heavy)
}

// longWord is how many characters a word may have for which letters become
// smaller; what is longer is an address or a code, and is broken.
const longWord = 16

// fitting is the largest size, up to p's, at which every word stands whole on a line.
func (p *Prose) fitting(width float32) float32 {
	size := p.Letters
	for _, t := range look.Tokens(p.text) {
		word := look.Plain(strings.TrimRight(t, " "))
		if w := p.Measure(word); w > width && utf8.RuneCountInString(word) <= longWord {
			size = min(size, max(p.Letters*width/w*0.99, p.Letters/2))
		}
	}
	return size
}

// lines breaks the text for a width.
func (p *Prose) lines(width float32) []string {
	if p.cut == nil || p.cutFor != width {
		p.drawn = p.fitting(width)
		p.cutFor, p.cut = width, look.Lines(p.text, width, func(s string) float32 { return p.measureAt(s, p.drawn) })
	}
	return p.cut
}

type proseRenderer struct {
	p     *Prose
	laid  fyne.Size
	texts []fyne.CanvasObject
}

// Layout makes new lines for a new size only; see paneRenderer.
func (r *proseRenderer) Layout(size fyne.Size) {
	if r.laid == size {
		return
	}
	r.laid, r.texts = size, nil
	for i, l := range r.p.lines(size.Width) {
		texts := line(look.Runs(l, r.p.rtl), r.p.drawn, r.p.ink, r.p.heavy)
		row := fyne.NewSize(size.Width, r.p.drawn*r.p.high)
		r.texts = append(r.texts, set(texts, fyne.NewPos(0, float32(i)*row.Height), row, r.p.align)...)
	}
}

func (r *proseRenderer) MinSize() fyne.Size { return r.p.MinSize() }
func (r *proseRenderer) Refresh() {
	r.laid = fyne.Size{}
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}

func (r *proseRenderer) Objects() []fyne.CanvasObject { return r.texts }
func (r *proseRenderer) Destroy()                     {}

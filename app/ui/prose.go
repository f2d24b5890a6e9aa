package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"postern/app/look"
)

// flowing is what needs a width before it knows its height.
type flowing interface {
	fyne.CanvasObject
	heightFor(width float32) float32
}

// heightOf is how high o is at a width.
func heightOf(o fyne.CanvasObject, width float32) float32 {
	if !o.Visible() {
		return 0
	}
	if f, ok := o.(flowing); ok {
		return f.heightFor(width)
	}
	return o.MinSize().Height
}

// text makes one line, in letters as large as the guard wants them.
func text(s string, size float32, ink color.Color, heavy bool) *canvas.Text {
	t := canvas.NewText(plain(s), ink)
	t.TextSize, t.TextStyle = letters(size), fyne.TextStyle{Bold: heavy}
	return t
}

// prose is text that breaks into lines of about equal length, in Chinese as in English.
type prose struct {
	widget.BaseWidget
	said  string
	size  float32
	ink   color.Color
	heavy bool
	align fyne.TextAlign

	cutFor float32 // the width of the lines in cut; nothing of the above changes after the first
	cut    []string
}

func newProse(said string, size float32, ink color.Color) *prose {
	p := &prose{said: said, size: letters(size), ink: ink}
	p.ExtendBaseWidget(p)
	return p
}

// strong makes p bold; bold means "act on this".
func (p *prose) strong() *prose { p.heavy = true; return p }

func (p *prose) centred() *prose { p.align = fyne.TextAlignCenter; return p }

// MinSize is one line high and asks for no width, so that a window may become small.
func (p *prose) MinSize() fyne.Size { return fyne.NewSize(1, p.lineHeight()) }

func (p *prose) lineHeight() float32 { return p.size * 1.36 }

func (p *prose) heightFor(width float32) float32 {
	return float32(len(p.lines(width))) * p.lineHeight()
}

func (p *prose) CreateRenderer() fyne.WidgetRenderer { return &proseRenderer{p: p} }

func (p *prose) measure(s string) float32 {
	return fyne.MeasureText(plain(s), p.size, fyne.TextStyle{Bold: p.heavy}).Width
}

// lines breaks the text into as few lines as a width allows.
func (p *prose) lines(width float32) []string {
	if p.cut == nil || p.cutFor != width {
		p.cutFor, p.cut = width, nil
		for part := range strings.SplitSeq(p.said, "\n") {
			p.cut = append(p.cut, p.part(part, width)...)
		}
	}
	return p.cut
}

// part breaks what has no line of its own making.
func (p *prose) part(said string, width float32) []string {
	var words []look.Word
	for _, t := range look.Tokens(said) {
		if w := p.word(t); w.Bare <= width {
			words = append(words, w)
			continue
		}
		for _, r := range t { // longer than a line: broken anywhere, as addresses and codes must be
			words = append(words, p.word(string(r)))
		}
	}
	return look.Break(words, width)
}

func (p *prose) word(t string) look.Word {
	w := look.Word{Text: t, Width: p.measure(t)}
	if w.Bare = w.Width; strings.HasSuffix(t, " ") {
		w.Bare = p.measure(strings.TrimRight(t, " "))
	}
	return w
}

type proseRenderer struct {
	p     *prose
	laid  fyne.Size
	texts []fyne.CanvasObject
}

// Layout makes new lines for a new size only; see builtRenderer.
func (r *proseRenderer) Layout(size fyne.Size) {
	if r.laid == size {
		return
	}
	r.laid, r.texts = size, nil
	for i, l := range r.p.lines(size.Width) {
		t := text(l, 0, r.p.ink, r.p.heavy)
		t.TextSize = r.p.size
		t.Alignment = r.p.align
		t.Move(fyne.NewPos(0, float32(i)*r.p.lineHeight()))
		t.Resize(fyne.NewSize(size.Width, r.p.lineHeight()))
		r.texts = append(r.texts, t)
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

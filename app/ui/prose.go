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

// lines breaks the text for a width, then again for the narrowest width that
// needs no more lines, so that no last line holds a single character.
func (p *prose) lines(width float32) []string {
	if p.cut == nil || p.cutFor != width {
		p.cutFor, p.cut = width, p.breakLines(width)
	}
	return p.cut
}

func (p *prose) breakLines(width float32) []string {
	var tokens []string
	var widths []float32
	for _, t := range look.Tokens(p.said) {
		w := p.measure(t)
		if w <= width || t == "\n" {
			tokens, widths = append(tokens, t), append(widths, w)
			continue
		}
		for _, r := range t { // longer than a line: broken anywhere, as addresses and codes must be
			tokens, widths = append(tokens, string(r)), append(widths, p.measure(string(r)))
		}
	}
	best := fill(tokens, widths, width)
	for narrower := width * 0.95; narrower > width/2; narrower -= width * 0.05 {
		tried := fill(tokens, widths, narrower)
		if len(tried) > len(best) {
			break
		}
		best = tried
	}
	return best
}

// fill puts as many tokens on each line as fit.
func fill(tokens []string, widths []float32, width float32) []string {
	var lines []string
	var line strings.Builder
	used := float32(0)
	for i, t := range tokens {
		if line.Len() > 0 && used+widths[i] > width || t == "\n" {
			lines = append(lines, strings.TrimRight(line.String(), " "))
			line.Reset()
			used = 0
		}
		if t != "\n" {
			line.WriteString(t)
			used += widths[i]
		}
	}
	return append(lines, strings.TrimRight(line.String(), " "))
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

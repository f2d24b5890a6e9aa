package kit

import (
	"fmt"
	"image/color"
	"log/slog"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/look"
	"postern/assets"
)

// Line makes one line that may be in any script, such as one with a name, in
// letters as large as the guard wants them. It is as large as its words.
func Line(s string, size float32, ink color.Color, heavy bool) fyne.CanvasObject {
	texts := line(look.Runs(s, look.RightToLeft(s)), max(Letters(size), LeastLetters), ink, heavy)
	if len(texts) == 1 && texts[0].FontSource == written(heavy) {
		return texts[0]
	}
	width := float32(0)
	for _, t := range texts {
		width += t.MinSize().Width
	}
	row := fyne.NewSize(width, text(look.Run{}, texts[0].TextSize, ink, heavy).MinSize().Height)
	return NewPane(row, func(size fyne.Size) fyne.CanvasObject {
		return Fixed(size, set(texts, fyne.Position{}, size, fyne.TextAlignLeading)...)
	})
}

// line makes a line of runs, which [set] puts in their places.
func line(runs []look.Run, letters float32, ink color.Color, heavy bool) []*canvas.Text {
	texts := make([]*canvas.Text, len(runs))
	for i, r := range runs {
		texts[i] = text(r, letters, ink, heavy)
	}
	return texts
}

// text makes a run.
func text(r look.Run, letters float32, ink color.Color, heavy bool) *canvas.Text {
	t := canvas.NewText(r.Text, ink)
	t.TextSize, t.TextStyle, t.FontSource = letters, fyne.TextStyle{Bold: heavy}, fontFor(r.Script, heavy)
	return t
}

// set puts the runs of a line beside each other in a row, all on the base line
// that the font of the screens has there.
func set(texts []*canvas.Text, at fyne.Position, row fyne.Size, align fyne.TextAlign) []fyne.CanvasObject {
	if len(texts) == 1 && texts[0].FontSource == written(texts[0].TextStyle.Bold) {
		texts[0].Alignment = align
		return []fyne.CanvasObject{Place(texts[0], at.X, at.Y, row.Width, row.Height)}
	}
	width, driver := float32(0), fyne.CurrentApp().Driver()
	for _, t := range texts {
		width += t.MinSize().Width
	}
	switch align {
	case fyne.TextAlignCenter:
		at.X += (row.Width - width) / 2
	case fyne.TextAlignTrailing:
		at.X += row.Width - width
	}
	first := texts[0]
	of, base := driver.RenderedTextSize("", first.TextSize, first.TextStyle, written(first.TextStyle.Bold))
	at.Y += max(row.Height-of.Height, 0)/2 + base
	objects := make([]fyne.CanvasObject, len(texts))
	for i, t := range texts {
		size, base := driver.RenderedTextSize(t.Text, t.TextSize, t.TextStyle, t.FontSource)
		objects[i] = Place(t, at.X, at.Y-base, size.Width, size.Height)
		at.X += size.Width
	}
	return objects
}

// measure is how wide a line is.
func measure(s string, letters float32, heavy bool) float32 {
	driver, width := fyne.CurrentApp().Driver(), float32(0)
	for _, r := range look.Runs(s, false) {
		size, _ := driver.RenderedTextSize(r.Text, letters, fyne.TextStyle{Bold: heavy}, fontFor(r.Script, heavy))
		width += size.Width
	}
	return width
}

// scriptFont is the font of a script. Fyne reads it when a text first needs it,
// and keeps what it read.
type scriptFont struct {
	script look.Script
	bold   bool
}

func (f *scriptFont) Name() string { return fmt.Sprintf("postern %s bold %t", f.script, f.bold) }

func (f *scriptFont) Content() []byte {
	file, err := f.script.File(f.bold)
	if err != nil { // a test reads all of them
		slog.Error("font", "error", err)
		return assets.Regular
	}
	return file
}

// scriptFonts are the fonts of scripts that were asked for; Fyne knows a font by
// its address. Tests have one thread for each window.
var scriptFonts sync.Map // scriptFont to *scriptFont

// fontFor is the font of a run; nil is the theme's.
func fontFor(s look.Script, heavy bool) fyne.Resource {
	if s == "" {
		return written(heavy)
	}
	f, _ := scriptFonts.LoadOrStore(scriptFont{s, heavy}, &scriptFont{s, heavy})
	return f.(*scriptFont)
}

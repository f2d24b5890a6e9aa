package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// page is a sheet that is read at leisure: a title, and under it what is added, scrolling where it is long.
type page struct {
	*stack
	sheet   sheet
	size    fyne.Size
	picture fyne.CanvasObject // beside the words, where the window lies flat; may be nil
}

// pageWidth is how wide a page is at most: longer lines read badly.
const pageWidth = 760

func (u *UI) newPage(size fyne.Size, title string) *page {
	s := u.sheet()
	p := &page{stack: newStack(14), sheet: s, size: size}
	p.add(gap(4), newProse(title, 30, s.ink).strong())
	return p
}

// body adds a sentence of ordinary size.
func (p *page) body(said string) { p.add(newProse(said, 18, p.sheet.ink)) }

// show puts a picture among the words or, where the window lies flat, beside them.
func (p *page) show(picture fyne.CanvasObject) {
	if isWide(p.size) {
		p.picture = picture
		return
	}
	p.add(picture)
}

// done is the page laid out.
func (p *page) done() fyne.CanvasObject {
	p.add(gap(16))
	pad := pagePad(p.size)
	if p.picture != nil {
		w := (p.size.Width - 3*pad) / 2
		return fixed(p.size, place(p.picture, pad, pad, w, p.size.Height-2*pad), scrolled(p.stack, 2*pad+w, 0, w, p.size.Height))
	}
	w := min(p.size.Width-2*pad, pageWidth)
	return fixed(p.size, scrolled(p.stack, (p.size.Width-w)/2, 0, w, p.size.Height))
}

func pagePad(size fyne.Size) float32 { return min(24, size.Width*0.05) }

// tall makes an object at least so high.
func tall(o fyne.CanvasObject, height float32) fyne.CanvasObject {
	return container.New(layout.NewStackLayout(), gap(height), o)
}

// fact is a name and a value on one line, or under each other where that is too short.
func (p *page) fact(name, value string) fyne.CanvasObject {
	f := &fact{name: newProse(name, 17, p.sheet.faint), value: newProse(value, 17, p.sheet.ink).strong()}
	f.ExtendBaseWidget(f)
	return f
}

type fact struct {
	widget.BaseWidget
	name, value *prose
}

func (f *fact) fits(width float32) bool {
	return f.name.measure(f.name.said)+f.value.measure(f.value.said)+16 <= width
}

func (f *fact) heightFor(width float32) float32 {
	if f.fits(width) {
		return f.name.lineHeight()
	}
	return f.name.heightFor(width) + f.value.heightFor(width)
}

func (f *fact) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(newBuilt(f.name.MinSize(), func(size fyne.Size) fyne.CanvasObject {
		if f.fits(size.Width) {
			f.value.align = fyne.TextAlignTrailing
			return fixed(size, place(f.name, 0, 0, size.Width, size.Height), place(f.value, 0, 0, size.Width, size.Height))
		}
		f.value.align = fyne.TextAlignLeading
		h := f.name.heightFor(size.Width)
		return fixed(size, place(f.name, 0, 0, size.Width, h), place(f.value, 0, h, size.Width, f.value.heightFor(size.Width)))
	}))
}

// facts is a card of facts.
func (p *page) facts(lines ...fyne.CanvasObject) *stack {
	return newStack(12, lines...).on(p.sheet.card, 18)
}

package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// Page is a screen that is read at leisure: a title, and under it what is added, scrolling where it is long.
type Page struct {
	*Stack
	Palette Palette
	size    fyne.Size
	picture fyne.CanvasObject // beside the words, where the window lies flat; may be nil
	foot    *Stack            // stays at the thumb; may be nil
}

// PageWidth is how wide a page is at most: longer lines read badly.
const PageWidth = 760

// NewPage begins a page of a size in the colours of s.
func NewPage(s Palette, size fyne.Size, title string) *Page {
	p := &Page{Stack: NewStack(14), Palette: s, size: size}
	p.Add(Gap(4), NewProse(title, 30, s.Ink).Bold())
	return p
}

// AddText adds a sentence of ordinary size.
func (p *Page) AddText(text string) { p.Add(NewProse(text, 18, p.Palette.Ink)) }

// AddPicture puts a picture among the words or, where the window lies flat, beside them.
func (p *Page) AddPicture(picture fyne.CanvasObject) {
	if IsWide(p.size) {
		p.picture = picture
		return
	}
	p.Add(picture)
}

// AtFoot keeps what is pressed most at the thumb, where it does not scroll.
func (p *Page) AtFoot(items ...fyne.CanvasObject) { p.foot = NewStack(12, items...) }

// Layout is the page laid out.
func (p *Page) Layout() fyne.CanvasObject {
	p.Add(Gap(16))
	pad := PagePad(p.size)
	if p.picture != nil {
		w := (p.size.Width - 3*pad) / 2
		return Fixed(p.size, Place(p.picture, pad, pad, w, p.size.Height-2*pad), Scrolled(p.Stack, 2*pad+w, 0, w, p.size.Height))
	}
	w := min(p.size.Width-2*pad, PageWidth)
	if p.foot != nil {
		x, h := (p.size.Width-w)/2, p.foot.HeightFor(w)
		if room := p.size.Height - h - pad; room > p.size.Height*0.4 {
			return Fixed(p.size, Scrolled(p.Stack, x, 0, w, room-12), Place(p.foot, x, room, w, h))
		}
		p.Add(p.foot, Gap(16)) // there is no room for both: they scroll together
	}
	return Fixed(p.size, Scrolled(p.Stack, (p.size.Width-w)/2, 0, w, p.size.Height))
}

// PagePad is the room round a page in a window of a size.
func PagePad(size fyne.Size) float32 { return min(24, size.Width*0.05) }

// Tall makes an object at least so high.
func Tall(o fyne.CanvasObject, height float32) fyne.CanvasObject {
	return container.New(layout.NewStackLayout(), Gap(height), o)
}

// Fact is a name and a value on one line, or under each other where that is too short.
func (p *Page) Fact(name, value string) fyne.CanvasObject {
	f := &fact{name: NewProse(name, 17, p.Palette.Faint), value: NewProse(value, 17, p.Palette.Ink).Bold()}
	f.ExtendBaseWidget(f)
	return f
}

type fact struct {
	widget.BaseWidget
	name, value *Prose
}

func (f *fact) fits(width float32) bool {
	return f.name.Measure(f.name.text)+f.value.Measure(f.value.text)+16 <= width
}

func (f *fact) HeightFor(width float32) float32 {
	if f.fits(width) {
		return f.name.lineHeight()
	}
	return f.name.HeightFor(width) + f.value.HeightFor(width)
}

func (f *fact) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(NewPane(f.name.MinSize(), func(size fyne.Size) fyne.CanvasObject {
		if f.fits(size.Width) {
			f.value.align = fyne.TextAlignTrailing
			return Fixed(size, Place(f.name, 0, 0, size.Width, size.Height), Place(f.value, 0, 0, size.Width, size.Height))
		}
		f.value.align = fyne.TextAlignLeading
		h := f.name.HeightFor(size.Width)
		return Fixed(size, Place(f.name, 0, 0, size.Width, h), Place(f.value, 0, h, size.Width, f.value.HeightFor(size.Width)))
	}))
}

// Facts is a card of facts.
func (p *Page) Facts(lines ...fyne.CanvasObject) *Stack {
	return NewStack(12, lines...).On(p.Palette.Card, 18)
}

// Label heads a group of choices.
func (p *Page) Label(words string) fyne.CanvasObject {
	return NewStack(0, Gap(4), NewProse(words, 17, p.Palette.Faint))
}

package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Page is a screen that is read at leisure: a head with a title, and under it what
// is added, in one column or two, scrolling where it is long.
type Page struct {
	*Stack
	Palette Palette
	Grid    Grid
	Head    Head
	size    fyne.Size
	right   *Stack            // the second column; nil: there is one
	picture fyne.CanvasObject // beside the words, where the window lies flat; may be nil
	foot    *Stack            // stays at the thumb; may be nil
	side    fyne.CanvasObject // pressed beside the words; may be nil

	sideWidth float32
}

// Head is what stands at the top of a page.
type Head struct {
	Title string
	Sub   string // under the title, on one line; may be empty
	Back  *Button
	End   []*Button // at the right
}

// NewPage begins a page of a size in the colours of s. The window has the grid g.
func NewPage(s Palette, g Grid, size fyne.Size, head Head) *Page {
	return &Page{Stack: NewStack(g.Of(20)), Palette: s, Grid: g, Head: head, size: size}
}

// pageWidth is how wide a column is at most, in dp of the design: longer lines read badly.
const pageWidth = 1000

// Say is a text in ink, in letters of a size of the design.
func (p *Page) Say(text string, size float32) *Prose {
	return NewProse(text, p.Grid.Of(size), p.Palette.Ink)
}

// Quiet is a text that steps back.
func (p *Page) Quiet(text string, size float32) *Prose {
	return NewProse(text, p.Grid.Of(size), p.Palette.Faint)
}

// AddText adds a sentence of ordinary size.
func (p *Page) AddText(text string) { p.Add(p.Say(text, 26)) }

// Filled is the button to press on this page.
func (p *Page) Filled(text string, do func()) *Button {
	return NewButton(text, p.Palette.Act, White, do).Sized(p.Grid.Of(30), p.Grid.Of(84))
}

// Outlined is a button that steps back behind it.
func (p *Page) Outlined(text string, do func()) *Button {
	return NewOutlined(text, p.Palette.Ink, do).Sized(p.Grid.Of(26), p.Grid.Of(76))
}

// AddPicture puts a picture among the words or, where the window lies flat, beside them.
func (p *Page) AddPicture(picture fyne.CanvasObject) {
	if p.Grid.Wide {
		p.picture = picture
		return
	}
	p.Add(picture)
}

// AtSide puts what is pressed beside the words of a flat window, at its whole height.
func (p *Page) AtSide(o fyne.CanvasObject, width float32) { p.side, p.sideWidth = o, width }

// AtFoot keeps what is pressed most at the thumb, where it does not scroll.
func (p *Page) AtFoot(items ...fyne.CanvasObject) { p.foot = NewStack(p.Grid.Of(16), items...) }

// Alert is a card that asks for attention: ink with a thick line, because the colours are the outcomes'.
func (p *Page) Alert(items ...fyne.CanvasObject) *Stack {
	return NewStack(p.Grid.Of(12), items...).On(p.Palette.Card, p.Grid.Of(24)).Thick(p.Palette.Ink)
}

// Right is the second column, which a flat window has; an upright one has one column.
func (p *Page) Right() *Stack {
	if !p.Grid.Wide {
		return p.Stack
	}
	if p.right == nil {
		p.right = NewStack(p.Grid.Of(20))
	}
	return p.right
}

// Top is how high the head is.
func (p *Page) Top() float32 {
	_, top := p.Head.build(p.Palette, p.Grid, p.size.Width)
	return top
}

// Width is how wide the page's one column is.
func (p *Page) Width() float32 { return min(p.size.Width-2*p.Grid.Margin(), p.Grid.Of(pageWidth)) }

// Layout is the page laid out.
func (p *Page) Layout() fyne.CanvasObject {
	head, top := p.Head.build(p.Palette, p.Grid, p.size.Width)
	m, room := p.Grid.Margin(), p.size.Height-top
	objects := []fyne.CanvasObject{Place(head, 0, 0, p.size.Width, top)}
	column := func(s *Stack, x, w float32) {
		s.Items = append([]fyne.CanvasObject{Gap(p.Grid.Of(4))}, s.Items...)
		s.Add(Gap(p.Grid.Of(12)))
		objects = append(objects, Scrolled(s, x, top, w, room))
	}
	half := (p.size.Width - 2*m - p.Grid.Of(28)) / 2
	if p.foot != nil {
		w := p.Width()
		if h := p.foot.HeightFor(w) + p.Grid.Of(24); h < room*0.6 {
			room -= h
			objects = append(objects, Place(p.foot, (p.size.Width-w)/2, top+room, w, h-p.Grid.Of(24)))
		} else { // there is no room for both: they scroll together
			p.Add(p.foot)
		}
	}
	switch {
	case p.side != nil:
		objects = append(objects, Place(p.side, p.size.Width-m-p.sideWidth, top+p.Grid.Of(20), p.sideWidth, room-p.Grid.Of(44)))
		column(p.Stack, m, p.size.Width-2*m-p.sideWidth-p.Grid.Of(40))
	case p.picture != nil:
		objects = append(objects, Place(p.picture, m, top+p.Grid.Of(24), half, room-p.Grid.Of(56)))
		column(p.Stack, p.size.Width-m-half, half)
	case p.right != nil:
		column(p.Stack, m, half)
		column(p.right, p.size.Width-m-half, half)
	default:
		w := p.Width()
		column(p.Stack, (p.size.Width-w)/2, w)
	}
	return Fixed(p.size, objects...)
}

// build lays the head out over a width, and says how high it is.
func (h Head) build(s Palette, g Grid, width float32) (fyne.CanvasObject, float32) {
	m := g.Margin()
	end := width - m
	size := func(b *Button) *Button { return b.Sized(min(g.Of(26), Letters(g.Of(26)))/Letters(1), g.Of(72)) }
	var objects []fyne.CanvasObject
	high := max(g.Of(104), Letters(g.Of(44))*1.35+g.Of(20))
	if h.Sub != "" {
		high = max(high, Letters(g.Of(44)+g.Of(24))*1.3+g.Of(16))
	}
	at := m
	tall := max(g.Of(72), leastTarget)
	if h.Back != nil {
		objects = append(objects, Place(h.Back.Drawn(g.Of(44)), m*0.4, (high-tall)/2, tall, tall))
		at = m*0.4 + tall + g.Of(8)
	}
	for i := len(h.End) - 1; i >= 0; i-- {
		b := size(h.End[i])
		w := b.Natural()
		end -= w
		objects = append(objects, Place(b, end, (high-tall)/2, w, tall))
		end -= g.Of(16)
		if i > 0 && Opposed(b, h.End[i-1]) {
			end -= Apart
		}
	}
	title := fitted(h.Title, g.Of(44), s.Ink, end-at, high*0.6)
	th := title.TextSize * 1.25
	y := high / 2
	if h.Sub != "" {
		letters := g.Of(24) // a sentence cut off says less than a small one
		for letters*0.96 > g.Of(17) && measure(h.Sub, Letters(letters), true) > end-at {
			letters *= 0.96
		}
		sub := Text(Shorten(h.Sub, letters, end-at), letters, s.Faint, false)
		sh := sub.TextSize * 1.3
		y = (high - sh) / 2
		objects = append(objects, Place(sub, at, y+th/2+(sh-sub.MinSize().Height)/2, end-at, sub.MinSize().Height))
	}
	ground, line := canvas.NewRectangle(s.Card), canvas.NewRectangle(s.Line)
	objects = append([]fyne.CanvasObject{Place(ground, 0, 0, width, high), Place(line, 0, high-2, width, 2)}, objects...)
	objects = append(objects, Place(title, at, y-title.MinSize().Height/2, end-at, title.MinSize().Height))
	return Fixed(fyne.NewSize(width, high), objects...), high
}

// Fact is a name and a value on one line, or under each other where that is too short.
func (p *Page) Fact(name, value string) fyne.CanvasObject {
	f := &fact{name: p.Quiet(name, 24), value: p.Say(value, 24).Bold()}
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

// Card is a stack on a ground of its own with a line round it.
func (p *Page) Card(items ...fyne.CanvasObject) *Stack {
	return NewStack(p.Grid.Of(12), items...).On(p.Palette.Card, p.Grid.Of(24)).Lined(p.Palette.Line)
}

// Facts is a card of facts.
func (p *Page) Facts(lines ...fyne.CanvasObject) *Stack { return p.Card(lines...) }

// Label heads a group of choices.
func (p *Page) Label(words string) fyne.CanvasObject { return p.Quiet(words, 24).Bold() }

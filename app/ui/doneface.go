package ui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/ui/kit"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// body is a white card: on green stripes where a person let somebody in, which no
// code can make, and on the page's ground otherwise.
func (s *doneScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	g := u.grid()
	var ground fyne.CanvasObject = canvas.NewRectangle(u.palette().Ground)
	if s.in {
		green := u.light.Outcome(verdict.Admit).Ground
		ground = kit.Stripes{A: green, B: kit.Blend(green, kit.White, 0.4), Wide: g.Of(40)}.On(fyne.NewPos(0, 0), 0)
	}
	m, top := g.Of(56), g.Of(88)
	if !g.Wide {
		m = g.Of(40)
	}
	w, h := size.Width-2*m, size.Height-top-m
	card := canvas.NewRectangle(kit.White)
	card.CornerRadius = g.Of(28)
	if !s.in {
		card.StrokeColor, card.StrokeWidth = u.palette().Line, 2
	}
	objects := []fyne.CanvasObject{kit.Place(ground, 0, 0, size.Width, size.Height), kit.Place(card, m, top, w, h)}
	for i, words := range []string{u.say("done.by_hand"), u.wayed(u.state.PlaceIn(u.Language()))} {
		if words == "" || i == 0 && !s.in {
			continue
		}
		c := kit.NewChip(words, g.Of(22), kit.Chrome, kit.White)
		if i == 0 {
			c.WithIcon("shapes/star")
		}
		cs := c.MinSize()
		x := m
		if i == 1 {
			x = size.Width - m - cs.Width
		}
		if i == 1 && 2*m+cs.Width*2 > size.Width {
			continue
		}
		objects = append(objects, kit.Place(c, x, (top-cs.Height)/2, cs.Width, cs.Height))
	}
	in := g.Of(44)
	return kit.Fixed(size, append(objects, kit.Place(s.card(u, fyne.NewSize(w-2*in, h-2*in)), m+in, top+in, w-2*in, h-2*in))...)
}

// card is what was decided, by whom and when, and the way on.
func (s *doneScreen) card(u *UI, size fyne.Size) fyne.CanvasObject {
	g, faint := u.grid(), kit.RGB(0x4f5a66)
	say := u.say(s.say, "n", s.number, "reason", u.say("recorded."+s.reason))
	if s.then != "" {
		say = wording.Join(say, u.say(s.then))
	}
	if u.drill != nil {
		say = u.say("drill.unrecorded")
	}
	shape := "shapes/star"
	if s.failed {
		shape = "icons/alert"
	} else if !s.in {
		shape = "icons/paper"
	}
	next := kit.NewButton(u.say("verdict.next"), kit.Chrome, kit.White, u.next).Sized(g.Of(34), g.Of(88)).Leading(g.Of(28)).Trail("icons/right")
	nh := next.HeightFor(size.Width)
	foot := kit.NewPane(fyne.NewSize(1, g.Of(60)), func(given fyne.Size) fyne.CanvasObject { return s.countdown(u, given) })
	u.ages = append(u.ages, foot)
	fh := max(kit.Letters(g.Of(26))*1.4, g.Of(36)) + g.Of(28)
	if s.failed {
		fh = 0
	}
	room := size.Height - nh - fh - g.Of(32)
	title, wide := u.say(s.title, "n", s.number), float32(1) // the title stands on one line
	for kit.NewProse(title, g.Of(140)*wide/kit.Letters(1), kit.Chrome).Bold().Measure(title) > size.Width-g.Of(170)*wide-18 && wide > 0.3 {
		wide *= 0.96
	}
	for share := float32(1); ; share *= 0.94 {
		side := g.Of(170) * share * wide
		word := kit.NewProse(title, g.Of(140)*share*wide/kit.Letters(1), kit.Chrome).Bold().Tight()
		top := kit.NewStack(g.Of(24), kit.NewBeside(side, kit.Drawing(shape, kit.Chrome, side), kit.NewStack(0, word)), kit.NewProse(say, g.Of(30)*min(share*1.2, 1), kit.Chrome))
		if s.in {
			top.Add(s.facts(u, share, faint))
		}
		h := top.HeightFor(size.Width)
		if h > room && share > 0.25 {
			continue
		}
		objects := []fyne.CanvasObject{kit.Place(top, 0, 0, size.Width, h), kit.Place(next, 0, size.Height-nh, size.Width, nh)}
		if fh > 0 {
			objects = append(objects, kit.Place(foot, 0, size.Height-nh-fh-g.Of(8), size.Width, fh))
		}
		return kit.Fixed(size, objects...)
	}
}

// facts are the reason, who decided, when, and under which number.
func (s *doneScreen) facts(u *UI, share float32, faint color.NRGBA) fyne.CanvasObject {
	g := u.grid()
	size, large := min(share*1.3, 1), float32(42)
	if !g.Wide { // there is height enough
		large = 56
	}
	row := kit.NewRow(g.Of(20))
	pairs := []*kit.Stack{kit.NewRow(g.Of(20)), kit.NewRow(g.Of(20))}
	who := u.state.Shift.Name
	if who == "" {
		who = "–"
	}
	for i, f := range [][2]string{
		{u.say("done.reason"), u.say("recorded." + s.reason)},
		{u.say("done.who"), who},
		{u.say("done.at"), u.catalogue().Clock(s.at)},
		{u.say("done.number"), s.number},
	} {
		c := kit.NewStack(0, kit.NewProse(f[0], g.Of(24)*size, faint), onOneLine(f[1], g.Of(large)*size, kit.Chrome, true))
		row.Add(c)
		pairs[i/2].Add(c)
	}
	if !g.Wide {
		return kit.NewStack(g.Of(14), pairs[0], pairs[1])
	}
	return row
}

// countdown says how long the screen stands still, in words and as a bar.
func (s *doneScreen) countdown(u *UI, size fyne.Size) fyne.CanvasObject {
	g := u.grid()
	left := max(doneStays-u.opt.Now().Sub(s.at), 0)
	text := u.say("done.back", "span", u.catalogue().Seconds(left.Round(time.Second)))
	words := kit.NewProse(text, g.Of(26), kit.Chrome).Bold()
	for room := size.Height - progressHeight - 8; words.HeightFor(size.Width) > room && words.Letters > kit.LeastLetters; {
		words = words.Shrunk(0.95)
	}
	rail, bar := canvas.NewRectangle(kit.RGB(0xd3d9df)), canvas.NewRectangle(kit.Chrome)
	rail.CornerRadius, bar.CornerRadius = progressHeight/2, progressHeight/2
	y := size.Height - progressHeight - 4
	return kit.Fixed(size, kit.Place(words, 0, 0, size.Width, words.HeightFor(size.Width)),
		kit.Place(rail, 0, y, size.Width, progressHeight),
		kit.Place(bar, 0, y, size.Width*float32(left)/float32(doneStays), progressHeight))
}

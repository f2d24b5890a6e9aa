package ui

import (
	"image/color"
	"slices"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/look"
	"postern/app/ui/kit"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// face is a verdict as it is drawn: where it stands, in what colours, with what words.
type face struct {
	u      *UI
	s      *verdictScreen
	g      kit.Grid
	paint  kit.Paint
	text   wording.Verdict
	width  float32 // of the body
	height float32
	doing  doing // of the act line; empty: there is none
	// pressing is what is pressed besides the dock, in a share of the size of letters,
	// and at most so many.
	pressing func(share float32, many int) *kit.Stack
}

// newFace begins the face of a verdict in a size.
func newFace(u *UI, s *verdictScreen, size fyne.Size) face {
	f := face{u: u, s: s, g: u.grid(), paint: s.paint(u), text: u.catalogue().Verdict(s.v, u.second(), s.at), width: size.Width, height: size.Height}
	f.pressing = f.steps
	if s.v.Outcome == verdict.Check {
		f.doing = doing{f.text.Act, f.text.ActSay, actIcons[s.v.Act()]}
	}
	return f
}

func (s *verdictScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	if u.locked() {
		return s.kioskBody(u, size)
	}
	f := newFace(u, s, size)
	touch := kit.NewTouchArea(func() { s.down(u) }, func() { s.up(u) })
	objects := []fyne.CanvasObject{kit.Place(touch, 0, 0, size.Width, size.Height)}
	return kit.Fixed(size, append(objects, f.draw()...)...)
}

func (f face) draw() []fyne.CanvasObject {
	if f.g.Wide {
		return f.flat()
	}
	return f.upright()
}

// margin is the room at both sides, less what the barrier tape takes already.
func (f face) margin() float32 { return f.g.Margin() - f.u.tapeWidth(f.u.behaviour()) }

// placeDock puts the dock at the foot, and says where it begins.
func (f face) placeDock(side float32) (fyne.CanvasObject, float32, dock) {
	d := f.u.newDock(f.s, f.s.v.Outcome == verdict.Admit, f.s.v.Outcome != verdict.Admit)
	m := f.margin()
	o, h := d.build(f.g, f.width-2*m, side)
	foot := f.g.Of(24)
	if f.u.tapeWidth(f.u.behaviour()) > 0 {
		foot = f.g.Of(14)
	}
	y := f.height - h - foot
	return kit.Place(o, m, y, f.width-2*m, h), y, d
}

// flat puts shape, word and what to do at the left, and sentence, person and
// buttons at the right.
func (f face) flat() []fyne.CanvasObject {
	m, gap := f.margin(), f.g.Of(40)
	right := f.g.Of(512)
	if spare := f.width - 2*m - gap - f.g.Of(640) - right; spare > 0 {
		right += spare * 0.4
	}
	left := f.width - 2*m - gap - right
	dock, foot, _ := f.placeDock(right)
	room := foot - f.g.Of(12)
	head := f.headline(left, room)
	hh := head.HeightFor(left)
	say, hs := f.say(right, room)
	x := f.u.mirror(f.width-m-right, right, f.width)
	return []fyne.CanvasObject{
		kit.Place(head, f.u.mirror(m, left, f.width), max((room-hh)/2, 0), left, hh),
		kit.Place(say, x, max((room-hs)/2, 0), right, min(hs, room)), dock,
	}
}

// upright puts everything under each other, the buttons at the thumb.
func (f face) upright() []fyne.CanvasObject {
	m := f.margin()
	w := f.width - 2*m
	dock, foot, d := f.placeDock(0)
	foot -= d.apart(f.g, f.pressing(1, 2).Items) - f.g.Of(14)
	for shape := float32(1); ; shape -= 0.2 {
		head := f.headline(w, f.height*max(0.62*shape, 0.3))
		hh := head.HeightFor(w)
		room := foot - f.g.Of(14) - hh - f.g.Of(10)
		parts, share := f.fitting(w, room)
		if share*kit.Letters(1) < min(kit.Letters(1), 1.3)*0.9 && shape > 0.5 { // what is read needs the room more than the shape
			continue
		}
		top, acts := parts.reading, parts.pressing
		ha := acts.HeightFor(w)
		y := hh + f.g.Of(10)
		objects := []fyne.CanvasObject{kit.Place(head, m, 0, w, hh), dock}
		if ht := top.HeightFor(w); ht+ha+f.g.Of(14) > room {
			both := kit.NewStack(f.g.Of(14), top, acts)
			return append(objects, kit.Scrolled(both, m, y, w, room).Bare())
		}
		return append(objects, kit.Place(top, m, y, w, top.HeightFor(w)), kit.Place(acts, m, foot-f.g.Of(14)-ha, w, ha))
	}
}

// sayings are what is read beside the word, and what is pressed.
type sayings struct{ reading, pressing *kit.Stack }

// fitting makes the sentences as large as the room allows. The second step goes under
// "other ways" before the letters become small. It says in what share of their size they
// are, 0 where even the smallest do not fit.
func (f face) fitting(width, room float32) (sayings, float32) {
	large := kit.Letters(1)
	try := func(share float32, steps int) (sayings, bool) {
		p := sayings{f.reading(share), f.pressing(share, steps)}
		return p, p.reading.HeightFor(width)+p.pressing.HeightFor(width)+f.g.Of(14) <= room
	}
	for share := float32(1); share*large >= max(0.8, large*0.72); share *= 0.96 {
		if p, ok := try(share, 2); ok {
			return p, share
		}
	}
	for share := float32(0.96); share*large >= 0.74; share *= 0.95 {
		if p, ok := try(share, 1); ok {
			return p, share
		}
	}
	p, _ := try(max(0.74/large, 0.5), 1)
	return p, 0
}

// say is what stands at the right: it scrolls where nothing else helps.
func (f face) say(width, room float32) (fyne.CanvasObject, float32) {
	p, share := f.fitting(width, room)
	both := kit.NewStack(f.g.Of(16), p.reading, p.pressing)
	if share == 0 {
		return kit.NewPane(fyne.NewSize(1, 1), func(size fyne.Size) fyne.CanvasObject {
			return kit.Fixed(size, kit.Scrolled(both, 0, 0, size.Width, size.Height).Bare())
		}), room
	}
	return both, both.HeightFor(width)
}

// headline is the shape with the words beside it, the word, and what to do. The
// word is as large as its room at every size of letters.
func (f face) headline(width, room float32) *kit.Stack {
	word := f.word(width)
	for k, share := float32(1), float32(1); ; k, share = k*0.94, share*0.97 {
		h := kit.NewStack(f.g.Of(10), f.shapeRow(width, k, share), tight(word))
		if act := f.act(share); act != nil {
			h.Add(kit.Gap(f.g.Of(2)), act)
		}
		if h.HeightFor(width) <= room || k < 0.3 {
			return h
		}
	}
}

// word is the outcome: its size follows from how many characters it has.
func (f face) word(width float32) *canvas.Text {
	size := f.g.Of(162)
	switch n := utf8.RuneCountInString(f.text.Word); {
	case n <= 2:
		size = f.g.Of(292)
	case n == 3:
		size = f.g.Of(208)
	}
	if !f.g.Wide {
		size *= 1.11
	}
	t := kit.Word(f.text.Word, size, f.paint.Ink)
	if w := t.MinSize().Width; w > width || f.text.Word[0] < utf8.RuneSelf { // Latin letters are narrow: as large as the room
		t.TextSize = min(size*width/w*0.99, f.g.Of(292))
	}
	if f.g.Wide {
		t.TextSize = min(t.TextSize, f.height*0.3)
	} else {
		t.TextSize = min(t.TextSize, f.height*0.24)
	}
	return t
}

// shapeRow is the shape with the word in the other language and what it means beside it.
func (f face) shapeRow(width, k, share float32) fyne.CanvasObject {
	side := f.g.Of(176) * k
	beside := kit.NewStack(0)
	for _, line := range []string{f.text.Other, f.text.Side} {
		if line == "" {
			continue
		}
		p := kit.NewProse(line, f.g.Of(36)*share, f.paint.Ink).Bold().Tight()
		for room := width - side - 24; p.Letters > kit.LeastLetters && p.Measure(line) > room; {
			p.Letters *= 0.97
		}
		beside.Add(p)
	}
	return kit.NewPane(fyne.NewSize(1, max(side, beside.HeightFor(width-side-24))), func(size fyne.Size) fyne.CanvasObject {
		w := size.Width - side - 24
		h := beside.HeightFor(w)
		return kit.Fixed(size, kit.Place(kit.Drawing("shapes/"+look.Name(f.s.v.Outcome), f.paint.Ink, side), 0, size.Height-side, side, side),
			kit.Place(beside, side+24, size.Height-h-side*0.04, w, h))
	})
}

// act is the one line that answers "in or not?", on the ink's own ground; only what is amber has one.
func (f face) act(share float32) fyne.CanvasObject {
	if f.doing.word == "" {
		return nil
	}
	side := f.g.Of(60)
	words := kit.NewStack(f.g.Of(2), kit.NewProse(f.doing.word, f.g.Of(56)*share, kit.White).Bold().Tight())
	if f.doing.say != "" {
		words.Add(kit.NewProse(f.doing.say, f.g.Of(26)*share, kit.White))
	}
	return kit.NewStack(0, kit.NewBeside(side, kit.Drawing(f.doing.icon, kit.White, side), words)).On(kit.CheckInk, f.g.Of(20))
}

// actIcons are the drawings of the acts that amber can ask for.
var actIcons = map[verdict.Act]string{
	verdict.GetTested: "shapes/tube", verdict.TestThenAdmit: "shapes/tube", verdict.SeeID: "shapes/id", verdict.Hold: "shapes/hand",
	verdict.OtherCode: "icons/paper", verdict.ScanAgain: "icons/scan", verdict.Refer: "icons/door", verdict.AskSupervisor: "icons/phone",
}

// doing is what the guard does now: a word, what follows from it, and a drawing.
type doing struct{ word, say, icon string }

// reading is what is read: the reason with its help code, the person, and where to go.
func (f face) reading(share float32) *kit.Stack {
	s := kit.NewStack(f.g.Of(16))
	why := kit.NewProse(f.text.Sentence, f.g.Of(34)*share, f.paint.Ink).Bold()
	if f.s.v.Outcome == verdict.Admit {
		s.Add(why)
	} else {
		s.Add(kit.NewSentence(why, kit.NewCode(f.text.Help, f.g.Of(22)*share, f.paint.Ink)))
	}
	if f.text.Name != "" {
		s.Add(f.person(share))
	}
	if len(f.text.Contacts) > 0 && f.sends() {
		s.Add(f.contact(f.text.Contacts[0], share))
	}
	return s
}

// sends reports whether the act sends the person somewhere.
func (f face) sends() bool {
	switch f.s.v.Act() {
	case verdict.Refer, verdict.Hold, verdict.GetTested, verdict.TestThenAdmit:
		return true
	}
	return f.s.v.Outcome == verdict.Refuse
}

// contact is where the person is sent: a white card with name, way, hours and number.
func (f face) contact(c wording.Contact, share float32) fyne.CanvasObject {
	title, ink := f.u.say("verdict.go_here"), kit.RGB(0x5b4300)
	if f.s.v.Outcome == verdict.Refuse {
		title, ink = f.text.Act, kit.RGB(0x7a0c14)
	}
	return f.u.contactCard(f.g, c, title, ink, share)
}

// contactCard is whom to ask, with a heading in an ink of its own; empty: none.
func (u *UI) contactCard(g kit.Grid, c wording.Contact, title string, ink color.NRGBA, share float32) fyne.CanvasObject {
	card := kit.NewStack(g.Of(4)).On(kit.White, g.Of(20))
	if title != "" {
		side := kit.Letters(g.Of(22)) * share
		card.Add(kit.NewBeside(side, kit.Drawing("icons/door", ink, side), kit.NewStack(0, kit.NewProse(title, g.Of(22)*share, ink).Bold())))
	}
	card.Add(kit.NewProse(c.Name, g.Of(36)*share, kit.Chrome).Bold().Tight())
	if where := joined("·", c.Way, c.Hours); where != "" {
		card.Add(kit.NewProse(where, g.Of(26)*share, kit.Chrome))
	}
	if c.Phone != "" {
		side := kit.Letters(g.Of(28)) * share
		card.Add(kit.NewBeside(side, kit.Drawing("icons/phone", kit.Chrome, side), kit.NewStack(0, kit.NewProse(wording.Whole(c.Phone), g.Of(26)*share, kit.Chrome))))
	}
	return card
}

// joined puts what is not empty behind each other.
func joined(between string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), between)
}

// person is whose pass it is: white on Admit, where it is what the guard
// compares, and quiet elsewhere, where the reason comes first.
func (f face) person(share float32) fyne.CanvasObject {
	ground, ink := kit.Blend(f.paint.Ground, kit.Black, 0.16), f.paint.Ink
	lines := []string{strings.Join(f.text.Card, "·")}
	switch f.s.v.Outcome {
	case verdict.Admit:
		ground, ink, lines = kit.White, kit.Chrome, f.text.Card
	case verdict.Check:
		ground = kit.Blend(f.paint.Ground, kit.White, 0.5)
	}
	c := kit.NewStack(f.g.Of(2), kit.NewProse(f.text.Name, f.g.Of(40)*share, ink).Bold().Tight()).On(ground, f.g.Of(20))
	for _, l := range lines {
		if l != "" {
			c.Add(kit.NewProse(l, f.g.Of(26)*share, ink))
		}
	}
	return c
}

// steps are what is pressed: of the steps the first is filled, the next outlined. An
// Admit has the bar that runs instead.
func (f face) steps(share float32, many int) *kit.Stack {
	acts := kit.NewStack(f.g.Of(14))
	if f.s.v.Outcome == verdict.Admit {
		key := "verdict.keep"
		if f.s.kept {
			key = "verdict.kept"
		}
		return kit.NewStack(f.g.Of(10), kit.NewProse(f.u.say(key), f.g.Of(24)*share, f.paint.Ink).Bold(), f.s.progress(f.paint))
	}
	for _, step := range f.s.v.Steps {
		if step == verdict.Emergency || len(acts.Items) >= many {
			continue
		}
		acts.Add(f.step(step, len(acts.Items) == 0, share))
	}
	return acts
}

// stepIcons are the drawings of the steps.
var stepIcons = map[verdict.Step]string{
	verdict.TryAgain: "icons/scan", verdict.AnotherCode: "icons/paper", verdict.LookUp: "icons/id",
	verdict.Register: "icons/tube", verdict.Supervisor: "icons/phone",
}

func (f face) step(step verdict.Step, first bool, share float32) *kit.Button {
	do := func() { f.s.step(f.u, step) }
	b := kit.NewOutlined(f.u.say("step."+string(step)), f.paint.Ink, do).Sized(f.g.Of(28)*share, f.g.Of(76))
	if first {
		b = kit.NewButton(f.u.say("step."+string(step)), f.paint.Ink, filledInk(f.paint), do).Sized(f.g.Of(36)*share, f.g.Of(96))
	}
	return b.WithIcon(stepIcons[step]).Leading(f.g.Of(28))
}

// progress is the bar that runs while an Admit stands.
func (s *verdictScreen) progress(colours kit.Paint) fyne.CanvasObject {
	return kit.NewPane(fyne.NewSize(1, progressHeight), func(size fyne.Size) fyne.CanvasObject {
		rail := canvas.NewRectangle(kit.Blend(colours.Ground, colours.Ink, 0.3))
		rail.CornerRadius = progressHeight / 2
		s.full = size.Width
		objects := []fyne.CanvasObject{kit.Place(rail, 0, 0, size.Width, progressHeight)}
		if !s.kept {
			objects = append(objects, s.bar)
		}
		return kit.Fixed(size, objects...)
	})
}

// progressHeight is how high bars are that run.
const progressHeight = 10

// leading keeps an object at its own size at the left.
func leading(o fyne.CanvasObject) fyne.CanvasObject {
	size := o.MinSize()
	return kit.NewPane(size, func(fyne.Size) fyne.CanvasObject { return kit.Fixed(size, kit.Place(o, 0, 0, size.Width, size.Height)) })
}

// tight takes from a large line the empty room that the font has above and below it.
func tight(t *canvas.Text) fyne.CanvasObject {
	natural := t.MinSize()
	size := fyne.NewSize(1, t.TextSize*1.06)
	return kit.NewPane(size, func(given fyne.Size) fyne.CanvasObject {
		return kit.Fixed(given, kit.Place(t, 0, (size.Height-natural.Height)/2, given.Width, natural.Height))
	})
}

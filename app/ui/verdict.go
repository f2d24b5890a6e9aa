package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/gate"
	"postern/app/look"
	"postern/app/ui/kit"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// stay is how long an Admit stands before the screen waits for the next person.
const stay = 3 * time.Second

// keepAfter is how long an Admit is held until it stays.
const keepAfter = 400 * time.Millisecond

// verdictScreen shows one verdict and nothing else.
type verdictScreen struct {
	v     verdict.Verdict
	token gate.Token // to go on from it
	opens gate.Token // opens the barrier; zero: it is open, or not opened by one
	who   gate.Who   // whose code it was
	text  string     // of the code
	party *party     // whom they were shown with

	handled bool // the guard is done with them
	nobody  bool // there was no code, and this is no verdict

	at   time.Time
	held bool // a finger lies on it
	kept bool // an Admit that stays until it is touched again
	stop func()
	run  *fyne.Animation
	bar  *canvas.Rectangle // how much of the stay has passed
	full float32           // its width at the end
}

func newVerdict(u *UI, a gate.Answer) *verdictScreen {
	s := &verdictScreen{v: a.Verdict, token: a.Token, opens: a.Opens, who: a.Who, at: u.opt.Now()}
	if s.v.Outcome == verdict.Admit {
		s.bar = canvas.NewRectangle(kit.White)
		s.bar.CornerRadius = 2.5
		s.run = fyne.NewAnimation(stay, func(done float32) { s.bar.Resize(fyne.NewSize(s.full*done, 5)) })
		s.run.Curve = fyne.AnimationLinear
	}
	return s
}

// passes lets an Admit go away by itself.
func (s *verdictScreen) passes(u *UI) {
	if s.v.Outcome != verdict.Admit || s.kept {
		return
	}
	s.stop = u.after(stay, func() {
		if u.screen == s {
			u.next()
		}
	})
	s.run.Start()
}

func (s *verdictScreen) leave() {
	if s.stop != nil {
		s.stop()
		s.run.Stop()
	}
}

// down is a finger on the screen: an Admit that is held stays.
func (s *verdictScreen) down(u *UI) {
	u.touched()
	if s.v.Outcome != verdict.Admit {
		return
	}
	s.leave()
	s.held = true
	s.stop = u.after(keepAfter, func() {
		if s.held && u.screen == s {
			s.kept, s.held = true, false
			u.root.Refresh()
			u.touched()
		}
	})
}

// up is the finger gone: a short touch goes on to the next person.
func (s *verdictScreen) up(u *UI) {
	if s.held && u.screen == s { // another screen may have come meanwhile
		s.held = false
		if u.stood() < leastStay { // nobody has seen it yet
			s.passes(u)
			return
		}
		u.next()
	}
}

func (s *verdictScreen) behave(u *UI) behaviour {
	b := behaviour{paint: s.paint(u), about: s, face: true, kiosk: visitors, unused: goesOn, leave: s.leave}
	b.arrive = func() { s.passes(u) }
	if s.v.Outcome == verdict.Admit && !s.kept { // it goes by itself, or a finger holds it
		b.codes, b.brief, b.unused = judged, !s.held, stays
	}
	if s.held {
		b.codes = held
	}
	return b
}

// paint is the colour of the outcome in the light that there is.
func (s *verdictScreen) paint(u *UI) kit.Paint {
	if s.nobody {
		return kit.Paint{Ground: kit.Chrome, Ink: kit.White}
	}
	return u.light.Outcome(s.v.Outcome)
}

func (s *verdictScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	text := u.catalogue().Verdict(s.v, u.second(), s.at)
	objects := []fyne.CanvasObject{kit.Place(kit.NewTouchArea(func() { s.down(u) }, func() { s.up(u) }), 0, 0, size.Width, size.Height)}
	if kit.IsWide(size) {
		objects = append(objects, s.flat(u, text, size)...)
	} else {
		objects = append(objects, s.upright(u, text, size)...)
	}
	return kit.Fixed(size, objects...)
}

// upright puts everything under each other, the next steps at the thumb. Type
// shrinks a little before anything must be scrolled for.
func (s *verdictScreen) upright(u *UI, text wording.Verdict, size fyne.Size) []fyne.CanvasObject {
	colours, pad := s.paint(u), size.Width*0.06
	w, most := size.Width-2*pad, scaleFor(size.Width, size.Height)
	head := float32(1)
	for k := most; ; k *= 0.97 {
		foot := s.foot(u, colours, k)
		footHeight := foot.HeightFor(w)
		room := size.Height - footHeight - 28*k
		top := kit.NewStack(8*k, append([]fyne.CanvasObject{kit.Gap(6 * k)}, s.headline(text, colours, w, k*head)...)...)
		top.Add(kit.Gap(2 * k))
		top.Add(s.findings(text, colours, k)...)
		if high := top.HeightFor(w) > room; high && k > most*0.72 && k > leastScale {
			continue
		} else if high && head == 1 { // the reason needs the room more than the word
			head, k = 0.6, k/0.97
			continue
		}
		return []fyne.CanvasObject{kit.AboveFoot(fyne.NewPos(pad, 0), fyne.NewSize(w, size.Height-16*k), 12*k, top, foot)}
	}
}

// flat puts the word at the left, and what to do at the right.
func (s *verdictScreen) flat(u *UI, text wording.Verdict, size fyne.Size) []fyne.CanvasObject {
	colours, pad, half := s.paint(u), size.Width*0.045, size.Width*0.43
	x, top := u.mirror(size.Width-pad-half, half, size.Width), size.Height*0.08
	k := flatScale(size)
	for k > leastScale && kit.NewStack(16*k, s.findings(text, colours, k*1.15)...).HeightFor(half)+s.foot(u, colours, k).HeightFor(half) > size.Height-top-pad {
		k *= 0.97
	}
	foot := s.foot(u, colours, k)
	room := size.Height - top - pad
	left := kit.NewStack(8*k, s.headline(text, colours, half, k*1.8)...)
	for head := k * 1.75; head > leastScale && left.HeightFor(half) > room; head *= 0.97 {
		left = kit.NewStack(8*k, s.headline(text, colours, half, head)...)
	}
	y := top + max((room-left.HeightFor(half))*0.4, 0)
	right := kit.NewStack(16*k, s.findings(text, colours, k*1.15)...)
	return []fyne.CanvasObject{
		kit.Scrolled(left, u.mirror(pad, half, size.Width), y, half, size.Height-y).Bare(),
		kit.AboveFoot(fyne.NewPos(x, top), fyne.NewSize(half, size.Height-top-pad), 12, right, foot),
	}
}

// leastScale keeps the smallest words readable.
const leastScale = 0.6

// scaleFor makes the type of a verdict as large as its room; 1 is 460 by 720.
func scaleFor(width, height float32) float32 {
	return max(leastScale, min(width/460, height/720, 1.7))
}

// flatScale is scaleFor where the word stands at one side and the rest at the other.
func flatScale(size fyne.Size) float32 { return scaleFor(size.Width*0.43+40, size.Height*1.28) }

// headline is shape, word and the word in the other language.
func (s *verdictScreen) headline(text wording.Verdict, colours kit.Paint, width, k float32) []fyne.CanvasObject {
	shape := kit.Drawing("shapes/"+look.Name(s.v.Outcome), colours.Ink, 112*k)
	word := kit.Text(text.Word, 82*k, colours.Ink, true)
	for word.MinSize().Width > width { // one line, whatever the language
		word.TextSize *= 0.98
	}
	side := text.Other
	if text.Side != "" {
		side += "·" + text.Side
	}
	below := kit.NewProse(side, 24*k, kit.Blend(colours.Ground, colours.Ink, 0.93)).Bold()
	for least := below.Letters * 0.7; below.Measure(side) > width && below.Letters > max(least, kit.LeastLetters); {
		below.Letters *= 0.97
	}
	return []fyne.CanvasObject{leading(shape), tight(word), below}
}

// findings are the holder's card and the reason.
func (s *verdictScreen) findings(text wording.Verdict, colours kit.Paint, k float32) []fyne.CanvasObject {
	var items []fyne.CanvasObject
	if s.v.Outcome != verdict.Admit {
		items = append(items,
			kit.NewProse(wording.Join(text.Sentence, wording.Whole(text.Help)), 22*k, colours.Ink).Bold())
	}
	if text.Name != "" {
		items = append(items, kit.Gap(2*k), s.card(text, colours, k), kit.Gap(2*k))
	}
	if s.v.Outcome == verdict.Admit {
		items = append(items, kit.NewProse(text.Sentence, 18*k, colours.Ink))
	}
	return items
}

// card shows whose pass it is: white on Admit, where it is what the guard
// compares, and quiet elsewhere, where the reason comes first.
func (s *verdictScreen) card(text wording.Verdict, colours kit.Paint, k float32) fyne.CanvasObject {
	ground, name, line := kit.White, kit.Chrome, kit.RGB(0x3d4852)
	size := 36 * k
	if s.v.Outcome != verdict.Admit {
		ground = kit.Blend(colours.Ground, colours.Ink, 0.1)
		if s.v.Outcome == verdict.Check {
			ground = kit.Blend(colours.Ground, kit.White, 0.3)
		}
		name, line, size = colours.Ink, colours.Ink, 26*k
	}
	c := kit.NewStack(2*k, kit.NewProse(text.Name, size, name).Bold()).On(ground, 14*k)
	if s.v.Outcome != verdict.Admit {
		c.Add(kit.NewProse(strings.Join(text.Card, "·"), 16*k, line))
		return c
	}
	for _, l := range text.Card {
		c.Add(kit.NewProse(l, 18*k, line))
	}
	return c
}

// foot holds the next steps; an Admit has its bar instead.
func (s *verdictScreen) foot(u *UI, colours kit.Paint, k float32) *kit.Stack {
	if s.v.Outcome == verdict.Admit {
		return s.admitFoot(u, colours, k)
	}
	f := kit.NewStack(10 * k)
	solid, ink := colours.Ink, colours.Ground
	if s.v.Outcome == verdict.Check {
		ink = kit.White
	}
	size, least := 20*k, 60*k
	steps := s.v.Steps
	if u.locked() {
		steps = forVisitors(steps)
	}
	for _, step := range steps {
		if step != verdict.Emergency {
			f.Add(kit.NewButton(u.stepWord(step), solid, ink, func() { s.step(u, step) }).Sized(size, least))
		}
	}
	f.Add(kit.NewButton(u.say("step.emergency"), solid, ink, func() { s.step(u, verdict.Emergency) }).Sized(size, least))
	last := kit.NewRow(10 * k)
	if !u.locked() {
		last.Add(kit.NewOutlined(u.say("verdict.other_ways"), colours.Ink, func() { u.show(&stepsScreen{from{s}}) }).Sized(17*k, 52*k))
	}
	last.Add(kit.NewOutlined(u.nextWord(), colours.Ink, u.next).Sized(17*k, 52*k))
	f.Add(last)
	return f
}

func (s *verdictScreen) admitFoot(u *UI, colours kit.Paint, k float32) *kit.Stack {
	key := "verdict.keep"
	if s.kept {
		key = "verdict.kept"
	}
	return kit.NewStack(12*k, kit.NewProse(u.say(key), 17*k, colours.Ink), s.progress(colours))
}

func (u *UI) nextWord() string {
	return u.say("verdict.next")
}

// progress is the bar that runs while an Admit stands.
func (s *verdictScreen) progress(colours kit.Paint) fyne.CanvasObject {
	return kit.NewPane(fyne.NewSize(1, 5), func(size fyne.Size) fyne.CanvasObject {
		rail := canvas.NewRectangle(kit.Blend(colours.Ground, colours.Ink, 0.3))
		rail.CornerRadius = 2.5
		s.full = size.Width
		objects := []fyne.CanvasObject{kit.Place(rail, 0, 0, size.Width, 5)}
		if !s.kept {
			objects = append(objects, s.bar)
		}
		return kit.Fixed(size, objects...)
	})
}

// leading keeps an object at its own size at the left.
func leading(o fyne.CanvasObject) fyne.CanvasObject {
	size := o.MinSize()
	return kit.NewPane(size, func(fyne.Size) fyne.CanvasObject { return kit.Fixed(size, kit.Place(o, 0, 0, size.Width, size.Height)) })
}

// tight takes from a large line the empty room that the font has above and below it.
func tight(t *canvas.Text) fyne.CanvasObject {
	natural := t.MinSize()
	size := fyne.NewSize(1, t.TextSize*1.12)
	return kit.NewPane(size, func(given fyne.Size) fyne.CanvasObject {
		return kit.Fixed(given, kit.Place(t, 0, (size.Height-natural.Height)/2, given.Width, natural.Height))
	})
}

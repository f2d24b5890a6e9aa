package ui

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"

	"postern/app/gate"
	"postern/app/ui/kit"
	"postern/sync/wording"
)

// idScreen asks the guard to compare the pass with an identity document. Green
// shows only after the gate has recorded what the guard saw.
type idScreen struct {
	from
	asked bool // the gate is recording the answer
	staff bool // at a kiosk: the PIN was given
}

// behave has it stand until the guard has compared; at a kiosk, where nobody
// may be there to do it, it goes as every verdict does.
func (s *idScreen) behave(u *UI) behaviour {
	b := s.from.behave(u)
	b.face = true
	if u.locked() && !s.staff {
		b.unused = goesOn
	}
	return b
}

func (s *idScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	if kit.IsWide(size) {
		return s.flat(u, size)
	}
	pad := size.Width * 0.06
	w := size.Width - 2*pad
	for k := scaleFor(size.Width, size.Height); ; k *= 0.96 {
		foot := s.foot(u, k, w)
		h := foot.HeightFor(w)
		top := kit.NewStack(12*k, kit.Gap(6*k), s.title(u, k), s.person(u, k), s.question(u, k))
		if top.HeightFor(w) > size.Height-h-28*k && k > leastScale {
			continue
		}
		return kit.Fixed(size, kit.AboveFoot(fyne.NewPos(pad, 0), fyne.NewSize(w, size.Height-16*k), 12*k, top, foot))
	}
}

// flat puts the question at the left, and the answers under the person at the right.
func (s *idScreen) flat(u *UI, size fyne.Size) fyne.CanvasObject {
	pad, half := size.Width*0.045, size.Width*0.43
	x, top := u.mirror(size.Width-pad-half, half, size.Width), size.Height*0.08
	for k := flatScale(size); ; k *= 0.96 {
		foot := s.foot(u, k, half)
		left, right := kit.NewStack(18*k, s.title(u, k*1.3), s.question(u, k*1.2)), kit.NewStack(0, s.person(u, k*1.2))
		high := max(left.HeightFor(half), right.HeightFor(half)+12+foot.HeightFor(half))
		if high > size.Height-top-pad && k > leastScale {
			continue
		}
		return kit.Fixed(size, kit.Scrolled(left, u.mirror(pad, half, size.Width), top, half, size.Height-top).Bare(),
			kit.AboveFoot(fyne.NewPos(x, top), fyne.NewSize(half, size.Height-top-pad), 12, right, foot))
	}
}

func (s *idScreen) title(u *UI, k float32) fyne.CanvasObject {
	ink, side := s.paint(u).Ink, 76*k
	return kit.NewBeside(side, kit.Drawing("icons/id", ink, side), kit.NewStack(0, kit.NewProse(u.say("id.title"), 42*k, ink).Bold()))
}

func (s *idScreen) question(u *UI, k float32) fyne.CanvasObject {
	return kit.NewProse(wording.Join(u.catalogue().Reason(s.seen.v, s.seen.at), wording.Whole(s.seen.v.Help())), 20*k, s.paint(u).Ink).Bold()
}

// person is what the guard compares: the masked name, and when they were born, to five years.
func (s *idScreen) person(u *UI, k float32) fyne.CanvasObject {
	text := u.catalogue().Verdict(s.seen.v, u.second(), s.seen.at)
	card := kit.NewStack(4*k).On(kit.White, 18*k)
	if text.Name == "" { // then the ID cannot be compared, and the guard should see why
		text.Name = u.say("verdict.no_name")
	}
	size := 56 * k
	if p := s.seen.v.Pass; text.Name != p.Name && text.Name != p.Latin { // a sentence in place of the name
		size = 30 * k
	}
	card.Add(kit.NewProse(text.Name, size, kit.Chrome).Bold())
	if y := s.seen.v.Pass.BirthYear; y > 0 {
		from := y / 5 * 5
		card.Add(kit.NewProse(u.say("id.born", "from", strconv.Itoa(from), "to", strconv.Itoa(from+4)), 26*k, kit.Chrome).Bold())
	}
	return card
}

func (s *idScreen) foot(u *UI, k, width float32) *kit.Stack {
	ink := s.paint(u).Ink
	if s.asked {
		return kit.NewStack(0, kit.NewProse(u.say("id.recording"), 22*k, ink).Bold().Centred())
	}
	does := map[bool]kit.Meaning{true: kit.LetsIn, false: kit.KeepsOut}
	answer := func(key, shape string, matches bool) *kit.Button {
		return kit.NewButton(u.say(key), ink, kit.White, func() { s.confirm(u, matches) }).WithIcon("shapes/"+shape).Sized(23*k, 96*k).Means(does[matches])
	}
	ask := kit.NewRow(10*k, answer("id.differs", "refuse", false), answer("id.matches", "admit", true))
	if u.locked() && !s.staff { // nobody confirms themselves
		ask = kit.NewStack(0, kit.NewButton(u.say("kiosk.compare"), ink, kit.White, func() { s.callStaff(u) }).Sized(23*k, 96*k))
	}
	foot := kit.NewStack(10*k, ask)
	emergency := kit.NewOutlined(u.say("step.emergency"), ink, func() { u.show(&emergencyScreen{s.from}) }).Sized(17*k, 52*k)
	ways := kit.NewOutlined(u.say("verdict.other_ways"), ink, func() { u.show(&stepsScreen{s.from}) }).Sized(17*k, 52*k)
	next := kit.NewOutlined(u.nextWord(), ink, u.next).Sized(17*k, 52*k)
	if u.locked() {
		foot.Add(kit.NewRow(10*k, emergency, next))
	} else if width < 300 { // three words do not stand side by side
		foot.Add(emergency, kit.NewRow(10*k, ways, next))
	} else {
		foot.Add(kit.NewRow(10*k, emergency, ways, next))
	}
	return foot
}

// callStaff lets a member of the staff compare, after the PIN.
func (s *idScreen) callStaff(u *UI) {
	u.guarded("id.title", func() {
		s.staff = true
		u.show(s)
	}, func() { u.show(s) })
}

// confirm has the answer recorded, and shows what the gate says to it.
func (s *idScreen) confirm(u *UI, matches bool) {
	if s.asked || u.backend == nil {
		return
	}
	s.asked = true
	u.root.Refresh()
	g := u.backend.Gate
	u.run(func(ctx context.Context) {
		a, err := g.Confirm(ctx, s.seen.token, matches)
		u.do(func() { s.confirmed(u, a, err) })
	})
}

// confirmed shows the gate's word, unless somebody else's code was taken meanwhile.
func (s *idScreen) confirmed(u *UI, a gate.Answer, err error) {
	if u.screen != s {
		return
	}
	if err != nil { // the token is over
		u.show(&checkScreen{key: "id.over"})
		return
	}
	u.goneOn(s.seen, a)
}

package ui

import (
	"image/color"

	"fyne.io/fyne/v2"

	"postern/app/ui/kit"
)

// dock is the row at the foot of a verdict. It never moves: the emergency is at the
// bottom left, the next person at the bottom right.
type dock struct {
	emergency, other, next *kit.Button // other may be nil
}

// newDock makes the dock of a screen about a verdict. filled is whether nothing is
// left to do but to go on.
func (u *UI) newDock(s *verdictScreen, filled, ways bool) dock {
	colours, g := s.paint(u), u.grid()
	d := dock{emergency: u.emergencyButton(func() { u.open("emergency") })}
	if ways {
		d.other = kit.NewOutlined(u.say("verdict.other_ways"), colours.Ink, func() { u.show(&stepsScreen{from{s}}) }).Leading(g.Of(20))
		if g.Wide || !u.holdsNext() { // who waits needs the room more than a drawing
			d.other.WithIcon("icons/list")
		}
	}
	d.next = u.nextButton(colours, filled)
	return d
}

// emergencyButton is the way in for emergencies.
func (u *UI) emergencyButton(do func()) *kit.Button {
	return kit.NewEmergency(u.say("step.emergency"), do).Means(kit.LetsIn)
}

// nextButton goes on, and says whether somebody's code is held.
func (u *UI) nextButton(colours kit.Paint, filled bool) *kit.Button {
	b := kit.NewOutlined(u.say("verdict.next"), colours.Ink, u.next)
	if filled {
		b = kit.NewButton(u.say("verdict.next"), colours.Ink, filledInk(colours), u.next)
	}
	b.Trail("icons/right").Leading(u.grid().Of(28)).Means(kit.KeepsOut)
	if u.holdsNext() {
		b.Holding(u.say("verdict.held"), u.say("verdict.held_short"))
	}
	return b
}

// filledInk is the ink of a filled button on a coloured screen.
func filledInk(colours kit.Paint) color.NRGBA {
	if colours.Ink == kit.White {
		return kit.Chrome
	}
	return kit.White
}

// holdsNext reports whether the next person's code was read and waits.
func (u *UI) holdsNext() bool { return u.line.waiting != nil }

// sized sets the letters of the dock, as a share of those of the design.
func (d dock) sized(g kit.Grid, share float32) dock {
	high := g.Of(100)
	d.emergency.Sized(g.Of(30)*share, high)
	if d.other != nil {
		d.other.Sized(g.Of(28)*share, high)
	}
	d.next.Sized(g.Of(40)*share, high)
	return d
}

// leastNext is the room that the words of the next button need.
func (d dock) leastNext() float32 { return d.next.Natural() }

// natural is how wide the dock is with all its words on one line.
func (d dock) natural(gap float32) float32 {
	w := d.emergency.Natural() + d.leastNext() + max(gap, kit.Apart)
	if d.other != nil {
		w += d.other.Natural() + 2*gap - max(gap, kit.Apart)
	}
	return w
}

// build lays the dock out at the foot of an area. side is how much of the width at the
// right the next button takes where the window lies flat.
func (d dock) build(g kit.Grid, width, side float32) (fyne.CanvasObject, float32) {
	gap, share := g.Of(16), float32(1)
	if !g.Wide {
		gap, side = g.Of(12), 0
	}
	for least := 0.45 / kit.Letters(1); share > least; share *= 0.95 {
		if d.sized(g, share); d.natural(gap) <= width && (side == 0 || d.next.Natural() <= side) && (d.other == nil || d.emergency.Natural()+d.other.Natural()+2*gap <= width-side) {
			break
		}
	}
	if d.natural(gap) > width && d.other != nil { // the other ways stand above, on a row of their own
		return d.inTwo(g, width, gap)
	}
	h := g.Of(100)
	we, wn := d.emergency.Natural(), side
	objects := []fyne.CanvasObject{kit.Place(d.emergency, 0, 0, we, h)}
	at := we + max(gap, kit.Apart)
	if d.other != nil {
		wo := d.other.Natural()
		objects = append(objects, kit.Place(d.other, we+gap, 0, wo, h))
		at = we + wo + 2*gap
	}
	if wn == 0 || width-wn < at {
		wn = width - at
	}
	objects = append(objects, kit.Place(d.next, width-wn, 0, wn, h))
	return kit.Fixed(fyne.NewSize(width, h), objects...), h
}

// apart is how far what is pressed stands above the dock: further, where it has the
// opposite meaning of a button there.
func (d dock) apart(g kit.Grid, pressed []fyne.CanvasObject) float32 {
	for _, o := range pressed {
		if kit.Opposed(o, d.emergency) || kit.Opposed(o, d.next) {
			return kit.Apart
		}
	}
	return g.Of(14)
}

func (d dock) inTwo(g kit.Grid, width, gap float32) (fyne.CanvasObject, float32) {
	h := max(g.Of(100), 56)
	other := max(g.Of(64), 48)
	we := min(d.emergency.Natural(), width*0.5)
	x := we + kit.Apart
	d.other.Sized(g.Of(26), other)
	return kit.Fixed(fyne.NewSize(width, h+gap+other),
		kit.Place(d.other, 0, 0, width, other),
		kit.Place(d.emergency, 0, other+gap, we, h),
		kit.Place(d.next, x, other+gap, width-x, h)), h + gap + other
}

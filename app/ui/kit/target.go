package kit

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
)

// Target is what can be pressed, by finger or by key. It never has Fyne's
// focus, so that a scanner's characters go on reaching the window: the ring is ours.
type Target interface {
	fyne.CanvasObject
	fyne.Tappable
	// Ring draws the ring of the keys round it, or takes it away.
	Ring(on bool)
}

// Reached is a target with the scroll that it stands in, if any.
type Reached struct {
	Target
	at     fyne.Position // in what was searched
	scroll *Scroll
	pane   fyne.Position // where the scroll stands
}

// Targets are what the keys can reach on what shows, in reading order.
func Targets(shown fyne.CanvasObject) []Reached {
	all := targetsIn(shown, Reached{})
	slices.SortStableFunc(all, func(a, b Reached) int {
		return cmp.Or(cmp.Compare(int(a.at.Y/8), int(b.at.Y/8)), cmp.Compare(a.at.X, b.at.X))
	})
	return all
}

// targetsIn are the targets in o, from back to front; in says where that is.
func targetsIn(o fyne.CanvasObject, in Reached) (all []Reached) {
	walk(o, in, func(o fyne.CanvasObject, in Reached) {
		if t, ok := o.(Target); ok {
			in.Target = t
			all = append(all, in)
		}
	})
	return all
}

// walk calls f for o and for what is visible in it, from back to front; in says where that is.
func walk(o fyne.CanvasObject, in Reached, f func(fyne.CanvasObject, Reached)) {
	if o == nil || !o.Visible() {
		return
	}
	in.at = in.at.Add(o.Position())
	f(o, in)
	each := func(items []fyne.CanvasObject) {
		for _, c := range items {
			walk(c, in, f)
		}
	}
	switch v := o.(type) {
	case Target:
	case *Pane:
		walk(v.Shown, in, f)
	case interface{ inner() fyne.CanvasObject }:
		walk(v.inner(), in, f)
	case *Scroll:
		in.scroll, in.pane = v, in.at
		in.at = in.at.Add(v.port.Position())
		walk(v.Content, in, f)
	case *Stack:
		each(v.Items)
	case *fyne.Container:
		each(v.Objects)
	}
}

// TargetAt is what a finger at a place would press in what is shown; nil, where
// that is nothing, or a [Shield] lies over it.
func TargetAt(shown fyne.CanvasObject, at fyne.Position) (found Target) {
	if covered(shown) {
		return nil
	}
	for _, r := range targetsIn(shown, Reached{}) {
		if x1, y1, x2, y2 := r.Seen(); at.X >= x1 && at.X < x2 && at.Y >= y1 && at.Y < y2 {
			found = r.Target
		}
	}
	return found
}

// Seen is the part of the target that can be seen and pressed, in dp of what was
// searched; x2 is not above x1, or y2 not above y1, where it is scrolled away.
func (r Reached) Seen() (x1, y1, x2, y2 float32) {
	x1, y1 = r.at.X, r.at.Y
	x2, y2 = x1+r.Size().Width, y1+r.Size().Height
	if s := r.scroll; s != nil {
		top := r.pane.Y + s.port.Position().Y
		x1, x2 = max(x1, r.pane.X), min(x2, r.pane.X+s.Size().Width)
		y1, y2 = max(y1, top), min(y2, top+s.port.Size().Height)
	}
	return x1, y1, x2, y2
}

// covered reports whether a shield lies over what is shown.
func covered(shown fyne.CanvasObject) (is bool) {
	walk(shown, Reached{}, func(o fyne.CanvasObject, _ Reached) {
		if _, ok := o.(*Shield); ok {
			is = true
		}
	})
	return is
}

func scrollsIn(shown fyne.CanvasObject) (all []*Scroll) {
	walk(shown, Reached{}, func(o fyne.CanvasObject, _ Reached) {
		if s, ok := o.(*Scroll); ok {
			all = append(all, s)
		}
	})
	return all
}

func touchAreas(shown fyne.CanvasObject) (all []*TouchArea) {
	walk(shown, Reached{}, func(o fyne.CanvasObject, _ Reached) {
		if t, ok := o.(*TouchArea); ok {
			all = append(all, t)
		}
	})
	return all
}

// RevealField scrolls until a field is in view.
func RevealField(shown fyne.CanvasObject, f *Field) {
	for _, r := range targetsIn(shown, Reached{}) {
		if t, ok := r.Target.(*typed); ok && t.f == f {
			if s := r.scroll; s != nil && r.at.Y+r.Size().Height > r.pane.Y+s.Size().Height {
				s.ScrollTo(s.offset + r.at.Y - r.pane.Y - 8) // to the top: half a title over it cannot be read
				return
			}
			r.Reveal()
		}
	}
}

// Reveal scrolls until the target is in view, where it stands in a scroll.
func (r Reached) Reveal() {
	s := r.scroll
	if s == nil {
		return
	}
	y := r.at.Y - r.pane.Y
	switch below := y + r.Size().Height - s.Size().Height; {
	case y < 0:
		s.ScrollTo(s.offset + y - 8)
	case below > 0:
		s.ScrollTo(s.offset + below + 8)
	}
}

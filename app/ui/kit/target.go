package kit

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
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
	at     fyne.Position // in the window
	scroll *container.Scroll
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

// targetsIn walks down from o; in says where that is.
func targetsIn(o fyne.CanvasObject, in Reached) []Reached {
	if o == nil || !o.Visible() {
		return nil
	}
	in.at = in.at.Add(o.Position())
	var all []Reached
	each := func(items []fyne.CanvasObject) {
		for _, c := range items {
			all = append(all, targetsIn(c, in)...)
		}
	}
	switch v := o.(type) {
	case Target:
		in.Target = v
		all = append(all, in)
	case *Pane:
		return targetsIn(v.Shown, in)
	case *container.Scroll:
		in.scroll, in.pane = v, in.at
		return targetsIn(v.Content, in)
	case *Stack:
		each(v.Items)
	case *fyne.Container:
		each(v.Objects)
	}
	return all
}

// Reveal scrolls until the target is in view, where it stands in a scroll.
func (r Reached) Reveal() {
	if r.scroll == nil {
		return
	}
	y := r.at.Y - r.pane.Y
	switch below := y + r.Size().Height - r.scroll.Size().Height; {
	case y < 0:
		r.scroll.ScrollToOffset(r.scroll.Offset.AddXY(0, y-8))
	case below > 0:
		r.scroll.ScrollToOffset(r.scroll.Offset.AddXY(0, below+8))
	}
}

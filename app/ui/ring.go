package ui

import (
	"cmp"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// target is what can be pressed, by finger or by key. It never has Fyne's
// focus, so that a scanner's characters go on reaching the window: the ring is ours.
type target interface {
	fyne.CanvasObject
	fyne.Tappable
	ring(on bool)
}

// reached is a target with the scroll that it stands in, if any.
type reached struct {
	target
	at     fyne.Position // in the window
	scroll *container.Scroll
	pane   fyne.Position // where the scroll stands
}

// targets are what the keys can reach on what shows, in reading order.
func targets(shown fyne.CanvasObject) []reached {
	all := targetsIn(shown, reached{})
	slices.SortStableFunc(all, func(a, b reached) int {
		return cmp.Or(cmp.Compare(int(a.at.Y/8), int(b.at.Y/8)), cmp.Compare(a.at.X, b.at.X))
	})
	return all
}

// targetsIn walks down from o; in says where that is.
func targetsIn(o fyne.CanvasObject, in reached) []reached {
	if o == nil || !o.Visible() {
		return nil
	}
	in.at = in.at.Add(o.Position())
	var all []reached
	each := func(items []fyne.CanvasObject) {
		for _, c := range items {
			all = append(all, targetsIn(c, in)...)
		}
	}
	switch v := o.(type) {
	case target:
		in.target = v
		all = append(all, in)
	case *built:
		return targetsIn(v.shown, in)
	case *container.Scroll:
		in.scroll, in.pane = v, in.at
		return targetsIn(v.Content, in)
	case *stack:
		each(v.items)
	case *fyne.Container:
		each(v.Objects)
	}
	return all
}

// moveRing goes so many targets on, and begins at the first or the last.
func (u *UI) moveRing(by int) {
	all := targets(u.root.shown)
	if len(all) == 0 {
		return
	}
	switch {
	case u.ringAt == 0 && by < 0:
		u.ringAt = len(all)
	case u.ringAt == 0:
		u.ringAt = 1
	default:
		u.ringAt = (min(u.ringAt, len(all))-1+by+len(all))%len(all) + 1
	}
	u.drawRing(u.root.shown)
}

// drawRing shows the ring where it is, scrolled into view.
func (u *UI) drawRing(shown fyne.CanvasObject) {
	for i, r := range targets(shown) {
		on := i+1 == u.ringAt
		r.ring(on)
		if on && r.scroll != nil {
			r.reveal()
		}
	}
}

func (r reached) reveal() {
	y := r.at.Y - r.pane.Y
	switch below := y + r.Size().Height - r.scroll.Size().Height; {
	case y < 0:
		r.scroll.ScrollToOffset(r.scroll.Offset.AddXY(0, y-8))
	case below > 0:
		r.scroll.ScrollToOffset(r.scroll.Offset.AddXY(0, below+8))
	}
}

// pressRing presses what the ring is round.
func (u *UI) pressRing() {
	if all := targets(u.root.shown); u.ringAt > 0 && u.ringAt <= len(all) {
		all[u.ringAt-1].Tapped(nil)
	}
}

// keyAlone is how long a key must stand alone, before and after, to press or to
// go back: whoever shows a code of tabs and line ends to a scanner that types
// them must not press "matches" on themselves.
const (
	keyAlone  = 200 * time.Millisecond
	keyBefore = 80 * time.Millisecond // people are that fast from one key to the next
)

// struck counts a key.
func (u *UI) struck() {
	now := u.opt.Now()
	u.hasty = now.Sub(u.stroke).Abs() < keyBefore
	u.stroke = now
	u.strokes++
}

// alone does something for the key that was struck last if it stands alone.
func (u *UI) alone(do func()) {
	if u.hasty {
		return
	}
	struck, s := u.strokes, u.screen
	u.after(keyAlone, func() {
		if u.strokes == struck && u.screen == s {
			do()
		}
	})
}

// space presses the ring's target unless it begins a scan.
func (u *UI) space() {
	if u.ringAt == 0 || u.keys.Typing(u.opt.Now()) {
		return
	}
	u.alone(func() {
		u.keys.Reset()
		u.pressRing()
	})
}

// ringKey moves the ring by the arrows and presses by Enter; it reports whether the key was its own.
func (u *UI) ringKey(key fyne.KeyName) bool {
	switch key {
	case fyne.KeyDown, fyne.KeyRight:
		u.moveRing(1)
	case fyne.KeyUp, fyne.KeyLeft:
		u.moveRing(-1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if u.ringAt == 0 || u.keys.Typing(u.opt.Now()) { // that is a scanner at work
			return false
		}
		u.alone(u.pressRing)
	default:
		return false
	}
	return true
}

// tabKey ends a scan, or moves the ring where none is being typed.
func (u *UI) tabKey(back bool) {
	switch {
	case u.keys.Typing(u.opt.Now()):
		u.ended('\t')
	case back:
		u.moveRing(-1)
	default:
		u.moveRing(1)
	}
}

// escape goes back to the verdict from what it led to, else on to the next code.
func (u *UI) escape() {
	if s := about(u.screen); s != nil {
		switch u.screen.(type) {
		case *verdictScreen, *idScreen:
		default:
			s.again(u)
			return
		}
	}
	u.next()
}

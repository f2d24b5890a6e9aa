package ui

import (
	"time"

	"postern/app/ui/kit"

	"fyne.io/fyne/v2"
)

// moveRing goes so many targets on, and begins at the first or the last.
func (u *UI) moveRing(by int) {
	all := kit.Targets(u.root.Shown)
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
	u.drawRing(u.root.Shown)
}

// drawRing shows the ring where it is, scrolled into view.
func (u *UI) drawRing(shown fyne.CanvasObject) {
	for i, r := range kit.Targets(shown) {
		on := i+1 == u.ringAt
		r.Ring(on)
		if on {
			r.Reveal()
		}
	}
}

// pressRing presses what the ring is round.
func (u *UI) pressRing() {
	if all := kit.Targets(u.root.Shown); u.ringAt > 0 && u.ringAt <= len(all) {
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

// keyStruck counts a key.
func (u *UI) keyStruck() {
	now := u.opt.Now()
	u.keyboard.tooSoon = now.Sub(u.keyboard.last).Abs() < keyBefore
	u.keyboard.last = now
	u.keyboard.strokes++
}

// alone does something for the key that was struck last if it stands alone.
func (u *UI) alone(do func()) {
	if u.keyboard.tooSoon {
		return
	}
	struck, s := u.keyboard.strokes, u.screen
	u.after(keyAlone, func() {
		if u.keyboard.strokes == struck && u.screen == s {
			do()
		}
	})
}

// space presses the ring's target unless it begins a scan.
func (u *UI) space() {
	if u.ringAt == 0 || u.keyboard.keys.Typing(u.opt.Now()) {
		return
	}
	u.alone(func() {
		u.keyboard.keys.Reset()
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
		if u.ringAt == 0 || u.keyboard.keys.Typing(u.opt.Now()) { // that is a scanner at work
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
	case u.keyboard.keys.Typing(u.opt.Now()):
		u.ended('\t')
	case back:
		u.moveRing(-1)
	default:
		u.moveRing(1)
	}
}

// escape goes back to the verdict from what it led to, else on to the next code.
func (u *UI) escape() {
	if b := u.behaviour(); b.about != nil && !b.face {
		b.about.again(u)
		return
	}
	u.next()
}

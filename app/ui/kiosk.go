package ui

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/ui/kit"
	"postern/sync/verdict"
)

// Times of a kiosk.
const (
	kioskHold   = 3 * time.Second  // how long the corner is held to ask for the PIN
	kioskRead   = 8 * time.Second  // a verdict that asks for something stands, untouched
	kioskIdle   = 30 * time.Second // every other screen
	kioskDim    = time.Minute      // nobody is there
	kioskReturn = 3 * time.Minute  // a supervisor has gone away from an open kiosk
	kioskCalls  = 2 * time.Second  // between two sounds that call the staff
)

// kiosk is a device fixed at a door, for visitors themselves. It shows the
// check screen and what follows from a code, and the only way out is the
// supervisor's PIN: by the corner at the top left, held, or by closing the window.
type kiosk struct {
	out  bool   // the PIN was given, until the check screen shows again
	dim  bool   // nobody is there
	held func() // stops the hold of the corner
	stop func() // stops what comes when nobody touches anything
}

// locked reports whether the screens are a visitor's. A device that is no gate
// (any more) is not: somebody has to enrol it.
func (u *UI) locked() bool {
	return u.set.Kiosk && !u.kiosk.out && (u.backend == nil || u.state.Enrolled)
}

// full fits the window to the kiosk.
func (u *UI) full() {
	if u.set.Kiosk && !u.window.FullScreen() {
		u.window.SetFullScreen(true)
	}
}

// touched is called at every touch, key and new screen: the light goes on, and the time
// after which the screen goes back by itself begins anew.
func (u *UI) touched() {
	if u.kiosk.dim {
		u.kiosk.dim = false
		u.root.Refresh()
	}
	u.armUnattended()
}

// armUnattended counts anew how long nobody touches the screen.
func (u *UI) armUnattended() {
	if u.kiosk.stop != nil {
		u.kiosk.stop()
		u.kiosk.stop = nil
	}
	after, then := u.unattended()
	if then == nil {
		return
	}
	shown := u.screen
	u.kiosk.stop = u.after(after, func() {
		if u.screen == shown {
			then()
		}
	})
}

// unattended is what becomes of the screen when nobody touches it, and when.
func (u *UI) unattended() (time.Duration, func()) {
	back := func() { u.show(&checkScreen{}) }
	if !u.set.Kiosk {
		return u.leftAlone()
	}
	if u.kiosk.out {
		return kioskReturn, back
	}
	switch u.behaviour().unused {
	case goesOn:
		return kioskRead, u.next
	case dims:
		return kioskDim, func() { u.kiosk.dim = true; u.root.Refresh() }
	case stays:
		return 0, nil
	}
	return kioskIdle, back
}

// relock ends what the PIN opened once the screen is a visitor's again.
func (u *UI) relock(s screen) {
	if s.behave(u).kiosk == visitors {
		u.kiosk.out = false
	}
}

// callStaff calls the staff by sound for as long as the screen stands.
func (u *UI) callStaff() {
	if u.backend == nil || u.backend.Sound == nil {
		return
	}
	u.backend.Sound.Play(verdict.Check)
	shown := u.screen
	u.after(kioskCalls, func() {
		if u.screen == shown {
			u.callStaff()
		}
	})
}

// askToLeaveKiosk asks for the PIN, and then opens the settings.
func (u *UI) askToLeaveKiosk() {
	u.guarded("kiosk.out", func() {
		u.kiosk.out = true
		u.show(&settingsScreen{open: true})
	}, u.next)
}

// askClose is called when somebody closes the window.
// A kiosk whose folder does not open is out of order, and may be closed.
func (u *UI) askClose() {
	end := u.window.Close
	if u.opt.Close != nil {
		end = u.opt.Close
	}
	if !u.locked() || u.backend == nil && u.failed {
		end()
		return
	}
	u.guarded("kiosk.close", end, u.next)
}

// corner feels the hold that asks for the PIN.
func (u *UI) corner() fyne.CanvasObject {
	const side = 84
	let := func() {
		if u.kiosk.held != nil {
			u.kiosk.held()
			u.kiosk.held = nil
		}
	}
	t := kit.NewTouchArea(func() {
		let()
		u.touched()
		u.kiosk.held = u.after(kioskHold, u.askToLeaveKiosk)
	}, let)
	return kit.Place(t, 0, 0, side, side)
}

// dimmed covers a kiosk where nobody is, with a quiet sentence for the next person.
func (u *UI) dimmed(size fyne.Size) fyne.CanvasObject {
	cover := canvas.NewRectangle(kit.RGB(0x000000))
	ink := kit.RGB(0x8f99a3)
	side := min(size.Width, size.Height) * 0.22
	words := kit.NewStack(18, kit.NewProse(u.say("kiosk.dim"), u.grid().Of(56), ink).Centred())
	w := size.Width * 0.8
	h := words.HeightFor(w)
	return kit.Fixed(size,
		kit.Place(cover, 0, 0, size.Width, size.Height),
		kit.Place(kit.Drawing("icons/scan", ink, side), (size.Width-side)/2, size.Height/2-side, side, side),
		kit.Place(words, (size.Width-w)/2, size.Height/2+20, w, h),
		kit.Place(kit.NewTouchArea(u.touched, func() {}), 0, 0, size.Width, size.Height))
}

// safely does something on Fyne's thread. A fault in a screen costs that
// screen, not the gate: the check screen shows again.
func (u *UI) safely(do func()) {
	defer u.recovered()
	do()
}

func (u *UI) recovered() {
	r := recover()
	if r == nil {
		return
	}
	u.fault(r)
	if !u.behaviour().idle {
		u.show(&checkScreen{})
	}
}

// fault notes a fault of ours.
func (u *UI) fault(r any) {
	u.faults++
	slog.Error("screen failed", "screen", fmt.Sprintf("%T", u.screen), "fault", fmt.Sprint(r), "at", string(debug.Stack()))
}

// buildBody makes the body of the screen; where it fails, that of the check screen.
func (u *UI) buildBody(size fyne.Size) (body fyne.CanvasObject) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		u.fault(r)
		if u.behaviour().idle {
			body = kit.Fixed(size)
			return
		}
		u.screen = &checkScreen{}
		body = u.screen.body(u, size)
	}()
	return u.screen.body(u, size)
}

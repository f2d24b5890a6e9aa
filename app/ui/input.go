package ui

import (
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"postern/app/gate"
	"postern/app/scan"
	"postern/sync/enrol"
)

// keyboard is what the keys of people and scanners that type have given so far.
type keyboard struct {
	keys     scan.Keyboard
	profile  scan.Profile // what the scanner puts before and after a text
	stopRest func()       // stops the next look at whether the keys rest; nil: none is due
	restDue  time.Time    // when that look is due
	strokes  int          // keys that were struck
	last     time.Time    // the last of them
	tooSoon  bool         // it came sooner after the one before than people strike
}

// listen takes what reaches the window while nothing has the focus: a
// scanner's keys, a paste, pictures that are dropped.
func (u *UI) listen() {
	c := u.window.Canvas()
	c.SetOnTypedRune(func(r rune) {
		u.keyStruck()
		b := u.behaviour()
		if r == ' ' && (b.field == nil || !b.field.Active) {
			u.space()
		}
		if b.field != nil {
			u.typeInto(b.field, r)
		} else if b.keys != nil {
			b.keys.typed(u, r)
		}
		if u.keyboard.keys.Rune(r, u.opt.Now()) {
			u.enter()
		} else {
			u.lookForRest()
		}
	})
	c.SetOnTypedKey(func(k *fyne.KeyEvent) {
		if !types(k.Name) {
			u.keyStruck()
		}
		if u.fieldKey(k.Name) || u.ringKey(k.Name) {
			return
		}
		if s := u.behaviour().keys; s != nil && !u.scanned(k.Name) {
			s.pressed(u, k.Name)
			return
		}
		switch k.Name {
		case fyne.KeyReturn, fyne.KeyEnter:
			u.ended('\n')
		case fyne.KeyEscape:
			u.alone(u.escape)
		}
	})
	if d, ok := c.(desktop.Canvas); ok { // Tab ends the scans of some scanners; Fyne keeps it for the focus
		shift := false
		d.SetOnKeyDown(func(k *fyne.KeyEvent) {
			switch k.Name {
			case desktop.KeyShiftLeft, desktop.KeyShiftRight:
				shift = true
			case fyne.KeyTab:
				u.keyStruck()
				u.tabKey(shift)
			}
		})
		d.SetOnKeyUp(func(k *fyne.KeyEvent) {
			if k.Name == desktop.KeyShiftLeft || k.Name == desktop.KeyShiftRight {
				shift = false
			}
		})
	}
	c.AddShortcut(&fyne.ShortcutPaste{}, func(fyne.Shortcut) {
		if f := u.behaviour().field; f != nil && f.Active {
			f.Paste()
		} else if !u.locked() {
			u.paste()
		}
	})
	u.window.SetOnDropped(func(_ fyne.Position, files []fyne.URI) {
		if !u.locked() {
			u.openPictures(files)
		}
	})
}

// types reports whether a key gives a character too, which is what counts.
func types(key fyne.KeyName) bool { return len(key) == 1 || key == fyne.KeySpace }

// SetScanner says what the scanner that types puts before and after a text.
func (u *UI) SetScanner(p scan.Profile) {
	u.do(func() {
		u.keyboard.profile = p
		u.keyboard.keys = scan.Keyboard{End: p.End}
	})
}

// ended takes a key that ends the lines of some scanners.
func (u *UI) ended(key rune) {
	if u.keyboard.keys.Rune(key, u.opt.Now()) {
		u.enter()
	}
}

// restLook is how long after a key it is looked whether the keys have stopped; a
// look that comes later than that by heldUp says that the thread was busy.
const (
	restLook = 150 * time.Millisecond
	heldUp   = 150 * time.Millisecond
)

// lookForRest looks after a while whether the keys have stopped, in place of any look that was due.
func (u *UI) lookForRest() {
	if u.keyboard.stopRest != nil {
		u.keyboard.stopRest()
	}
	u.keyboard.restDue = u.opt.Now().Add(restLook)
	u.keyboard.stopRest = u.after(restLook, u.takeRested)
}

// takeRested takes what a scanner typed without a key that ends it. Where the
// thread was held up, keys may have come that it has not heard of yet, so it
// looks again.
func (u *UI) takeRested() {
	now := u.opt.Now()
	late := now.Sub(u.keyboard.restDue) > heldUp
	u.keyboard.stopRest = nil
	if text, scanned := u.rest(now, late); scanned {
		u.takeScan(text)
	} else if late || u.keyboard.keys.Typing(now) {
		u.lookForRest()
	}
}

func (u *UI) rest(now time.Time, late bool) (text string, scanned bool) {
	if late {
		return "", false
	}
	return u.keyboard.keys.Rest(now)
}

func (u *UI) enter() {
	text, scanned := u.keyboard.keys.Enter(u.opt.Now())
	switch {
	case scanned && text == "": // it was taken when the keys stopped
	case scanned:
		u.takeScan(text)
	case u.behaviour().keys != nil, u.behaviour().field != nil: // the screen has it already
	case strings.TrimSpace(text) != "" && !u.locked():
		u.show(newTyping(u, text))
	}
}

// scanned takes a scan that a key ended while a screen of its own keys shows.
func (u *UI) scanned(key fyne.KeyName) bool {
	if key != fyne.KeyReturn && key != fyne.KeyEnter {
		return false
	}
	text, scanned := u.keyboard.keys.Enter(u.opt.Now())
	if scanned && text != "" {
		u.takeScan(text)
	}
	return scanned
}

func (u *UI) paste() { u.take(scan.FromClipboard(u.app.Clipboard().Content(), u.opt.Now())) }

// take sends a text to where it belongs: enrolment codes to their screen, the rest to be judged.
func (u *UI) take(r scan.Reading, err error) {
	if u.meant(r, err) {
		u.attend(r)
	}
}

// meant reports whether a text is meant to be judged. All others it sees to: what
// a screen takes for itself, codes that enrol, and what is no text. They change
// nobody's answer that stands.
func (u *UI) meant(r scan.Reading, err error) bool {
	takes, enrols := u.behaviour().takes, strings.HasPrefix(r.Text, enrol.Prefix)
	switch {
	case err == nil && takes != nil && takes(r):
	case errors.Is(err, scan.ErrTooLong):
		u.tell("check.too_long")
	case err != nil:
		u.tell("check.none")
	case enrols && !u.known: // whether this device is a gate already is not known yet
		u.early = append(u.early, r)
	case enrols && u.locked():
		u.tell("kiosk.staff")
	case enrols && u.drill != nil:
		u.tell("drill.enrolling")
	case enrols && !u.state.Enrolled: // one scan is all that a new device needs
		s := newEnrol(u, r.Text)
		u.show(s)
		s.enrol(u)
	case enrols:
		u.tell("check.enrolled")
	case u.role() == gate.Inspector:
		u.tell("shift.inspecting")
	default:
		return true
	}
	return false
}

// Submit checks a reading as if it had been scanned.
func (u *UI) Submit(r scan.Reading) { u.do(func() { u.take(r, nil) }) }

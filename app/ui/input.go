package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"postern/app/gate"
	"postern/app/scan"
	"postern/sync/enrol"
	"postern/sync/verdict"
)

// echo is how long the same text from a scanner counts as the same showing.
const echo = 2500 * time.Millisecond

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

// take sends a text to where it belongs: enrolment codes to their screen, the rest to be checked.
func (u *UI) take(r scan.Reading, err error) {
	takes := u.behaviour().takes
	switch {
	case err == nil && takes != nil && takes(r):
	case errors.Is(err, scan.ErrTooLong):
		u.show(&checkScreen{key: "check.too_long"})
	case err != nil:
		u.show(&checkScreen{key: "check.none"})
	case strings.HasPrefix(r.Text, enrol.Prefix) && u.locked():
		u.show(&checkScreen{key: "kiosk.staff"})
	case strings.HasPrefix(r.Text, enrol.Prefix) && u.drill != nil:
		u.show(&drillScreen{key: "drill.enrolling"})
	case strings.HasPrefix(r.Text, enrol.Prefix) && !u.state.Enrolled: // one scan is all that a new device needs
		s := newEnrol(u, r.Text)
		u.show(s)
		s.enrol(u)
	case strings.HasPrefix(r.Text, enrol.Prefix):
		u.show(&checkScreen{key: "check.enrolled"})
	case u.role() == gate.Inspector:
		u.show(&checkScreen{key: "shift.inspecting"})
	case r.Source == scan.Wedge && u.echoes(r):
	default:
		u.submit(r)
	}
}

// echoes reports whether a scanner repeats what stands on the screen.
func (u *UI) echoes(r scan.Reading) bool {
	return u.behaviour().about != nil && r.Text == u.last.Text && r.At.Sub(u.last.At).Abs() < echo
}

// Submit checks a reading as if it had been scanned.
func (u *UI) Submit(r scan.Reading) { u.do(func() { u.take(r, nil) }) }

// submit has a reading judged and recorded, and then shows the verdict.
func (u *UI) submit(r scan.Reading) {
	if u.backend == nil {
		u.early = append(u.early, r)
		return
	}
	u.last = r
	u.ask(func(ctx context.Context, g Gate) gate.Answer { return g.Answer(ctx, r) })
}

// submitUnreadable has it recorded that something was shown in which no code can be read.
func (u *UI) submitUnreadable() {
	if u.backend != nil {
		u.ask(func(ctx context.Context, g Gate) gate.Answer { return g.AnswerUnreadable(ctx) })
	}
}

// ask has the gate judge and record off Fyne's thread, and then shows its
// answer, if the gate that gave it is still the one here.
func (u *UI) ask(judge func(context.Context, Gate) gate.Answer) {
	g, generation, began := u.backend.Gate, u.generation, time.Now()
	u.run(func(ctx context.Context) {
		a := judge(ctx, g)
		measured := u.opt.Meter.answered(began, a)
		u.do(func() {
			if generation == u.generation {
				u.answer(a)
			}
			measured()
		})
	})
}

// answer shows an answer. The same showing again changes nothing on a screen
// that is about it: the guard may be in the middle of something. It does not
// turn a screen green again either: that showing has let its person through, and
// whoever holds the code up now is not in the journal.
func (u *UI) answer(a gate.Answer) {
	if s := u.behaviour().about; s != nil && a.Repeated && s.answers(a) {
		return
	}
	if a.Repeated && a.Outcome == verdict.Admit {
		if u.behaviour().idle {
			u.show(&checkScreen{key: "check.again"})
		}
		return
	}
	s := newVerdict(u, a)
	if a.Reason == verdict.IDMatch {
		u.show(&idScreen{from: from{s}})
	} else {
		u.show(s)
	}
	u.refreshState(nil)
}

// next goes on: to the next code of a picture, else back to scanning.
func (u *UI) next() {
	if len(u.queue) > 0 {
		r := u.queue[0]
		u.queue = u.queue[1:]
		u.submit(r)
		return
	}
	if r := u.drill; r != nil && r.drawn {
		r.drawn = false
		u.open("drill")
		return
	}
	u.show(&checkScreen{})
}

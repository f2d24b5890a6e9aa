package ui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"postern/app/gate"
	"postern/sync/enrol"
)

// pinScreen asks for the supervisor's PIN, with keys for a thumb and those of a
// keyboard. The digits are never drawn,
// logged or kept; they go to the gate, which counts attempts, and are forgotten.
type pinScreen struct {
	title string // a key
	say   string // a sentence; may be empty
	try   func(ctx context.Context, g Gate, pin string) error
	done  func() // after the PIN was right
	back  func()
	about *verdictScreen // whose person the PIN lets in; nil: nobody's

	digits  []byte
	working bool
	key     string // what was wrong
	until   time.Time
}

// guarded does something after the supervisor's PIN; at once where there is
// none. what is the key of what it is for.
//
// While it is not known whether there is one, nothing happens: whoever is quick
// after a start must not find everything open.
func (u *UI) guarded(what string, do, back func()) {
	if !u.known {
		return
	}
	if !u.state.PIN {
		do()
		return
	}
	u.show(&pinScreen{
		title: "supervisor.pin_title", say: u.say(what), done: do, back: back,
		try: func(ctx context.Context, g Gate, pin string) error { return g.VerifyPIN(ctx, pin) },
	})
}

func (s *pinScreen) behave(u *UI) behaviour {
	b := behaviour{paint: u.pagePaint(), keys: s, about: s.about, kiosk: asksPIN, back: s.back, leave: s.leave}
	if s.left(u) > 0 { // somebody waits before it
		b.unused = stays
	}
	return b
}

// leave forgets the digits, those too that came from a keyboard.
func (s *pinScreen) leave() { clear(s.digits); s.digits = nil }

func (s *pinScreen) left(u *UI) time.Duration { return s.until.Sub(u.opt.Now()) }

// typed takes a key of a keyboard.
func (s *pinScreen) typed(u *UI, r rune) {
	if r >= '0' && r <= '9' {
		s.digit(u, r)
	}
}

func (s *pinScreen) pressed(u *UI, key fyne.KeyName) {
	switch key {
	case fyne.KeyBackspace, fyne.KeyDelete:
		s.rub(u)
	case fyne.KeyReturn, fyne.KeyEnter:
		s.enter(u)
	case fyne.KeyEscape:
		s.back()
	}
}

func (s *pinScreen) digit(u *UI, d rune) {
	if s.working || len(s.digits) >= enrol.MaxPIN {
		return
	}
	s.digits, s.key = append(s.digits, byte(d)), ""
	u.root.Refresh()
	u.touched()
}

func (s *pinScreen) rub(u *UI) {
	if n := len(s.digits); n > 0 && !s.working {
		s.digits = s.digits[:n-1]
		u.root.Refresh()
	}
}

// enter tries the digits, beside the checks: it takes a while on purpose.
func (s *pinScreen) enter(u *UI) {
	switch {
	case s.working || u.backend == nil || s.left(u) > 0:
		return
	case len(s.digits) < enrol.MinPIN:
		s.key = "pin.short"
		u.root.Refresh()
		return
	}
	pin, g := string(s.digits), u.backend.Gate
	s.leave()
	s.working = true
	u.root.Refresh()
	u.aside(func(ctx context.Context) {
		err := s.try(ctx, g, pin)
		u.do(func() { s.tried(u, err) })
	})
}

// tried goes on, or says what was wrong. A screen that came meanwhile stays.
func (s *pinScreen) tried(u *UI, err error) {
	s.working = false
	if u.screen != s {
		return
	}
	var wait *gate.WaitError
	switch {
	case err == nil:
		s.done()
		return
	case errors.As(err, &wait):
		s.until = u.opt.Now().Add(wait.Left)
		s.count(u)
		u.armUnattended()
	case errors.Is(err, gate.ErrWrongPIN):
		s.key = "pin.wrong"
	case errors.Is(err, gate.ErrNoPIN):
		s.key = "pin.none"
	case errors.Is(err, gate.ErrQuota):
		s.key = "supervisor.quota"
	case errors.Is(err, gate.ErrToken):
		s.key = "id.over"
	default:
		s.key = "pin.failed"
	}
	u.root.Refresh()
}

// count shows each second of the wait.
func (s *pinScreen) count(u *UI) {
	u.after(time.Second, func() {
		if u.screen != s {
			return
		}
		if s.left(u) > 0 {
			s.count(u)
		} else {
			u.touched()
		}
		u.root.Refresh()
	})
}

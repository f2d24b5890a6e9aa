package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"postern/app/gate"
	"postern/app/ui/kit"
	"postern/sync/enrol"
	"postern/sync/wording"
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

func (s *pinScreen) behave(*UI) behaviour {
	return behaviour{paint: kit.Paint{Ground: kit.Chrome, Ink: kit.White}, keys: s, about: s.about, kiosk: asksPIN, back: s.back, leave: s.leave}
}

// leave forgets the digits, those too that came from a keyboard.
func (s *pinScreen) leave() { clear(s.digits); s.digits = nil }

func (s *pinScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	pad := size.Width * 0.06
	if kit.IsWide(size) {
		k := flatScale(size)
		half := size.Width * 0.43
		most := size.Height - pad
		fit := min(k*1.1, size.Height/560)
		for fit > leastScale/2 && s.keys(u, fit).HeightFor(half) > most {
			fit *= 0.95
		}
		keys := s.keys(u, fit)
		h := min(keys.HeightFor(half), most)
		return kit.Fixed(size, kit.Scrolled(kit.NewStack(12*k, s.words(u, k)...), u.mirror(pad, half-pad, size.Width), size.Height*0.1, half-pad, size.Height*0.8),
			kit.Place(keys, u.mirror(size.Width-pad-half, half, size.Width), (size.Height-h)/2, half, h))
	}
	w := min(size.Width-2*pad, 620)
	for k := scaleFor(size.Width, size.Height); ; k *= 0.95 {
		keys, top := s.keys(u, k), kit.NewStack(10*k, kit.Gap(10*k))
		top.Add(s.words(u, k)...)
		if k > leastScale && keys.HeightFor(w)+top.HeightFor(w) > size.Height-28*k {
			continue
		}
		return kit.Fixed(size, kit.AboveFoot(fyne.NewPos((size.Width-w)/2, 0), fyne.NewSize(w, size.Height-16*k), 12*k, top, keys))
	}
}

func (s *pinScreen) words(u *UI, k float32) []fyne.CanvasObject {
	words := []fyne.CanvasObject{kit.NewProse(u.say(s.title), 36*k, kit.White).Bold()}
	if s.say != "" {
		words = append(words, kit.NewProse(s.say, 19*k, kit.RGB(0xe2e7eb)))
	}
	words = append(words, kit.NewProse(s.dots(), 40*k, kit.White).Bold())
	switch left := s.left(u); {
	case left > 0:
		words = append(words, kit.NewProse(u.say("pin.wait", "span", u.catalogue().Seconds(left)), 20*k, kit.DotAgeing).Bold())
	case s.working:
		words = append(words, kit.NewProse(u.say("pin.working"), 20*k, kit.White))
	case s.key != "":
		words = append(words, kit.NewProse(u.say(s.key), 20*k, kit.DotAgeing).Bold())
	}
	return words
}

// dots are one for each digit, and rings for those that are missing.
func (s *pinScreen) dots() string {
	n := len(s.digits)
	return wording.Whole(strings.Repeat("● ", n) + strings.Repeat("○ ", max(enrol.MinPIN-n, 0)))
}

func (s *pinScreen) left(u *UI) time.Duration { return s.until.Sub(u.opt.Now()) }

func (s *pinScreen) keys(u *UI, k float32) *kit.Stack {
	pad := kit.NewStack(10 * k)
	digits := kit.NewPad(kit.NightPalette.Keys(), func(d rune) { s.digit(u, d) },
		kit.PadKey{Icon: "icons/rub", Name: u.say("pin.rub"), Do: func() { s.rub(u) }},
		kit.PadKey{Word: u.say("pin.enter"), Done: true, Do: func() { s.enter(u) }})
	pad.Add(kit.Tall(digits, 4*max(82*k, 48)))
	pad.Add(kit.NewOutlined(u.say("pin.back"), kit.White, s.back).Sized(17*k, 52*k))
	return pad
}

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
		}
		u.root.Refresh()
	})
}

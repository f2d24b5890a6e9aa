package ui

import "postern/app/ui/kit"

// checkScreen waits for a code. The square in its middle is where the camera's
// picture goes; a scanner, the keys, the clipboard and pictures need none.
type checkScreen struct {
	key   string // a sentence from what went before; empty: the invitation
	pairs []string
}

func (s *checkScreen) behave(u *UI) behaviour {
	b := behaviour{
		paint: u.idlePaint(), tab: "check",
		codes: judged, idle: true, kiosk: visitors, unused: dims, needs: needsState | needsCamera,
	}
	if s.key != "" {
		b.unused = goesBack
	}
	return b
}

// sentence is what there is to say beside how a code is shown; mostly nothing.
func (s *checkScreen) sentence(u *UI) string {
	if s.key == "" {
		return ""
	}
	return u.say(s.key, s.pairs...)
}

// idlePaint is the ground while nobody is before the gate.
func (u *UI) idlePaint() kit.Paint {
	if u.locked() {
		return kit.Paint{Ground: kit.KioskNight, Ink: kit.White}
	}
	return kit.Paint{Ground: kit.Chrome, Ink: kit.White}
}

package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"postern/app/scan"
	"postern/app/ui/kit"
)

// newField makes a field whose keyboard shows once somebody touches it. sent is called by
// Enter and by the key that sends.
func (u *UI) newField(text string, sent func()) *kit.Field {
	f := kit.NewField(text)
	f.Sent = sent
	f.Paste = func() {
		f.SetText(strings.TrimSpace(u.app.Clipboard().Content()))
		u.touched()
	}
	f.Pressed = func() {
		if !f.Active {
			f.Active = true
			u.root.Refresh()
		}
		u.touched()
	}
	return f
}

// inField gives a field the colours and words of its screen.
func (u *UI) inField(f *kit.Field, label, hint, send string) *kit.Field {
	f.Scale = u.grid().K * 1.35
	return f.In(u.palette(), kit.FieldWords{Label: label, Hint: hint, Send: send, Clear: u.say("keys.clear"), Paste: u.say("tool.paste")})
}

// keyboardFor is the keyboard at the foot of a window, while a field of the screen is active.
func (u *UI) keyboardFor(f *kit.Field) *kit.Pane {
	if f == nil || !f.Active {
		return nil
	}
	words := kit.KeyWords{Space: u.say("keys.space"), Rub: u.say("pin.rub"), Shift: u.say("keys.shift"), Hide: u.say("keys.hide")}
	return kit.NewKeyboard(f, u.palette().Keys(), words, func() {
		f.Active = false
		u.root.Refresh()
	})
}

// typeInto has a field take a character that may be a scanner's.
func (u *UI) typeInto(f *kit.Field, r rune) {
	if !u.keyboard.keys.Typing(u.opt.Now()) {
		f.Mark()
	}
	f.Type(r)
}

// takeScan takes what a scanner typed. It goes to the gate, and is taken out of the field that it ran into.
func (u *UI) takeScan(text string) {
	if f := u.behaviour().field; f != nil {
		f.Restore()
	}
	u.take(u.keyboard.profile.Reading(text, u.opt.Now(), scan.Wedge))
}

// fieldKey takes a key that gives no character, and reports whether it was the
// field's. The arrows move the ring unless the field is active.
func (u *UI) fieldKey(key fyne.KeyName) bool {
	f := u.behaviour().field
	if f == nil {
		return false
	}
	switch key {
	case fyne.KeyReturn, fyne.KeyEnter:
		if u.ringAt > 0 && !u.keyboard.keys.Typing(u.opt.Now()) {
			return false
		}
		return u.scanned(key) || f.Key(key)
	case fyne.KeyBackspace:
		return f.Key(key)
	}
	return f.Active && f.Key(key)
}

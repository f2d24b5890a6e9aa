package ui

import (
	"fyne.io/fyne/v2"

	"postern/app/ui/kit"
)

// newPage begins a page with its head: back at the left, the emergency at the right.
func (u *UI) newPage(size fyne.Size, title, sub string) *kit.Page {
	return u.newPageTo(size, title, sub, func() { u.open("check") })
}

// newPageTo begins a page that leads back elsewhere.
func (u *UI) newPageTo(size fyne.Size, title, sub string, back func()) *kit.Page {
	return kit.NewPage(u.palette(), u.grid(), size, u.head(title, sub, back))
}

func (u *UI) head(title, sub string, back func()) kit.Head {
	h := kit.Head{Title: title, Sub: sub}
	if back != nil {
		h.Back = kit.NewButton("", u.palette().Card, u.palette().Ink, back).WithIcon("icons/back").Named(u.say("pin.back"))
	}
	if u.state.Enrolled && !u.locked() {
		h.End = append(h.End, u.emergencyButton(func() { u.open("emergency") }).Edged(u.palette().Line))
	}
	return h
}

// standingLine says how fresh the data is, or that this device is no gate.
func (u *UI) standingLine() string {
	if !u.state.Enrolled {
		return u.say("bar.new_device")
	}
	text := u.say("age." + u.state.Age.String())
	if !u.state.Made.IsZero() {
		text += "·" + u.catalogue().Ago(u.state.Made, u.opt.Now())
	}
	return text
}

package ui

import (
	"fyne.io/fyne/v2"

	"postern/app/gate"
	"postern/app/ui/kit"
)

// noCodeScreen is the door for people without a code: each of its ways works with no network.
type noCodeScreen struct{}

func (*noCodeScreen) behave(u *UI) behaviour {
	b := u.page("check")
	b.codes = judged
	return b
}

// nobody stands for a person of whom there is no code and no verdict.
func (u *UI) nobody() from {
	return from{&verdictScreen{nobody: true, at: u.opt.Now(), party: &party{}}}
}

func (s *noCodeScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := kit.NewPage(u.palette(), size, u.say("no_code.title"))
	p.AddText(u.say("no_code.say"))
	way := func(key, icon string, do func()) {
		p.Add(kit.NewOutlined(u.say(key), p.Palette.Ink, do).WithIcon("icons/"+icon).Sized(20, 76))
	}
	way("step.register", "check", func() { u.show(&registerScreen{from: u.nobody(), purpose: gate.ForTest}) })
	way("step.look_up", "id", func() { u.show(&registerScreen{from: u.nobody(), purpose: gate.ForLookUp}) })
	way("step.supervisor", "today", func() { u.show(&supervisorScreen{u.nobody()}) })
	way("typing.title", "type", func() { u.open("type") })
	p.AtFoot(kit.NewRow(16, kit.NewOutlined(u.say("typing.back"), p.Palette.Ink, func() { u.open("check") })))
	return p.Layout()
}

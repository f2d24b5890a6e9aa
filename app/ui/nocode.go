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
func (u *UI) nobody() from { return from{&verdictScreen{nobody: true, at: u.opt.Now()}} }

// body has the ways as large as their room, the one that most people need filled.
func (s *noCodeScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPage(size, u.say("no_code.title"), u.say("no_code.say"))
	g := p.Grid
	ways := []*kit.Button{
		kit.NewButton(u.say("step.look_up"), p.Palette.Act, kit.White, func() {
			u.show(&registerScreen{from: u.nobody(), purpose: gate.ForLookUp})
		}).WithIcon("icons/id").Under(u.say("no_code.look_up_say")),
		kit.NewOutlined(u.say("step.register"), p.Palette.Ink, func() {
			u.show(&registerScreen{from: u.nobody(), purpose: gate.ForTest})
		}).WithIcon("icons/tube").Under(u.say("no_code.register_say")),
		kit.NewOutlined(u.say("step.supervisor"), p.Palette.Ink, func() { u.show(&supervisorScreen{u.nobody()}) }).
			WithIcon("icons/phone").Under(u.say("no_code.call_say")),
		kit.NewOutlined(u.say("typing.title"), p.Palette.Ink, func() { u.open("type") }).
			WithIcon("icons/type").Under(u.say("no_code.type_say")),
	}
	for _, b := range ways {
		b.Drawn(g.Of(64)).Leading(g.Of(32)).Sized(g.Of(38), g.Of(180))
	}
	if g.Wide {
		p.Add(kit.NewRow(g.Of(20), ways[0], ways[1]), kit.NewRow(g.Of(20), ways[2], ways[3]))
	} else {
		for _, b := range ways {
			p.Add(b)
		}
	}
	return p.Layout()
}

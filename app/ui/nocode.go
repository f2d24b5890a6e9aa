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
		kit.NewButton(u.say("step.register"), p.Palette.Card, p.Palette.Ink, func() {
			u.show(&registerScreen{from: u.nobody(), purpose: gate.ForTest})
		}).WithIcon("icons/tube").Under(u.say("no_code.register_say")).Edged(p.Palette.Line),
		kit.NewButton(u.say("step.supervisor"), p.Palette.Card, p.Palette.Ink, func() { u.show(&supervisorScreen{u.nobody()}) }).
			WithIcon("icons/phone").Under(u.say("no_code.call_say")).Edged(p.Palette.Line),
		kit.NewButton(u.say("typing.title"), p.Palette.Card, p.Palette.Ink, func() { u.open("type") }).
			WithIcon("icons/type").Under(u.say("no_code.type_say")).Edged(p.Palette.Line),
	}
	return kit.Fixed(size, append([]fyne.CanvasObject{p.Layout()}, s.lay(g, size, p.Top(), ways)...)...)
}

// lay gives the first way the most room, and the others equal shares of what is left.
func (s *noCodeScreen) lay(g kit.Grid, size fyne.Size, top float32, ways []*kit.Button) (placed []fyne.CanvasObject) {
	m, gap := g.Margin(), g.Of(20)
	y, w, h := top+g.Of(28), size.Width-2*m, size.Height-top-g.Of(60)
	for share := float32(1); ; share *= 0.95 {
		first, others := g.Of(46)*share, g.Of(40)*share
		for i, b := range ways {
			b.Drawn(g.Of(72)).Leading(g.Of(32)).Sized(others, 48)
			if i == 0 {
				b.Drawn(g.Of(120)).Sized(first, 48)
			}
		}
		n := float32(len(ways) - 1)
		left, right, high, each := w*0.52, w*0.48-gap, h, (h-gap*(n-1))/n
		if !g.Wide {
			left, right, high, each = w, w, h*0.32, (h*0.68-gap*n)/n
		}
		fits := ways[0].HeightFor(left) <= high
		for _, b := range ways[1:] {
			fits = fits && b.HeightFor(right) <= each
		}
		if !fits && share > 0.3 {
			continue
		}
		placed = append(placed, kit.Place(ways[0], m, y, left, high))
		for i, b := range ways[1:] {
			if g.Wide {
				placed = append(placed, kit.Place(b, m+left+gap, y+float32(i)*(each+gap), right, each))
			} else {
				placed = append(placed, kit.Place(b, m, y+high+gap+float32(i)*(each+gap), right, each))
			}
		}
		return placed
	}
}

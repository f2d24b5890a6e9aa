package ui

import (
	"fyne.io/fyne/v2"

	"postern/app/ui/kit"
)

// emergencyFace asks why somebody is let in first, in large words: a striped band, the
// star, the reasons, and the way back.
func (u *UI) emergencyFace(size fyne.Size, say string, choose func(reason string), back func()) fyne.CanvasObject {
	g := u.grid()
	m, band := g.Margin(), g.Of(40)
	stripes := kit.Stripes{A: kit.Chrome, B: kit.White, Wide: g.Of(28)}.On(fyne.NewPos(0, 0), 0)
	leave := kit.NewOutlined(u.say("pin.back"), kit.Chrome, back).WithIcon("icons/back").Sized(g.Of(28), g.Of(80))
	foot := size.Height - g.Of(32) - max(g.Of(80), 48)
	w := size.Width - 2*m
	objects := []fyne.CanvasObject{
		kit.Place(stripes, 0, 0, size.Width, band),
		kit.Place(leave, m, foot, min(max(leave.Natural(), g.Of(220)), w), max(g.Of(80), 48)),
	}
	for share := float32(1); ; share *= 0.94 {
		star := g.Of(88)
		title := kit.NewBeside(star, kit.Drawing("shapes/star", kit.Chrome, star), kit.NewStack(g.Of(6),
			kit.NewProse(u.say("emergency.title"), g.Of(60)*share, kit.Chrome).Bold().Tight(),
			kit.NewProse(say, g.Of(28)*share, kit.RGB(0x4f5a66))))
		th := title.HeightFor(w)
		top := band + g.Of(30)
		options := u.emergencies(g, share, w, foot-g.Of(28)-top-th-g.Of(24), choose)
		if options == nil && share*kit.Letters(1) > 0.5 {
			continue
		}
		objects = append(objects, kit.Place(title, m, top, w, th))
		if options == nil {
			options = kit.NewStack(0)
		}
		return kit.Fixed(size, append(objects, kit.Place(options, m, top+th+g.Of(24), w, foot-g.Of(28)-top-th-g.Of(24)))...)
	}
}

// emergencies are the reasons as large buttons, two and two where the window lies flat; nil
// where they do not fit.
func (u *UI) emergencies(g kit.Grid, share, width, height float32, choose func(reason string)) fyne.CanvasObject {
	columns, gap := 1, g.Of(20)
	if g.Wide {
		columns = 2
	}
	rows := (len(emergencies) + columns - 1) / columns
	w, h := (width-gap*float32(columns-1))/float32(columns), (height-gap*float32(rows-1))/float32(rows)
	if h < 48 {
		return nil
	}
	var placed []fyne.CanvasObject
	for i, reason := range emergencies {
		b := kit.NewOutlined(capital(u.say("recorded."+reason)), kit.Chrome, func() { choose(reason) }).
			Under(capital(u.second().Say("recorded."+reason))).Leading(g.Of(36)).Thick().Means(kit.LetsIn).Sized(g.Of(50)*share, 48)
		if b.HeightFor(w) > h {
			return nil
		}
		placed = append(placed, kit.Place(b, float32(i%columns)*(w+gap), float32(i/columns)*(h+gap), w, h))
	}
	return kit.Fixed(fyne.NewSize(width, height), placed...)
}

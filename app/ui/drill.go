package ui

import (
	"image"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/drill"
	"postern/app/qr"
	"postern/app/scan"
	"postern/app/ui/kit"
)

// drillScreen is the way into a drill and, while one runs, its cards.
type drillScreen struct {
	compare bool // IDs are to be compared
	working bool
	key     string // what went wrong
}

func (*drillScreen) behave(u *UI) behaviour { return u.page("settings") }

func (s *drillScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPage(size, u.say("drill.title"), u.standingLine())
	if s.key != "" {
		p.Add(p.Alert(p.Say(u.say(s.key), 26).Bold()))
	}
	if u.drill == nil {
		s.entrance(u, p)
	} else {
		s.cards(u, p)
	}
	return p.Layout()
}

func (s *drillScreen) entrance(u *UI, p *kit.Page) {
	p.AddText(u.say("drill.say"))
	if s.working {
		p.Add(p.Say(u.say("drill.working"), 26).Bold())
		return
	}
	pick := func(on bool) func() { return func() { s.compare = on; u.root.Refresh() } }
	p.Add(p.Quiet(u.say("drill.compare"), 24), kit.NewRow(12,
		choice(p, u.say("drill.yes"), s.compare, pick(true)), choice(p, u.say("drill.no"), !s.compare, pick(false))))
	p.Add(kit.Gap(4), kit.NewButton(u.say("drill.begin"), kit.PracticeGround, kit.PracticeInk, func() { s.begin(u) }).Sized(p.Grid.Of(30), p.Grid.Of(84)),
		p.Outlined(u.say("typing.back"), func() { u.open("settings") }))
}

func (s *drillScreen) begin(u *UI) {
	if s.working || u.backend == nil {
		return
	}
	s.working, s.key = true, ""
	u.root.Refresh()
	u.begin(s, s.compare, func(err error) {
		s.working = false
		if err != nil {
			s.key = "drill.failed"
		}
		if u.screen == s {
			u.root.Refresh()
		}
	})
}

// openDrill begins a drill or, in one that runs, shows its parts by name.
func (u *UI) openDrill(name string) {
	switch s := (&drillScreen{}); {
	case u.drill == nil:
		u.show(s)
		s.begin(u)
	case name == "drill-card":
		u.show(&cardScreen{})
	case name == "drill-shown":
		(&cardScreen{}).present(u)
	case name == "drill-score":
		s.end(u)
	default:
		u.show(s)
	}
}

// Practising reports whether a drill runs. It is called off Fyne's thread.
func (u *UI) Practising() (runs bool) {
	u.doAndWait(func() { runs = u.drill != nil })
	return runs
}

// cards lists who stands at the practice gate.
func (s *drillScreen) cards(u *UI, p *kit.Page) {
	r := u.drill
	p.AddText(u.say("drill.cards_say", "pin", drill.PIN))
	results, _ := r.Score()
	rows := kit.NewStack(10)
	for i, it := range results {
		text := u.say("drill.card", "n", strconv.Itoa(i+1), "who", u.say("scene."+it.Scene))
		b := p.Outlined(text, func() { u.show(&cardScreen{at: i}) })
		if it.Did != drill.Nothing {
			b = kit.NewButton(text, kit.Blend(p.Palette.Ground, p.Palette.Ink, 0.14), p.Palette.Ink, func() { u.show(&cardScreen{at: i}) }).WithIcon("icons/tick")
		}
		rows.Add(b.Sized(p.Grid.Of(26), p.Grid.Of(76)))
	}
	p.Add(rows)
	switch {
	case r.away:
		p.Add(kit.NewStack(0, p.Say(u.say("drill.cut_said"), 24)).On(p.Palette.Card, p.Grid.Of(24)).Lined(p.Palette.Line))
	case r.mayCut():
		p.Add(p.Outlined(u.say("drill.cut"), func() {
			r.Cut(cutFor)
			r.away = true
			u.refreshState(u.root.Refresh)
		}))
	}
	p.AtFoot(kit.NewButton(u.say("drill.end"), kit.PracticeGround, kit.PracticeInk, func() { s.end(u) }).Sized(p.Grid.Of(30), p.Grid.Of(84)))
}

func (s *drillScreen) end(u *UI) {
	results, right := u.drill.Score()
	u.finish(func() { u.show(&scoreScreen{results: results, right: right}) })
}

// cardScreen is one practice code, as large as another device likes it.
type cardScreen struct {
	at     int
	answer bool // what the guard should do is asked for
}

func (*cardScreen) behave(u *UI) behaviour { return u.page("settings") }

// present shows the code to this device.
func (s *cardScreen) present(u *UI) {
	u.drill.drawn = true
	u.submit(scan.Reading{Text: u.drill.cards[s.at].Text, At: u.opt.Now(), Source: scan.Typed})
}

func (s *cardScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	if u.drill == nil || s.at >= len(u.drill.cards) {
		return kit.Fixed(size)
	}
	c := u.drill.cards[s.at]
	p := u.newPageTo(size, u.say("drill.of", "n", strconv.Itoa(s.at+1), "all", strconv.Itoa(len(u.drill.cards))), "", func() { u.open("drill") })
	p.AddPicture(kit.NewPane(fyne.NewSize(1, size.Height*0.42), func(size fyne.Size) fyne.CanvasObject {
		side := min(size.Width, size.Height)
		code := practiceCode(c.Text, fyne.NewSquareSize(side))
		return kit.Fixed(size, kit.Place(code, (size.Width-side)/2, (size.Height-side)/2, side, side))
	}))
	p.Add(p.Say(u.say("scene."+c.Scene), 34).Bold(), p.Quiet(u.say("drill.scan"), 24), p.Filled(u.say("drill.show"), func() { s.present(u) }))
	if s.answer {
		p.Add(p.Card(p.Say(capital(u.say("act."+string(c.Want))), 28).Bold(), p.Say(u.say("scene_why."+c.Scene), 24)))
	} else {
		p.Add(p.Outlined(u.say("drill.what"), func() { s.answer = true; u.root.Refresh() }))
	}
	last := kit.NewRow(12, p.Outlined(u.say("drill.all"), func() { u.open("drill") }))
	if s.at+1 < len(u.drill.cards) {
		last.Add(p.Outlined(u.say("drill.following"), func() { u.show(&cardScreen{at: s.at + 1}) }))
	}
	p.Add(last)
	return p.Layout()
}

// practiceCode draws a code on white, with sharp modules.
func practiceCode(text string, size fyne.Size) fyne.CanvasObject {
	ground := canvas.NewRectangle(kit.White)
	ground.CornerRadius = 14
	var drawn image.Image
	drawn, err := qr.Draw(text, 8)
	if err != nil { // a text of the drill's own fits; were it not so, the card can still be shown here
		return kit.Fixed(size, kit.Place(ground, 0, 0, size.Width, size.Height))
	}
	img := canvas.NewImageFromImage(drawn)
	img.FillMode, img.ScaleMode = canvas.ImageFillContain, canvas.ImageScalePixels
	const edge = 6
	return kit.Fixed(size, kit.Place(ground, 0, 0, size.Width, size.Height), kit.Place(img, edge, edge, size.Width-2*edge, size.Height-2*edge))
}

// scoreScreen is how a drill went, card by card, with what was right.
type scoreScreen struct {
	results []drill.Result
	right   int
}

// behave has whoever comes now judged: the drill is over.
func (*scoreScreen) behave(u *UI) behaviour {
	b := u.page("settings")
	b.codes = judged
	return b
}

func (s *scoreScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPage(size, u.say("drill.score", "right", strconv.Itoa(s.right), "n", strconv.Itoa(len(s.results))), "")
	p.AddText(u.say("drill.over"))
	for i, it := range s.results {
		shape := "icons/tick"
		if !it.Right {
			shape = "icons/cross"
		}
		words := kit.NewStack(3, p.Say(u.say("drill.card", "n", strconv.Itoa(i+1), "who", u.say("scene."+it.Scene)), 26).Bold())
		if !it.Right {
			words.Add(p.Say(u.say("drill.did", "did", u.say("act."+actKey(it.Did)), "want", u.say("act."+string(it.Want))), 24))
		}
		words.Add(p.Quiet(u.say("scene_why."+it.Scene)+u.say("lang.aside", "said", u.catalogue().Code(string(it.Reason))), 22))
		p.Add(kit.NewBeside(p.Grid.Of(52), kit.Drawing(shape, p.Palette.Ink, p.Grid.Of(52)), words).On(p.Palette.Card, p.Grid.Of(24)).Lined(p.Palette.Line))
	}
	p.Add(kit.NewRow(12, p.Outlined(u.say("drill.again"), func() { u.open("drill") }),
		p.Filled(u.say("drill.done"), func() { u.open("check") })))
	return p.Layout()
}

func actKey(a drill.Action) string {
	if a == drill.Nothing {
		return "nothing"
	}
	return string(a)
}

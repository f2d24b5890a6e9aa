package ui

import (
	"image"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/drill"
	"postern/app/qr"
	"postern/app/scan"
)

// drillScreen is the way into a drill and, while one runs, its cards.
type drillScreen struct {
	compare bool // IDs are to be compared
	working bool
	key     string // what went wrong
}

func (*drillScreen) skin(u *UI) paint { return u.pagePaint() }
func (*drillScreen) tab() string      { return "settings" }

func (s *drillScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPage(size, u.say("drill.title"))
	if s.key != "" {
		p.add(newStack(0, newProse(u.say(s.key), 18, checkInk).strong()).on(checkAmber, 16))
	}
	if u.drill == nil {
		s.entrance(u, p)
	} else {
		s.cards(u, p)
	}
	return p.done()
}

func (s *drillScreen) entrance(u *UI, p *page) {
	p.body(u.say("drill.say"))
	if s.working {
		p.add(newProse(u.say("drill.working"), 18, p.sheet.ink).strong())
		return
	}
	pick := func(on bool) func() { return func() { s.compare = on; u.root.Refresh() } }
	p.add(newProse(u.say("drill.compare"), 17, p.sheet.faint), newRow(12,
		choice(p, u.say("drill.yes"), s.compare, pick(true)), choice(p, u.say("drill.no"), !s.compare, pick(false))))
	p.add(gap(4), newPress(u.say("drill.begin"), practiceGround, practiceInk, func() { s.begin(u) }),
		newOutline(u.say("typing.back"), p.sheet.ink, func() { u.open("settings") }))
}

func (s *drillScreen) begin(u *UI) {
	if s.working || u.back == nil {
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
func (s *drillScreen) cards(u *UI, p *page) {
	r := u.drill
	p.body(u.say("drill.cards_say", "pin", drill.PIN))
	results, _ := r.Score()
	rows := newStack(10)
	for i, it := range results {
		said := u.say("drill.card", "n", strconv.Itoa(i+1), "who", u.say("scene."+it.Scene))
		b := newOutline(said, p.sheet.ink, func() { u.show(&cardScreen{at: i}) })
		if it.Did != drill.Nothing {
			b = newPress(said, blend(p.sheet.ground, p.sheet.ink, 0.14), p.sheet.ink, func() { u.show(&cardScreen{at: i}) }).with("shapes/done")
		}
		rows.add(b.sized(17, 54))
	}
	p.add(rows)
	switch {
	case r.away:
		p.add(newStack(0, newProse(u.say("drill.cut_said"), 17, p.sheet.ink)).on(p.sheet.card, 16))
	case r.mayCut():
		p.add(newOutline(u.say("drill.cut"), p.sheet.ink, func() {
			r.Cut(cutFor)
			r.away = true
			u.lookAtState(u.root.Refresh)
		}))
	}
	p.add(newPress(u.say("drill.end"), practiceGround, practiceInk, func() { s.end(u) }))
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

func (*cardScreen) skin(u *UI) paint { return u.pagePaint() }
func (*cardScreen) tab() string      { return "settings" }

// present shows the code to this device.
func (s *cardScreen) present(u *UI) {
	u.drill.drawn = true
	u.submit(scan.Reading{Text: u.drill.cards[s.at].Text, At: u.opt.Now(), Source: scan.Typed})
}

func (s *cardScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	if u.drill == nil || s.at >= len(u.drill.cards) {
		return fixed(size)
	}
	c := u.drill.cards[s.at]
	words := []fyne.CanvasObject{
		newProse(u.say("drill.of", "n", strconv.Itoa(s.at+1), "all", strconv.Itoa(len(u.drill.cards))), 17, u.sheet().faint),
		newProse(u.say("scene."+c.Scene), 24, u.sheet().ink).strong(),
		newProse(u.say("drill.scan"), 16, u.sheet().faint),
	}
	buttons := []fyne.CanvasObject{newPress(u.say("drill.show"), admitGreen, white, func() { s.present(u) })}
	if s.answer {
		buttons = append(buttons, newStack(4, newProse(capital(u.say("act."+string(c.Want))), 19, u.sheet().ink).strong(),
			newProse(u.say("scene_why."+c.Scene), 17, u.sheet().ink)).on(u.sheet().card, 16))
	} else {
		buttons = append(buttons, newOutline(u.say("drill.what"), u.sheet().ink, func() { s.answer = true; u.root.Refresh() }))
	}
	last := newRow(12, newOutline(u.say("drill.all"), u.sheet().ink, func() { u.open("drill") }))
	if s.at+1 < len(u.drill.cards) {
		last.add(newOutline(u.say("drill.following"), u.sheet().ink, func() { u.show(&cardScreen{at: s.at + 1}) }))
	}
	buttons = append(buttons, last)
	code := newBuilt(fyne.NewSize(1, 1), func(size fyne.Size) fyne.CanvasObject { return practiceCode(c.Text, size) })
	pad := pagePad(size)
	if isWide(size) && size.Width >= 700 {
		side := min(size.Height-2*pad, size.Width*0.5)
		w := size.Width - side - 3*pad
		return fixed(size, place(code, pad, pad, side, side),
			scrolled(newStack(14, append(words, buttons...)...), side+2*pad, pad, w, size.Height-pad))
	}
	w := min(size.Width-2*pad, pageWidth)
	side := min(w, size.Height*0.42)
	page := newStack(12, gap(4))
	page.add(words...)
	page.add(newBuilt(fyne.NewSize(1, side), func(given fyne.Size) fyne.CanvasObject {
		return fixed(given, place(code, (given.Width-side)/2, 0, side, side))
	}))
	page.add(buttons...)
	page.add(gap(12))
	return fixed(size, scrolled(page, (size.Width-w)/2, 0, w, size.Height))
}

// practiceCode draws a code on white, with sharp modules.
func practiceCode(text string, size fyne.Size) fyne.CanvasObject {
	ground := canvas.NewRectangle(white)
	ground.CornerRadius = 14
	var drawn image.Image
	drawn, err := qr.Draw(text, 8)
	if err != nil { // a text of the drill's own fits; were it not so, the card can still be shown here
		return fixed(size, place(ground, 0, 0, size.Width, size.Height))
	}
	img := canvas.NewImageFromImage(drawn)
	img.FillMode, img.ScaleMode = canvas.ImageFillContain, canvas.ImageScalePixels
	const edge = 6
	return fixed(size, place(ground, 0, 0, size.Width, size.Height), place(img, edge, edge, size.Width-2*edge, size.Height-2*edge))
}

// scoreScreen is how a drill went, card by card, with what was right.
type scoreScreen struct {
	results []drill.Result
	right   int
}

func (*scoreScreen) skin(u *UI) paint { return u.pagePaint() }
func (*scoreScreen) tab() string      { return "settings" }

func (s *scoreScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPage(size, u.say("drill.score", "right", strconv.Itoa(s.right), "n", strconv.Itoa(len(s.results))))
	p.body(u.say("drill.over"))
	for i, it := range s.results {
		shape, ink := "shapes/admit", p.sheet.ink
		if !it.Right {
			shape = "shapes/refuse"
		}
		words := newStack(3, newProse(u.say("drill.card", "n", strconv.Itoa(i+1), "who", u.say("scene."+it.Scene)), 18, ink).strong())
		if !it.Right {
			words.add(newProse(u.say("drill.did", "did", u.say("act."+actKey(it.Did)), "want", u.say("act."+string(it.Want))), 17, ink))
		}
		words.add(newProse(u.say("scene_why."+it.Scene)+u.say("lang.aside", "said", u.t().code(string(it.Reason))), 16, p.sheet.faint))
		p.add(newBeside(36, drawing(shape, ink, 36), words).on(p.sheet.card, 14))
	}
	p.add(newRow(12, newOutline(u.say("drill.again"), p.sheet.ink, func() { u.open("drill") }),
		newPress(u.say("drill.done"), admitGreen, white, func() { u.open("check") })))
	return p.done()
}

func actKey(a drill.Action) string {
	if a == drill.Nothing {
		return "nothing"
	}
	return string(a)
}

package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/look"
	"postern/app/ui/kit"
	"postern/sync/journal"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// frame builds the window: the bar on top, the screen, the tabs.
func (u *UI) frame(size fyne.Size) fyne.CanvasObject {
	b := u.behaviour()
	ground := canvas.NewRectangle(b.paint.Ground)
	objects := []fyne.CanvasObject{kit.Place(ground, 0, 0, size.Width, size.Height)}
	barHeight := max(min(size.Height*0.09, 48), kit.Letters(23))
	u.bar = kit.NewPane(fyne.NewSize(1, 1), u.buildBar)
	top := barHeight + u.bandHeight(size.Width)
	x, y, w, h := float32(0), top, size.Width, size.Height-top
	locked := u.locked()
	board := u.keyboardFor(b.field)
	if board != nil {
		h -= min(kit.KeyboardHeight(size), h)
	}
	if b.tab != "" && !locked && board == nil {
		nav := max(min(size.Height*0.14, 68), kit.Letters(22)+26)
		if kit.IsWide(size) {
			nav = max(104, u.widestTab())
			objects = append(objects, kit.Place(u.tabs(true, fyne.NewSize(nav, h)), u.mirror(0, nav, w), y, nav, h))
			x, w = u.mirror(nav, w-nav, w), w-nav
		} else {
			objects = append(objects, kit.Place(u.tabs(false, fyne.NewSize(w, nav)), 0, size.Height-nav, w, nav))
			h -= nav
		}
	}
	body := u.buildBody(fyne.NewSize(w, h))
	objects = append(objects, kit.Place(body, x, y, w, h), kit.Place(u.bar, 0, 0, size.Width, barHeight))
	if board != nil { // its words come from the body
		objects = append(objects, kit.Place(board, 0, y+h, size.Width, size.Height-y-h))
	}
	objects = append(objects, u.band(size, barHeight)...)
	u.chip = kit.NewPane(fyne.NewSize(1, 1), u.buildChip)
	objects = append(objects, kit.Place(u.chip, 0, top, size.Width, 1))
	if locked {
		objects = append(objects, u.corner())
	}
	if u.kiosk.dim && locked { // nothing shines through
		return u.dimmed(size)
	}
	shown := kit.Fixed(size, u.opt.Meter.probe(objects)...)
	u.steady(shown, b.field)
	if u.ringAt > 0 { // what was ringed is made anew
		u.drawRing(shown)
	}
	return shown
}

// steady keeps what was scrolled where it was while the same screen is built anew,
// and lets no finger hit what has come under it meanwhile.
func (u *UI) steady(shown fyne.CanvasObject, f *kit.Field) {
	if u.framed == u.screen && u.root.Shown != nil {
		kit.Keep(u.root.Shown, shown)
		if kit.Moved(u.root.Shown, shown) {
			u.shield.Cover(u.after)
		}
	}
	u.framed = u.screen
	if f != nil && f.Active {
		kit.RevealField(shown, f)
	}
}

// buildBar says on the left how fresh the data is, or what became of the
// check, and on the right where this gate stands and what waits to be sent.
func (u *UI) buildBar(size fyne.Size) fyne.CanvasObject {
	colours := kit.Paint{Ground: kit.Chrome, Ink: kit.White}
	if b := u.behaviour(); b.tab == "" {
		colours = b.paint
	}
	ground := canvas.NewRectangle(colours.Ground)
	objects := []fyne.CanvasObject{kit.Place(ground, 0, 0, size.Width, size.Height)}
	const pad, small = 18, 15
	left, mark := u.barLeft(colours)
	at := float32(pad)
	if mark != nil {
		side := mark.MinSize().Width
		objects = append(objects, kit.Place(mark, at, (size.Height-side)/2, side, side))
		at += side + 8
	}
	half := size.Width - 2*pad
	l := kit.DropFacts(left, small, half*0.6-(at-pad))
	lt := kit.Text(l, small, colours.Ink, true)
	lw := lt.MinSize().Width
	r := u.barRight(small, size.Width-pad-at-lw-16)
	rt := kit.Line(r, small, colours.Ink, true) // with the name of who is on duty
	height, rw := lt.MinSize().Height, rt.MinSize().Width
	objects = append(objects,
		kit.Place(lt, at, (size.Height-height)/2, lw, height),
		kit.Place(rt, size.Width-pad-rw, (size.Height-height)/2, rw, height))
	return kit.Fixed(size, objects...)
}

func (u *UI) barLeft(colours kit.Paint) (string, fyne.CanvasObject) {
	if s := u.behaviour().about; s != nil {
		return u.say(u.recordedWord(s.v)), kit.Drawing("shapes/"+look.Name(s.v.Outcome), colours.Ink, 20)
	}
	if u.backend == nil {
		return u.say("check.opening"), nil
	}
	if !u.state.Enrolled {
		return u.say("bar.new_device"), kit.Dot(kit.DotBlind, 12)
	}
	text := u.ageWord()
	if !u.state.Made.IsZero() {
		text += "·" + u.catalogue().Ago(u.state.Made, u.opt.Now())
	}
	if u.behaviour().tab == "" { // on a coloured screen the dot's colour would mean something else
		return text, kit.Dot(colours.Ink, 12)
	}
	return text, kit.Dot(kit.AgeColour(u.state.Age), 12)
}

// recordedWord is the key for what became of the entry of a verdict.
func (u *UI) recordedWord(v verdict.Verdict) string {
	switch {
	case u.drill != nil:
		return "bar.practice"
	case v.Reason == verdict.NotRecorded:
		return "bar.not_recorded"
	}
	return "bar.recorded"
}

func (u *UI) ageWord() string { return u.say("age." + u.state.Age.String()) }

// barRight says the place, the way, who is on duty and what waits to be sent;
// the place is shortened first.
func (u *UI) barRight(size, room float32) string {
	var parts []string
	switch u.state.Way {
	case journal.In:
		parts = append(parts, u.say("direction.in"))
	case journal.Out:
		parts = append(parts, u.say("direction.out"))
	}
	if name := u.state.Shift.Name; name != "" {
		parts = append(parts, name)
	}
	if u.state.Backlog > 0 && u.behaviour().tab != "" {
		parts = append(parts, u.say("bar.backlog", "n", wording.Number(u.state.Backlog)))
	}
	rest := strings.Join(parts, "·")
	place := u.state.Place
	if place == "" || u.drill != nil { // the band says where a drill takes place
		return kit.Shorten(rest, size, room)
	}
	if rest != "" {
		rest = "·" + rest
	}
	used := kit.Line(rest, size, kit.White, true).MinSize().Width
	return kit.DropFacts(kit.Shorten(place, size, max(room-used, kit.Letters(3*size)))+rest, size, room)
}

// tabNames are the tabs in their order; each has a drawing of the same name.
var tabNames = []string{"check", "today", "sync", "settings"}

// widestTab is the room that tabs at the side need for their words.
func (u *UI) widestTab() float32 {
	w := float32(0)
	for _, name := range tabNames {
		w = max(w, kit.Text(u.say("nav."+name), kit.TabLetters, kit.White, true).MinSize().Width+12)
	}
	return w
}

func (u *UI) tabs(side bool, size fyne.Size) fyne.CanvasObject {
	ground := canvas.NewRectangle(kit.Chrome)
	objects := []fyne.CanvasObject{kit.Place(ground, 0, 0, size.Width, size.Height)}
	on := u.behaviour().tab
	for i, name := range tabNames {
		t := kit.NewTab(u.say("nav."+name), "icons/"+name, on == name, func() { u.open(name) })
		if side {
			h := min(size.Height/float32(len(tabNames)), 104)
			objects = append(objects, kit.Place(t, 0, float32(i)*h, size.Width, h))
			continue
		}
		w := size.Width / float32(len(tabNames))
		objects = append(objects, kit.Place(t, float32(i)*w, 0, w, size.Height))
	}
	return kit.Fixed(size, objects...)
}

// Open shows a screen by name: check, type, picture, today, sync, settings, shift, start, drill, help or enrol;
// while a verdict shows, what its buttons lead to: ways, emergency, supervisor, register, and help for its code;
// and practise begins a drill: see [UI.Practising].
func (u *UI) Open(name string) { u.do(func() { u.open(name) }) }

func (u *UI) open(name string) {
	if v := u.behaviour().about; v != nil {
		switch name {
		case "ways":
			u.show(&stepsScreen{from{v}})
			return
		case "emergency", "supervisor", "register":
			v.step(u, verdict.Step(name))
			return
		}
	}
	if u.locked() && name != "check" { // visitors stay where they are
		return
	}
	if u.drill != nil && (name == "settings" || name == "enrol") { // they would change the real gate
		name = "drill"
	}
	switch name {
	case "practise", "drill-cards", "drill-card", "drill-shown", "drill-score":
		u.openDrill(name)
	case "help":
		u.show(newHelp(u, u.behaviour().about))
	case "start":
		u.show(newStart(u))
	case "drill":
		u.show(&drillScreen{})
	case "today":
		u.show(newToday(u))
	case "sync":
		u.show(&syncScreen{})
		u.refreshState(nil) // with what it alone shows
	case "settings":
		u.show(newSettings())
	case "shift":
		u.show(newShift(u))
	case "enrol":
		u.show(newEnrol(u, ""))
	case "picture":
		u.choosePicture(u.takeCodes)
	case "no_code":
		u.show(&noCodeScreen{})
	case "emergency":
		u.show(&emergencyScreen{u.nobody()})
	case "type":
		u.show(newTyping(u, ""))
	default:
		u.show(&checkScreen{})
	}
}

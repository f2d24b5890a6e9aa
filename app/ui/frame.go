package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/ui/kit"
	"postern/sync/verdict"
)

// frame builds the window: the screen, over a verdict and what leads from it a
// bar, round a refusal barrier tape, and at the foot the keyboard of a field.
func (u *UI) frame(size fyne.Size) fyne.CanvasObject {
	u.size, u.ages = size, nil
	b := u.behaviour()
	ground := canvas.NewRectangle(b.paint.Ground)
	objects := []fyne.CanvasObject{kit.Place(ground, 0, 0, size.Width, size.Height)}
	in, band := u.tapeWidth(b), u.bandHeight(size.Width)
	x, y, w, h := in, band+in, size.Width-2*in, size.Height-band-2*in
	board := u.keyboardFor(b.field)
	if board != nil {
		h -= min(kit.KeyboardHeight(size), h)
	}
	u.bar = kit.NewPane(fyne.NewSize(1, 1), u.buildBar)
	locked := u.locked()
	if b.about != nil && !locked { // visitors need not know
		bar := barHeight(u.grid())
		objects = append(objects, kit.Place(u.bar, x, y, w, bar))
		u.ages = append(u.ages, u.bar)
		y, h = y+bar, h-bar
	}
	objects = append(objects, kit.Place(u.buildBody(fyne.NewSize(w, h)), x, y, w, h))
	u.everySecond(u.ages...)
	if board != nil { // its words come from the body
		objects = append(objects, kit.Place(board, 0, y+h, size.Width, size.Height-y-h))
	}
	if in > 0 {
		tape := kit.Tape(fyne.NewSize(size.Width, size.Height-band), in, b.paint.Ground)
		objects = append(objects, kit.Place(kit.Fixed(fyne.NewSize(size.Width, size.Height-band), tape...), 0, band, size.Width, size.Height-band))
	}
	objects = append(objects, u.band(size, 0)...)
	if u.chip = u.bar; b.about == nil || locked { // else the bar says it
		u.chip = kit.NewPane(fyne.NewSize(1, 1), u.buildChip)
		objects = append(objects, kit.Place(u.chip, 0, y, size.Width, 1))
	}
	if locked && b.kiosk != asksPIN { // there the way back is in that corner
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

// grid is how large the window is drawn.
func (u *UI) grid() kit.Grid { return kit.NewGrid(u.size) }

// tapeWidth is how wide the barrier tape round the window is; 0 where nobody is refused.
func (u *UI) tapeWidth(b behaviour) float32 {
	if b.about == nil || u.locked() || b.about.v.Outcome != verdict.Refuse || b.paint != b.about.paint(u) {
		return 0
	}
	return u.grid().Of(20)
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

// Open shows a screen by name: check, type, picture, today, sync, settings, shift, start, drill, help or enrol;
// while a verdict shows, what its buttons lead to: ways, emergency, supervisor, register, and help for its code;
// and practise begins a drill: see [UI.Practising].
func (u *UI) Open(name string) { u.do(func() { u.open(name) }) }

func (u *UI) open(name string) {
	if b := u.behaviour(); b.list && name == "emergency" { // of a list it is not known whose it is
		u.show(&emergencyScreen{from: u.nobody()})
		return
	} else if v := b.about; v != nil {
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
		u.show(&emergencyScreen{from: u.nobody()})
	case "type":
		u.show(newTyping(u, ""))
	default:
		u.show(&checkScreen{})
	}
}

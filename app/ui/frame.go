package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"postern/sync/journal"
	"postern/sync/verdict"
)

// isWide reports whether a window lies flat: the tabs then stand at its side.
func isWide(size fyne.Size) bool { return size.Width > size.Height*1.15 }

// frame builds the window: the bar on top, the screen, the tabs.
func (u *UI) frame(size fyne.Size) fyne.CanvasObject {
	skin := u.screen.skin(u)
	ground := canvas.NewRectangle(skin.ground)
	objects := []fyne.CanvasObject{place(ground, 0, 0, size.Width, size.Height)}
	barHeight := max(min(size.Height*0.09, 48), letters(23))
	u.bar = newBuilt(fyne.NewSize(1, 1), u.buildBar)
	top := barHeight + u.bandHeight(size.Width)
	x, y, w, h := float32(0), top, size.Width, size.Height-top
	locked := u.locked()
	if u.screen.tab() != "" && !locked {
		nav := max(min(size.Height*0.14, 68), letters(22)+26)
		if isWide(size) {
			nav = max(104, u.widestTab())
			objects = append(objects, place(u.tabs(true, fyne.NewSize(nav, h)), u.mirror(0, nav, w), y, nav, h))
			x, w = u.mirror(nav, w-nav, w), w-nav
		} else {
			objects = append(objects, place(u.tabs(false, fyne.NewSize(w, nav)), 0, size.Height-nav, w, nav))
			h -= nav
		}
	}
	body := u.bodyOf(fyne.NewSize(w, h))
	objects = append(objects, place(body, x, y, w, h), place(u.bar, 0, 0, size.Width, barHeight))
	objects = append(objects, u.band(size, barHeight)...)
	if locked {
		objects = append(objects, u.corner())
	}
	if u.kiosk.dim && locked { // nothing shines through
		return u.dimmed(size)
	}
	shown := fixed(size, u.opt.Meter.probe(objects)...)
	if u.ringAt > 0 { // what was ringed is made anew
		u.drawRing(shown)
	}
	return shown
}

// buildBar says on the left how fresh the data is, or what became of the
// check, and on the right where this gate stands and what waits to be sent.
func (u *UI) buildBar(size fyne.Size) fyne.CanvasObject {
	skin := paint{chrome, white}
	if u.screen.tab() == "" {
		skin = u.screen.skin(u)
	}
	ground := canvas.NewRectangle(skin.ground)
	objects := []fyne.CanvasObject{place(ground, 0, 0, size.Width, size.Height)}
	const pad, small = 18, 15
	left, mark := u.barLeft(skin)
	at := float32(pad)
	if mark != nil {
		side := mark.MinSize().Width
		objects = append(objects, place(mark, at, (size.Height-side)/2, side, side))
		at += side + 8
	}
	half := size.Width - 2*pad
	l := fewer(left, small, half*0.6-(at-pad))
	lt := text(l, small, skin.ink, true)
	lw := lt.MinSize().Width
	r := u.barRight(small, size.Width-pad-at-lw-16)
	rt := text(r, small, skin.ink, true)
	rt.Alignment = fyne.TextAlignTrailing
	height := lt.MinSize().Height
	objects = append(objects,
		place(lt, at, (size.Height-height)/2, lw, height),
		place(rt, at+lw+16, (size.Height-height)/2, size.Width-pad-at-lw-16, height))
	return fixed(size, objects...)
}

func (u *UI) barLeft(skin paint) (string, fyne.CanvasObject) {
	if s := about(u.screen); s != nil {
		return u.say(u.recordedWord(s.v)), drawing("shapes/"+outcomeName(s.v.Outcome), skin.ink, 20)
	}
	if u.back == nil {
		return u.say("check.opening"), nil
	}
	if !u.state.Enrolled {
		return u.say("bar.new_device"), dot(dotBlind, 12)
	}
	said := u.ageWord()
	if !u.state.Made.IsZero() {
		said += "·" + u.t().Ago(u.state.Made, u.opt.Now())
	}
	if u.screen.tab() == "" { // on a coloured screen the dot's colour would mean something else
		return said, dot(skin.ink, 12)
	}
	return said, dot(ageColour(u.state.Age), 12)
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

func (u *UI) ageWord() string { return u.say("age." + ageName(u.state.Age)) }

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
	if u.state.Backlog > 0 && u.screen.tab() != "" {
		parts = append(parts, u.say("bar.backlog", "n", Number(u.state.Backlog)))
	}
	rest := strings.Join(parts, "·")
	place := u.state.Place
	if place == "" || u.drill != nil { // the band says where a drill takes place
		return cut(rest, size, room)
	}
	if rest != "" {
		rest = "·" + rest
	}
	used := text(rest, size, white, true).MinSize().Width
	return fewer(cut(place, size, max(room-used, letters(3*size)))+rest, size, room)
}

// fewer leaves out the last of the facts between dots until the others fit; the first is cut if it must be.
func fewer(s string, size, width float32) string {
	for at := 0; cut(s, size, width) != plain(s); s = s[:at] {
		if at = strings.LastIndex(s, "·"); at < 0 {
			return cut(s, size, width)
		}
	}
	return plain(s)
}

func dot(ink color.Color, side float32) fyne.CanvasObject {
	c := canvas.NewRectangle(ink)
	c.CornerRadius = side / 2
	c.SetMinSize(fyne.NewSquareSize(side))
	return c
}

// cut shortens a line that is too long for a width; what is cut off is shown by an ellipsis.
func cut(s string, size, width float32) string {
	s = plain(s)
	measure := func(s string) float32 { return fyne.MeasureText(s, letters(size), fyne.TextStyle{Bold: true}).Width }
	if measure(s) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && measure(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// tabNames are the tabs in their order; each has a drawing of the same name.
var tabNames = []string{"check", "today", "sync", "settings"}

// widestTab is the room that tabs at the side need for their words.
func (u *UI) widestTab() float32 {
	w := float32(0)
	for _, name := range tabNames {
		w = max(w, text(u.say("nav."+name), tabLetters, white, true).MinSize().Width+12)
	}
	return w
}

func (u *UI) tabs(side bool, size fyne.Size) fyne.CanvasObject {
	ground := canvas.NewRectangle(chrome)
	objects := []fyne.CanvasObject{place(ground, 0, 0, size.Width, size.Height)}
	for i, name := range tabNames {
		t := newTab(u.say("nav."+name), "icons/"+name, u.screen.tab() == name, func() { u.open(name) })
		if side {
			h := min(size.Height/float32(len(tabNames)), 104)
			objects = append(objects, place(t, 0, float32(i)*h, size.Width, h))
			continue
		}
		w := size.Width / float32(len(tabNames))
		objects = append(objects, place(t, float32(i)*w, 0, w, size.Height))
	}
	return fixed(size, objects...)
}

// Open shows a screen by name: check, type, today, sync, settings, shift, start, drill, help or enrol;
// while a verdict shows, what its buttons lead to: ways, emergency, supervisor, register, and help for its code;
// and practise begins a drill: see [UI.Practising].
func (u *UI) Open(name string) { u.do(func() { u.open(name) }) }

func (u *UI) open(name string) {
	if v, ok := u.screen.(*verdictScreen); ok {
		switch name {
		case "ways":
			u.show(&waysScreen{from{v}})
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
		u.show(newHelp(u, about(u.screen)))
	case "start":
		u.show(newStart(u))
	case "drill":
		u.show(&drillScreen{})
	case "today":
		u.show(newToday(u))
	case "sync":
		u.show(&syncScreen{})
		u.lookAtState(nil) // with what it alone shows
	case "settings":
		u.show(newSettings())
	case "shift":
		u.show(newShift(u))
	case "enrol":
		u.show(newEnrol(u, ""))
	case "type":
		u.show(newTyping(u, ""))
	default:
		u.show(&checkScreen{})
	}
}

// tabLetters is the size of the words on tabs.
const tabLetters = 14

// tab is one tab: a drawing over a word.
type tab struct {
	widget.BaseWidget
	said, icon string
	on, ringed bool
	do         func()
	shown      *built
}

func newTab(said, icon string, on bool, do func()) *tab {
	t := &tab{said: said, icon: icon, on: on, do: do}
	t.shown = newBuilt(fyne.NewSize(1, 1), t.build)
	t.ExtendBaseWidget(t)
	return t
}

func (t *tab) ring(on bool) {
	if t.ringed != on {
		t.ringed = on
		t.shown.Refresh()
	}
}

func (t *tab) Tapped(*fyne.PointEvent) { t.do() }

func (t *tab) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(t.shown)
}

func (t *tab) build(size fyne.Size) fyne.CanvasObject {
	ink := quiet
	if t.on {
		ink = white
	}
	word := text(t.said, tabLetters, ink, t.on)
	for w := word.MinSize().Width; w > size.Width-10; w = word.MinSize().Width {
		word.TextSize -= 0.5
	}
	high := word.MinSize().Height
	word.Alignment = fyne.TextAlignCenter
	side := min(26, size.Height-high-4)
	top := (size.Height - side - high) / 2
	objects := []fyne.CanvasObject{
		place(drawing(t.icon, ink, side), (size.Width-side)/2, top, side, side),
		place(word, 0, top+side+2, size.Width, high),
	}
	if t.ringed {
		objects = append(objects, ringIn(size, 14, white))
	}
	if t.on {
		mark := canvas.NewRectangle(white)
		mark.CornerRadius = 1.5
		if size.Height > 80 {
			objects = append(objects, place(mark, 0, size.Height*0.2, 3, size.Height*0.6))
		} else {
			objects = append(objects, place(mark, size.Width*0.3, 0, size.Width*0.4, 3))
		}
	}
	return fixed(size, objects...)
}

package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/gate"
	"postern/app/ui/kit"
	"postern/sync/policy"
	"postern/sync/wording"
)

// Lengths of the check screen's design, in dp.
const (
	sideWidth   = 392 // the column at the side of a flat window
	stripHeight = 112 // the line of who was here last
	topHeight   = 140 // of an upright window
	doorsHeight = 192
	tilesHeight = 104
)

func (s *checkScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	if u.pane = nil; u.locked() {
		return s.kioskFace(u, size)
	}
	if u.grid().Wide {
		return kit.Fixed(size, s.flat(u, size)...)
	}
	return kit.Fixed(size, s.upright(u, size)...)
}

// flat has the picture at the left, and a column with place, clock, doors and tiles at the right.
func (s *checkScreen) flat(u *UI, size fyne.Size) []fyne.CanvasObject {
	g := u.grid()
	side := min(max(g.Of(sideWidth), 4*50+3*g.Of(8)+2*g.Of(28)), size.Width*0.45)
	strip := u.stripRoom()
	left := size.Width - side
	x := u.mirror(0, left, size.Width)
	objects := s.picture(u, x, 0, left, size.Height-strip)
	if strip > 0 {
		objects = append(objects, kit.Place(u.strip(), x, size.Height-strip, left, strip))
	}
	pad := g.Of(28)
	x, w := u.mirror(left, side, size.Width)+pad, side-2*pad
	foot := size.Height - g.Of(24)
	tiles := max(g.Of(88), 48)
	objects = append(objects, kit.Place(u.tiles(w, tiles), x, foot-tiles, w, tiles))
	foot -= tiles + g.Of(22)
	doors, h := u.doors(w, size.Height*0.5, false)
	objects = append(objects, kit.Place(doors, x, foot-h, w, h))
	return append(objects, kit.Place(u.aging(u.sideTop), x, pad, w, foot-h-pad-g.Of(12)))
}

// upright has everything under each other.
func (s *checkScreen) upright(u *UI, size fyne.Size) []fyne.CanvasObject {
	g := u.grid()
	m, strip := g.Of(32), u.stripRoom()
	w := size.Width - 2*m
	tiles := max(g.Of(88), 48)
	foot := size.Height - g.Of(12) - tiles
	top := max(g.Of(topHeight), kit.Letters(g.Of(topHeight))*0.8)
	objects := []fyne.CanvasObject{kit.Place(u.tiles(w, tiles), m, foot, w, tiles)}
	doors, h := u.doors(w, g.Of(doorsHeight), true)
	foot -= h + g.Of(16)
	objects = append(objects, kit.Place(doors, m, foot, w, h), kit.Place(u.aging(u.uprightTop), m, 0, w, top))
	foot -= g.Of(16)
	if strip > 0 {
		foot -= strip
		objects = append(objects, kit.Place(u.strip(), 0, foot, size.Width, strip))
	}
	return append(s.picture(u, 0, top, size.Width, foot-top), objects...)
}

// aging is a pane whose ages grow with each second.
func (u *UI) aging(build func(fyne.Size) fyne.CanvasObject) *kit.Pane {
	p := kit.NewPane(fyne.NewSize(1, 1), build)
	u.ages = append(u.ages, p)
	return p
}

// picture is what the camera sees, or the invitation to show a code otherwise; with the tools over it.
func (s *checkScreen) picture(u *UI, x, y, w, h float32) []fyne.CanvasObject {
	size := fyne.NewSize(w, h)
	tools := s.tools(u, size)
	objects := []fyne.CanvasObject{kit.Place(u.backdrop(), x, y, w, h)}
	if u.camera != nil && u.camera.front != nil && u.state.Enrolled {
		pane, drawn := newViewfinder(u, size, s.sentence(u))
		u.pane = pane
		objects = []fyne.CanvasObject{kit.Place(drawn, x, y, w, h)}
	} else {
		room := w - 2*(toolSide(u.grid())+u.grid().Of(36))
		if len(tools) == 0 {
			room = w
		}
		objects = append(objects, kit.Place(kit.Fixed(size, s.invitation(u, size, room)...), x, y, w, h))
	}
	return append(objects, kit.Place(kit.Fixed(size, tools...), x, y, w, h))
}

// backdrop stands in for a camera's picture.
func (u *UI) backdrop() fyne.CanvasObject {
	if u.light == kit.Sun {
		return canvas.NewRectangle(kit.Black)
	}
	return canvas.NewRadialGradient(kit.RGB(0x4a565e), kit.RGB(0x20262b))
}

// invitation is the frame for a code with the one hint in it.
func (s *checkScreen) invitation(u *UI, area fyne.Size, room float32) []fyne.CanvasObject {
	side := min(room, area.Height*0.86, 560)
	k := side / 380
	x, y := (area.Width-side)/2, (area.Height-side)/2
	frame := kit.Fixed(fyne.NewSquareSize(side), kit.Brackets(side, max(5*k, 4), kit.White)...)
	objects := []fyne.CanvasObject{kit.Place(frame, x, y, side, side)}

	w := side * 0.86
	words := kit.NewStack(14*k, s.words(u, k, 1)...)
	for share := float32(0.95); words.HeightFor(w) > side*0.92 && share > 0.3; share -= 0.05 {
		words = kit.NewStack(14*k, s.words(u, k, share)...)
	}
	h := words.HeightFor(w)
	icon := 76 * k
	if h+icon+20*k > side*0.92 { // a long sentence needs the room more than the drawing
		icon = 0
	}
	top := y + (side-h-icon)/2
	if icon > 0 {
		objects = append(objects, kit.Place(kit.Drawing("icons/scan", kit.White, icon), x+(side-icon)/2, top-8*k, icon, icon))
	}
	return append(objects, kit.Place(words, x+(side-w)/2, top+icon+4*k, w, h))
}

// words are what the frame says, in a share of the size that they would have.
func (s *checkScreen) words(u *UI, k, share float32) []fyne.CanvasObject {
	big, small, one := max(34*k, 22)*share, max(17*k, 14)*share, max(23*k, 17)*share
	switch {
	case s.key != "":
		return []fyne.CanvasObject{kit.NewProse(u.say(s.key, s.pairs...), one, kit.White).Bold().Centred()}
	case u.backend == nil:
		return []fyne.CanvasObject{kit.NewProse(u.say("check.opening"), one, kit.White).Bold().Centred()}
	case !u.state.Enrolled:
		first := "check.first"
		if u.state.Wiped != nil {
			first = "check.wiped"
		}
		return []fyne.CanvasObject{
			kit.NewProse(u.say(first), one, kit.White).Bold().Centred(),
			kit.NewButton(u.say("check.enrol"), kit.Indigo, kit.White, func() { u.open("enrol") }),
		}
	}
	return []fyne.CanvasObject{
		kit.NewProse(u.say("check.invite"), big, kit.White).Bold().Centred(),
		kit.NewProse(u.say("check.hint"), small, kit.RGB(0xe2e7eb)).Centred(),
	}
}

// toolSide is how wide and high a tool is.
func toolSide(g kit.Grid) float32 { return max(g.Of(92), 52) }

// tools stand under each other at the edge of the picture.
func (s *checkScreen) tools(u *UI, area fyne.Size) (placed []fyne.CanvasObject) {
	g := u.grid()
	ground := kit.Blend(kit.Chrome, kit.White, 0.04)
	var tools []*kit.Tool
	add := func(key, icon string, lit bool, do func()) {
		under, ink := ground, kit.White
		if lit {
			under, ink = kit.White, kit.Chrome
		}
		tools = append(tools, kit.NewTool(u.say(key), "icons/"+icon, g.Of(20), under, ink, do))
	}
	if _, ok := u.lamp(); ok {
		key := "tool.torch"
		if u.camera.lit {
			key = "tool.torch_off"
		}
		add(key, "torch", u.camera.lit, u.toggleLamp)
	}
	if u.camera != nil && len(u.camera.devices) > 1 {
		add("tool.camera", "turn", false, u.nextCamera)
	}
	add("tool.picture", "picture", false, func() { u.choosePicture(u.takeCodes) })
	add("tool.type", "type", false, func() { u.open("type") })
	if len(tools) < 3 { // the clipboard is on the typing screen too
		add("tool.paste", "paste", false, u.paste)
	}
	side, gap := toolSide(g), g.Of(16)
	if all := float32(len(tools))*(side+gap) + gap; all > area.Height {
		gap = max((area.Height-float32(len(tools))*side)/float32(len(tools)+1), 2)
	}
	for i, t := range tools {
		placed = append(placed, kit.Place(t, u.mirror(area.Width-side-g.Of(24), side, area.Width), gap*1.5+float32(i)*(side+gap), side, side))
	}
	return placed
}

// doors are the two ways in without a code; they are always there.
func (u *UI) doors(width, high float32, across bool) (fyne.CanvasObject, float32) {
	if !u.state.Enrolled {
		return kit.Gap(0), 0
	}
	g := u.grid()
	gap := g.Of(16)
	w := width
	if across {
		w = (width - max(gap, 12)) / 2
	}
	for share := float32(1); ; share *= 0.95 {
		no := kit.NewButton(u.say("check.no_code"), kit.Indigo, kit.White, func() { u.open("no_code") }).
			WithIcon("icons/nocode").Drawn(g.Of(58)).Under(u.say("check.no_code_say"))
		sos := kit.NewEmergency(u.say("step.emergency"), func() { u.open("emergency") }).Drawn(g.Of(58)).Under(u.say("check.emergency_say"))
		for _, b := range []*kit.Button{no, sos} {
			b.Sized(g.Of(44)*share, g.Of(160)).Leading(g.Of(22))
		}
		h := max(no.HeightFor(w), sos.HeightFor(w))
		all := h
		if !across {
			all = 2*h + gap
		}
		if all > max(high, g.Of(160)) && share*kit.Letters(1) > 0.6 {
			continue
		}
		if across {
			return kit.Fixed(fyne.NewSize(width, h), kit.Place(no, 0, 0, w, h), kit.Place(sos, width-w, 0, w, h)), h
		}
		return kit.Fixed(fyne.NewSize(width, all), kit.Place(no, 0, 0, w, h), kit.Place(sos, 0, h+gap, w, h)), all
	}
}

// tiles lead to the pages for staff.
func (u *UI) tiles(width, high float32) fyne.CanvasObject {
	g := u.grid()
	ground := kit.RGB(0x222930)
	tile := func(name, word, icon string) *kit.Tool {
		return kit.NewTool(word, "icons/"+icon, g.Of(20), ground, kit.White, func() { u.open(name) })
	}
	people := 0
	for _, n := range u.today.People {
		people += n
	}
	today := tile("today", u.say("nav.today"), "chart")
	if u.role() != gate.Inspector && u.known { // who has other numbers, or none
		today.Counting(strconv.Itoa(people))
	}
	all := []*kit.Tool{today, tile("sync", u.say("nav.sync"), "sync")}
	if u.state.Enrolled {
		all = append(all, tile("sync", u.say("nav.to_send"), "cloud").Counting(wording.Number(u.state.Backlog)))
	}
	all = append(all, tile("settings", u.say("nav.settings"), "settings"))
	gap := g.Of(8)
	w := (width - gap*float32(len(all)-1)) / float32(len(all))
	var placed []fyne.CanvasObject
	for i, t := range all {
		placed = append(placed, kit.Place(t, float32(i)*(w+gap), 0, w, high))
	}
	return kit.Fixed(fyne.NewSize(width, high), placed...)
}

// standing says where this gate is, how fresh its data is, and who is on duty.
func (u *UI) standing() (place, fresh, day string) {
	place = u.wayed(u.state.PlaceIn(u.Language()))
	if !u.state.Enrolled {
		place = u.say("bar.new_device")
	}
	fresh = u.say("age." + u.state.Age.String())
	if at := u.checkedAt(); !at.IsZero() {
		fresh += "·" + u.say("check.checked", "ago", u.catalogue().Ago(at, u.opt.Now()))
	}
	now := u.opt.Now().In(u.opt.Zone)
	day = now.Format(u.say("time.date")) + " " + strings.Fields(u.say("time.weekdays"))[now.Weekday()]
	if name := u.state.Shift.Name; name != "" {
		day += "·" + u.say("shift.duty", "name", name)
	}
	if u.today.In > 0 && u.today.Out > 0 && u.role() != gate.Inspector {
		day += "·" + u.say("check.inside", "n", strconv.Itoa(u.today.Inside))
	}
	return place, fresh, day
}

// ageWarning is a sentence where the data is too old to rely on; mostly there is none.
func (u *UI) ageWarning() string {
	if u.state.Enrolled && (u.state.Age == policy.Stale || u.state.Age == policy.Blind) {
		return u.say("ageing." + u.state.Age.String())
	}
	return ""
}

// sideTop is the head of the column: place, freshness, clock, day.
func (u *UI) sideTop(size fyne.Size) fyne.CanvasObject {
	g := u.grid()
	place, fresh, day := u.standing()
	for share := float32(1); ; share *= 0.94 {
		moon := kit.Letters(g.Of(22) * share)
		s := kit.NewStack(g.Of(8), kit.NewProse(place, g.Of(36)*share, kit.White).Bold().Tight())
		if u.state.Enrolled {
			s.Add(kit.NewBeside(moon, kit.Moon(u.state.Age, kit.White, moon), kit.NewStack(0, kit.NewProse(fresh, g.Of(22)*share, kit.White).Bold())))
		}
		if warn := u.ageWarning(); warn != "" {
			s.Add(kit.NewProse(warn, g.Of(20)*share, kit.White))
		}
		s.Add(tight(kit.Word(u.clock(), min(g.Of(92)*min(share*1.1, 1), size.Width*0.36), kit.White)))
		s.Add(kit.NewProse(day, g.Of(22)*share, kit.RGB(0xd5dbe0)))
		if s.HeightFor(size.Width) <= size.Height || share < 0.2 {
			return kit.Fixed(size, kit.Place(s, 0, 0, size.Width, s.HeightFor(size.Width)))
		}
	}
}

// clock is the time of day to the minute.
func (u *UI) clock() string { return u.opt.Now().In(u.opt.Zone).Format("15:04") }

// uprightTop is the head of an upright window: place and freshness, clock and day.
func (u *UI) uprightTop(size fyne.Size) fyne.CanvasObject {
	g := u.grid()
	place, fresh, day := u.standing()
	if warn := u.ageWarning(); warn != "" {
		fresh = warn
	}
	clock := kit.Word(u.clock(), g.Of(64), kit.White)
	cw := clock.MinSize().Width
	right := max(cw, size.Width*0.36)
	left := size.Width - right - g.Of(16)
	for share := float32(1); ; share *= 0.94 {
		moon := kit.Letters(g.Of(20) * share)
		l := kit.NewStack(g.Of(8), kit.NewProse(place, g.Of(36)*share, kit.White).Bold().Tight())
		if u.state.Enrolled {
			l.Add(kit.NewBeside(moon, kit.Moon(u.state.Age, kit.White, moon), kit.NewStack(0, kit.NewProse(fresh, g.Of(22)*share, kit.White).Bold())))
		}
		d := kit.NewProse(day, g.Of(20)*share, kit.RGB(0xd5dbe0)).Trailing()
		ch := clock.TextSize * 1.15
		hl, hr := l.HeightFor(left), ch+d.HeightFor(right)
		if max(hl, hr) > size.Height-g.Of(12) && share > 0.25 {
			continue
		}
		yr := (size.Height - hr) / 2
		clock.Alignment = fyne.TextAlignTrailing
		return kit.Fixed(size, kit.Place(l, 0, (size.Height-hl)/2, left, hl),
			kit.Place(clock, size.Width-right, yr+(ch-clock.MinSize().Height)/2, right, clock.MinSize().Height),
			kit.Place(d, size.Width-right, yr+ch, right, d.HeightFor(right)))
	}
}

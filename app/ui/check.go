package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/gate"
	"postern/app/ui/kit"
	"postern/sync/policy"
)

// checkScreen waits for a code. The square in its middle is where the camera's
// picture goes; a scanner, the keys, the clipboard and pictures need none.
type checkScreen struct {
	key   string // a sentence from what went before; empty: the invitation
	pairs []string
}

func (s *checkScreen) behave(*UI) behaviour {
	b := behaviour{
		paint: kit.Paint{Ground: kit.RGB(0x262d33), Ink: kit.White}, tab: "check",
		codes: judged, idle: true, kiosk: visitors, unused: dims, needs: needsState | needsCamera,
	}
	if s.key != "" {
		b.unused = goesBack
	}
	return b
}

// sentence is what there is to say beside how a code is shown; mostly nothing.
func (s *checkScreen) sentence(u *UI) string {
	if s.key == "" {
		return ""
	}
	return u.say(s.key, s.pairs...)
}

func (s *checkScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	objects := []fyne.CanvasObject{kit.Place(u.backdrop(), 0, 0, size.Width, size.Height)}
	tools := s.tools(u, kit.IsWide(size))
	side := min(size.Width*0.3, 280) + 24 // that they take of a flat window
	if len(tools.Items) == 0 {
		side = 0
	}
	camera := u.camera != nil && u.camera.front != nil && u.state.Enrolled
	if u.pane = nil; camera {
		covered := side
		if !kit.IsWide(size) {
			covered = tools.HeightFor(min(size.Width-32, 640)) + 16
		}
		pane, drawn := newViewfinder(u, size, covered, s.sentence(u))
		u.pane, objects = pane, []fyne.CanvasObject{drawn}
	}
	area, left := fyne.NewSize(size.Width, size.Height), float32(0)
	switch {
	case len(tools.Items) == 0:
	case kit.IsWide(size):
		w := side - 24
		h := tools.HeightFor(w)
		objects = append(objects, kit.Place(tools, u.mirror(size.Width-side, w, size.Width), (size.Height-h)/2, w, h))
		area.Width -= side
		left = u.mirror(0, area.Width, size.Width)
	default:
		w := min(size.Width-32, 640)
		h := tools.HeightFor(w)
		objects = append(objects, kit.Place(tools, (size.Width-w)/2, size.Height-h-16, w, h))
		area.Height -= h + 16
	}
	if !camera {
		objects = append(objects, kit.Place(kit.Fixed(area, s.invitation(u, area)...), left, 0, area.Width, area.Height))
	}
	return kit.Fixed(size, append(objects, u.counts(size)...)...)
}

// backdrop stands in for a camera's picture.
func (u *UI) backdrop() fyne.CanvasObject {
	if u.light == kit.Sun {
		return canvas.NewRectangle(kit.Black)
	}
	return canvas.NewRadialGradient(kit.RGB(0x4a565e), kit.RGB(0x20262b))
}

// invitation is the frame for a code with the one hint in it.
func (s *checkScreen) invitation(u *UI, area fyne.Size) []fyne.CanvasObject {
	side := min(area.Width*0.84, area.Height*0.86, 560)
	k := side / 380
	x, y := (area.Width-side)/2, (area.Height-side)/2
	frame := kit.Fixed(fyne.NewSquareSize(side), kit.Brackets(side, max(5*k, 4), kit.White)...)
	objects := []fyne.CanvasObject{kit.Place(frame, x, y, side, side)}

	w := side * 0.82
	words := kit.NewStack(14*k, s.words(u, k, 1)...)
	for share := float32(0.95); words.HeightFor(w) > side*0.92 && share > 0.5; share -= 0.05 {
		words = kit.NewStack(14*k, s.words(u, k, share)...)
	}
	h := words.HeightFor(w)
	icon := 76 * k
	if h+icon+20*k > side*0.92 { // a long sentence needs the room more than the drawing
		icon = 0
	}
	top := y + (side-h-icon)/2
	if icon > 0 {
		objects = append(objects, kit.Place(kit.Drawing("icons/scan", kit.Fade(kit.White, 1), icon), x+(side-icon)/2, top-8*k, icon, icon))
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
			kit.NewButton(u.say("check.enrol"), kit.White, kit.Chrome, func() { u.open("enrol") }),
		}
	}
	words := []fyne.CanvasObject{
		kit.NewProse(u.say("check.invite"), big, kit.White).Bold().Centred(),
		kit.NewProse(u.say(u.hint()), small, kit.RGB(0xe2e7eb)).Centred(),
	}
	if u.state.Age == policy.Stale || u.state.Age == policy.Blind {
		words = append(words, kit.NewProse(u.say("ageing."+u.state.Age.String()), small, kit.DotAgeing).Bold().Centred())
	}
	return words
}

// hint says how a code is shown.
func (u *UI) hint() string {
	if u.locked() {
		return "kiosk.hint"
	}
	return "check.hint"
}

func (s *checkScreen) tools(u *UI, upright bool) *kit.Stack {
	pill := func(key, icon string, do func()) *kit.Button {
		return kit.NewButton(u.say(key), kit.RGB(0x14181c), kit.White, do).WithIcon("icons/"+icon).Sized(17, 58)
	}
	if u.locked() { // visitors show codes, and nothing else
		return kit.NewStack(0)
	}
	var items []fyne.CanvasObject
	if _, ok := u.lamp(); ok {
		key := "tool.torch"
		if u.camera.lit {
			key = "tool.torch_off"
		}
		items = append(items, pill(key, "torch", u.toggleLamp))
	}
	if u.camera != nil && len(u.camera.devices) > 1 {
		items = append(items, pill("tool.camera", "turn", u.nextCamera))
	}
	if u.backend != nil && u.state.Enrolled {
		items = append(items, pill("tool.no_code", "id", func() { u.open("no_code") }),
			pill("step.emergency", "check", func() { u.open("emergency") }))
	}
	items = append(items, pill("tool.picture", "picture", func() { u.choosePicture(u.takeCodes) }))
	if upright {
		return kit.NewStack(14, items...)
	}
	return kit.NewRow(12, items...)
}

// counts are today's, at the edge, while nobody is before the gate.
func (u *UI) counts(size fyne.Size) []fyne.CanvasObject {
	people := 0
	for _, n := range u.today.People {
		people += n
	}
	if people == 0 || u.locked() || u.role() == gate.Inspector { // who has other numbers, or none
		return nil
	}
	text := u.say("check.today", "n", strconv.Itoa(people))
	if u.today.In > 0 && u.today.Out > 0 {
		text += "·" + u.say("check.inside", "n", strconv.Itoa(u.today.Inside))
	}
	line := kit.Text(text, 15, kit.White, true)
	w := line.MinSize().Width + 24
	ground := canvas.NewRectangle(kit.RGB(0x14181c))
	ground.CornerRadius = 15
	return []fyne.CanvasObject{
		kit.Place(ground, size.Width-w-12, 10, w, 30),
		kit.Place(line, size.Width-w, 10+(30-line.MinSize().Height)/2, w-24, line.MinSize().Height),
	}
}

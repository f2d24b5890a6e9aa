package ui

import (
	"strconv"

	"fyne.io/fyne/v2"

	"postern/app/cue"
	"postern/app/scan"
	"postern/app/ui/kit"
)

// Parts of a device that are tried, in their order.
var parts = []string{"camera", "sound", "light"}

// found is what came of trying a part.
type found string

// What may come of it.
const (
	untried found = "untried"
	works   found = "works"
	fails   found = "fails"
	absent  found = "absent"
)

// startScreen tries a new device in a minute: does the camera read, is a tone
// heard, does the lamp shine. What is shown meanwhile is no check, and nothing
// of it is recorded.
type startScreen struct {
	at    int // of parts; past them: what was found
	found map[string]found
	no    bool // the guard said that it did not work, and reads what to do
}

func newStart(u *UI) *startScreen {
	s := &startScreen{found: map[string]found{}}
	s.enter(u)
	return s
}

// behave takes every code for the trial of the camera.
func (s *startScreen) behave(u *UI) behaviour {
	b := u.page("")
	b.codes, b.needs = judged, needsCamera
	b.takes = func(scan.Reading) bool { s.saw(u); return true }
	return b
}

func (s *startScreen) part() string {
	if s.at < len(parts) {
		return parts[s.at]
	}
	return ""
}

// enter begins with a part.
func (s *startScreen) enter(u *UI) {
	s.no = false
	if p := s.part(); p != "" && !s.has(u, p) {
		s.found[p] = absent
	} else if p == "sound" {
		u.backend.Sound.Test()
	}
}

// has reports whether the device has a part at all.
func (s *startScreen) has(u *UI, part string) bool {
	switch part {
	case "camera": // where there is none, a scanner is tried
		return true
	case "sound":
		return u.backend != nil && u.backend.Sound != nil && u.backend.Sound.State().Sound != cue.Absent
	}
	_, ok := u.lamp()
	return ok
}

// saw takes a code of any kind: it was read, and that is all.
func (s *startScreen) saw(u *UI) {
	if s.part() == "camera" {
		s.found["camera"] = works
		u.root.Refresh()
	}
}

func (s *startScreen) next(u *UI) {
	if u.camera != nil && u.camera.lit {
		u.toggleLamp()
	}
	s.at++
	s.enter(u)
	u.root.Refresh()
}

func (s *startScreen) say(u *UI, f found) {
	s.found[s.part()] = f
	if f == fails {
		s.no = true
		u.root.Refresh()
		return
	}
	s.next(u)
}

func (s *startScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	u.pane = nil
	p := u.newPage(size, u.say("start.title"), "")
	if s.part() == "" {
		s.summary(u, p)
		return p.Layout()
	}
	p.Items = nil
	p.Add(kit.Gap(6), p.Quiet(u.say("start.step", "n", strconv.Itoa(s.at+1), "all", strconv.Itoa(len(parts))), 22),
		p.Say(u.say("start."+s.part()), 44).Bold())
	switch {
	case s.found[s.part()] == absent:
		p.AddText(u.say("start_no." + s.part()))
		s.goOn(u, p)
	case s.no:
		p.AddText(u.say("start_mend." + s.part()))
		p.Add(p.Outlined(u.say("start.again"), func() { s.enter(u); u.root.Refresh() }))
		s.goOn(u, p)
	case s.part() == "camera":
		s.camera(u, p, size)
	case s.part() == "sound":
		p.AddText(u.say("start.sound_ask"))
		if u.backend.Sound.State().Vibration == cue.Absent {
			p.Add(p.Quiet(u.say("sound.no_vibration"), 24))
		}
		p.Add(p.Outlined(u.say("start.replay"), u.backend.Sound.Test))
		s.answers(u, p)
	default:
		p.AddText(u.say("start.light_ask"))
		p.Add(p.Outlined(u.say("start.switch"), u.toggleLamp))
		s.answers(u, p)
	}
	p.Add(p.Outlined(u.say("start.skip"), func() { u.open("check") }))
	return p.Layout()
}

// camera shows what the camera sees until a code is read by it or by a scanner.
func (s *startScreen) camera(u *UI, p *kit.Page, size fyne.Size) {
	if s.found["camera"] == works {
		p.Add(kit.NewBeside(p.Grid.Of(64), kit.Drawing("icons/tick", p.Palette.Ink, p.Grid.Of(64)),
			p.Card(p.Say(u.say("start.read"), 28).Bold())))
		s.goOn(u, p)
		return
	}
	if u.hasPicture() {
		p.AddText(u.say("start.camera_ask"))
		p.AddPicture(u.newPane(size.Height * 0.46))
	} else {
		p.AddText(u.say("start_no.camera"))
	}
	p.Add(p.Outlined(u.say("start.unread"), func() { s.say(u, fails) }))
}

func (s *startScreen) goOn(u *UI, p *kit.Page) {
	p.Add(p.Filled(u.say("start.next"), func() { s.next(u) }))
}

func (s *startScreen) answers(u *UI, p *kit.Page) {
	p.Add(kit.NewRow(12,
		p.Outlined(u.say("start.no"), func() { s.say(u, fails) }).WithIcon("icons/cross").Sized(p.Grid.Of(30), p.Grid.Of(100)).Means(kit.LeavesBe),
		p.Filled(u.say("start.yes"), func() { s.say(u, works) }).WithIcon("icons/tick").Sized(p.Grid.Of(34), p.Grid.Of(120)).Means(kit.Does)))
}

// summary says what the device has, and what it has not.
func (s *startScreen) summary(u *UI, p *kit.Page) {
	for _, part := range parts {
		f, shape := s.found[part], "shapes/check"
		if f == "" {
			f = untried
		}
		if f == works {
			shape = "icons/tick"
		}
		p.Add(kit.NewBeside(p.Grid.Of(52), kit.Drawing(shape, p.Palette.Ink, p.Grid.Of(52)), kit.NewStack(2, p.Say(u.say("start."+part), 28).Bold(),
			p.Quiet(u.say("start_is."+string(f)), 24))).On(p.Palette.Card, p.Grid.Of(24)).Lined(p.Palette.Line))
	}
	p.AddText(u.say("start.ready"))
	p.Add(p.Filled(u.say("start.done"), func() { u.open("check") }),
		p.Outlined(u.say("settings.practice"), func() { u.open("drill") }))
}

// hasPicture reports whether a camera gives pictures now.
func (u *UI) hasPicture() bool { return u.camera != nil && u.camera.front != nil }

// newPane is what the camera sees, as part of a page.
func (u *UI) newPane(height float32) fyne.CanvasObject {
	return kit.NewPane(fyne.NewSize(1, height), func(size fyne.Size) fyne.CanvasObject {
		pane, drawn := newViewfinder(u, size, "")
		u.pane = pane
		return drawn
	})
}

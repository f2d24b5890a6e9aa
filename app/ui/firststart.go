package ui

import (
	"strconv"

	"fyne.io/fyne/v2"

	"postern/app/cue"
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

func (*startScreen) skin(u *UI) paint { return u.pagePaint() }
func (*startScreen) tab() string      { return "" }

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
		u.back.Sound.Test()
	}
}

// has reports whether the device has a part at all.
func (s *startScreen) has(u *UI, part string) bool {
	switch part {
	case "camera": // where there is none, a scanner is tried
		return true
	case "sound":
		return u.back != nil && u.back.Sound != nil && u.back.Sound.State().Sound != cue.Absent
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
	if u.lens != nil && u.lens.lit {
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
	p := u.newPage(size, u.say("start.title"))
	if s.part() == "" {
		s.summary(u, p)
		return p.done()
	}
	p.items = nil
	p.add(gap(6), newProse(u.say("start.step", "n", strconv.Itoa(s.at+1), "all", strconv.Itoa(len(parts))), 16, p.sheet.faint),
		newProse(u.say("start."+s.part()), 30, p.sheet.ink).strong())
	switch {
	case s.found[s.part()] == absent:
		p.body(u.say("start_no." + s.part()))
		s.goOn(u, p)
	case s.no:
		p.body(u.say("start_mend." + s.part()))
		p.add(newOutline(u.say("start.again"), p.sheet.ink, func() { s.enter(u); u.root.Refresh() }))
		s.goOn(u, p)
	case s.part() == "camera":
		s.camera(u, p, size)
	case s.part() == "sound":
		p.body(u.say("start.sound_ask"))
		if u.back.Sound.State().Vibration == cue.Absent {
			p.add(newProse(u.say("sound.no_vibration"), 17, p.sheet.faint))
		}
		p.add(newOutline(u.say("start.replay"), p.sheet.ink, u.back.Sound.Test))
		s.answers(u, p)
	default:
		p.body(u.say("start.light_ask"))
		p.add(newOutline(u.say("start.switch"), p.sheet.ink, u.toggleLamp))
		s.answers(u, p)
	}
	p.add(newOutline(u.say("start.skip"), p.sheet.ink, func() { u.open("check") }).sized(16, 48))
	return p.done()
}

// camera shows what the camera sees until a code is read by it or by a scanner.
func (s *startScreen) camera(u *UI, p *page, size fyne.Size) {
	if s.found["camera"] == works {
		p.add(newBeside(44, drawing("shapes/admit", p.sheet.ink, 44),
			newStack(0, newProse(u.say("start.read"), 20, p.sheet.ink).strong())).on(p.sheet.card, 18))
		s.goOn(u, p)
		return
	}
	if u.watches() {
		p.body(u.say("start.camera_ask"))
		p.show(u.paneOf(size.Height * 0.46))
	} else {
		p.body(u.say("start_no.camera"))
	}
	p.add(newOutline(u.say("start.unread"), p.sheet.ink, func() { s.say(u, fails) }))
}

func (s *startScreen) goOn(u *UI, p *page) {
	p.add(newPress(u.say("start.next"), admitGreen, white, func() { s.next(u) }).sized(22, 72))
}

func (s *startScreen) answers(u *UI, p *page) {
	p.add(newRow(12,
		newPress(u.say("start.no"), refuseRed, white, func() { s.say(u, fails) }).sized(24, 84),
		newPress(u.say("start.yes"), admitGreen, white, func() { s.say(u, works) }).sized(24, 84)))
}

// summary says what the device has, and what it has not.
func (s *startScreen) summary(u *UI, p *page) {
	for _, part := range parts {
		f, shape := s.found[part], "shapes/check"
		if f == "" {
			f = untried
		}
		if f == works {
			shape = "shapes/admit"
		}
		p.add(newBeside(36, drawing(shape, p.sheet.ink, 36), newStack(2, newProse(u.say("start."+part), 19, p.sheet.ink).strong(),
			newProse(u.say("start_is."+string(f)), 17, p.sheet.faint))).on(p.sheet.card, 14))
	}
	p.body(u.say("start.ready"))
	p.add(newPress(u.say("start.done"), admitGreen, white, func() { u.open("check") }).sized(22, 72),
		newOutline(u.say("settings.practice"), p.sheet.ink, func() { u.open("drill") }))
}

// watches reports whether a camera gives pictures now.
func (u *UI) watches() bool { return u.lens != nil && u.lens.front != nil }

// paneOf is what the camera sees, as part of a page.
func (u *UI) paneOf(height float32) fyne.CanvasObject {
	return newBuilt(fyne.NewSize(1, height), func(size fyne.Size) fyne.CanvasObject {
		pane, drawn := newViewfinder(u, size, 0)
		u.pane = pane
		return drawn
	})
}

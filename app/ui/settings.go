package ui

import (
	"fyne.io/fyne/v2"
)

// Where the app's preferences keep what was chosen; losing it loses nothing.
const (
	languageKey = "language"
	lightKey    = "light"
)

// settingsScreen has the language, the window, and what this device is.
type settingsScreen struct{}

func (*settingsScreen) skin(u *UI) paint { return u.pagePaint() }
func (*settingsScreen) tab() string      { return "settings" }

func (s *settingsScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPage(size, u.say("settings.title"))
	p.add(newProse(u.say("settings.language"), 17, p.sheet.faint), s.languages(u, p))
	p.add(newProse(u.say("settings.light"), 17, p.sheet.faint), s.lights(u, p))
	st := u.state
	place, id := u.say("sync.none"), u.say("sync.none")
	if st.Enrolled {
		place, id = st.Place, st.Gate
	}
	p.add(p.facts(
		p.fact(u.say("settings.place"), place),
		p.fact(u.say("settings.gate"), id),
		p.fact(u.say("settings.version"), u.opt.Version),
		p.fact(u.say("settings.folder"), u.opt.Folder)))
	enrol, full := u.say("settings.enrol"), u.say("settings.full")
	if !st.Enrolled {
		enrol = u.say("check.enrol")
	}
	if u.window.FullScreen() {
		full = u.say("settings.window")
	}
	p.add(newRow(12,
		newOutline(enrol, p.sheet.ink, func() { u.open("enrol") }),
		newOutline(full, p.sheet.ink, func() {
			u.window.SetFullScreen(!u.window.FullScreen())
			u.root.Refresh()
		})))
	return p.done()
}

// choice is one of several; the one that holds is solid.
func choice(p *page, said string, holds bool, do func()) *press {
	if holds {
		return newPress(said, admitGreen, white, do)
	}
	return newOutline(said, p.sheet.ink, do)
}

// lights are three buttons: day, night, and full sun.
func (s *settingsScreen) lights(u *UI, p *page) fyne.CanvasObject {
	choices := newRow(12)
	for _, l := range Lights {
		choices.add(choice(p, u.say("settings."+string(l)), l == u.glare, func() { u.light(l) }))
	}
	return choices
}

// languages are buttons, each in its own language; the one that is spoken is solid.
func (s *settingsScreen) languages(u *UI, p *page) fyne.CanvasObject {
	choices := newRow(12)
	for _, language := range Languages {
		choices.add(choice(p, u.tongues[language].Say("lang.name"), language == u.Language(), func() {
			u.app.Preferences().SetString(languageKey, language)
			u.turn(language)
			u.root.Refresh()
		}))
	}
	return choices
}

package ui

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"

	"postern/app/cue"
	"postern/app/scan"
	"postern/app/settings"
	"postern/app/ui/kit"
	"postern/sync/journal"
	"postern/sync/wording"
)

// choose changes a setting: at once on the screens, and on the disk behind them.
func (u *UI) choose(change func(*settings.Settings)) {
	change(&u.set)
	u.apply()
	set, save := u.set, u.opt.Save
	if save != nil {
		u.run(func(context.Context) {
			err := save(set)
			u.do(func() {
				u.unsaved = err != nil
				u.root.Refresh()
			})
		})
	}
	u.root.Refresh()
	u.touched()
}

// apply makes everything go by the settings.
func (u *UI) apply() {
	u.setLanguage(u.set.Language)
	u.setLight(kit.Light(u.set.Light))
	u.applyTheme()
	u.sound()
	u.full()
}

// sound tells the player how to sound.
func (u *UI) sound() {
	if u.backend == nil || u.backend.Sound == nil {
		return
	}
	u.backend.Sound.Set(cue.Options{Volume: u.set.Volume, Speak: u.set.Speak, Language: u.Language(), Vibrate: u.set.Vibrate})
}

// settingsScreen has what everybody on duty may choose, and behind the
// supervisor's PIN what is chosen for the place.
type settingsScreen struct {
	open    bool       // the PIN was given
	scanner *kit.Field // the profile; nil until it is asked for
	wrong   bool       // the profile cannot be read
}

func newSettings() *settingsScreen { return &settingsScreen{} }

func (s *settingsScreen) behave(u *UI) behaviour {
	b := u.page("settings")
	if s.scanner != nil && s.scanner.Active {
		b.field = s.scanner
	}
	return b
}

func (s *settingsScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPage(size, u.say("settings.title"), u.onDutyLine())
	right := *p // of a flat window; an upright one has one column
	right.Stack = p.Right()
	if u.unsaved {
		p.Add(p.Alert(p.Say(u.say("settings.unsaved"), 26).Bold()))
	}
	if u.state.Enrolled {
		p.Add(u.onDuty(p))
	}
	look := p.Card(p.Label(u.say("settings.language")), s.languages(u, p), p.Label(u.say("settings.light")), s.lights(u, p),
		p.Label(u.say("settings.text")), s.scales(u, p))
	more := kit.NewRow(12,
		p.Outlined(u.say("settings.practice"), func() { u.open("drill") }).WithIcon("icons/drill"),
		p.Outlined(u.say("settings.help"), func() { u.open("help") }).WithIcon("icons/help"))
	switch {
	case s.open: // who gave the PIN came for these
		s.place(u, &right)
		p.Add(look, more)
	case !u.known:
		p.Add(look, more)
	case !u.state.PIN:
		p.Add(look, more)
		s.place(u, &right)
	default:
		p.Add(look, more)
		right.Add(p.Card(p.Outlined(u.say("settings.more"), func() { s.unlock(u) }).WithIcon("icons/lock"), p.Quiet(u.say("settings.more_say"), 24)))
	}
	right.Add(s.device(u, p))
	return p.Layout()
}

func (s *settingsScreen) unlock(u *UI) {
	u.guarded("settings.title", func() { u.show(&settingsScreen{open: true}) }, func() { u.show(s) })
}

// place is what is chosen for this place and device.
func (s *settingsScreen) place(u *UI, p *kit.Page) {
	if !u.state.PIN && u.state.Enrolled {
		p.Add(p.Quiet(u.say("settings.no_pin"), 22))
	}
	s.way(u, p)
	s.sounds(u, p)
	p.Add(p.Label(u.say("settings.hand")), kit.NewRow(12,
		choice(p, u.say("settings.left"), u.set.Left, func() { u.choose(func(c *settings.Settings) { c.Left = true }) }),
		choice(p, u.say("settings.right"), !u.set.Left, func() { u.choose(func(c *settings.Settings) { c.Left = false }) })))
	s.kiosk(u, p)
	s.camera(u, p)
	s.profile(u, p)
	enrol := u.say("settings.enrol")
	if !u.state.Enrolled {
		enrol = u.say("check.enrol")
	}
	full := u.say("settings.full")
	if u.window.FullScreen() {
		full = u.say("settings.window")
	}
	p.Add(kit.Gap(6), kit.NewRow(12,
		p.Outlined(enrol, func() { u.show(newEnrol(u, "")) }),
		p.Outlined(full, func() {
			u.window.SetFullScreen(!u.window.FullScreen())
			u.root.Refresh()
		})))
}

// way lets a gate for both ways be turned.
func (s *settingsScreen) way(u *UI, p *kit.Page) {
	if u.state.Direction != "both" {
		return
	}
	set := func(w journal.Way) func() {
		return func() {
			g := u.backend.Gate
			u.run(func(ctx context.Context) {
				err := g.SetWay(ctx, w)
				u.do(func() { u.unsaved = err != nil; u.refreshState(u.root.Refresh) })
			})
		}
	}
	p.Add(p.Label(u.say("settings.direction")), kit.NewRow(12,
		choice(p, u.say("direction.in"), u.state.Way != journal.Out, set(journal.In)),
		choice(p, u.say("direction.out"), u.state.Way == journal.Out, set(journal.Out))))
}

// volumes are the steps of the sound.
var volumes = []int{0, 30, 60, 100}

func (s *settingsScreen) sounds(u *UI, p *kit.Page) {
	if u.backend == nil || u.backend.Sound == nil {
		return
	}
	p.Add(p.Label(u.say("settings.sounds")))
	st := u.backend.Sound.State()
	switch st.Sound {
	case cue.Absent:
		p.Add(p.Say(u.say("sound.absent"), 24))
	default:
		row := kit.NewRow(12)
		for _, v := range volumes {
			text := u.say("sound.off")
			if v > 0 {
				text = strconv.Itoa(v) + "%"
			}
			row.Add(choice(p, text, u.set.Volume == v, func() { u.choose(func(c *settings.Settings) { c.Volume = v }) }))
		}
		p.Add(row)
		if st.Sound == cue.Failed {
			p.Add(p.Say(u.say("sound.failed"), 24).Bold())
		}
	}
	more := kit.NewStack(p.Grid.Of(12))
	if st.Sound != cue.Absent {
		more.Add(onOff(p, u.say("sound.speak"), "icons/sound", u.set.Speak, func() { u.choose(func(c *settings.Settings) { c.Speak = !c.Speak }) }))
	}
	if st.Vibration != cue.Absent {
		more.Add(onOff(p, u.say("sound.vibrate"), "icons/phone", u.set.Vibrate, func() { u.choose(func(c *settings.Settings) { c.Vibrate = !c.Vibrate }) }))
	} else {
		p.Add(p.Quiet(u.say("sound.no_vibration"), 22))
	}
	if len(more.Items) > 0 {
		more.Add(p.Outlined(u.say("sound.test"), u.backend.Sound.Test))
		p.Add(more)
	}
}

// kiosk turns the device into one for visitors; without a PIN there would be no way back.
func (s *settingsScreen) kiosk(u *UI, p *kit.Page) {
	if !u.state.Enrolled {
		return
	}
	p.Add(p.Label(u.say("settings.kiosk")))
	if !u.state.PIN && !u.set.Kiosk {
		p.Add(p.Quiet(u.say("kiosk.no_pin"), 22))
		return
	}
	set := func(on bool) func() {
		return func() {
			u.choose(func(c *settings.Settings) { c.Kiosk = on })
			if u.kiosk.out = false; on {
				u.show(&checkScreen{})
			} else {
				u.window.SetFullScreen(false)
			}
		}
	}
	p.Add(kit.NewRow(12, choice(p, u.say("kiosk.on"), u.set.Kiosk, set(true)), choice(p, u.say("kiosk.off"), !u.set.Kiosk, set(false))),
		p.Quiet(u.say("kiosk.say"), 22))
	if !u.set.Kiosk {
		return
	}
	ask := func(on bool) func() { return func() { u.choose(func(c *settings.Settings) { c.Asks = on }) } }
	p.Add(p.Label(u.say("kiosk.emergency")), kit.NewRow(12,
		choice(p, u.say("kiosk.opens"), !u.set.Asks, ask(false)), choice(p, u.say("kiosk.asks"), u.set.Asks, ask(true))),
		p.Quiet(u.say("kiosk.asks_say"), 22))
}

// camera chooses among those that were found.
func (s *settingsScreen) camera(u *UI, p *kit.Page) {
	if u.camera == nil || len(u.camera.devices) == 0 {
		return
	}
	p.Add(p.Label(u.say("settings.camera")))
	pick := func(address string) func() {
		return func() {
			u.choose(func(c *settings.Settings) { c.Camera = address })
			u.startCamera(address)
		}
	}
	list := kit.NewStack(10, choice(p, u.say("settings.camera_any"), u.set.Camera == "", pick("")))
	for _, d := range u.camera.devices {
		list.Add(choice(p, d.Name, u.set.Camera == d.Address, pick(d.Address)))
	}
	p.Add(list)
}

// profile takes what a scanner puts before and after a text.
func (s *settingsScreen) profile(u *UI, p *kit.Page) {
	if s.scanner == nil {
		s.scanner = u.newField(u.set.Scanner, func() { s.setProfile(u) })
		s.scanner.Changed = func() { s.wrong = false }
	}
	p.Add(u.inField(s.scanner, u.say("settings.scanner"), "end=tab", u.say("settings.scanner_set")))
	if s.wrong {
		p.Add(p.Say(u.say("settings.scanner_bad"), 24).Bold())
	} else {
		p.Add(p.Quiet(u.say("settings.scanner_say"), 22))
	}
	if s.wrong || s.scanner.Text() != u.set.Scanner || s.scanner.Active {
		p.Add(p.Outlined(u.say("settings.scanner_set"), func() { s.setProfile(u) }))
	}
}

func (s *settingsScreen) setProfile(u *UI) {
	profile, err := scan.ParseProfile(s.scanner.Text())
	s.scanner.Active = false
	if s.wrong = err != nil; s.wrong {
		u.root.Refresh()
		return
	}
	s.scanner.SetText(profile.String())
	u.SetScanner(profile)
	u.choose(func(c *settings.Settings) { c.Scanner = profile.String() })
}

// device is what this device is; the authority and the system decide it.
func (s *settingsScreen) device(u *UI, p *kit.Page) fyne.CanvasObject {
	st, none := u.state, u.say("sync.none")
	place, rules, id, relay := none, none, none, u.say("relay.none")
	if st.Enrolled {
		place, rules, id = st.PlaceIn(u.Language()), u.policyName(), st.Gate
	}
	if u.backend != nil && u.backend.Relay {
		relay = u.say("relay.works")
		if u.relayFailed() {
			relay = u.say("relay.failed")
		}
	}
	return p.Facts(
		p.Fact(u.say("settings.place"), place),
		p.Fact(u.say("sync.policy"), rules),
		p.Fact(u.say("settings.gate"), id),
		p.Fact(u.say("settings.relay"), relay),
		p.Fact(u.say("settings.brightness"), u.say("settings.by_system")),
		p.Fact(u.say("settings.version"), u.opt.Version),
		p.Fact(u.say("settings.folder"), u.opt.Folder))
}

// choice is one of several; the one that holds is filled.
func choice(p *kit.Page, text string, holds bool, do func()) *kit.Button {
	b := kit.NewButton(text, kit.Blend(p.Palette.Card, p.Palette.Ink, 0.09), p.Palette.Ink, do)
	if holds {
		b = kit.NewButton(text, p.Palette.Act, kit.White, do)
	}
	return b.Sized(p.Grid.Of(24), p.Grid.Of(60))
}

// onOff is what is on or off, with a switch.
func onOff(p *kit.Page, text, icon string, on bool, do func()) *kit.Button {
	return kit.NewButton(text, p.Palette.Card, p.Palette.Ink, do).Edged(p.Palette.Line).WithIcon(icon).Leading(p.Grid.Of(24)).
		Flips(kit.Flip{On: on, Act: p.Palette.Act}).Sized(p.Grid.Of(28), p.Grid.Of(76))
}

// lights are three buttons: day, night, and full sun.
func (s *settingsScreen) lights(u *UI, p *kit.Page) fyne.CanvasObject {
	choices := kit.NewRow(12)
	for _, l := range kit.Lights {
		choices.Add(choice(p, u.say("settings."+string(l)), l == u.light, func() {
			u.choose(func(c *settings.Settings) { c.Light = string(l) })
		}))
	}
	return choices
}

// scales are buttons for how large letters are.
func (s *settingsScreen) scales(u *UI, p *kit.Page) fyne.CanvasObject {
	choices := kit.NewRow(12)
	for _, scale := range kit.Scales {
		choices.Add(choice(p, strconv.Itoa(scale)+"%", scale == u.scale(), func() {
			u.choose(func(c *settings.Settings) { c.Text = scale })
		}))
	}
	return choices
}

// languages are buttons, each in its own language; the one that is spoken is solid.
func (s *settingsScreen) languages(u *UI, p *kit.Page) fyne.CanvasObject {
	choices := kit.NewRow(12)
	for _, language := range wording.Languages {
		choices.Add(choice(p, u.catalogues[language].Say("lang.name"), language == u.Language(), func() {
			u.choose(func(c *settings.Settings) { c.Language = language })
		}))
	}
	return choices
}

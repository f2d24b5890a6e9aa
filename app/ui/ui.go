// Package ui is the guard's screens, one file each.
//
// A screen shows a verdict only after
// Gate.Answer returned it, and Answer returns only after its entry is durable.
// Nothing here judges, stores or sends. Readings are checked one at a time, in
// the order in which they came, so that the verdict that stands on the screen
// is that of the last code shown. Only the method do crosses to Fyne's thread;
// what is not said otherwise runs on it.
package ui

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"postern/app/album"
	"postern/app/gate"
	"postern/app/look"
	"postern/app/qr"
	"postern/app/scan"
	"postern/app/settings"
	"postern/app/store"
	"postern/app/ui/kit"
	"postern/sync/client"
	"postern/sync/wording"
)

// Options for [New]; every member may be zero.
type Options struct {
	Language string // one of wording.Languages; empty: as the settings say, else the system's
	Settings settings.Settings
	Save     func(settings.Settings) error // keeps them; nil: they end with the program
	Version  string                        // of the program
	Folder   string                        // of the gate's data
	Now      func() time.Time
	Zone     *time.Location
	Formats  []qr.Format // that the camera looks for; none are QR codes alone
	// Run runs a job; nil runs them one after another off Fyne's thread. Tests run them in place.
	Run   func(func(context.Context))
	Meter *Meter       // measures what the screens cost; nil does not
	Album album.System // where pictures are looked for, and the help card is put
	// Close closes the window; nil only does that. A kiosk asks for the PIN before.
	Close func()
	// After calls on Fyne's thread after a while; nil is the real clock.
	After func(d time.Duration, f func()) (stop func())
}

// UI is the whole of the screens in one window. Its methods are called on
// Fyne's thread, and its fields are used there, unless a comment says otherwise.
type UI struct {
	app    fyne.App
	window fyne.Window
	opt    Options

	*worker // off Fyne's thread and back; for all goroutines

	// What was chosen on this device.
	set        settings.Settings
	unsaved    bool                          // what was chosen last could not be kept
	light      kit.Light                     // what the screens are lit by
	language   string                        // the guard's
	catalogues map[string]*wording.Catalogue // by language

	// The gate, and how it stood when it was last asked.
	backend    *Backend  // nil until Attach
	drill      *practice // the one that runs; nil: the gate is the real one
	generation int       // grows when another gate takes the place of this one
	state      gate.State
	known      bool // state is that of this gate
	failed     bool // the gate's folder did not open
	today      gate.Today
	recent     []gate.Line // the newest entries, newest first
	hub        exchange

	// Where codes come from.
	camera   *cameraView // nil without one
	keyboard keyboard
	pictures pictures
	early    []scan.Reading // came before Attach
	line     line           // who is before the gate besides the people whose answer stands

	// What stands on the window.
	screen    screen
	shownAt   time.Time // of the screen
	party     *party    // whose answer stands, until the check screen shows
	chip      *kit.Pane // says something of the next person
	framed    screen    // that the window was built for last
	size      fyne.Size // of the window, as it was last drawn
	root      *kit.Pane
	bar       *kit.Pane
	shield    *kit.Shield
	pane      *viewfinder // the camera's picture where the screen has one
	ages      []*kit.Pane // what says how long ago something was
	stopAging func()      // stops what keeps the ages on the screen true; nil: nothing does
	ringAt    int         // which target the ring of the keys is round, from 1; 0: none
	kiosk     kiosk
	faults    int // panics in screens
}

// New fills a window of an app with the screens; until [UI.Attach] they say that the data is being opened.
func New(a fyne.App, w fyne.Window, opt Options) (*UI, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Zone == nil {
		opt.Zone = time.Local
	}
	u := &UI{app: a, window: w, opt: opt, set: opt.Settings, catalogues: map[string]*wording.Catalogue{}}
	for _, language := range wording.Languages {
		c, err := wording.New(language, opt.Zone)
		if err != nil {
			return nil, err
		}
		c.Draws = look.Draws
		u.catalogues[language] = c
	}
	var ctx context.Context
	u.worker, ctx = newWorker(opt, u.safely)
	u.language = systemLanguage()
	u.set.Language = cmp.Or(opt.Language, u.set.Language)
	u.screen = &checkScreen{}
	u.root = kit.NewPane(fyne.NewSize(240, 320), u.frame)
	u.apply()
	if p, err := scan.ParseProfile(u.set.Scanner); err == nil {
		u.SetScanner(p)
	}
	w.SetPadded(false)
	u.shield = kit.NewShield()
	w.SetContent(container.NewStack(u.root, u.shield))
	u.listen()
	w.SetCloseIntercept(u.askClose)
	if opt.Run == nil {
		u.running.Go(func() { u.tick(ctx) })
		if opt.Meter != nil {
			u.running.Go(func() { opt.Meter.stand(ctx, u) })
		}
	}
	return u, nil
}

// Attach gives the screens their gate; scans that came before are checked now.
func (u *UI) Attach(b Backend) {
	u.do(func() {
		began := u.opt.Now()
		u.backend, u.known = &b, false
		u.sound()
		u.startCamera(cmp.Or(b.Camera, u.set.Camera))
		u.refreshState(func() {
			if !u.state.Enrolled {
				u.show(newEnrol(u, ""))
			} else if idle := u.behaviour().idle; idle && u.state.Shift.Name == "" && !u.locked() {
				u.open("shift")
			} else if idle {
				u.resume(began)
			}
		})
		u.touched()
		u.root.Refresh()
	})
}

// Failed says that the data could not be opened: for an error that matches
// store.ErrBusy or store.ErrReadOnly the screen says what to do.
func (u *UI) Failed(err error) {
	key := "open.failed"
	switch {
	case errors.Is(err, store.ErrBusy):
		key = "open.busy"
	case errors.Is(err, store.ErrReadOnly):
		key = "open.read_only"
	}
	u.do(func() {
		u.failed = true
		u.show(&checkScreen{key: key, pairs: []string{"detail", err.Error()}})
	})
}

// Exchanged tells how the exchange with the hub stands; it may be called from any goroutine, and does not block.
func (u *UI) Exchanged(s client.Status) {
	u.do(func() {
		before := u.hub.status
		u.hub.status = &s
		u.hub.pull.follow(s.Progress, u.opt.Now())
		if s.Progress.Total > 0 && before != nil && before.Progress.Total > 0 {
			if percent(s.Progress) != percent(before.Progress) {
				u.redraw()
			}
			return
		}
		u.hub.updating = u.hub.updating && s.Progress.Total > 0
		u.refreshState(nil)
	})
}

// Leave says that the window is about to go: from now on nothing crosses to
// Fyne's thread. It may be called from any goroutine, and does not wait.
func (u *UI) Leave() { u.leave() }

// Close ends the work of the screens and waits for it.
func (u *UI) Close() {
	u.leave()
	u.running.Wait()
}

// newest is how many entries are at hand for the line under the camera's picture.
const newest = 16

// refreshState asks the gate how it stands and then shows it.
func (u *UI) refreshState(then func()) {
	if u.backend == nil {
		return
	}
	g := u.backend.Gate
	counts := u.behaviour().needs&needsTraffic != 0
	u.run(func(ctx context.Context) {
		var traffic gate.Traffic
		if counts {
			traffic, _ = g.Traffic(ctx)
		}
		s, _ := g.State(ctx)                                 // an unknown backlog is shown as none
		today, _ := g.Today(ctx, u.opt.Now().In(u.opt.Zone)) // and counts that cannot be read are not shown
		recent, _ := g.Recent(ctx, newest)                   // nor are entries
		u.do(func() {
			u.state, u.today, u.recent, u.known = s, today, recent, true
			if u.drill != nil {
				u.state.Place = u.say("drill.place")
			}
			if counts {
				u.hub.traffic = traffic
			}
			if then != nil {
				then()
			}
			u.takeEarly()
			u.redraw()
		})
	})
}

// takeEarly takes what was shown before it was known how the gate stands.
func (u *UI) takeEarly() {
	early := u.early
	u.early = nil
	for _, r := range early {
		u.take(r, nil)
	}
}

func (u *UI) redraw() {
	if u.behaviour().needs&needsState != 0 {
		u.root.Refresh()
	} else if u.bar != nil {
		u.bar.Refresh()
	}
}

// show replaces the screen; nothing keeps the focus, so that a scanner's keys
// reach the window. Before visitors, the check screen takes the place of one for staff.
func (u *UI) show(s screen) {
	if s.behave(u).kiosk == staff && u.locked() {
		s = &checkScreen{}
	}
	if leave := u.behaviour().leave; leave != nil && u.screen != s {
		leave()
	}
	if u.screen != s {
		u.shield.Cover(u.after)
	}
	if u.screen != s {
		u.shownAt = u.opt.Now()
	}
	u.screen, u.pane, u.ringAt = s, nil, 0
	if b := s.behave(u); b.idle {
		u.party = nil
	} else if b.arrive != nil {
		b.arrive()
	}
	u.relock(s)
	if u.camera != nil {
		u.camera.wanted.Store(0)
	}
	u.window.Canvas().Unfocus()
	u.root.Refresh()
	u.touched()
	u.releaseSoon()
}

// catalogue has the sentences in the guard's language, second those that stand small beside them.
func (u *UI) catalogue() *wording.Catalogue { return u.catalogues[u.language] }
func (u *UI) second() *wording.Catalogue    { return u.catalogues[wording.Second(u.language)] }

func (u *UI) say(key string, pairs ...string) string { return u.catalogue().Say(key, pairs...) }

// Turn switches the language of everything on the screen.
func (u *UI) Turn(language string) {
	u.do(func() {
		u.set.Language = language
		u.setLanguage(language)
		u.applyTheme()
		u.root.Refresh()
	})
}

func (u *UI) setLanguage(language string) {
	if u.catalogues[language] != nil {
		u.language = language
	}
}

// Language is the guard's.
func (u *UI) Language() string { return u.language }

// sheet is the colours of pages in the light that there is.
func (u *UI) palette() kit.Palette { return u.light.Palette() }

// scale is how large letters are, one of Scales.
func (u *UI) scale() int {
	if slices.Contains(kit.Scales, u.set.Text) {
		return u.set.Text
	}
	return kit.Scales[0]
}

// Light is what the screens are lit by.
func (u *UI) Light() kit.Light { return u.light }

// setLight chooses what the screens are lit by; day, where there is no such light.
func (u *UI) setLight(l kit.Light) {
	if u.light = l; !slices.Contains(kit.Lights, l) {
		u.light = kit.Day
	}
}

// applyTheme gives Fyne the light and the size of letters that are chosen, and texts
// their script. A new theme has Fyne read the fonts anew, and keep for good what
// it read before: so not for every choice, and for a language never.
func (u *UI) applyTheme() {
	kit.TaiwanShapes = u.language == "zh-Hant"
	t := kit.Theme{Light: u.light, Text: float32(u.scale()) / 100, Hant: kit.TaiwanShapes}
	if old, ours := u.app.Settings().Theme().(kit.Theme); ours && old.Light == t.Light && old.Text == t.Text {
		return
	}
	u.app.Settings().SetTheme(t)
}

// pagePaint is the ground and ink of pages.
func (u *UI) pagePaint() kit.Paint { s := u.palette(); return kit.Paint{Ground: s.Ground, Ink: s.Ink} }

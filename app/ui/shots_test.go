package ui_test

import (
	"cmp"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"fyne.io/fyne/v2"

	"postern/app/scan"
	"postern/app/settings"
	"postern/app/ui"
	"postern/sync/verdict"
)

// TestShots draws every screen, upright and with text at 200 %. With
// POSTERN_SHOTS set to a folder it draws all sizes and languages, and leaves
// the pictures there to be looked at; POSTERN_SHOT names the only screens to
// draw, POSTERN_LIGHT what they are lit by.
func TestShots(t *testing.T) {
	folder := os.Getenv("POSTERN_SHOTS")
	sizes := map[string]fyne.Size{"7in": {Width: 480, Height: 800}, "10in": {Width: 600, Height: 960}, "flat": {Width: 1280, Height: 800}, "large-text": {Width: 240, Height: 400}}
	for name, size := range sizes {
		for _, language := range ui.Languages {
			if folder == "" && name+language != "7inzh" && name+language != "large-texten" {
				continue
			}
			t.Run(name+"-"+language, func(t *testing.T) {
				for screen, open := range shots {
					if only := os.Getenv("POSTERN_SHOT"); only != "" && !regexp.MustCompile(only).MatchString(screen) {
						continue
					}
					set := settings.Default()
					set.Light = cmp.Or(os.Getenv("POSTERN_LIGHT"), set.Light)
					d := newDeskWith(t, language, size, set)
					open(d)
					img := d.window.Canvas().Capture()
					if got := img.Bounds().Size(); got.X < int(size.Width) || got.Y < int(size.Height) {
						t.Fatalf("%s is drawn as %v in a window of %v", screen, got, size)
					}
					if folder == "" {
						continue
					}
					f, err := os.Create(filepath.Join(folder, fmt.Sprintf("%s-%s-%s.png", screen, name, language)))
					if err != nil {
						t.Fatal(err)
					}
					if err := png.Encode(f, img); err != nil {
						t.Fatal(err)
					}
					f.Close()
				}
			})
		}
	}
}

func show(r verdict.Reason) func(*desk) {
	return func(d *desk) {
		d.attach()
		d.Submit(scan.Reading{Text: "PP1:" + string(r)})
	}
}

func becomeKiosk(d *desk) {
	d.attach()
	d.Open("settings")
	d.tap("settings.more")
	d.digits(rightPIN)
	d.tap("kiosk.on")
}

func busy(d *desk) {
	d.attach()
	for _, r := range verdict.Reasons() {
		d.Submit(scan.Reading{Text: "PP1:" + string(r)})
		if r.Outcome() == verdict.Check {
			d.Submit(scan.Reading{Text: "PP1:ok"})
		}
	}
}

var shots = map[string]func(*desk){
	"opening":     func(*desk) {},
	"check":       func(d *desk) { d.attach() },
	"first":       func(d *desk) { d.gate.state = unenrolled; d.attach() },
	"first-check": func(d *desk) { d.gate.state = unenrolled; d.attach(); d.Open("check") },
	"admit":       show(verdict.OK),
	"test-old":    show(verdict.TestOld),
	"forged":      show(verdict.Forged),
	"no-key":      show(verdict.NoKey),
	"clock":       show(verdict.ClockWrong),
	"sync":        func(d *desk) { d.attach(); d.Open("sync") },
	"sync-bad":    func(d *desk) { d.gate.state = troubled(d.gate.state); d.attach(); d.Open("sync") },
	"settings":    func(d *desk) { d.attach(); d.Open("settings") },
	"settings-open": func(d *desk) {
		d.attach()
		d.Open("settings")
		d.tap("settings.more")
		d.digits(rightPIN)
	},
	"shift":     func(d *desk) { d.attach(); d.Open("shift") },
	"kiosk":     func(d *desk) { becomeKiosk(d) },
	"kiosk-dim": func(d *desk) { becomeKiosk(d); d.wait() },
	"kiosk-id":  func(d *desk) { becomeKiosk(d); d.Submit(scan.Reading{Text: "PP1:id_match"}) },
	"type":      func(d *desk) { d.attach(); d.Open("type") },
	"ways":      func(d *desk) { show(verdict.TestOld)(d); d.tap("verdict.other_ways") },
	"emergency": func(d *desk) { show(verdict.TestOld)(d); d.tap("step.emergency") },
	"id":        show(verdict.IDMatch),
	"pin": func(d *desk) {
		show(verdict.Barred)(d)
		d.tap("step.supervisor")
		d.tap("supervisor.pin")
		d.digits("1409")
	},
	"supervisor": func(d *desk) { show(verdict.Barred)(d); d.tap("step.supervisor") },
	"look-up":    func(d *desk) { show(verdict.Expired)(d); d.tap("step.look_up") },
	"registered": func(d *desk) { show(verdict.TestOld)(d); d.tap("step.register"); d.tap("register.do") },
	"again":      func(d *desk) { show(verdict.Unreadable)(d); d.tap("step.try_again") },

	"today":           morning,
	"today-inspector": func(d *desk) { morning(d); d.tap("today.tens") },
	"today-reset":     func(d *desk) { morning(d); d.tap("today.reset") },
	"today-night":     func(d *desk) { d.attach(); d.Open("settings"); d.tap("settings.night"); morning(d) },
	"sync-fetching":   fetching,

	"drill":         func(d *desk) { d.attach(); d.Open("drill") },
	"drill-cards":   func(d *desk) { d.attach(); d.practise(); d.showCard(1, "good"); d.wait(); d.Open("drill") },
	"drill-card":    func(d *desk) { d.attach(); d.practise(); d.card(9, "birth"); d.tap("drill.what") },
	"drill-verdict": func(d *desk) { d.attach(); d.practise(); d.showCard(3, "test_old") },
	"drill-score": func(d *desk) {
		d.attach()
		d.practise()
		d.showCard(1, "good")
		d.wait()
		d.Open("drill")
		d.tap("drill.end")
	},
	"help":         func(d *desk) { d.attach(); d.Open("help") },
	"help-code":    func(d *desk) { show(verdict.Revoked)(d); d.Open("help") },
	"start":        begun(),
	"start-read":   begun("see"),
	"start-sound":  begun("see", "start.next"),
	"start-end":    begun("see", "start.next", "start.no", "start.next", "start.yes"),
	"enrol-camera": enrolling,
}

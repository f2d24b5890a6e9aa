package ui_test

import (
	"fmt"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/settings"
	"postern/app/ui/kit"
	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// pose is how a shot is taken: the window, the language, the light, and how large letters are.
type pose struct {
	size     string // of shotSizes
	language string
	light    kit.Light
	text     int
}

func (l pose) String() string {
	return fmt.Sprintf("%s-%s-%s-%d", l.size, l.language, l.light, l.text)
}

var shotSizes = map[string]fyne.Size{
	"7in": {Width: 480, Height: 800}, "10in": {Width: 800, Height: 1280}, "small": {Width: 320, Height: 480},
	"flat": {Width: 1280, Height: 800}, "7in-flat": {Width: 800, Height: 480}, "desktop": {Width: 1920, Height: 1080},
}

// looks are all of them, or two where nobody looks.
func looks(all bool) []pose {
	if !all {
		return []pose{{"7in", "zh", kit.Day, 100}, {"7in-flat", "en", kit.Sun, 200}}
	}
	var list []pose
	for _, size := range slices.Sorted(maps.Keys(shotSizes)) {
		for _, language := range wording.Languages {
			for _, light := range kit.Lights {
				for _, text := range []int{kit.Scales[0], kit.Scales[len(kit.Scales)-1]} {
					list = append(list, pose{size, language, light, text})
				}
			}
		}
	}
	return list
}

// TestShots draws every screen. With POSTERN_SHOTS set to a folder it draws
// them in all sizes, languages, lights and letters, and leaves the pictures
// there to be looked at; POSTERN_SHOT is a pattern for the names to draw, such
// as ^(check|admit)-7in-zh-day-100$.
func TestShots(t *testing.T) {
	folder := os.Getenv("POSTERN_SHOTS")
	only := regexp.MustCompile(os.Getenv("POSTERN_SHOT"))
	for _, l := range looks(folder != "") {
		t.Run(l.String(), func(t *testing.T) {
			for screen, open := range shots {
				if name := screen + "-" + l.String(); only.MatchString(name) {
					shoot(t, l, open, folder, name)
				}
			}
		})
	}
}

// shoot draws a screen and leaves its picture in a folder, if there is one.
func shoot(t *testing.T, l pose, open func(*desk), folder, name string) {
	set, size := settings.Default(), shotSizes[l.size]
	set.Light, set.Text = string(l.light), l.text
	d := newDeskWith(t, l.language, size, set)
	open(d)
	img := d.window.Canvas().Capture()
	if got := img.Bounds().Size(); got.X < int(size.Width) || got.Y < int(size.Height) {
		t.Fatalf("%s is drawn as %v in a window of %v", name, got, size)
	}
	if folder == "" {
		return
	}
	f, err := os.Create(filepath.Join(folder, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

func show(r verdict.Reason) func(*desk) {
	return func(d *desk) {
		d.attach()
		d.Submit(scan.Reading{Text: "PP1:" + string(r)})
	}
}

// named shows a pass with a masked name for comparison.
func named(name, latin string) func(*desk) {
	return func(d *desk) {
		v := of(verdict.IDMatch)
		v.Pass.Name, v.Pass.Latin = name, latin
		d.gate.verdicts["PP1:named"] = v
		d.attach()
		d.Submit(scan.Reading{Text: "PP1:named"})
	}
}

// typingAt types into the field of a screen, with its keyboard showing.
func typingAt(screen, text string) func(*desk) {
	return func(d *desk) {
		d.attach()
		d.Open(screen)
		d.touchField()
		d.field().SetText(text)
	}
}

// wipe is the authority's order to forget.
func wipe(d *desk) {
	d.gate.state = unenrolled
	d.gate.state.Wiped = &gate.Wiped{Place: "东门", At: noon.Add(-26 * time.Hour)}
}

// first is a sentence as it begins a button.
func first(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

// answering shows a verdict under a policy that names whom to ask.
func answering(r verdict.Reason, change func(*verdict.Verdict)) func(*desk) {
	return func(d *desk) {
		v := of(r)
		v.Policy = &policy.Policy{
			Contacts: []policy.Contact{
				{Role: policy.Complaint, Name: policy.Words{"zh": "桐花里社区服务站", "en": "Tonghuali service station"}, Phone: "029-5550 0142", Way: policy.Words{"zh": "北门左转 60 米", "en": "left of the north gate, 60 m"}},
				{Role: policy.Duty, Phone: "5550 0142"},
			},
			Waiting: &policy.Contact{Name: policy.Words{"zh": "南侧 2 号等候点", "en": "Waiting point 2, south side"}, Phone: "029-5550 0135"},
			Window:  &policy.Window{Number: "2"},
		}
		if change != nil {
			change(&v)
		}
		d.gate.verdicts["PP1:"+string(r)] = v
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
		d.person("PP1:" + string(r))
		if r.Outcome() == verdict.Check {
			d.person("PP1:ok")
		}
	}
}

var shots = map[string]func(*desk){
	"opening":     func(*desk) {},
	"check":       func(d *desk) { d.attach() },
	"first":       func(d *desk) { d.gate.state = unenrolled; d.attach() },
	"first-check": func(d *desk) { d.gate.state = unenrolled; d.attach(); d.Open("check") },
	"wiped":       func(d *desk) { wipe(d); d.attach() },
	"wiped-check": func(d *desk) { wipe(d); d.attach(); d.Open("check") },
	"admit":       show(verdict.OK),
	"test-old":    show(verdict.TestOld),
	"forged":      show(verdict.Forged),
	"no-key":      show(verdict.NoKey),
	"clock":       show(verdict.ClockWrong),
	"barred":      answering(verdict.Barred, nil),
	"positive":    answering(verdict.RuleNotMet, func(v *verdict.Verdict) { v.Test.Result = pass.Positive }),
	"kiosk-window": func(d *desk) {
		becomeKiosk(d)
		v := of(verdict.TestOld)
		v.Policy = &policy.Policy{Window: &policy.Window{Number: "2"}}
		d.gate.verdicts["PP1:test_old"] = v
		d.Submit(scan.Reading{Text: "PP1:test_old"})
	},
	"kiosk-in":    func(d *desk) { becomeKiosk(d); d.Submit(scan.Reading{Text: "PP1:ok"}) },
	"kiosk-again": func(d *desk) { becomeKiosk(d); d.Submit(scan.Reading{Text: "PP1:unreadable"}) },
	"let-in": func(d *desk) {
		show(verdict.TestOld)(d)
		d.tap("step.emergency")
		d.tapWord(first(d.words(nil, d.Language(), "recorded.emergency_birth")))
	},
	"sync":     func(d *desk) { d.attach(); d.Open("sync") },
	"sync-bad": func(d *desk) { d.gate.state = troubled(d.gate.state); d.attach(); d.Open("sync") },
	"settings": func(d *desk) { d.attach(); d.Open("settings") },
	"settings-open": func(d *desk) {
		d.attach()
		d.Open("settings")
		d.tap("settings.more")
		d.digits(rightPIN)
	},
	"shift":      func(d *desk) { d.attach(); d.Open("shift") },
	"shift-keys": typingAt("shift", ""),
	"help-keys":  typingAt("help", "R-S"),
	"enrol-keys": typingAt("enrol", "PE1:6BF+70.A"),
	"scanner-keys": func(d *desk) {
		d.gate.state.PIN = false
		typingAt("settings", "end=pause&prefix=~")(d)
	},
	"kiosk":         func(d *desk) { becomeKiosk(d) },
	"kiosk-dim":     func(d *desk) { becomeKiosk(d); d.wait() },
	"kiosk-verdict": func(d *desk) { becomeKiosk(d); d.Submit(scan.Reading{Text: "PP1:test_old"}) },
	"kiosk-called":  func(d *desk) { becomeKiosk(d); d.Submit(scan.Reading{Text: "PP1:test_old"}); d.tap("kiosk.staff_come") },
	"kiosk-id":      func(d *desk) { becomeKiosk(d); d.Submit(scan.Reading{Text: "PP1:id_match"}) },
	"family":        func(d *desk) { d.attach(); d.together("PP1:ok", "PP1:barred", "PP1:test_old", "PP1:id_match") },
	"family-green": func(d *desk) {
		d.attach()
		d.gate.verdicts["PP1:ok2"] = of(verdict.OK)
		d.together("PP1:ok", "PP1:ok2")
	},
	"row":           func(d *desk) { d.attach(); d.person("PP1:test_old"); d.Open("today"); d.tapName("outcome.check") },
	"handed-over":   func(d *desk) { busy(d); d.Open("settings"); d.tap("shift.hand_over") },
	"no-code":       func(d *desk) { d.attach(); d.Open("no_code") },
	"held":          func(d *desk) { d.attach(); d.scanCode("PP1:barred"); d.scanCode("PP1:ok") },
	"refused-third": func(d *desk) { d.attach(); d.scanCode("PP1:test_old"); d.scanCode("PP1:ok"); d.scanCode("PP1:barred") },
	"type":          func(d *desk) { d.attach(); d.Open("type") },
	"ways":          func(d *desk) { show(verdict.TestOld)(d); d.tap("verdict.other_ways") },
	"emergency":     func(d *desk) { show(verdict.TestOld)(d); d.tap("step.emergency") },
	"id":            show(verdict.IDMatch),
	"id-arabic":     named("م. أ.", ""),
	"id-hindi":      named("क्ष*** श***", ""),
	"id-korean":     named("홍*", ""),
	"id-thai":       named("กิ*** น้ำ***", ""),
	"id-georgian":   named("ნ. ბ.", ""),
	"id-vietnamese": named("Đ*** Ẵ***", ""),
	"id-rare":       named("㐂*龘", ""),
	"id-latin":      named("Ꭳ. Ꮟ.", "O. S."),
	"id-undrawn":    named("Ꭳ. Ꮟ.", ""),
	"pick": func(d *desk) {
		d.attach()
		d.album(d.t, "Pictures/Camera", "ok", "revoked", "barred", "test_old", "expired")
		d.album(d.t, "Downloads", "forged")
		d.tap("tool.picture")
	},
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
	"help-code":    func(d *desk) { d.helpOn(verdict.Revoked) },
	"start":        begun(),
	"start-read":   begun("see"),
	"start-sound":  begun("see", "start.next"),
	"start-end":    begun("see", "start.next", "start.no", "start.next", "start.yes"),
	"enrol-camera": enrolling,
}

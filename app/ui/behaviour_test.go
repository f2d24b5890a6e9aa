package ui_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"postern/app/ui"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// fate is what becomes of a code that the camera reads while a screen shows.
type fate string

const (
	judgedAtOnce   fate = "judged at once"
	judgedSoon     fate = "judged as soon as the screen was seen"
	heldUntilIdle  fate = "held until the check screen shows"
	takenForItself fate = "taken by the screen"
)

// standings are all screens: the way to each, and what becomes of a code there.
// The staff's are not to be had at a kiosk.
var standings = []struct {
	screen string // the type that implements it
	to     func(*desk)
	code   fate
	staff  bool
}{
	{"checkScreen", opened("check"), judgedAtOnce, false},
	{"verdictScreen", after(verdict.TestOld), heldUntilIdle, false},
	{"idScreen", after(verdict.IDMatch), heldUntilIdle, false},
	{"familyScreen", family("test_old", "barred"), heldUntilIdle, false},
	{"noCodeScreen", opened("no_code"), judgedAtOnce, true},
	{"stepsScreen", after(verdict.TestOld, "ways"), heldUntilIdle, false},
	{"emergencyScreen", after(verdict.TestOld, "emergency"), heldUntilIdle, false},
	{"supervisorScreen", after(verdict.TestOld, "supervisor"), heldUntilIdle, false},
	{"registerScreen", after(verdict.TestOld, "register"), heldUntilIdle, false},
	{"doneScreen", func(d *desk) { after(verdict.TestOld, "register")(d); d.tap("register.do") }, judgedSoon, false},
	{"pinScreen", func(d *desk) { after(verdict.TestOld, "supervisor")(d); d.tap("supervisor.pin") }, heldUntilIdle, false},
	{"typingScreen", opened("type"), heldUntilIdle, true},
	{"pickScreen", opened("picture"), judgedAtOnce, true},
	{"todayScreen", opened("today"), judgedAtOnce, true},
	{"rowScreen", func(d *desk) {
		d.gate.note(journal.Check, verdict.Admit, "ok", nil)
		d.Open("today")
		ui.OpenFirstRow(d.UI)
	}, judgedAtOnce, true},
	{"syncScreen", opened("sync"), judgedAtOnce, true},
	{"settingsScreen", opened("settings"), heldUntilIdle, true},
	{"helpScreen", opened("help"), heldUntilIdle, true},
	{"enrolScreen", opened("enrol"), judgedAtOnce, true},
	{"shiftScreen", opened("shift"), judgedAtOnce, true},
	{"startScreen", opened("start"), takenForItself, true},
	{"drillScreen", opened("drill"), heldUntilIdle, true},
	{"cardScreen", opened("practise", "drill-card"), heldUntilIdle, true},
	{"scoreScreen", opened("practise", "drill-score"), judgedAtOnce, true},
}

// opened opens screens by name.
func opened(names ...string) func(*desk) {
	return func(d *desk) {
		for _, name := range names {
			d.Open(name)
		}
	}
}

// family shows several codes in one picture.
func family(reasons ...string) func(*desk) {
	return func(d *desk) {
		var texts []string
		for _, r := range reasons {
			texts = append(texts, "PP1:"+r)
		}
		d.together(texts...)
	}
}

// after opens what leads on from a verdict.
func after(r verdict.Reason, names ...string) func(*desk) {
	return func(d *desk) {
		d.scanCode("PP1:" + string(r))
		opened(names...)(d)
	}
}

// longCode is longer than any badge.
const longCode = "https://example.org/menu/today/and/tomorrow"

// A code that the camera reads has one fate on each screen. What is held is
// judged once the guard is back at the check screen, and never lost.
func TestCodesOnEveryScreen(t *testing.T) {
	for _, s := range standings {
		t.Run(s.screen, func(t *testing.T) {
			d := newDesk(t, "en", tablet)
			front := &reel{frames: times(1, sceneOf(t, ""))}
			d.cameras = rack{"front": front}
			d.attach()
			s.to(d)
			if got := ui.ScreenName(d.UI); got != s.screen {
				t.Fatalf("the way leads to %s", got)
			}
			front.frames = times(3, sceneOf(t, longCode))
			d.Watch("front")
			got := ui.ScreenName(d.UI)
			switch s.code {
			case judgedAtOnce:
				if got != "verdictScreen" {
					t.Errorf("after the code it shows %s", got)
				}
				return
			default:
				if got != s.screen {
					t.Errorf("the code turned it into %s", got)
				}
			}
			if d.passes(time.Second); s.code == judgedSoon {
				if got := ui.ScreenName(d.UI); got != "verdictScreen" {
					t.Errorf("a second after the code it shows %s", got)
				}
				return
			}
			d.Open("check")
			if got, want := ui.ScreenName(d.UI), map[fate]string{heldUntilIdle: "verdictScreen", takenForItself: "checkScreen"}[s.code]; got != want {
				t.Errorf("back at the check screen it shows %s, want %s", got, want)
			}
		})
	}
}

// A kiosk shows visitors the screens that are for them, and the check screen in the place of any other.
func TestKioskScreens(t *testing.T) {
	for _, s := range standings {
		d := newKiosk(t, "en", tablet)
		if s.staff {
			s.to(d)
			if got := ui.ScreenName(d.UI); got != "checkScreen" {
				t.Errorf("a visitor stands before %s", got)
			}
		}
	}
	d := newDesk(t, "en", tablet).attach()
	for _, s := range standings {
		if !s.staff {
			continue
		}
		s.to(d)
		if got := ui.ShownAtKiosk(d.UI); got != "checkScreen" {
			t.Errorf("%s lets itself be shown to visitors as %s", s.screen, got)
		}
		d = newDesk(t, "en", tablet).attach()
	}
}

// No screen is missing in the table above.
func TestEveryScreenIsListed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	behaves := regexp.MustCompile(`func \((?:\w+ )?\*?(\w+)\) body\((?:u )?\*UI, `)
	found := map[string]bool{}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range behaves.FindAllStringSubmatch(string(source), -1) {
			found[m[1]] = found[m[1]] || !strings.HasSuffix(name, "_test.go")
		}
	}
	for _, s := range standings {
		if !found[s.screen] {
			t.Errorf("there is no screen %s", s.screen)
		}
		delete(found, s.screen)
	}
	for screen, real := range found {
		if real {
			t.Errorf("%s is not in the table of screens", screen)
		}
	}
}

// What a person decided by hand is for one person: the barred code that comes
// before that screen is judged at once and in its own colour, and the screen
// goes by itself.
func TestLetThroughIsForOnePerson(t *testing.T) {
	for _, way := range [][]string{{"Emergency", "Childbirth"}, {"Register for a test here", "Register and get a number"}} {
		d := newDesk(t, "en", tablet)
		front := &reel{frames: times(1, sceneOf(t, ""))}
		d.cameras = rack{"front": front}
		d.attach()
		d.scanCode("PP1:" + string(verdict.TestMissing))
		for _, word := range way {
			d.tapWord(word)
		}
		if got := ui.ScreenName(d.UI); got != "doneScreen" {
			t.Fatalf("%v leads to %s", way, got)
		}
		before := len(d.gate.lines)
		front.frames = times(2, sceneOf(t, "PP1:"+string(verdict.Barred)))
		d.Watch("front")
		d.passes(time.Second) // the screen was seen
		d.says(t, d.words(t, "en", "outcome.refuse"))
		if n := len(d.gate.lines) - before; n != 1 {
			t.Errorf("after %v %d codes were judged", way, n)
		}

		d.Open("check")
		d.scanCode("PP1:" + string(verdict.TestMissing))
		for _, word := range way {
			d.tapWord(word)
		}
		d.wait()
		if got := ui.ScreenName(d.UI); got != "checkScreen" {
			t.Errorf("after %v, left alone, it shows %s", way, got)
		}
	}
}

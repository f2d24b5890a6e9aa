package ui_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"postern/app/cue"
	"postern/app/gate"
	"postern/app/scan"
	"postern/app/settings"
	"postern/app/ui"
	"postern/app/ui/kit"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/verdict"
)

var high = fyne.NewSize(480, 2000) // a page without scrolling

// unlocked is a desk at the settings, with the PIN given.
func unlocked(t *testing.T, language string) *desk {
	d := newDesk(t, language, high).attach()
	d.Open("settings")
	d.tap("settings.more")
	d.digits(rightPIN)
	return d
}

// What is for everybody needs no PIN; the rest does, and a wrong one opens nothing.
func TestSettingsBehindThePIN(t *testing.T) {
	d := newDesk(t, "en", high).attach()
	d.Open("settings")
	d.says(t, "English", "简体中文", d.words(t, "en", "settings.day"), "东门", "hospital")
	for _, key := range []string{"settings.enrol", "settings.hand", "settings.scanner"} {
		d.saysNot(t, d.words(t, "en", key))
	}
	d.tap("settings.more")
	d.digits("140923")
	d.says(t, d.words(t, "en", "pin.wrong"))
	d.digits(rightPIN)
	d.says(t, d.words(t, "en", "settings.sounds"), d.words(t, "en", "settings.enrol"))
	d.Open("check")
	d.Open("settings") // left, it is closed again
	d.saysNot(t, d.words(t, "en", "settings.enrol"))

	d.gate.state.PIN = false
	d.Open("check")
	d.attach()
	d.Open("settings")
	d.says(t, d.words(t, "en", "settings.no_pin"), d.words(t, "en", "settings.enrol"))
}

// Every choice holds at once and is kept.
func TestChoicesAreKept(t *testing.T) {
	d := unlocked(t, "en")
	d.tapWord("30%")
	d.tap("sound.speak")
	d.tap("sound.vibrate")
	d.tap("settings.left")
	d.tap("settings.night")
	d.tapWord("简体中文")
	want := settings.Settings{Language: "zh", Light: "night", Volume: 30, Speak: true, Left: true}
	if d.saved != want {
		t.Errorf("kept %+v, want %+v", d.saved, want)
	}
	if o := (cue.Options{Volume: 30, Speak: true, Language: "zh"}); d.sound.options != o {
		t.Errorf("the player goes by %+v, want %+v", d.sound.options, o)
	}
	d.tap("sound.test")
	if d.sound.tests != 1 {
		t.Errorf("%d tests were played", d.sound.tests)
	}
	d.saving = errors.New("the disk is full")
	d.tap("sound.off")
	d.says(t, d.words(t, "zh", "settings.unsaved"))
}

// A restart has what was chosen.
func TestSettingsOfBefore(t *testing.T) {
	a, w := newWindow(t)
	u, err := ui.New(a, w, ui.Options{Settings: settings.Settings{Language: "en", Light: "night"}, Run: func(job func(context.Context)) { job(context.Background()) }})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if u.Language() != "en" {
		t.Errorf("the screens speak %s", u.Language())
	}
}

func TestDevicesThatAreNotThere(t *testing.T) {
	d := newDesk(t, "en", high)
	d.sound.state = cue.State{Sound: cue.Absent, Vibration: cue.Absent}
	d.gate.state.PIN = false
	d.attach()
	d.Open("settings")
	d.says(t, d.words(t, "en", "sound.absent"), d.words(t, "en", "sound.no_vibration"))
	d.saysNot(t, d.words(t, "en", "sound.test"))
	d.saysNot(t, d.words(t, "en", "settings.camera"))
}

// The hand turns the sides of a flat screen round.
func TestHand(t *testing.T) {
	d := newDesk(t, "en", fyne.NewSize(1280, 800)).attach()
	d.scanCode("PP1:test_old")
	right := d.at("step.register").X
	d.Open("settings")
	d.tap("settings.more")
	d.digits(rightPIN)
	d.tap("settings.left")
	d.person("PP1:test_old")
	if left := d.at("step.register").X; left > 300 || right < 600 {
		t.Errorf("the step stands at %v for the right hand, at %v for the left", right, left)
	}
}

// A scanner with a prefix and Tab is understood once its profile is set.
func TestScannerProfileIsKept(t *testing.T) {
	d := unlocked(t, "en")
	field := d.field()
	field.SetText("prefix=~&end=never")
	field.Sent()
	d.says(t, d.words(t, "en", "settings.scanner_bad"))
	field.SetText("end=pause&prefix=~")
	field.Sent()
	if d.saved.Scanner != "end=pause&prefix=~" {
		t.Errorf("kept %q", d.saved.Scanner)
	}
	d.Open("check")
	for _, r := range "~PP1:ok" {
		d.now = d.now.Add(2 * time.Millisecond)
		d.window.Canvas().OnTypedRune()(r)
	}
	d.now = d.now.Add(200 * time.Millisecond)
	d.wait()
	d.says(t, "Admit")
	if got := len(d.gate.lines); got != 1 {
		t.Errorf("one scan left %d entries", got)
	}
}

// At a gate for both ways the supervisor turns it; the bar and the entries follow.
func TestDirection(t *testing.T) {
	l := newLive(t, "en", func(e *enrol.Envelope) { e.Direction, e.PIN = "both", nil })
	l.window.Resize(high)
	l.Open("settings")
	l.tap("direction.out")
	l.says(t, "·out")
	l.Open("check")
	l.says(t, "1To send", "·out")
	l.scanCode(l.world.Pass(t, 6))
	if e := l.last(t); e.Way != journal.Out {
		t.Errorf("the entry goes %v", e.Way)
	}
}

// Who comes on duty says so; a code may be checked all the same; entries name them.
func TestShift(t *testing.T) {
	l := newLive(t, "en")
	l.says(t, l.words(t, "en", "shift.title"))
	l.scanCode(l.world.Pass(t, 6))
	l.says(t, "suspended")
	l.Open("settings")
	l.says(t, l.words(t, "en", "shift.nobody"))
	l.tap("shift.start")
	l.tap("shift.begin")
	l.says(t, l.words(t, "en", "shift.name"))
	l.digits("0417")
	l.says(t, l.words(t, "en", "check.invite"), "·in", "0417 on duty")
	l.passes(time.Minute)
	l.scanCode(l.world.Pass(t, 10))
	if e := l.last(t); e.Operator != "0417" {
		t.Errorf("the entry names %q", e.Operator)
	}
	l.Open("settings")
	l.says(t, l.words(t, "en", "shift.on", "name", "0417", "role", "Guard"))
	l.tap("shift.hand_over")
	l.says(t, l.words(t, "en", "shift.title"))
	l.Submit(scan.Reading{Text: "badge 88", Source: scan.Camera})
	l.says(t, "·in", "badge 88 on duty")
	l.wants(t, journal.Shift, verdict.Unknown, gate.ShiftBegins)
}

// A supervisor begins by PIN only.
func TestSupervisorBeginsByPIN(t *testing.T) {
	l := newLive(t, "zh")
	l.tap("shift.supervisor")
	l.digits("7")
	l.says(t, l.words(t, "zh", "supervisor.pin_title"))
	l.digits("140923")
	l.says(t, l.words(t, "zh", "pin.wrong"))
	l.digits(rightPIN)
	l.says(t, l.words(t, "zh", "check.invite"))
	l.Open("settings")
	l.says(t, l.words(t, "zh", "shift.on", "name", "7", "role", "主管"))
}

// An inspector checks nobody.
func TestInspector(t *testing.T) {
	l := newLive(t, "en")
	l.tap("shift.inspector")
	l.digits("31")
	l.says(t, l.words(t, "en", "today.title"))
	l.scanCode(l.world.Pass(t, 6))
	l.says(t, l.words(t, "en", "shift.inspecting"))
	l.wants(t, journal.Shift, verdict.Unknown, gate.ShiftBegins)
}

// field is the field on the screen.
func (d *desk) field() *kit.Field {
	for _, o := range test.LaidOutObjects(d.window.Content()) {
		if e, ok := o.(*kit.Field); ok {
			return e
		}
	}
	panic("there is no field; the screen says " + d.shown())
}

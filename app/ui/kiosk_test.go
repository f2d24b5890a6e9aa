package ui_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"postern/app/gate"
	"postern/app/settings"
	"postern/app/store"
	"postern/app/ui"
	"postern/app/ui/kit"
	"postern/sync/journal"
	"postern/sync/policy"
	"postern/sync/verdict"
)

// newKiosk is a desk that was a kiosk when it was switched off.
func newKiosk(t *testing.T, language string, size fyne.Size) *desk {
	set := settings.Default()
	set.Kiosk = true
	return newDeskWith(t, language, size, set).attach()
}

// Restarted, a kiosk is a kiosk: full screen, and nothing but codes goes in.
func TestKioskShowsCodesOnly(t *testing.T) {
	d := newKiosk(t, "en", tablet)
	if !d.window.FullScreen() {
		t.Error("the window is not full screen")
	}
	for _, key := range []string{"nav.settings", "nav.today", "tool.type", "tool.picture", "tool.paste"} {
		d.saysNot(t, d.words(t, "en", key))
	}
	for _, name := range []string{"settings", "today", "sync", "enrol", "type", "shift"} {
		d.Open(name)
		d.says(t, d.words(t, "en", "check.invite"))
	}
	d.digits("someone at the keys")
	d.says(t, d.words(t, "en", "check.invite"))
	d.scanCode("PE1:SOMETHING")
	d.says(t, d.words(t, "en", "kiosk.staff"))
	d.scanCode("PP1:ok")
	d.says(t, d.words(t, "en", "kiosk.in"))
	d.saysNot(t, "王*明") // a name is not for everybody in the line
	d.key(fyne.KeyEscape)
	d.says(t, d.words(t, "en", "check.invite"))
}

// Every screen goes back by itself: Admit and the others, and what leads on from them.
func TestKioskReturns(t *testing.T) {
	d := newKiosk(t, "en", tablet)
	for _, taps := range [][]string{
		nil,
		{"step.emergency"},
		{"kiosk.staff_come"},
		{"kiosk.staff_come", "supervisor.pin"},
	} {
		d.now = d.now.Add(time.Minute)
		reason := verdict.TestOld
		d.scanCode("PP1:" + string(reason))
		for _, key := range taps {
			d.tap(key)
		}
		d.wait()
		d.says(t, d.words(t, "en", "check.invite"))
	}
	d.scanCode("PP1:ok")
	d.wait()
	d.says(t, d.words(t, "en", "check.invite"))
	d.now = d.now.Add(time.Minute)
	d.scanCode("PP1:ok")
	d.hold()
	d.wait() // a hand that was left on it does not stop the door
	d.says(t, d.words(t, "en", "check.invite"))
}

// A visitor is offered what a visitor can do, and calls the staff by sound for the rest.
func TestKioskOffersVisitorsTheirOwnSteps(t *testing.T) {
	d := newKiosk(t, "en", tablet)
	d.scanCode("PP1:no_key")
	d.says(t, d.words(t, "en", "kiosk.wait"), d.words(t, "en", "kiosk.no_code"), d.words(t, "en", "step.emergency"))
	for _, key := range []string{"verdict.other_ways", "step.look_up", "step.register", "step.supervisor", "outcome.unknown"} {
		d.saysNot(t, d.words(t, "en", key))
	}
	d.tap("kiosk.staff_come")
	d.says(t, d.words(t, "en", "kiosk.called"), d.words(t, "en", "supervisor.pin"))
	d.saysNot(t, "U-KEY") // the guard's screen has the reason
	d.saysNot(t, d.words(t, "en", "supervisor.no"))
	d.saysNot(t, d.words(t, "en", "supervisor.left", "n", "3"))
	if n := len(d.sound.played); n != 2 { // the answer's own, and the call
		t.Errorf("%d sounds, want that of the answer and one that calls the staff", n)
	}
}

// Where nobody is, it goes dark; a touch or a code wakes it.
func TestKioskDims(t *testing.T) {
	d := newKiosk(t, "en", tablet)
	d.wait()
	d.says(t, d.words(t, "en", "kiosk.dim"))
	dark := d.window.Canvas().Capture().At(20, 500)
	if _, _, b, _ := dark.RGBA(); b > 0x1800 {
		t.Errorf("dimmed, it shines with %x", b)
	}
	d.touch()
	if _, _, b, _ := d.window.Canvas().Capture().At(20, 500).RGBA(); b < 0x1800 {
		t.Error("a touch does not wake it")
	}
	d.wait()
	d.scanCode("PP1:forged")
	d.says(t, d.words(t, "en", "kiosk.wait"))
	if _, _, b, _ := d.window.Canvas().Capture().At(20, 500).RGBA(); b < 0x1800 {
		t.Error("a code does not wake it")
	}
}

// The corner and the window's end ask for the PIN; nothing else leads out.
func TestKioskEndsByPIN(t *testing.T) {
	d := newKiosk(t, "en", high)
	d.corner().MouseDown(nil)
	d.corner().MouseUp(nil) // let go too early
	d.saysNot(t, d.words(t, "en", "supervisor.pin_title"))
	d.corner().MouseDown(nil)
	d.wait()
	d.says(t, d.words(t, "en", "supervisor.pin_title"), d.words(t, "en", "kiosk.out"))
	d.digits("140923")
	d.says(t, d.words(t, "en", "pin.wrong"))
	d.wait() // and goes away by itself
	d.says(t, d.words(t, "en", "check.invite"))

	d.corner().MouseDown(nil)
	d.wait()
	d.digits(rightPIN)
	d.says(t, d.words(t, "en", "settings.kiosk"))
	d.Open("today")
	d.says(t, d.words(t, "en", "today.title"))
	d.wait() // the supervisor has gone
	d.says(t, d.words(t, "en", "check.invite"))
	d.saysNot(t, d.words(t, "en", "nav.today"))

	ui.AskClose(d.UI)
	d.says(t, d.words(t, "en", "supervisor.pin_title"), d.words(t, "en", "kiosk.close"))
	d.tap("pin.back")

	d.corner().MouseDown(nil)
	d.wait()
	d.digits(rightPIN)
	d.tap("kiosk.off")
	if d.saved.Kiosk || d.window.FullScreen() {
		t.Errorf("it is still a kiosk: %+v", d.saved)
	}
	d.Open("check")
	d.says(t, d.words(t, "en", "nav.today"))
}

// The way back from the PIN stands in the corner that is held to come there, and can be tapped.
func TestKioskBackFromPIN(t *testing.T) {
	d := newKiosk(t, "en", tablet)
	d.corner().MouseDown(nil)
	d.wait()
	d.says(t, d.words(t, "en", "kiosk.out"))
	for _, o := range test.LaidOutObjects(d.window.Content()) {
		if area, ok := o.(*kit.TouchArea); ok && area.Visible() && area.Size() == fyne.NewSize(84, 84) {
			t.Fatal("something over the way back takes its taps")
		}
	}
	d.tapName("pin.back")
	d.says(t, d.words(t, "en", "check.invite"))
}

// A guard's device becomes a kiosk in its settings, and stays one.
func TestKioskBegins(t *testing.T) {
	d := unlocked(t, "en")
	d.tap("kiosk.on")
	if !d.saved.Kiosk || !d.window.FullScreen() {
		t.Errorf("it is no kiosk: %+v", d.saved)
	}
	d.saysNot(t, d.words(t, "en", "nav.today"))

	d = newDesk(t, "en", high)
	d.gate.state.PIN = false
	d.attach().Open("settings")
	d.says(t, d.words(t, "en", "kiosk.no_pin"))
}

// At a kiosk nobody confirms themselves.
func TestKioskIDMatch(t *testing.T) {
	l := newLive(t, "en")
	l.window.Resize(high)
	l.tap("shift.later")
	l.Open("settings")
	l.tap("settings.more")
	l.digits(rightPIN)
	l.tap("kiosk.on")
	l.scanCode(l.world.Pass(t, 4))
	l.saysNot(t, "Matches")
	l.tap("kiosk.compare")
	l.digits(rightPIN)
	l.tap("id.matches")
	l.wants(t, journal.Confirm, verdict.Admit, "ok")
	l.says(t, l.words(t, "en", "kiosk.in"))
}

// A device that is no gate any more is no kiosk: somebody has to enrol it.
func TestKioskThatWasWiped(t *testing.T) {
	set := settings.Default()
	set.Kiosk = true
	d := newDeskWith(t, "en", tablet, set)
	d.gate.state = unenrolled
	d.attach()
	d.says(t, d.words(t, "en", "enrol.title"), d.words(t, "en", "enrol.do"))
	d.Open("check")
	d.says(t, d.words(t, "en", "nav.settings"))
}

// It says who did that, and when.
func TestWipedDeviceSaysWhy(t *testing.T) {
	d := newDesk(t, "en", tablet)
	d.gate.state = unenrolled
	d.gate.state.Wiped = &gate.Wiped{Place: "West Gate", At: noon.Add(-time.Hour)}
	d.attach()
	d.says(t, "The authority took this device out of service", "22 Nov 11:42", `It was enrolled as "West Gate"`)
	d.Open("check")
	d.says(t, d.words(t, "en", "check.wiped"))
}

// A screen that fails costs that screen.
func TestFaultShowsTheCheckScreen(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.faults = 1
	ui.Break(d.UI)
	d.says(t, d.words(t, "en", "check.invite"))
	d.scanCode("PP1:ok")
	d.says(t, "Admit")
}

// corner is what feels the hold at the top left: the last that feels touches.
func (d *desk) corner() (found desktop.Mouseable) {
	for _, o := range test.LaidOutObjects(d.window.Content()) {
		if s, ok := o.(desktop.Mouseable); ok && o.Visible() {
			found = s
		}
	}
	return found
}

// An emergency at a kiosk lets in at once and calls the staff; where they asked
// for it, it calls them and waits for their PIN.
func TestKioskEmergency(t *testing.T) {
	for _, asks := range []bool{false, true} {
		set := settings.Default()
		set.Kiosk, set.Asks = true, asks
		d := newDeskWith(t, "en", tablet, set).attach()
		d.scanCode("PP1:test_old")
		d.tap("step.emergency")
		before := len(d.gate.lines)
		d.tapWord("Medical emergency")
		if asks {
			d.says(t, d.words(t, "en", "kiosk.call"))
			if len(d.gate.lines) != before || len(d.sound.played) == 0 {
				t.Errorf("%d entries before the PIN, %d sounds", len(d.gate.lines)-before, len(d.sound.played))
			}
			d.digits(rightPIN)
		}
		d.says(t, d.words(t, "en", "emergency.done"))
		if l := d.gate.lines[0]; len(d.gate.lines) != before+1 || l.Reason != "emergency_medical" || len(d.sound.played) == 0 {
			t.Errorf("asks %v: the last entry is %q, with %d sounds", asks, l.Reason, len(d.sound.played))
		}
		d.wait() // it goes back by itself, and is quiet
		calls := len(d.sound.played)
		d.wait()
		d.says(t, d.words(t, "en", "check.invite"))
		if len(d.sound.played) != calls {
			t.Error("it goes on calling")
		}
	}
}

// Whoever is quick after a start must not find open what is behind the PIN: it
// is not known yet whether there is one.
func TestNothingIsOpenBeforeTheGateIs(t *testing.T) {
	set := settings.Default()
	set.Kiosk = true
	k := newDeskWith(t, "en", tablet, set)
	k.corner().MouseDown(nil)
	k.wait()
	ui.AskClose(k.UI)
	if k.closed {
		t.Error("the kiosk closes before its gate is open")
	}
	k.attach()
	k.says(t, k.words(t, "en", "check.invite"))
	k.saysNot(t, k.words(t, "en", "settings.title"))
	ui.AskClose(k.UI)
	k.says(t, k.words(t, "en", "kiosk.close"))
	k.digits(rightPIN)
	if !k.closed {
		t.Error("the right PIN does not close it")
	}

	d := newDesk(t, "en", high)
	d.Open("settings")
	d.saysNot(t, d.words(t, "en", "settings.hand"))
	d.attach()
	d.saysNot(t, d.words(t, "en", "settings.hand"))
	d.tap("settings.more")
	d.says(t, d.words(t, "en", "supervisor.pin_title"))

	broken := newDeskWith(t, "en", tablet, set)
	broken.Failed(store.ErrBusy)
	broken.corner().MouseDown(nil)
	broken.wait()
	broken.saysNot(t, broken.words(t, "en", "settings.title"))
	if ui.AskClose(broken.UI); !broken.closed {
		t.Error("a kiosk that is out of order cannot be closed")
	}
}

// An emergency needs no code at a kiosk either: two taps from its invitation.
func TestKioskEmergencyFromIdle(t *testing.T) {
	d := newKiosk(t, "en", tablet)
	d.tap("step.emergency")
	d.tapWord("Medical emergency")
	d.says(t, d.words(t, "en", "emergency.done"))
}

// Who has no code, or wants staff, has them called from the invitation.
func TestKioskStaffFromIdle(t *testing.T) {
	for _, key := range []string{"kiosk.no_code", "kiosk.staff_come"} {
		d := newKiosk(t, "en", tablet)
		d.tap(key)
		d.says(t, d.words(t, "en", "kiosk.called"))
	}
}

// The invitation promises a camera and paper only where there are such.
func TestKioskInvitesToWhatThereIs(t *testing.T) {
	d := newKiosk(t, "en", tablet)
	d.Open("check")
	d.says(t, d.words(t, "en", "kiosk.hint_scanner"))
	d.saysNot(t, "camera")
	d.saysNot(t, d.words(t, "en", "kiosk.paper"))
	d.gate.state.Rules = &policy.Policy{Paper: true}
	d.attach()
	d.says(t, d.words(t, "en", "kiosk.paper"))
}

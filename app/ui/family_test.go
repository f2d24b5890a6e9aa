package ui_test

import (
	"testing"
	"time"

	"postern/app/qr"
	"postern/app/ui"
	"postern/sync/policy"
	"postern/sync/verdict"
)

// together shows the codes of one picture.
func (d *desk) together(texts ...string) {
	var codes []qr.Code
	for _, text := range texts {
		codes = append(codes, qr.Code{Text: text, Format: qr.QR})
	}
	ui.TakeCodes(d.UI, codes)
}

// Four codes in one picture, one barred: whatever the order, the barred one
// leads in word, colour and sound, and each of the others has a row of their own.
func TestTheWorstOfAFamilyLeads(t *testing.T) {
	all := []string{"PP1:ok", "PP1:test_old", "PP1:ok2", "PP1:barred"}
	for turn := range all {
		d := newDesk(t, "en", tablet).attach()
		d.gate.verdicts["PP1:ok2"] = of(verdict.OK)
		order := append(append([]string(nil), all[turn:]...), all[:turn]...)
		d.together(order...)
		if n := len(d.gate.lines); n != 4 {
			t.Fatalf("%v: %d were judged", order, n)
		}
		if got := ui.ScreenName(d.UI); got != "familyScreen" {
			t.Fatalf("%v: it shows %s", order, got)
		}
		if got := ui.Ground(d.UI); got != ui.OutcomeGround(d.UI, verdict.Refuse) {
			t.Errorf("%v: the ground is %v", order, got)
		}
		if len(d.sound.played) != 1 || d.sound.played[0] != verdict.Refuse {
			t.Errorf("%v: it sounded %v", order, d.sound.played)
		}
		d.says(t, d.words(t, "en", "outcome.refuse"))
		d.says(t, "Get tested")
		d.says(t, d.words(t, "en", "outcome.admit"))

		// It stands until each was seen to.
		d.passes(time.Hour)
		if got := ui.ScreenName(d.UI); got != "familyScreen" {
			t.Errorf("left alone it shows %s", got)
		}
		for _, row := range ui.Rows(d.UI) {
			row()
			if got := ui.ScreenName(d.UI); got != "familyScreen" {
				d.UI.Next()
			}
		}
		d.UI.Next()
		if got := ui.ScreenName(d.UI); got != "checkScreen" {
			t.Errorf("when all are done it shows %s", got)
		}
		if n := len(d.gate.opened); n != 2 {
			t.Errorf("the barrier opened %d times for two Admits of four", n)
		}
	}
}

// What is read later in the same view joins the answer; what is another
// person's waits, is seen to wait, and is judged when it shows.
func TestOnePersonAfterAnother(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.scanCode("PP1:barred")
	d.scanCode("PP1:ok")
	d.says(t, d.words(t, "en", "outcome.refuse"))
	d.says(t, d.words(t, "en", "verdict.held_short"))
	d.scanCode("PP1:test_old")
	if d.sound.busy != 1 {
		t.Errorf("the third gave %d busy tones", d.sound.busy)
	}
	d.says(t, d.words(t, "en", "line.full"))
	d.scanCode("PP1:barred") // whoever stands there holds the code up again
	if n := len(d.gate.lines); n != 1 {
		t.Errorf("%d were judged while one stands", n)
	}
	d.passes(20 * time.Second)
	d.UI.Next()
	d.says(t, d.words(t, "en", "outcome.admit"))
	if n := len(d.gate.lines); n != 2 {
		t.Errorf("%d were judged", n)
	}

	d.passes(10 * time.Second) // the Admit has gone
	d.scanCode("PP1:barred")
	d.scanCode("PP1:ok")
	d.passes(31 * time.Second)
	d.says(t, d.words(t, "en", "line.over"))
	d.passes(5 * time.Second)
	d.UI.Next()
	if got := ui.ScreenName(d.UI); got != "checkScreen" {
		t.Errorf("after the wait was over it shows %s", got)
	}
}

// A code before an Admit that has just come does not take it away unseen.
func TestAnAdmitIsSeen(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.scanCode("PP1:ok")
	d.scanCode("PP1:barred")
	d.says(t, d.words(t, "en", "outcome.admit"))
	if n := len(d.gate.lines); n != 1 {
		t.Errorf("%d were judged", n)
	}
	d.passes(900 * time.Millisecond)
	d.says(t, d.words(t, "en", "outcome.refuse"))
}

// An enrolment code at a gate is answered in words, whatever shows, and changes nothing else.
func TestEnrolmentCodeBesideAVerdict(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.scanCode("PP1:barred")
	d.scanCode("PE1:6BF70A")
	d.says(t, d.words(t, "en", "outcome.refuse"))
	d.says(t, d.words(t, "en", "check.enrolled"))
	if got := ui.ScreenName(d.UI); got != "verdictScreen" {
		t.Errorf("it shows %s", got)
	}
}

// Every screen that is left alone goes back by itself: to the verdict that it is about, else to the check screen.
func TestLeftAlone(t *testing.T) {
	for _, s := range standings {
		d := newDesk(t, "en", tablet).attach()
		s.to(d)
		d.passes(4 * time.Minute)
		want := "checkScreen"
		if ui.About(d.UI) {
			want = "a verdict's face"
		}
		if got := ui.ScreenName(d.UI); got != want && !ui.Face(d.UI) {
			t.Errorf("%s, left alone, became %s", s.screen, got)
		}
	}
}

// The ways in without a code, from the screen that waits for one.
func TestDoors(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.tapWord("Emergency")
	d.tapWord("Childbirth")
	if got := ui.ScreenName(d.UI); got != "doneScreen" {
		t.Errorf("two taps from idle it shows %s", got)
	}
	d.passes(8 * time.Second)
	d.tapWord("No code")
	d.tapWord("Register for a test here")
	d.tapWord("Register and get a number")
	d.says(t, "No. 东-07")
}

// A place whose policy lets in who is tested here says so, and the guard can do it.
func TestTestedHere(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	v := of(verdict.TestOld)
	v.Policy = &policy.Policy{TestHere: policy.TestAdmit}
	d.gate.verdicts["PP1:here"] = v
	d.person("PP1:here")
	d.says(t, d.words(t, "en", "act.test_admit"))
	d.tap("step.register")
	d.tap("register.tested")
	d.says(t, d.words(t, "en", "outcome.admit"))

	d.person("PP1:test_old")
	d.saysNot(t, d.words(t, "en", "act.test_admit"))
	d.tap("step.register")
	d.saysNot(t, d.words(t, "en", "register.tested"))
}

// Where the barrier does not open, the guard is told to open it by hand.
func TestABarrierThatStaysShut(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.together("PP1:ok", "PP1:barred")
	d.gate.shut = true
	ui.Rows(d.UI)[1]()
	d.says(t, d.words(t, "en", "problem.relay_failed"))
}

package ui_test

import (
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/ui"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// late has the gate take its time from now on.
func (d *desk) late() { d.busy = true }

// works has the gate do all that it was asked, in its order.
func (d *desk) works() {
	for len(d.jobs) > 0 {
		job := d.jobs[0]
		d.jobs = d.jobs[1:]
		job()
	}
}

// A second tap on a reason, while the first is being recorded, lets nobody else in.
func TestAnEmergencyIsRecordedOnce(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.scanCode("PP1:test_old")
	d.tap("step.emergency")
	d.late()
	d.tapWord("Childbirth")
	d.tapWord("Childbirth")
	d.works()
	n := 0
	for _, l := range d.gate.lines {
		if l.Entry.Kind == journal.Override {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d people were let in for one", n)
	}
}

// What was decided for one person, and is recorded late, does not cover the answer of the next.
func TestWhatIsRecordedLateCoversNobody(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.scanCode("PP1:test_old")
	d.tap("step.emergency")
	d.late()
	d.tapWord("Childbirth")
	d.Open("check")
	d.scanCode("PP1:barred")
	d.works()
	if got := ui.ScreenName(d.UI); got != "verdictScreen" {
		t.Errorf("over the refusal of the next it shows %s", got)
	}
	d.says(t, d.words(t, "en", "outcome.refuse"))
	if got := ui.Said(d.UI); got != "emergency.done" {
		t.Errorf("beside it is said %q", got)
	}
}

// A confirmed ID shows, also where somebody joined the answer while it was recorded.
func TestAConfirmedIDShows(t *testing.T) {
	l := newLive(t, "en")
	a, b := l.world.Pass(t, 4), l.world.Pass(t, 8)
	ui.See(l.UI, []string{a}, false)
	l.late()
	ui.See(l.UI, []string{a, b}, false)
	l.tap("id.matches")
	l.works()
	l.wants(t, journal.Confirm, verdict.Admit, "ok")
	admits := 0
	for _, r := range ui.OnScreen(l.UI) {
		if r.Outcome == verdict.Admit {
			admits++
		}
	}
	if admits != 1 {
		t.Errorf("one was let in, and the screen shows %v", ui.OnScreen(l.UI))
	}
}

// An ID that was compared too late is no reason to forget the others of the same answer.
func TestAnIDTooLateLeavesTheOthers(t *testing.T) {
	l := newLive(t, "en")
	ui.See(l.UI, []string{l.world.Pass(t, 4), l.world.Pass(t, 8)}, false)
	ui.Rows(l.UI)[0]()
	l.passes(gate.TokenLife + time.Second)
	l.tap("id.matches")
	if got := ui.ScreenName(l.UI); got != "familyScreen" {
		t.Errorf("with one of two not seen to it shows %s", got)
	}
}

package ui_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/settings"
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

// More codes than a list has rows are refused once, not with every frame, and are counted once.
func TestTooManyInViewAreRefusedOnce(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	var view []string
	for i := range 14 {
		view = append(view, fmt.Sprint("PP1:somebody", i))
	}
	for range 30 {
		ui.See(d.UI, view, false)
		d.passes(100 * time.Millisecond)
	}
	if d.sound.busy != 2 {
		t.Errorf("two of fourteen were not taken, with %d busy tones", d.sound.busy)
	}
	d.says(t, d.words(t, "en", "family.more", "n", "2"))
}

// againGate has seen some codes a moment ago.
type againGate struct {
	*fakeGate
	again map[string]bool
}

func (g againGate) Answer(ctx context.Context, r scan.Reading) gate.Answer {
	a := g.fakeGate.Answer(ctx, r)
	a.Repeated = g.again[r.Text]
	return a
}

func (g againGate) AnswerTogether(ctx context.Context, standing []gate.Token, rs ...scan.Reading) []gate.Answer {
	all := g.fakeGate.AnswerTogether(ctx, standing, rs...)
	for i, r := range rs {
		all[i].Repeated = g.again[r.Text]
	}
	return all
}

func attachAgain(t *testing.T) *desk {
	d := newDesk(t, "en", tablet)
	d.Attach(ui.Backend{Gate: againGate{d.gate, map[string]bool{"PP1:ok": true}}, Sound: d.sound, Relay: true, Update: func() {}})
	return d
}

// Who comes into the view while the gate is asked about the same showing again is judged.
func TestWhoComesBesideTheSameAgainIsJudged(t *testing.T) {
	d := attachAgain(t)
	d.late()
	ui.See(d.UI, []string{"PP1:ok"}, false)
	ui.See(d.UI, []string{"PP1:ok", "PP1:barred"}, false)
	d.works()
	d.says(t, d.words(t, "en", "outcome.refuse"))
}

// One green for two codes, of which one was let through just now, says so, and
// the barrier opens for the one whom it is for.
func TestAGreenBesideTheSameAgain(t *testing.T) {
	d := attachAgain(t)
	d.gate.verdicts["PP1:ok2"] = of(verdict.OK)
	ui.See(d.UI, []string{"PP1:ok", "PP1:ok2"}, false)
	if got := ui.OnScreen(d.UI); len(got) != 1 || got[0].Text != "PP1:ok2" {
		t.Fatalf("it shows %v", got)
	}
	if got := ui.Said(d.UI); got != "check.again" {
		t.Errorf("beside the green is said %q", got)
	}
	if n := len(d.gate.opened); n != 1 {
		t.Errorf("the barrier opened %d times", n)
	}
}

// A page over a list that is left alone goes back to it.
func TestAPageGoesBackToTheList(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.together("PP1:barred", "PP1:test_old")
	d.Open("today")
	d.passes(4 * time.Minute)
	if got := ui.ScreenName(d.UI); got != "familyScreen" {
		t.Errorf("a page, left alone over a list, became %s", got)
	}
}

// A picture that is dropped on what was decided for one of a list does not take the list away.
func TestAPictureLeavesTheOthers(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.together("PP1:barred", "PP1:test_old")
	ui.Rows(d.UI)[1]()
	d.tap("step.emergency")
	d.tapWord("Childbirth")
	ui.Drop(d.UI, []fyne.URI{storage.NewFileURI("/nowhere.png")})
	d.passes(10 * time.Second)
	if got := ui.ScreenName(d.UI); got != "familyScreen" {
		t.Errorf("with the barred one not seen to it shows %s", got)
	}
}

// At a kiosk nobody opens the barrier for one of a list of whom another is not admitted.
func TestVisitorsOpenNothingBesideARefusal(t *testing.T) {
	set := settings.Default()
	set.Kiosk = true
	d := newDeskWith(t, "en", tablet, set).attach()
	d.together("PP1:ok", "PP1:barred")
	d.saysNot(t, d.words(t, "en", "family.let_in"))
	ui.Rows(d.UI)[1]()
	if n := len(d.gate.opened); n != 0 {
		t.Errorf("the barrier opened %d times", n)
	}
}

// The emergency beside a list is nobody's row: whoever leads is not dealt with by it.
func TestTheEmergencyOfAListIsNobodysRow(t *testing.T) {
	l := newLive(t, "en")
	ui.See(l.UI, []string{l.world.Pass(t, 4), l.world.Pass(t, 8)}, false)
	l.Open("emergency")
	l.tap("pin.back")
	if got := ui.ScreenName(l.UI); got != "familyScreen" {
		t.Fatalf("back from the emergency is %s", got)
	}
	l.Open("emergency")
	l.tapWord("Childbirth")
	if e := l.last(t); e.Kind != journal.Override || e.Tag != (journal.Tag{}) {
		t.Errorf("the entry names a pass: %+v", e)
	}
	l.passes(10 * time.Second)
	l.says(t, l.words(t, "en", "family.left", "n", "2"))
}

// The time for which a code waits for those beside it is its own, not what an earlier one left of it.
func TestACodeWaitsItsOwnTime(t *testing.T) {
	d := attachAgain(t)
	d.gate.verdicts["PP1:ok2"] = of(verdict.OK)
	ui.See(d.UI, []string{"PP1:ok"}, true)
	d.passes(100 * time.Millisecond)
	ui.See(d.UI, []string{"PP1:ok"}, false)
	d.passes(100 * time.Millisecond)
	ui.See(d.UI, []string{"PP1:ok2"}, true)
	d.passes(150 * time.Millisecond)
	if got := ui.OnScreen(d.UI); len(got) != 0 {
		t.Errorf("a green shows before the code beside it is read: %v", got)
	}
	ui.See(d.UI, []string{"PP1:ok2", "PP1:barred"}, false)
	if got := ui.OnScreen(d.UI); len(got) != 2 || got[0].Outcome != verdict.Refuse {
		t.Errorf("it shows %v", got)
	}
}

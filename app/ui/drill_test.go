package ui_test

import (
	"strconv"
	"testing"

	"postern/app/drill"
	"postern/app/scan"
	"postern/app/ui"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// practise begins a drill.
func (d *desk) practise() {
	d.Open("drill")
	d.tap("drill.begin")
}

// card opens a card of a drill, counted from 1.
func (d *desk) card(n int, scene string) {
	d.Open("drill")
	d.tapWord(d.words(nil, d.Language(), "drill.card", "n", strconv.Itoa(n), "who", d.words(nil, d.Language(), "scene."+scene)))
}

// shown opens a card and shows it to this device.
func (d *desk) showCard(n int, scene string) {
	d.card(n, scene)
	d.tap("drill.show")
}

// A drill that begins while somebody is asked for the supervisor's PIN would
// take its own, which everybody knows: it begins on its own screen or not at all.
func TestNoDrillBeginsBehindAnotherScreen(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.Open("drill")
	d.busy = true
	d.tap("drill.begin")
	d.Open("settings")
	d.tap("settings.more")
	d.busy = false
	for len(d.jobs) > 0 {
		job := d.jobs[0]
		d.jobs = d.jobs[1:]
		job()
	}
	d.saysNot(t, d.words(t, "en", "drill.band"))
	d.digits(drill.PIN)
	d.says(t, d.words(t, "en", "pin.wrong"))
}

// A drill from end to end: each person is dealt with through the screens
// themselves, and the score says what was right and why.
func TestDrill(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	band := d.words(t, "en", "drill.band")
	d.Open("drill")
	d.saysNot(t, band)
	d.tap("drill.begin")
	d.says(t, band, d.words(t, "en", "drill.cards_say", "pin", "123789"), d.words(t, "en", "drill.cut"))

	d.showCard(1, "good")
	d.says(t, band, "Admit", d.words(t, "en", "bar.practice"))
	d.saysNot(t, d.words(t, "en", "bar.recorded"))
	d.wait() // an Admit goes by itself, back to the cards
	d.says(t, band, d.words(t, "en", "drill.end"))
	d.saysNot(t, d.words(t, "en", "drill.cut")) // not between the two that show one code
	d.showCard(2, "passed_back")
	d.says(t, band, "Check", d.words(t, "en", "reason.seen")[:20])
	d.tap("verdict.next")
	d.tap("drill.cut")
	d.says(t, d.words(t, "en", "drill.cut_said"), "Data ageing")
	d.showCard(6, "barred")
	d.says(t, band, "Refuse")
	d.tap("step.supervisor")
	d.tap("supervisor.pin")
	d.digits("123789")
	d.says(t, band, d.words(t, "en", "supervisor.done"), d.words(t, "en", "drill.unrecorded")) // and that was wrong
	d.tap("verdict.next")
	d.showCard(9, "birth")
	d.tap("step.emergency")
	d.says(t, band)
	d.tapWord("Childbirth")
	d.tap("verdict.next")
	for _, screen := range []string{"check", "today", "sync", "settings"} {
		d.Open(screen)
		d.says(t, band)
	}
	d.card(8, "menu")
	d.says(t, d.words(t, "en", "drill.scan"))
	d.tap("drill.what")
	d.says(t, "Sent on, not let through", d.words(t, "en", "scene_why.menu"))
	d.tap("drill.following")
	d.says(t, d.words(t, "en", "scene.birth"))

	d.Open("drill")
	d.tap("drill.end")
	d.says(t, "3 of 9 right", d.words(t, "en", "drill.over"),
		d.words(t, "en", "drill.did", "did", d.words(t, "en", "act.overridden"), "want", d.words(t, "en", "act.sent_on")),
		d.words(t, "en", "act.nothing"), d.words(t, "en", "scene_why.barred"))
	d.saysNot(t, band)
	if len(d.gate.lines) != 0 {
		t.Errorf("the real gate heard of %d things", len(d.gate.lines))
	}
	d.tap("drill.done")
	d.scanCode("PP1:ok")
	if len(d.gate.lines) != 1 {
		t.Error("the real gate is not back")
	}
}

// A tour opens the parts of a drill by name.
func TestDrillByName(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.Open("practise")
	if !d.Practising() {
		t.Fatal("no drill runs")
	}
	for _, c := range []struct{ name, says string }{
		{"drill-cards", d.words(t, "en", "drill.end")},
		{"drill-card", d.words(t, "en", "drill.show")},
		{"drill-shown", "Admit"},
		{"drill-score", d.words(t, "en", "drill.over")},
	} {
		d.Open(c.name)
		d.says(t, c.says)
	}
	if d.Practising() {
		t.Error("the drill still runs")
	}
}

// IDs are compared in a drill as at the gate.
func TestDrillComparesIDs(t *testing.T) {
	d := newDesk(t, "en", tablet)
	sound := &fakeSound{}
	d.Attach(ui.Backend{Gate: d.gate, Sound: sound})
	d.Open("drill")
	d.tap("drill.yes")
	d.tap("drill.begin")
	d.showCard(1, "good")
	d.tap("id.matches")
	d.says(t, "Admit")
	d.wait()
	d.showCard(10, "other_face")
	d.tap("id.differs")
	d.tap("verdict.next")
	d.tap("drill.end")
	d.says(t, "2 of 10 right")
	want := []verdict.Outcome{verdict.Check, verdict.Admit, verdict.Check, verdict.Check}
	if len(sound.played) != len(want) || sound.played[1] != verdict.Admit {
		t.Errorf("the drill sounded %v, want %v", sound.played, want)
	}
}

// Nothing of a drill reaches the real journal, whatever is done in it, and a
// code that would change the real gate waits until it is over.
func TestDrillLeavesTheJournalAlone(t *testing.T) {
	p := newPost(t)
	d := &desk{UI: p.UI, window: p.window}
	p.Submit(scan.Reading{Text: p.world.Pass(t, 3), At: p.now, Source: scan.Wedge})
	before := p.entries()
	d.practise()
	for i, scene := range []string{"good", "passed_back", "test_old"} {
		d.showCard(i+1, scene)
	}
	p.Open("check")
	p.Submit(scan.Reading{Text: p.world.Pass(t, 5), At: p.now, Source: scan.Wedge})
	d.says(t, d.words(t, "zh", "outcome.unknown")) // a real pass is a stranger in a drill
	d.tap("step.emergency")
	d.tapWord(d.words(t, "zh", "recorded.emergency_medical"))
	p.Submit(scan.Reading{Text: "PE1:ANYTHING", At: p.now, Source: scan.Wedge})
	d.says(t, d.words(t, "zh", "drill.enrolling"))
	d.Open("drill")
	d.tap("drill.end")
	after := p.entries()
	if len(after) != len(before) || after[0].Hash() != before[0].Hash() {
		t.Errorf("the real journal went from %d to %d entries", len(before), len(after))
	}
	p.Submit(scan.Reading{Text: p.world.Pass(t, 5), At: p.now, Source: scan.Wedge})
	if now := p.entries(); len(now) != len(before)+1 || now[0].Kind != journal.Check {
		t.Error("the real gate does not record after a drill")
	}
}

// entries are those of the real journal, the newest first.
func (p *post) entries() []journal.Entry {
	all, err := p.store.Recent(p.t.Context(), 1<<20)
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

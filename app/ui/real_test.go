package ui_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"golang.org/x/crypto/argon2"

	"postern/app/gate"
	"postern/app/store/memory"
	"postern/app/store/storetest"
	"postern/app/ui"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/policy"
	"postern/sync/verdict"
)

// live is the screens on a real gate over a store in memory, in a small world.
type live struct {
	*desk
	gate  *gate.Gate
	world *storetest.World
	store *memory.Store
}

// newLive asks for an ID, lets supervisors let two in, and has a PIN that costs little.
func newLive(t *testing.T, language string, bend ...func(*enrol.Envelope)) *live {
	t.Helper()
	l := &live{desk: newDesk(t, language, tablet), world: storetest.NewWorld(t, 1), store: memory.New()}
	l.now = l.world.Now
	l.world.Policy.IDMatch = true
	l.world.Policy.Overrides = &policy.OverrideRule{Quota: 2, Hours: 1}
	l.world.Joined(t, l.store, 400)
	e := l.world.Opened(9)
	salt := bytes.Repeat([]byte{1}, 16)
	e.PIN = &enrol.PIN{Time: 1, Memory: 8 << 10, Threads: 1, Salt: salt, Sum: argon2.IDKey([]byte(rightPIN), salt, 1, 8<<10, 1, 32)}
	for _, b := range bend {
		b(&e)
	}
	if err := l.store.Install(context.Background(), client.Update{Envelope: l.world.Seal(t, e), Opened: &e}); err != nil {
		t.Fatal(err)
	}
	l.gate = gate.New(t.Context(), l.store, gate.Options{
		Now: func() time.Time { return l.now }, Mono: func() time.Duration { return l.now.Sub(l.world.Now) },
	})
	l.Attach(ui.Backend{Gate: l.gate, Update: func() {}})
	return l
}

// last is the newest entry.
func (l *live) last(t *testing.T) journal.Entry {
	t.Helper()
	all, err := l.store.Recent(context.Background(), 1)
	if err != nil || len(all) == 0 {
		t.Fatal("nothing is recorded", err)
	}
	return all[0]
}

func (l *live) wants(t *testing.T, kind journal.Kind, o verdict.Outcome, reason string) {
	t.Helper()
	if e := l.last(t); e.Kind != kind || e.Outcome != o || e.Reason != reason {
		t.Errorf("the last entry is %v %v %q, want %v %v %q", e.Kind, e.Outcome, e.Reason, kind, o, reason)
	}
}

// Green comes only after the guard compared the ID and the gate recorded it.
func TestIDMatch(t *testing.T) {
	l := newLive(t, "en")
	l.scanCode(l.world.Pass(t, 4))
	l.wants(t, journal.Check, verdict.Check, "id_match")
	l.says(t, l.words(t, "en", "act.see_id"), "王*", l.words(t, "en", "id.matches"), l.words(t, "en", "id.differs"))
	l.saysNot(t, "Admit")
	l.tap("id.matches")
	l.wants(t, journal.Confirm, verdict.Admit, "ok")
	l.says(t, "Admit", "王*")

	l.passes(time.Minute)
	l.scanCode(l.world.Pass(t, 8))
	l.tap("id.differs")
	l.wants(t, journal.Confirm, verdict.Check, "id_mismatch")
	l.says(t, "The ID does not belong to this pass")
	l.saysNot(t, "Admit")
}

// A screen that stood too long admits nobody, and says so.
func TestIDMatchTooLate(t *testing.T) {
	l := newLive(t, "en")
	l.scanCode(l.world.Pass(t, 4))
	l.passes(gate.TokenLife + time.Second)
	l.tap("id.matches")
	l.wants(t, journal.Check, verdict.Check, "id_match")
	l.says(t, l.words(t, "en", "id.over"))
}

// No code takes the guard out of what they are doing: the same once more is none, another's waits.
func TestTheSameShowingAgain(t *testing.T) {
	l := newLive(t, "en")
	l.scanCode(l.world.Pass(t, 4))
	l.tap("step.emergency")
	l.passes(time.Second)
	l.scanCode(l.world.Pass(t, 4))
	l.says(t, l.words(t, "en", "emergency.title"))
	l.scanCode(l.world.Pass(t, 6))
	l.says(t, l.words(t, "en", "emergency.title"), l.words(t, "en", "line.waiting"))
	l.tap("pin.back")
	l.Next()
	l.says(t, "suspended")
}

// A finger that was on its way to one person's screen must not count for the
// next one's, whose code may come at any moment.
func TestAFingerThatComesTooSoon(t *testing.T) {
	l := newLive(t, "en")
	l.shielded = true
	l.scanCode(l.world.Pass(t, 4))
	l.passes(ui.ShieldTime)
	at := l.at("id.matches").Add(fyne.NewPos(20, 20))
	l.scanCode(l.world.Pass(t, 8))
	l.Next()
	test.TapCanvas(l.window.Canvas(), at)
	l.wants(t, journal.Check, verdict.Check, "id_match")
	l.saysNot(t, "Admit")
	l.passes(ui.ShieldTime)
	test.TapCanvas(l.window.Canvas(), at)
	l.wants(t, journal.Confirm, verdict.Admit, "ok")
	test.TapCanvas(l.window.Canvas(), fyne.NewPos(240, 300)) // a second tap does not hurry the green away
	l.says(t, "Admit")
}

// A code that is handed back over the gate while it still counts as the same
// showing does not show green a second time: nobody would be recorded for it.
func TestACodeThatIsHandedBack(t *testing.T) {
	l := newLive(t, "en", func(e *enrol.Envelope) { e.PIN = nil })
	l.scanCode(l.world.Pass(t, 4))
	l.tap("id.matches")
	admitted := l.last(t)
	l.passes(4 * time.Second)
	l.says(t, l.words(t, "en", "check.invite"))
	l.scanCode(l.world.Pass(t, 4))
	l.says(t, l.words(t, "en", "check.again"))
	l.saysNot(t, "Admit")
	l.scanCode(l.world.Pass(t, 5))
	l.scanCode(l.world.Pass(t, 4)) // nor does it take a Refuse off the screen
	l.says(t, "Refuse")
	if e := l.last(t); e.Reason != "revoked" || e.Seq != admitted.Seq+1 {
		t.Errorf("entry %d (%s) follows %d", e.Seq, e.Reason, admitted.Seq)
	}
	l.passes(6 * time.Second)
	l.Next()
	l.wants(t, journal.Check, verdict.Check, "seen") // it waited
}

// The person on the screen is the one who is let in, and an emergency needs no PIN.
func TestEmergencyIsOfThePassShown(t *testing.T) {
	l := newLive(t, "en")
	l.scanCode(l.world.Pass(t, 6))
	check := l.last(t)
	l.tap("step.emergency")
	l.tapWord("Medical emergency")
	l.wants(t, journal.Override, verdict.Admit, "emergency_medical")
	if e := l.last(t); e.Tag != check.Tag || e.Tag == (journal.Tag{}) {
		t.Errorf("the emergency has the tag %x, its check %x", e.Tag, check.Tag)
	}
}

// A supervisor lets two in by PIN, from the pad and from the keys; the third is one too many.
func TestOverrideByPIN(t *testing.T) {
	l := newLive(t, "en")
	for i, left := range []string{"2", "1"} {
		l.scanCode(l.world.Pass(t, uint64(6+4*i)))
		l.tap("step.supervisor")
		l.says(t, "C-SUS", l.words(t, "en", "supervisor.left", "n", left))
		l.tap("supervisor.pin")
		if i == 0 {
			for _, d := range rightPIN {
				l.tapWord(string(d))
			}
			l.says(t, "●●●●●●")
			l.saysNot(t, rightPIN)
			l.tap("pin.enter")
		} else {
			l.digits(rightPIN)
		}
		l.wants(t, journal.Override, verdict.Admit, "supervisor")
		l.says(t, l.words(t, "en", "supervisor.done"))
		l.passes(time.Minute)
	}
	l.scanCode(l.world.Pass(t, 14))
	l.tap("step.supervisor")
	l.says(t, l.words(t, "en", "supervisor.quota"))
	l.saysNot(t, l.words(t, "en", "supervisor.pin"))
}

// Wrong PINs let nobody in, and after a few there is a wait that counts down.
func TestWrongPIN(t *testing.T) {
	l := newLive(t, "en")
	l.scanCode(l.world.Pass(t, 6))
	l.tap("step.supervisor")
	l.tap("supervisor.pin")
	l.digits("12")
	l.says(t, l.words(t, "en", "pin.short"))
	l.tapName("pin.rub")
	l.tapName("pin.rub")
	for range 3 {
		l.digits("140923")
		l.says(t, l.words(t, "en", "pin.wrong"))
	}
	l.digits(rightPIN)
	l.says(t, l.words(t, "en", "pin.wait", "span", "29 s"))
	l.wants(t, journal.Check, verdict.Check, "suspended")
	l.passes(10 * time.Second)
	l.says(t, l.words(t, "en", "pin.wait", "span", "19 s"))
	l.passes(21 * time.Second)
	l.saysNot(t, "Wait")
	l.digits(rightPIN)
	l.wants(t, journal.Override, verdict.Admit, "supervisor")
}

// A gate without a PIN says so, and offers no pad.
func TestNoPIN(t *testing.T) {
	l := newLive(t, "zh", func(e *enrol.Envelope) { e.PIN = nil })
	l.scanCode(l.world.Pass(t, 6))
	l.tap("step.supervisor")
	l.says(t, l.words(t, "zh", "supervisor.no_pin"))
	l.saysNot(t, l.words(t, "zh", "supervisor.pin"))
	l.tap("ways.back")
	l.says(t, "请核对")
}

// A scan on the PIN pad is a code, whatever digits it has, and waits; Escape goes back.
func TestScanOnThePINPad(t *testing.T) {
	l := newLive(t, "en")
	l.scanCode(l.world.Pass(t, 6))
	l.tap("step.supervisor")
	l.tap("supervisor.pin")
	l.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	l.says(t, l.words(t, "en", "supervisor.title"))
	l.tap("supervisor.pin")
	l.scanCode(l.world.Pass(t, 5))
	l.says(t, l.words(t, "en", "supervisor.pin_title"), l.words(t, "en", "line.waiting"))
	l.tapName("pin.back")
	l.tap("ways.back")
	l.Next()
	l.says(t, "Refuse")
	l.wants(t, journal.Check, verdict.Refuse, "revoked")
}

// Turning the gate is recorded and can be read: it lets one pass in twice.
func TestTurningTheGateIsRecorded(t *testing.T) {
	l := newLive(t, "en", func(e *enrol.Envelope) { e.PIN, e.Direction = nil, "both" })
	l.Open("settings")
	l.tap("direction.out")
	l.wants(t, journal.Shift, verdict.Unknown, gate.WayOut)
	l.Open("today")
	l.says(t, l.words(t, "en", "kind.way"), l.words(t, "en", "direction.out"))
}

// A name that no font draws is compared in Latin letters, or said to be such: nobody compares a box.
func TestIDMatchWithANameInAStrangeScript(t *testing.T) {
	for _, c := range []struct{ name, latin, want string }{
		{"ნ. ბ.", "N. B.", "ნ. ბ."},
		{"Ꭳ. Ꮟ.", "O. S.", "O. S."},
		{"Ꭳ. Ꮟ.", "Ꭳ.", "This name cannot be shown"},
		{"\U0002a6d5*", "", "This name cannot be shown"},
	} {
		d := newDesk(t, "en", tablet).attach()
		v := of(verdict.IDMatch)
		v.Pass.Name, v.Pass.Latin = c.name, c.latin
		d.gate.verdicts["PP1:strange"] = v
		d.scanCode("PP1:strange")
		d.says(t, c.want)
		d.saysNot(t, "Ꭳ")
		d.Open("today")
		d.says(t, c.want)
		d.saysNot(t, "Ꭳ")
	}
}

// A pass without a name that can be seen has nothing to compare, and says so.
func TestIDMatchWithoutAName(t *testing.T) {
	for _, name := range []string{"", "\u200b\u200b", "**"} {
		d := newDesk(t, "en", tablet).attach()
		v := of(verdict.IDMatch)
		v.Pass.Name = name
		d.gate.verdicts["PP1:blank"] = v
		d.scanCode("PP1:blank")
		d.says(t, d.words(t, "en", "verdict.no_name"))
	}
}

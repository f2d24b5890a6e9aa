package ui_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/verdict"
	"postern/sync/wording"
)

var tablet = fyne.NewSize(480, 800)

// says fails unless the window shows all of the words, whatever their line breaks.
func (d *desk) says(t *testing.T, words ...string) {
	t.Helper()
	shown := d.shown()
	for _, w := range words {
		if !strings.Contains(shown, squeeze(clean(w))) {
			t.Errorf("the screen does not say %q, but %q", clean(w), shown)
		}
	}
}

func (d *desk) saysNot(t *testing.T, word string) {
	t.Helper()
	if strings.Contains(d.shown(), squeeze(clean(word))) {
		t.Errorf("the screen says %q", word)
	}
}

// Who stood before the gate when the program ended may stand there still.
func TestStartsWhereItEnded(t *testing.T) {
	d := newDesk(t, "en", tablet)
	d.gate.note(journal.Check, verdict.Admit, "ok", nil)
	d.gate.note(journal.Start, verdict.Unknown, "", nil)
	d.now = noon.Add(time.Minute)
	d.attach()
	d.says(t, d.words(t, "en", "check.resumed", "at", "12:42:17", "outcome", "Admit"))
	d.scanCode("PP1:forged")
	d.says(t, "Refuse")

	late := newDesk(t, "en", tablet)
	late.gate.note(journal.Check, verdict.Admit, "ok", nil)
	late.now = noon.Add(time.Hour)
	late.attach()
	late.says(t, late.words(t, "en", "check.invite"))
}

// A scanner types with nothing focused; the verdict stands there in both languages.
func TestScanToVerdict(t *testing.T) {
	for _, language := range wording.Languages {
		d := newDesk(t, language, tablet).attach()
		for _, r := range verdict.Reasons() {
			d.Open("check")
			d.scanCode("PP1:" + string(r))
			v := of(r)
			said := catalogueOf(t, language).Verdict(v, catalogueOf(t, other(language)), noon)
			d.says(t, said.Sentence, said.Name)
			if r != verdict.IDMatch { // a screen of its own
				d.says(t, said.Word, said.Other, said.Side)
			}
			if r == verdict.NotRecorded {
				d.says(t, d.words(t, language, "bar.not_recorded"))
			} else {
				d.says(t, d.words(t, language, "bar.recorded"))
			}
			if v.Outcome != verdict.Admit {
				d.says(t, said.Help)
				if r == verdict.IDMatch {
					d.tap("verdict.other_ways")
				}
				for _, s := range v.Steps {
					d.says(t, d.words(t, language, "step."+string(s)))
				}
			}
		}
		if got := len(d.gate.lines); got != len(verdict.Reasons()) {
			t.Errorf("%d scans left %d entries", len(verdict.Reasons()), got)
		}
	}
}

// A pass may hold spaces and end with Tab; neither presses anything.
func TestScannerWithSpacesAndTab(t *testing.T) {
	d := newDesk(t, "zh", tablet).attach()
	d.gate.verdicts["PP1:A B C+/ :D"] = of(verdict.OK)
	c := d.window.Canvas()
	for _, r := range "PP1:A B C+/ :D" {
		c.OnTypedRune()(r)
	}
	if keys, ok := c.(desktop.Canvas); ok {
		keys.OnKeyDown()(&fyne.KeyEvent{Name: fyne.KeyTab})
	} else { // the test canvas has no key presses
		c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEnter})
	}
	d.says(t, "通行")
}

// A refusal stands until it is touched; then whoever was scanned meanwhile shows at once.
func TestTheNextOneShowsAtOnce(t *testing.T) {
	d := newDesk(t, "zh", tablet).attach()
	d.scanCode("PP1:forged")
	d.says(t, "不可通行")
	d.scanCode("PP1:ok")
	d.says(t, "不可通行", "下一位已扫")
	d.tap("verdict.next")
	d.says(t, "通行", "王*明")
	d.saysNot(t, "不可通行")
}

// A scanner that sends twice is one showing; the same code later is another.
func TestEchoOfAScanner(t *testing.T) {
	d := newDesk(t, "zh", tablet).attach()
	d.scanCode("PP1:test_old")
	d.scanCode("PP1:test_old")
	if got := len(d.gate.lines); got != 1 {
		t.Fatalf("an echo left %d entries", got)
	}
	d.now = d.now.Add(3 * time.Second)
	d.Open("check")
	d.scanCode("PP1:test_old")
	if got := len(d.gate.lines); got != 2 {
		t.Errorf("a second showing left %d entries", got)
	}
}

func TestAdmitGoesByItself(t *testing.T) {
	d := newDesk(t, "zh", tablet).attach()
	d.scanCode("PP1:ok")
	d.says(t, d.words(t, "zh", "verdict.keep"))
	d.wait()
	d.says(t, d.words(t, "zh", "check.invite"))

	d.now = d.now.Add(time.Minute)
	d.scanCode("PP1:ok")
	d.hold()
	d.says(t, d.words(t, "zh", "verdict.kept"), "通行")
	d.wait()
	d.says(t, "通行")
	d.touch()
	d.says(t, d.words(t, "zh", "check.invite"))

	d.now = d.now.Add(time.Minute)
	d.scanCode("PP1:ok")
	d.touch() // one that comes before anybody can have seen it does nothing
	d.says(t, "通行")
	d.passes(time.Second)
	d.touch() // a short touch goes on at once
	d.says(t, d.words(t, "zh", "check.invite"))

	d.scanCode("PP1:expired")
	d.wait()
	d.says(t, "请核对")
	d.tap("verdict.next")
	d.says(t, d.words(t, "zh", "check.invite"))
}

// Every step of every verdict leads somewhere that says what to do.
func TestStepsLeadOn(t *testing.T) {
	for _, c := range []struct {
		reason verdict.Reason
		taps   []string
		says   []string
		kind   journal.Kind
		why    string
	}{
		{verdict.Unreadable, []string{"step.try_again"}, []string{"after.try_again"}, journal.Check, "unreadable"},
		{verdict.Foreign, []string{"step.another_code"}, []string{"after.another_code"}, journal.Check, "foreign"},
		{verdict.TestOld, []string{"step.emergency", "recorded.emergency_birth"}, []string{"emergency.done"}, journal.Override, "emergency_birth"},
		{verdict.TestOld, []string{"step.register", "register.do"}, []string{"register.done_say"}, journal.Registration, "test"},
		{verdict.NoKey, []string{"step.look_up", "look_up.do"}, []string{"register.done_say"}, journal.Registration, "look_up"},
		{verdict.Barred, []string{"step.supervisor", "supervisor.no"}, []string{"check.invite"}, journal.Check, "barred"},
		{verdict.Forged, []string{"verdict.other_ways", "step.register", "register.do"}, []string{"register.done_say"}, journal.Registration, "test"},
		{verdict.Forged, []string{"verdict.other_ways", "ways.back"}, []string{"outcome.refuse"}, journal.Check, "forged"},
	} {
		d := newDesk(t, "zh", tablet).attach()
		d.scanCode("PP1:" + string(c.reason))
		for _, key := range c.taps {
			d.tap(key)
		}
		for _, key := range c.says {
			d.says(t, d.words(t, "zh", key))
		}
		if last := d.gate.lines[0]; last.Kind != c.kind || gate.CountedReason(last.Entry) != c.why {
			t.Errorf("%s %v: recorded %v %q, want %v %q", c.reason, c.taps, last.Kind, last.Reason, c.kind, c.why)
		}
	}
}

func TestRegistrationGivesThePaperNumber(t *testing.T) {
	d := newDesk(t, "zh", tablet).attach()
	d.scanCode("PP1:test_old")
	d.tap("step.register")
	d.tap("register.do")
	d.says(t, "编号 "+gate.PaperNumber(d.gate.lines[0].Entry))
}

func TestSupervisorHearsPlaceCodeAndReason(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.scanCode("PP1:barred")
	d.tap("step.supervisor")
	d.says(t, "东门", "R-BAR", "The issuer says that the holder may not pass for now.")
}

// What cannot be recorded is not said to be recorded, and the person in need goes through all the same.
func TestNothingRecorded(t *testing.T) {
	d := newDesk(t, "zh", tablet).attach()
	d.scanCode("PP1:test_old")
	d.gate.broken = true
	d.tap("step.emergency")
	d.tap("recorded.emergency_medical")
	d.says(t, d.words(t, "zh", "emergency.failed"))
	d.Open("today")
	d.says(t, d.words(t, "zh", "today.failed"))
	d.Open("check")
	d.scanCode("PP1:test_old")
	d.tap("step.register")
	d.tap("register.do")
	d.says(t, d.words(t, "zh", "register.failed"))
}

func TestLanguageIsLive(t *testing.T) {
	d := newDesk(t, "zh", tablet).attach()
	d.Open("settings")
	d.tapWord("English")
	for _, screen := range []string{"check", "today", "sync", "settings", "enrol", "type"} {
		d.Open(screen)
		if screen == "type" { // its keyboard stands where the tabs do
			d.tapName("keys.hide")
		}
		d.says(t, "Emergency", d.words(t, "en", map[string]string{
			"check": "nav.settings", "today": "today.title", "sync": "sync.title", "settings": "settings.title", "enrol": "enrol.title", "type": "typing.title",
		}[screen]))
	}
	d.Open("check")
	d.scanCode("PP1:test_old")
	d.says(t, "Check", "请核对", "one thing is missing", "51 h 20 min", "C-T48")
	d.Turn("zh")
	d.says(t, "请核对", "Check", "还差一项", "51 小时 20 分", "C-T48")
}

func TestNight(t *testing.T) {
	d := newDesk(t, "en", fyne.NewSize(480, 1000)).attach()
	d.Open("settings")
	day := d.window.Canvas().Capture()
	d.tap("settings.night")
	night := d.window.Canvas().Capture()
	r1, _, _, _ := day.At(240, 900).RGBA()
	r2, _, _, _ := night.At(240, 900).RGBA()
	if r1 < 0xf000 || r2 > 0x2000 {
		t.Errorf("the page is %x by day and %x by night", r1, r2)
	}
}

func TestToday(t *testing.T) {
	d := newDesk(t, "en", fyne.NewSize(480, 1600)).attach()
	d.Open("today")
	d.says(t, d.words(t, "en", "today.empty"))
	busy(d)
	d.Open("today")
	checks, admits, newest := 0, 0, time.Time{}
	for _, l := range d.gate.lines {
		checks++
		if l.Time.After(newest) {
			newest = l.Time
		}
		if l.Outcome == verdict.Admit {
			admits++
		}
	}
	d.says(t, fmt.Sprint(checks), fmt.Sprint(admits), "王*明", newest.In(zone).Format("15:04:05"))

	d.now = noon.Add(24 * time.Hour) // tomorrow
	d.Open("today")
	d.says(t, d.words(t, "en", "today.empty"))
}

func TestSync(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.Open("sync")
	d.says(t, "Data fresh", "12 min ago", "218", "412", "4 min ago", "hospital")
	d.tap("sync.update")
	d.says(t, d.words(t, "en", "sync.updating"))
	if d.updates != 1 {
		t.Errorf("asked for %d rounds", d.updates)
	}
	d.Exchanged(client.Status{Reachable: true, Progress: client.Progress{Done: 45, Total: 100}})
	d.says(t, d.words(t, "en", "sync.fetching", "percent", "45"))
	d.Exchanged(client.Status{Reachable: true, Progress: client.Progress{Done: 70, Total: 100}})
	d.says(t, d.words(t, "en", "sync.fetching", "percent", "70"))
	d.Exchanged(client.Status{Reachable: true})
	d.says(t, d.words(t, "en", "sync.ok"))
	for _, code := range client.Codes() {
		d.Exchanged(client.Status{LastError: client.Problem{Code: code}})
		d.says(t, d.words(t, "en", "hub."+string(code)))
	}
	d.gate.state = troubled(d.gate.state)
	d.Exchanged(client.Status{})
	d.window.Resize(fyne.NewSize(480, 1400))
	d.gate.state.Problems = append(d.gate.state.Problems, gate.RecordsStranded)
	d.gate.state.Stranded = 7
	d.Exchanged(client.Status{})
	d.says(t, d.words(t, "en", "problem.records_stranded", "count", "7"))
	d.says(t, "Data stale", "9 days", d.words(t, "en", "problem.disk_nearly_full"),
		d.words(t, "en", "problem.journal_set_aside"), d.words(t, "en", "problem.suspended"), "26 h off trusted time")
}

func TestEnrol(t *testing.T) {
	code, err := enrol.NewCode("https://hub.example.org", "东门", [32]byte{1}, [16]byte{2}, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	good := code.Encode()
	d := newDesk(t, "en", fyne.NewSize(480, 1000))
	d.gate.state = unenrolled
	d.attach()
	d.says(t, d.words(t, "en", "enrol.title"), d.words(t, "en", "bar.new_device"))

	enter := func(text string) {
		d.Open("check")
		if d.gate.state.Enrolled { // a device that is a gate already is enrolled on its own screen
			d.Open("enrol")
		}
		d.scanCode("PE1:" + text) // what begins like an enrolment code comes here
	}
	d.tap("enrol.do")
	d.says(t, d.words(t, "en", "enrol.empty"))
	enter("THIS IS NOT IT")
	d.says(t, d.words(t, "en", "enrol.bad"))
	enter(strings.TrimPrefix(good, "PE1:")[:40])
	d.says(t, d.words(t, "en", "enrol.bad"))

	for _, c := range []struct {
		err error
		key string
	}{
		{fmt.Errorf("enrol: %w", client.ErrUnreachable), "enrol.unreachable"},
		{fmt.Errorf("enrol: %w", client.ErrWaiting), "enrol.waiting"},
		{fmt.Errorf("enrol: %w", client.ErrRefused), "enrol.used"},
		{fmt.Errorf("enrol: %w", client.ErrWrongCity), "enrol.wrong_root"},
	} {
		d.enrol = func(string) error { return c.err }
		enter(strings.TrimPrefix(good, "PE1:"))
		d.says(t, d.words(t, "en", c.key))
	}
	d.gate.state.Backlog = 3
	d.enrol = func(string) error { return fmt.Errorf("enrol: %w", store.ErrUnsent) }
	enter(strings.TrimPrefix(good, "PE1:"))
	d.says(t, d.words(t, "en", "enrol.unsent", "count", "3"))
	d.enrol = func(text string) error {
		if text != good {
			t.Errorf("enrolled with %q", text)
		}
		d.gate.state = newFake().state
		return nil
	}
	enter(strings.TrimPrefix(good, "PE1:"))
	d.says(t, d.words(t, "en", "enrol.done", "place", "东门"))
	d.now = code.Expiry
	d.Open("check")
	before := len(d.gate.lines)
	d.scanCode(good) // now that this is a gate, the code is answered in words, and the line goes on
	d.says(t, d.words(t, "en", "check.enrolled"))
	d.scanCode("PP1:" + string(verdict.Forged))
	d.says(t, d.words(t, "en", "outcome.refuse"))
	if n := len(d.gate.lines) - before; n != 1 {
		t.Errorf("%d checks after an enrolment code", n)
	}
	enter(strings.TrimPrefix(good, "PE1:"))
	d.says(t, d.words(t, "en", "enrol.expired"))
	d.gate.state.PIN = false
	d.Exchanged(client.Status{})
	enter(strings.TrimPrefix(good, "PE1:"))
	d.says(t, d.words(t, "en", "enrol.expired"))
}

// What is scanned while the data opens is checked when it is there.
func TestScansBeforeOpening(t *testing.T) {
	d := newDesk(t, "en", tablet)
	d.says(t, d.words(t, "en", "check.opening"))
	d.scanCode("PP1:expired")
	d.says(t, d.words(t, "en", "check.opening"))
	d.attach()
	d.says(t, "Check", "C-EXP")
}

func TestFolderThatDoesNotOpen(t *testing.T) {
	for err, key := range map[error]string{
		fmt.Errorf("open: %w", store.ErrBusy):     "open.busy",
		fmt.Errorf("open: %w", store.ErrReadOnly): "open.read_only",
	} {
		d := newDesk(t, "zh", tablet)
		d.Failed(err)
		d.says(t, d.words(t, "zh", key))
	}
	d := newDesk(t, "zh", tablet)
	d.Failed(errors.New("open gate.db: 奇怪"))
	d.says(t, "奇怪")
}

// With the real workers, many scans at once end in as many entries, and Close waits for the work.
func TestCloseEndsTheWork(t *testing.T) {
	d := newDesk(t, "zh", tablet)
	d.attach()
	d.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	done := make(chan struct{})
	go func() { d.Close(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		t.Fatal("Close does not end")
	}
}

// Fyne lays out again whatever has new children; if that made new children
// again, a still screen would be built anew for every frame.
func TestLayingOutAgainBuildsNothing(t *testing.T) {
	for name, open := range shots {
		d := newDesk(t, "zh", tablet)
		open(d)
		before := walk(d.window.Content())
		for _, o := range before {
			if w, ok := o.(fyne.Widget); ok {
				test.WidgetRenderer(w).Layout(w.Size())
			}
		}
		after := walk(d.window.Content())
		if !slices.Equal(before, after) {
			t.Errorf("%s: laying out again replaced what is shown", name)
		}
	}
}

// walk is everything that is shown, as Fyne itself walks it.
func walk(o fyne.CanvasObject) []fyne.CanvasObject {
	all := []fyne.CanvasObject{o}
	var children []fyne.CanvasObject
	switch o := o.(type) {
	case fyne.Widget:
		children = test.WidgetRenderer(o).Objects()
	case *fyne.Container:
		children = o.Objects
	}
	for _, c := range children {
		all = append(all, walk(c)...)
	}
	return all
}

// TestEmergencySaysWhatThePlaceDoes: the policy's own sentence stands before the program's.
func TestEmergencySaysWhatThePlaceDoes(t *testing.T) {
	d := newDesk(t, "zh", tablet)
	d.gate.state.Emergency = map[string]string{"zh": "立即引导至急诊。", "en": "Lead them to the emergency ward."}
	d.attach()
	d.scanCode("PP1:test_old")
	d.tap("step.emergency")
	d.says(t, "立即引导至急诊。", d.words(t, "zh", "emergency.say"))
}

// A scanner that sends no key after a code is understood without a profile, and
// also where the thread was held up in the middle of a code.
func TestScannerWithoutAnEnd(t *testing.T) {
	d := newDesk(t, "en", fyne.NewSize(480, 800)).attach()
	c := d.window.Canvas()
	send := func(text string) {
		for _, r := range text {
			c.OnTypedRune()(r)
			d.now = d.now.Add(5 * time.Millisecond)
		}
	}
	d.gate.verdicts["PP1:NCFOXN%TS3DH3ZS"] = of(verdict.Barred)
	send("PP1:NCFOXN")
	d.now = d.now.Add(350 * time.Millisecond) // the thread did something else, and the keys wait behind its timers
	d.wait()
	if len(d.gate.lines) != 0 {
		t.Fatal("half of a code was checked")
	}
	send("%TS3DH3ZS")
	for range 2 {
		d.now = d.now.Add(100 * time.Millisecond)
		d.wait()
	}
	d.says(t, d.words(t, "en", "outcome.refuse"))
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyReturn}) // which comes late, and presses nothing
	d.wait()
	d.says(t, d.words(t, "en", "outcome.refuse"))
	if len(d.gate.lines) != 1 {
		t.Errorf("%d checks", len(d.gate.lines))
	}
}

// A scanner that puts a mark before each code and ends it by nothing but a
// pause is understood by its profile.
func TestScannerProfile(t *testing.T) {
	d := newDesk(t, "en", fyne.NewSize(480, 800)).attach()
	d.SetScanner(scan.Profile{Prefix: "~", End: scan.Pause})
	c := d.window.Canvas()
	for _, r := range "~PP1:ok" {
		c.OnTypedRune()(r)
		d.now = d.now.Add(5 * time.Millisecond)
	}
	d.wait() // the keys have not stopped for long
	if len(d.gate.lines) != 0 {
		t.Fatal("it was checked before it ended")
	}
	d.now = d.now.Add(200 * time.Millisecond)
	d.wait()
	d.says(t, d.words(t, "en", "outcome.admit"))
	d.SetScanner(scan.Profile{End: scan.Tab})
	d.Open("check")
	for _, r := range "PP1:test_old" {
		c.OnTypedRune()(r)
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if len(d.gate.lines) != 1 {
		t.Error("Enter ended what Tab ends")
	}
}

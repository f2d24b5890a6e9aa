package ui_test

import (
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"postern/app/album"
	"postern/app/cue"
	"postern/app/gate"
	"postern/app/scan"
	"postern/app/settings"
	"postern/app/ui"
	"postern/sync/journal"
	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/verdict"
)

var noon = time.Date(2026, 11, 22, 4, 42, 17, 0, time.UTC) // 12:42:17 in the zone of the tests

var zone = time.FixedZone("UTC+8", 8*3600)

// rightPIN is the supervisor's at every gate of the tests.
const rightPIN = "140922"

// fakeGate answers by text and keeps what it was told, as a gate does.
type fakeGate struct {
	opened   []gate.Token
	shut     bool // the barrier opens for nobody any more
	mu       sync.Mutex
	verdicts map[string]verdict.Verdict
	lines    []gate.Line
	day      *gate.Today // instead of counting lines
	traffic  gate.Traffic
	state    gate.State
	broken   bool // nothing can be recorded
}

func (g *fakeGate) Answer(_ context.Context, r scan.Reading) gate.Answer {
	v, ok := g.verdicts[r.Text]
	if !ok {
		v = of(verdict.Foreign)
	}
	a := g.answer(v)
	a.Who = gate.Who(r.Text)
	return a
}

func (g *fakeGate) AnswerTogether(ctx context.Context, _ []gate.Token, rs ...scan.Reading) (all []gate.Answer) {
	for _, r := range rs {
		a := g.Answer(ctx, r)
		if a.Outcome == verdict.Admit {
			binary.BigEndian.PutUint64(a.Opens[:], uint64(len(g.lines)))
		}
		all = append(all, a)
	}
	return all
}

func (g *fakeGate) Open(t gate.Token) error {
	if g.shut {
		return gate.ErrToken
	}
	g.opened = append(g.opened, t)
	return nil
}

func (g *fakeGate) Who(text string) gate.Who { return gate.Who(text) }

func (g *fakeGate) AnswerUnreadable(context.Context) gate.Answer {
	return g.answer(of(verdict.Unreadable))
}

func (g *fakeGate) answer(v verdict.Verdict) gate.Answer {
	g.note(journal.Check, v.Outcome, string(v.Reason), &v)
	a := gate.Answer{Verdict: v}
	if v.Outcome != verdict.Admit {
		binary.BigEndian.PutUint64(a.Token[:], uint64(len(g.lines)))
	}
	return a
}

func (g *fakeGate) Confirm(context.Context, gate.Token, bool) (gate.Answer, error) {
	return gate.Answer{}, gate.ErrToken
}

func (g *fakeGate) Tested(context.Context, gate.Token) (gate.Answer, error) {
	return g.answer(of(verdict.OK)), nil
}

func (g *fakeGate) Override(_ context.Context, t gate.Token, pin, reason string) error {
	if err := g.VerifyPIN(context.Background(), pin); err != nil {
		return err
	}
	return g.decide(journal.Override, verdict.Admit, reason)
}

func (g *fakeGate) VerifyPIN(_ context.Context, pin string) error {
	if pin != rightPIN {
		return gate.ErrWrongPIN
	}
	return nil
}

func (g *fakeGate) BeginShift(ctx context.Context, s gate.Shift, pin string) error {
	if s.Role == gate.Supervisor {
		if err := g.VerifyPIN(ctx, pin); err != nil {
			return err
		}
	}
	s.Since = noon
	g.state.Shift = s
	return nil
}

func (g *fakeGate) SetWay(_ context.Context, w journal.Way) error {
	g.state.Way = w
	return nil
}

func (g *fakeGate) Emergency(_ context.Context, _ gate.Token, reason string) error {
	return g.decide(journal.Override, verdict.Admit, reason)
}

func (g *fakeGate) OverrideWithoutCode(ctx context.Context, pin, reason string) error {
	return g.Override(ctx, gate.Token{}, pin, reason)
}

func (g *fakeGate) Register(_ context.Context, _ gate.Token, p gate.Purpose) (string, error) {
	return "东-07", g.decide(journal.Registration, verdict.Unknown, string(p)+":东-07")
}

func (g *fakeGate) ResetHeadcount(ctx context.Context, pin string) error {
	if g.state.PIN && pin != rightPIN {
		return gate.ErrWrongPIN
	}
	return g.decide(journal.Headcount, verdict.Unknown, "reset")
}

func (g *fakeGate) HandOver(ctx context.Context) (gate.ShiftReport, error) {
	r := gate.ShiftReport{Shift: g.state.Shift, Until: noon}
	for _, l := range g.lines {
		if l.Kind == journal.Check {
			r.People[l.Outcome]++
		}
	}
	g.state.Shift = gate.Shift{}
	return r, nil
}

func (g *fakeGate) decide(kind journal.Kind, o verdict.Outcome, reason string) error {
	if g.broken {
		return errors.New("record: the disk is full")
	}
	g.note(kind, o, reason, nil)
	return nil
}

func (g *fakeGate) note(kind journal.Kind, o verdict.Outcome, reason string, v *verdict.Verdict) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := uint64(len(g.lines))
	e := journal.Entry{Seq: 1042 + n, Time: noon.Add(time.Duration(n) * 7 * time.Second), Kind: kind, Outcome: o, Reason: reason}
	g.lines = append([]gate.Line{{Entry: e, Verdict: v}}, g.lines...)
	g.state.Backlog++
}

func (g *fakeGate) Recent(_ context.Context, limit int) ([]gate.Line, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.broken {
		return nil, errors.New("read journal: damaged")
	}
	return append([]gate.Line(nil), g.lines[:min(limit, len(g.lines))]...), nil
}

func (g *fakeGate) Row(_ context.Context, l gate.Line) (gate.Row, error) {
	if l.Verdict == nil {
		return gate.Row{Done: []gate.Line{l}}, nil
	}
	return gate.Row{Check: l, Verdict: *l.Verdict}, nil
}

func (g *fakeGate) State(context.Context) (gate.State, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.state, nil
}

func (g *fakeGate) Today(context.Context, time.Time) (gate.Today, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.broken {
		return gate.Today{}, errors.New("count today: damaged")
	}
	if g.day != nil {
		return *g.day, nil
	}
	day := gate.Today{Began: time.Date(2026, 11, 22, 0, 0, 0, 0, zone), Quarters: make([]gate.Outcomes, 96)}
	for _, l := range g.lines {
		if l.Kind == journal.Check {
			day.People[l.Outcome]++
			day.Quarters[l.Time.Sub(day.Began)/gate.Quarter][l.Outcome]++
		}
	}
	return day, nil
}

// fakeSound notes what it is told.
type fakeSound struct {
	options cue.Options
	state   cue.State
	tests   int
	played  []verdict.Outcome
	busy    int
}

func (s *fakeSound) Set(o cue.Options) { s.options = o }
func (s *fakeSound) State() cue.State  { return s.state }
func (s *fakeSound) Test()             { s.tests++ }
func (s *fakeSound) Busy()             { s.busy++ }

func (s *fakeSound) Play(o verdict.Outcome) { s.played = append(s.played, o) }

func (g *fakeGate) Traffic(context.Context) (gate.Traffic, error) { return g.traffic, nil }

// of is a verdict as Judge would give it, with numbers for every sentence.
func of(r verdict.Reason) verdict.Verdict {
	v := verdict.Verdict{
		Outcome: r.Outcome(), Reason: r, Steps: r.Steps(), Age: policy.Fresh, Version: 218,
		Detail: verdict.Detail{Ago: 51*time.Hour + 20*time.Minute, Asked: 48 * time.Hour, At: noon.Add(-51 * time.Hour)},
	}
	switch r {
	case verdict.Forged, verdict.Foreign, verdict.Unreadable, verdict.TooLong, verdict.Malformed,
		verdict.NoKey, verdict.KeyWithdrawn, verdict.KeyPeriod, verdict.NotEnrolled, verdict.InternalFailed:
		return v
	}
	v.Pass = &pass.Pass{Claims: pass.Claims{Name: "王*明", BirthYear: 1991}}
	v.Test = &pass.Test{Kind: pass.NucleicAcid, Result: pass.Negative, At: noon.Add(-21 * time.Hour)}
	return v
}

func newFake() *fakeGate {
	g := &fakeGate{verdicts: map[string]verdict.Verdict{}}
	for _, r := range verdict.Reasons() {
		g.verdicts["PP1:"+string(r)] = of(r)
	}
	g.state = gate.State{
		Enrolled: true, Gate: "7c1e09a45b2f60d3", Place: "东门", Direction: "in", Hub: "https://hub.example.org", Policy: "hospital",
		Version: 218, Made: noon.Add(-12 * time.Minute), Age: policy.Fresh, Pulled: noon.Add(-4 * time.Minute), Backlog: 412,
		PIN: true, OverridesLeft: 3, Way: journal.In, Shift: gate.Shift{Name: "0417", Role: gate.Guard, Since: noon.Add(-4 * time.Hour)},
	}
	return g
}

// desk is the screens on a test window with everything in place: jobs at once, no timer but by hand.
type desk struct {
	*ui.UI
	t        testing.TB
	window   fyne.Window
	gate     *fakeGate
	now      time.Time
	pending  map[int]timer // what After was asked for
	alone    int           // which of it waits for a key to stand alone
	asked    int
	updates  int
	enrol    func(code string) error
	cameras  ui.Cameras
	sound    *fakeSound
	saved    settings.Settings
	saving   error
	faults   int  // that the test makes
	closed   bool // the window was
	busy     bool // jobs wait in jobs
	jobs     []func()
	shielded bool   // new screens feel no finger until wait
	home     string // the user's folder
}

// theApp is one for all tests: a new one has Fyne read the fonts anew, and what
// it read before stays in its memory, tens of megabytes each time.
var theApp = sync.OnceValue(test.NewApp)

func newWindow(t testing.TB) (fyne.App, fyne.Window) {
	w := theApp().NewWindow("Postern")
	t.Cleanup(w.Close)
	return theApp(), w
}

func newDesk(t testing.TB, language string, size fyne.Size) *desk {
	t.Helper()
	return newDeskWith(t, language, size, settings.Default())
}

func newDeskWith(t testing.TB, language string, size fyne.Size, set settings.Settings) *desk {
	t.Helper()
	a, w := newWindow(t)
	d := &desk{t: t, window: w, sound: &fakeSound{}, gate: newFake(), now: noon, pending: map[int]timer{}}
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "Documents"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.home = home
	d.window.SetPadded(false)
	u, err := ui.New(a, d.window, ui.Options{
		Language: language, Settings: set,
		Save: func(s settings.Settings) error {
			if d.saving == nil {
				d.saved = s
			}
			return d.saving
		},
		Close:   func() { d.closed = true },
		Album:   album.System{Home: home, Getenv: func(string) string { return "" }},
		Version: "0.1.0", Folder: "/home/guard/postern", Now: func() time.Time { return d.now }, Zone: zone,
		Run: func(job func(context.Context)) {
			if d.busy {
				d.jobs = append(d.jobs, func() { job(context.Background()) })
				return
			}
			job(context.Background())
		},
		After: func(after time.Duration, f func()) func() {
			if after == ui.ShieldTime && !d.shielded {
				f()
				return func() {}
			}
			d.asked++
			id := d.asked
			if after == ui.KeyAlone {
				d.alone = id
			}
			d.pending[id] = timer{d.now.Add(after), f}
			return func() { delete(d.pending, id) }
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.UI = u
	t.Cleanup(func() {
		if got := ui.Faults(u); got != d.faults {
			t.Errorf("%d faults in screens, want %d", got, d.faults)
		}
	})
	d.window.Resize(size)
	t.Cleanup(u.Close)
	return d
}

func (d *desk) attach() *desk {
	d.Attach(ui.Backend{
		Gate: d.gate, Sound: d.sound, Cameras: d.cameras, Update: func() { d.updates++ },
		Enrol: func(_ context.Context, code string) error { return d.enrol(code) },
	})
	return d
}

// wait lets the timers run out.
func (d *desk) wait() {
	for _, id := range slices.Sorted(maps.Keys(d.pending)) {
		if t, ok := d.pending[id]; ok {
			delete(d.pending, id)
			t.do()
		}
	}
}

// person is the next one, with nobody before them.
func (d *desk) person(text string) {
	d.Open("check")
	d.Submit(scan.Reading{Text: text, At: d.now})
}

// timer is what After was asked for.
type timer struct {
	due time.Time
	do  func()
}

// passes lets time go on, and the timers run out that are due then, in their order.
func (d *desk) passes(span time.Duration) {
	end := d.now.Add(span)
	for {
		first := 0
		for _, id := range slices.Sorted(maps.Keys(d.pending)) {
			if t := d.pending[id]; !t.due.After(end) && (first == 0 || t.due.Before(d.pending[first].due)) {
				first = id
			}
		}
		if first == 0 {
			break
		}
		t := d.pending[first]
		delete(d.pending, first)
		if t.due.After(d.now) {
			d.now = t.due
		}
		t.do()
	}
	d.now = end
}

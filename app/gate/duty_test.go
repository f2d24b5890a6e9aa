package gate_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/store/storetest"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/verdict"
)

func TestShift(t *testing.T) {
	r := newRig(t).pinned()
	ctx := context.Background()
	state := func() gate.Shift {
		t.Helper()
		s, err := r.State(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return s.Shift
	}
	if err := r.BeginShift(ctx, gate.Shift{Name: " 0417 ", Role: gate.Guard}, ""); err != nil {
		t.Fatal(err)
	}
	began := r.now
	r.wait(time.Hour)
	r.restart()
	r.shows(r.good(1))
	if e := r.entries(); e[0].Operator != "0417" || e[1].Kind != journal.Shift || e[1].Operator != "0417" || e[1].Reason != gate.ShiftBegins {
		t.Errorf("entries %+v", e)
	}
	if s := state(); s.Name != "0417" || s.Role != gate.Guard || !s.Since.Equal(began) {
		t.Errorf("on duty %+v", s)
	}
	if err := r.BeginShift(ctx, gate.Shift{Name: "李", Role: gate.Supervisor}, wrongPIN); !errors.Is(err, gate.ErrWrongPIN) {
		t.Errorf("a supervisor by a wrong PIN: %v", err)
	}
	if s := state(); s.Name != "0417" {
		t.Errorf("on duty %+v", s)
	}
	if err := r.BeginShift(ctx, gate.Shift{Name: "李", Role: gate.Supervisor}, rightPIN); err != nil || state().Role != gate.Supervisor {
		t.Errorf("a supervisor by the PIN: %v", err)
	}
	for range 2 {
		if _, err := r.HandOver(ctx); err != nil {
			t.Fatal(err)
		}
	}
	r.shows(r.good(2))
	if e := r.entries(); e[0].Operator != "day shift" || e[1].Reason != gate.ShiftEnds || e[1].Operator != "李" || e[2].Reason != gate.ShiftBegins {
		t.Errorf("entries %+v", e[:3])
	}
	for name, s := range map[string]gate.Shift{
		"nobody": {Role: gate.Guard}, "spaces": {Name: "  ", Role: gate.Guard}, "no role": {Name: "1"}, "a role of its own": {Name: "1", Role: "boss"},
		"a long name": {Name: strings.Repeat("a", 33), Role: gate.Guard}, "many bytes": {Name: strings.Repeat("长", 22), Role: gate.Guard},
		"two lines": {Name: "a\nb", Role: gate.Guard}, "not UTF-8": {Name: "\xff", Role: gate.Guard},
	} {
		if err := r.BeginShift(ctx, s, ""); err == nil {
			t.Errorf("%s came on duty", name)
		}
	}
	r.store.AppendErr = errors.New("disk")
	if err := r.BeginShift(ctx, gate.Shift{Name: "9", Role: gate.Guard}, ""); err == nil || state().Name != "" {
		t.Errorf("on duty and not recorded: %v", err)
	}
}

// both is a rig at a gate for both directions.
func both(t *testing.T, bend ...func(*storetest.World)) *rig {
	r := newRig(t, bend...)
	r.envelope(func(e *enrol.Envelope) { e.Direction = "both" })
	return r
}

func TestWay(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	r.shows(r.good(1))
	if err := r.SetWay(ctx, journal.Out); err == nil || r.entries()[0].Way != journal.In {
		t.Errorf("at a gate for in: %v", err)
	}
	r = both(t)
	r.shows(r.good(1))
	if err := r.SetWay(ctx, journal.Out); err != nil {
		t.Fatal(err)
	}
	r.restart()
	r.wants(r.shows(r.good(1)), verdict.OK) // goes home, two minutes after
	if e := r.entries(); e[0].Way != journal.Out || e[1].Kind != journal.Shift || e[1].Reason != gate.WayOut || e[2].Way != journal.In {
		t.Errorf("ways %v, then %v %q, then %v", e[2].Way, e[1].Kind, e[1].Reason, e[0].Way)
	}
	r.wants(r.shows(r.good(1)), verdict.SeenBefore) // twice the same way
	if err := r.SetWay(ctx, journal.In); err != nil {
		t.Fatal(err)
	}
	r.wants(r.shows(r.good(1)), verdict.OK) // and comes back
	r.wants(r.shows(r.good(1)), verdict.SeenBefore)
	for _, w := range []journal.Way{0, 3} {
		if err := r.SetWay(ctx, w); err == nil {
			t.Errorf("way %d was chosen", w)
		}
	}
}

func TestHeadcount(t *testing.T) {
	r := both(t, noTest)
	ctx := context.Background()
	go1 := func(w journal.Way, n uint64) {
		t.Helper()
		if err := r.SetWay(ctx, w); err != nil {
			t.Fatal(err)
		}
		r.shows(r.good(n))
		r.wait(7 * time.Minute)
	}
	is := func(in, out, inside int) {
		t.Helper()
		d, err := r.Today(ctx, r.now)
		if err != nil || d.In != in || d.Out != out || d.Inside != inside {
			t.Errorf("%d in, %d out, %d inside, %v; want %d, %d, %d", d.In, d.Out, d.Inside, err, in, out, inside)
		}
	}
	is(0, 0, 0)
	go1(journal.Out, 1)
	go1(journal.Out, 2) // they came by another gate
	is(0, 2, 0)
	go1(journal.In, 3)
	go1(journal.In, 4)
	go1(journal.In, 5)
	go1(journal.Out, 3)
	r.restart()
	is(3, 3, 2)
	if err := r.Emergency(ctx, gate.Token{}, "emergency_medical"); err != nil { // the way is still out
		t.Fatal(err)
	}
	r.shows(r.world.Pass(t, 7)) // barred: went nowhere
	is(3, 4, 1)
	if err := r.ResetHeadcount(ctx, ""); err != nil {
		t.Fatal(err)
	}
	is(0, 0, 0)
	go1(journal.In, 6)
	is(1, 0, 1)
	r.wait(24 * time.Hour)
	is(0, 0, 0)
}

func TestToday(t *testing.T) {
	r := newRig(t, idMatch, quota).pinned()
	ctx := context.Background()
	zone := time.FixedZone("UTC+5:45", 5*3600+45*60)
	began := r.now
	for n := range uint64(8) { // a queue: eight people, seven seconds each
		a := r.asks(n)
		if n < 6 {
			r.confirms(a.Token, n != 5)
		}
		r.wait(7 * time.Second)
	}
	r.wait(10 * time.Minute)
	stopped := r.stops()
	if err := r.overrides(stopped, rightPIN); err != nil {
		t.Fatal(err)
	}
	r.shows("menu")
	if err := r.Emergency(ctx, gate.Token{}, "emergency_birth"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Register(ctx, gate.Token{}, gate.ForTest); err != nil {
		t.Fatal(err)
	}
	r.restart()
	d, err := r.Today(ctx, r.now.In(zone))
	if err != nil {
		t.Fatal(err)
	}
	want := gate.Outcomes{verdict.Admit: 5, verdict.Check: 4, verdict.Unknown: 1}
	if d.People != want || d.Overrides != 1 || d.Emergencies != 1 || d.Registrations != 1 || d.Slips != 0 {
		t.Errorf("today is %+v, want %v", d, want)
	}
	if h, m, _ := d.Began.Clock(); h != 0 || m != 0 || len(d.Quarters) != 96 {
		t.Errorf("a day of %d quarters from %v", len(d.Quarters), d.Began)
	}
	sum := gate.Outcomes{}
	for i, q := range d.Quarters {
		if at := d.Began.Add(time.Duration(i) * gate.Quarter); at.After(r.now) || at.Add(gate.Quarter).Before(began) {
			if q != (gate.Outcomes{}) {
				t.Errorf("at %v there were %v", at, q)
			}
		}
		for o := range q {
			sum[o] += q[o]
		}
	}
	if sum != want {
		t.Errorf("the quarters are %v together, want %v", sum, want)
	}
	if d.PerPerson < 7*time.Second || d.PerPerson >= 7500*time.Millisecond {
		t.Errorf("%v a person, want 7 s to half a second", d.PerPerson)
	}
	yesterday, err := r.Today(ctx, r.now.Add(-24*time.Hour).In(zone))
	if err != nil || yesterday.People != (gate.Outcomes{}) || yesterday.PerPerson != 0 {
		t.Errorf("yesterday was %+v, %v", yesterday.People, err)
	}
}

func TestTodayWhenClocksChange(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("this machine has no time zones")
	}
	r := newRig(t)
	for date, quarters := range map[int]int{28: 92, 27: 96} { // March 2027
		d, err := r.Today(context.Background(), time.Date(2027, 3, date, 12, 0, 0, 0, zone))
		if err != nil || len(d.Quarters) != quarters {
			t.Errorf("28 March 2027 has %d quarters, %v; want %d", len(d.Quarters), err, quarters)
		}
	}
}

func TestTens(t *testing.T) {
	for n, want := range map[int]string{-3: "0-9", 0: "0-9", 9: "0-9", 10: "10-19", 119: "110-119", 120: "120-129", 30_000: "30000-30009"} {
		if got := gate.Tens(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

func TestHeadcountAsksThePIN(t *testing.T) {
	r := newRig(t).pinned()
	ctx := context.Background()
	for _, pin := range []string{"", wrongPIN} {
		if err := r.ResetHeadcount(ctx, pin); !errors.Is(err, gate.ErrWrongPIN) || len(r.entries()) != 0 {
			t.Errorf("with %q: %v, %d entries", pin, err, len(r.entries()))
		}
	}
	if err := r.Record(ctx, journal.Headcount, "reset"); err == nil {
		t.Error("it went without a PIN")
	}
	if err := r.ResetHeadcount(ctx, rightPIN); err != nil || r.entries()[0].Kind != journal.Headcount {
		t.Errorf("with the PIN: %v", err)
	}
}

// A shift that is handed over ends, and says exactly what it did, over a restart
// and with a quarter hour that it shares with the shift before.
func TestHandOver(t *testing.T) {
	r := newRig(t, idMatch, quota).pinned()
	ctx := context.Background()
	r.confirms(r.asks(1).Token, true) // before anybody came on duty
	r.stops()
	begin := func(name string) {
		t.Helper()
		if err := r.BeginShift(ctx, gate.Shift{Name: name, Role: gate.Guard}, ""); err != nil {
			t.Fatal(err)
		}
	}
	begin("0417")
	began := r.now
	r.wait(time.Minute)
	r.confirms(r.asks(2).Token, true)
	r.confirms(r.asks(3).Token, false)
	if err := r.overrides(r.stops(), rightPIN); err != nil {
		t.Fatal(err)
	}
	r.restart()
	r.wait(40 * time.Minute)
	r.shows("menu")
	if err := r.Emergency(ctx, gate.Token{}, "emergency_birth"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Register(ctx, gate.Token{}, gate.ForTest); err != nil {
		t.Fatal(err)
	}
	want := gate.Totals{
		People:    gate.Outcomes{verdict.Admit: 1, verdict.Check: 2, verdict.Unknown: 1},
		Overrides: 1, Emergencies: 1, Registrations: 1,
	}
	so, err := r.ShiftReport(ctx)
	if err != nil || so.Totals != want || so.Name != "0417" || !so.Since.Equal(began) || !so.Until.Equal(r.now) {
		t.Errorf("so far %+v, %v; want %+v", so, err, want)
	}
	got, err := r.HandOver(ctx)
	if err != nil || got != so {
		t.Errorf("handed over %+v, %v; want %+v", got, err, so)
	}
	if e := r.entries()[0]; e.Kind != journal.Shift || e.Reason != gate.ShiftEnds || e.Operator != "0417" {
		t.Errorf("recorded %+v", e)
	}
	if again, err := r.HandOver(ctx); err != nil || again != (gate.ShiftReport{}) {
		t.Errorf("nobody handed over %+v, %v", again, err)
	}
	begin("0418")
	if so, err := r.ShiftReport(ctx); err != nil || so.Totals != (gate.Totals{}) {
		t.Errorf("the next shift begins with %+v, %v", so, err)
	}
	begin("0419") // without a word of the one before
	e := r.entries()
	if e[0].Operator != "0419" || e[0].Reason != gate.ShiftBegins || e[1].Operator != "0418" || e[1].Reason != gate.ShiftEnds {
		t.Errorf("the former shift did not end: %+v", e[:2])
	}
	r.store.AppendErr = errors.New("disk")
	if _, err := r.HandOver(ctx); err == nil {
		t.Error("a shift ended and nobody will know")
	}
	if s, err := r.State(ctx); err != nil || s.Shift.Name != "0419" {
		t.Errorf("on duty %+v, %v", s.Shift, err)
	}
}

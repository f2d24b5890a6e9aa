package storetest

import (
	"fmt"
	"math/rand"
	"reflect"
	"testing"
	"time"

	"postern/app/gate"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// tallied holds a store's counts to what a slow count of all entries gives.
func tallied(t *testing.T, tr *trial) {
	tr.join(t, 4)
	rng := rand.New(rand.NewSource(5))
	var want gate.Tally
	counts := map[gate.Count]int{}
	inside, at := 0, tr.w.Now.Truncate(gate.Quarter)
	began, last := at, time.Time{}
	for i := range 400 {
		at = at.Add(time.Duration(rng.Intn(90_000)) * time.Millisecond)
		d := draft(at)
		e := &d.Entry
		e.Kind = []journal.Kind{journal.Check, journal.Check, journal.Check, journal.Confirm, journal.Override, journal.Clock, journal.Registration}[rng.Intn(7)]
		e.Outcome, e.Way = verdict.Outcome(rng.Intn(2)), journal.Way(rng.Intn(3))
		reason := e.Reason
		if e.Kind == journal.Registration {
			reason, e.Reason = "test", fmt.Sprintf("test:东-%02d", i)
		}
		if i == 150 {
			*e = journal.Entry{Time: at, Kind: journal.Headcount, Reason: "reset"}
			want.Passages, inside, reason = nil, 0, "reset"
		}
		tr.mustAppend(t, d)
		q := at.Truncate(gate.Quarter)
		counts[gate.Count{Quarter: q, Kind: e.Kind, Outcome: e.Outcome, Reason: reason}]++
		if step, ok := gate.Gap(last, at); ok && e.Kind == journal.Check {
			want.Gaps[step]++
		}
		if e.Kind == journal.Check {
			last = at
		}
		if gate.Passes(*e) {
			if n := len(want.Passages); n == 0 || !want.Passages[n-1].Quarter.Equal(q) {
				want.Passages = append(want.Passages, gate.Passage{Quarter: q})
			}
			p := &want.Passages[len(want.Passages)-1]
			if e.Way == journal.In {
				p.In++
				inside++
			} else {
				p.Out++
				inside = max(inside-1, 0)
			}
		}
		if i == 200 {
			tr.reopen(t)
			at = at.Add(gate.Queue) // the gap over a restart may be known or not
		}
	}
	got, err := tr.Tally(tr.ctx, began, at.Add(gate.Quarter).Truncate(gate.Quarter))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range got.Counts {
		n := c.N
		c.N = 0
		if counts[c] != n {
			t.Errorf("%+v: counted %d, want %d", c, n, counts[c])
		}
		delete(counts, c)
	}
	if len(counts) > 0 {
		t.Errorf("not counted: %v", counts)
	}
	now := 0
	for i := range got.Passages {
		p := &got.Passages[i]
		now = max(now+p.In-p.Out, p.Stayed)
		p.Stayed = 0
	}
	if !reflect.DeepEqual(got.Passages, want.Passages) || now != inside {
		t.Errorf("passages %+v with %d inside, want %+v with %d", got.Passages, now, want.Passages, inside)
	}
	if got.Gaps != want.Gaps {
		t.Errorf("gaps\n%v, want\n%v", got.Gaps, want.Gaps)
	}
	if empty, err := tr.Tally(tr.ctx, began.Add(-24*time.Hour), began); err != nil || !reflect.DeepEqual(empty, gate.Tally{}) {
		t.Errorf("the day before: %+v, %v", empty, err)
	}
}

// counted holds the count of the quota, over a restart and an append that failed.
func counted(t *testing.T, tr *trial) {
	tr.join(t, 4)
	for i := range 5 {
		d := draft(tr.w.Now.Add(time.Duration(i) * time.Minute))
		d.Entry.Kind, d.Counted = journal.Override, i != 2
		tr.mustAppend(t, d)
	}
	bad := draft(tr.w.Now)
	bad.Counted, bad.Seal = true, func(uint64) ([]byte, error) { return nil, fmt.Errorf("no") }
	if _, err := tr.Append(tr.ctx, bad); err == nil {
		t.Error("it was recorded")
	}
	for range 2 {
		for since, want := range map[time.Duration]int{-time.Minute: 4, 0: 3, time.Minute: 2, 3 * time.Minute: 1, 4 * time.Minute: 0} {
			if n, err := tr.Overrides(tr.ctx, tr.w.Now.Add(since)); err != nil || n != want {
				t.Errorf("since %v: %d, %v; want %d", since, n, err, want)
			}
		}
		tr.reopen(t)
	}
}

func duty(t *testing.T, tr *trial) {
	tr.join(t, 4)
	if d, err := tr.Duty(tr.ctx); err != nil || d != (gate.Duty{}) {
		t.Errorf("at first %+v, %v", d, err)
	}
	want := gate.Duty{
		Shift: gate.Shift{Name: "值班员 7", Role: gate.Supervisor, Since: tr.w.Now}, Way: journal.Out, Fails: 4, Failed: tr.w.Now.Add(time.Nanosecond),
	}
	if err := tr.SaveDuty(tr.ctx, want); err != nil {
		t.Fatal(err)
	}
	tr.reopen(t)
	if d, err := tr.Duty(tr.ctx); err != nil || !reflect.DeepEqual(d, want) {
		t.Errorf("kept %+v, %v; want %+v", d, err, want)
	}
	if err := tr.SaveDuty(tr.ctx, gate.Duty{}); err != nil {
		t.Fatal(err)
	}
	if d, err := tr.Duty(tr.ctx); err != nil || d != (gate.Duty{}) {
		t.Errorf("then %+v, %v", d, err)
	}
}

func traffic(t *testing.T, tr *trial) {
	tr.join(t, 4)
	for i := range int64(4) {
		if err := tr.AddTraffic(tr.ctx, []string{"2026-11", "2026-12"}[i%2], gate.Traffic{Down: 100 << (8 * i), Up: i}); err != nil {
			t.Fatal(err)
		}
		tr.reopen(t)
	}
	for month, want := range map[string]gate.Traffic{
		"2026-11": {Down: 100 + 100<<16, Up: 2}, "2026-12": {Down: 100<<8 + 100<<24, Up: 4}, "2027-01": {},
	} {
		if got, err := tr.Traffic(tr.ctx, month); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", month, got, err, want)
		}
	}
}

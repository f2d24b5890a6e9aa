package gate_test

import (
	"context"
	"testing"
	"time"

	"postern/app/gate"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// row opens the n-th newest line.
func (r *rig) row(n int) gate.Row {
	r.t.Helper()
	lines, err := r.Recent(context.Background(), n+1)
	if err != nil || len(lines) <= n {
		r.t.Fatal(len(lines), err)
	}
	row, err := r.Row(context.Background(), lines[n])
	if err != nil {
		r.t.Fatal(err)
	}
	return row
}

func done(r gate.Row) (kinds []journal.Kind) {
	for _, l := range r.Done {
		kinds = append(kinds, l.Kind)
	}
	return kinds
}

// A row says what was shown, why, and what was done after it, whichever of its
// lines is opened, and with the reason's numbers also in the next run of the program.
func TestRow(t *testing.T) {
	r := newRig(t, quota, idMatch).pinned()
	ctx := context.Background()
	r.now = r.now.Add(72 * time.Hour) // the tests are old now
	old := r.answers(r.good(1), "typed")
	r.wants(old.Verdict, verdict.TestOld)
	if _, err := r.Register(ctx, old.Token, gate.ForTest); err != nil {
		t.Fatal(err)
	}
	r.shows("menu") // somebody else
	r.wait(time.Minute)
	if err := r.overrides(old, rightPIN); err != nil {
		t.Fatal(err)
	}
	if err := r.Emergency(ctx, gate.Token{}, "emergency_birth"); err != nil { // of nobody's code
		t.Fatal(err)
	}
	for run := range 2 {
		for _, n := range []int{1, 3, 4} { // the override, the registration and the check
			row := r.row(n)
			v := row.Verdict
			if row.Check.Seq != r.entries()[4].Seq || v.Reason != verdict.TestOld || v.Outcome != verdict.Check || v.Detail.Ago != old.Detail.Ago || v.Detail.Asked != 48*time.Hour {
				t.Errorf("run %d, line %d: %+v", run, n, row)
			}
			if k := done(row); len(k) != 2 || k[0] != journal.Registration || k[1] != journal.Override || gate.PaperNumber(row.Done[0].Entry) == "" || !row.Done[1].Time.Equal(r.now) {
				t.Errorf("run %d, line %d: done %v", run, n, k)
			}
			if named := row.Check.Verdict != nil && v.Pass != nil; named != (run == 0) {
				t.Errorf("run %d: the name is there: %v", run, named)
			}
		}
		if row := r.row(2); row.Verdict.Reason != verdict.Foreign || len(row.Done) != 0 {
			t.Errorf("somebody else's row %+v", row)
		}
		if row := r.row(0); row.Check.Seq != 0 || len(row.Done) != 1 || row.Done[0].Reason != "emergency_birth" {
			t.Errorf("an emergency without a code %+v", row)
		}
		r.restart()
	}
}

// What follows a confirmation belongs to the check before it.
func TestRowOfAMismatch(t *testing.T) {
	r := newRig(t, quota, idMatch).pinned()
	a := r.confirms(r.asks(1).Token, false)
	if err := r.overrides(a, rightPIN); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		row := r.row(n)
		if k := done(row); len(k) != 2 || k[0] != journal.Confirm || k[1] != journal.Override || row.Check.Kind != journal.Check {
			t.Errorf("line %d: %+v", n, row)
		}
	}
}

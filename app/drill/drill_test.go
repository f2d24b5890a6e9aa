package drill_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"postern/app/drill"
	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/policy"
	"postern/sync/verdict"
)

var ctx = context.Background()

func start(t *testing.T, idMatch bool) *drill.Drill {
	t.Helper()
	now := storetest.Noon
	d, err := drill.Start(ctx, drill.Options{IDMatch: idMatch, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// plays does what each card asks for.
func plays(t *testing.T, d *drill.Drill) {
	t.Helper()
	for _, c := range d.Cards() {
		a := d.Answer(ctx, scan.Reading{Text: c.Text, Source: scan.Typed})
		if a.Reason != c.Reason {
			t.Errorf("%s: answered %v, want %v", c.Scene, a.Reason, c.Reason)
		}
		var err error
		switch c.Want {
		case drill.Matched, drill.Mismatched:
			_, err = d.Confirm(ctx, a.Token, c.Want == drill.Matched)
		case drill.Emergency:
			err = d.Emergency(ctx, a.Token, "emergency_birth")
		}
		if err != nil {
			t.Errorf("%s: %v", c.Scene, err)
		}
	}
}

func TestDrill(t *testing.T) {
	for _, idMatch := range []bool{false, true} {
		d := start(t, idMatch)
		if results, right := d.Score(); right != 0 || len(results) != len(d.Cards()) {
			t.Errorf("%d right before anything was done", right)
		}
		plays(t, d)
		results, right := d.Score()
		for _, r := range results {
			if !r.Right {
				t.Errorf("%s: did %q, wanted %q", r.Scene, r.Did, r.Want)
			}
		}
		if right != len(results) || len(results) < 9 {
			t.Errorf("%d of %d right", right, len(results))
		}
	}
}

func TestMistakes(t *testing.T) {
	d := start(t, true)
	shows := func(scene string) gate.Answer {
		t.Helper()
		for _, c := range d.Cards() {
			if c.Scene == scene {
				return d.Answer(ctx, scan.Reading{Text: c.Text, Source: scan.Typed})
			}
		}
		t.Fatalf("no card %q", scene)
		return gate.Answer{}
	}
	if err := d.Override(ctx, shows("barred").Token, "000001", "supervisor"); err == nil {
		t.Error("a wrong PIN let somebody in")
	}
	if err := d.Override(ctx, shows("barred").Token, drill.PIN, "supervisor"); err != nil {
		t.Fatal(err)
	}
	shows("birth")
	if err := d.OverrideWithoutCode(ctx, drill.PIN, "supervisor"); err != nil {
		t.Fatal(err)
	}
	if results, _ := d.Score(); !slices.ContainsFunc(results, func(r drill.Result) bool { return r.Scene == "birth" && r.Did == drill.Overridden }) {
		t.Errorf("let in without the code: %+v", results)
	}
	if _, err := d.Confirm(ctx, shows("other_face").Token, true); err != nil {
		t.Fatal(err)
	}
	shows("birth") // and sent to a test, for two hours
	want := map[string]drill.Action{"barred": drill.Overridden, "other_face": drill.Matched, "birth": drill.SentOn}
	results, right := d.Score()
	for _, r := range results {
		if r.Did != want[r.Scene] || r.Right {
			t.Errorf("%s: did %q, right %v", r.Scene, r.Did, r.Right)
		}
	}
	if right != 0 {
		t.Errorf("%d right", right)
	}
}

func TestCut(t *testing.T) {
	d := start(t, false)
	d.Cut(25 * time.Hour)
	s, err := d.State(ctx)
	if err != nil || s.Age != policy.Ageing || len(s.Unseen) == 0 {
		t.Errorf("after a day: age %v, unseen %v, %v", s.Age, s.Unseen, err)
	}
	if a := d.Answer(ctx, scan.Reading{Text: d.Cards()[5].Text, Source: scan.Typed}); a.Reason != verdict.Barred {
		t.Errorf("a barred pass gets %v", a.Reason)
	}
}

// TestDrillReachesNothing: a drill beside a real gate leaves its folder as it
// was, and its codes are strangers there and in the next drill.
func TestDrillReachesNothing(t *testing.T) {
	w := storetest.NewWorld(t, 1)
	s, err := store.Open(ctx, t.TempDir(), store.Options{Now: func() time.Time { return w.Now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w.Joined(t, s, 8)
	g := gate.New(t.Context(), s, gate.Options{Now: func() time.Time { return w.Now }})
	before, err := s.Recent(ctx, 1000)
	if err != nil {
		t.Fatal(err)
	}
	d := start(t, true)
	plays(t, d)
	after, err := s.Recent(ctx, 1000)
	unsent, err2 := s.Unsent(ctx)
	tally, err3 := s.Tally(ctx, w.Now.Add(-24*time.Hour), w.Now.Add(24*time.Hour))
	if err != nil || err2 != nil || err3 != nil || len(after) != len(before) || unsent != len(before) || len(tally.Counts) != len(before) {
		t.Errorf("the real journal: %d entries, %d unsent, %d counts; %d before", len(after), unsent, len(tally.Counts), len(before))
	}
	if lines, err := d.Recent(ctx, 1000); err != nil || len(lines) < len(d.Cards()) {
		t.Errorf("the drill's own: %d lines, %v", len(lines), err)
	}
	good := d.Cards()[0].Text
	for name, v := range map[string]verdict.Verdict{
		"the real gate":  g.Check(ctx, scan.Reading{Text: good, Source: scan.Typed}),
		"the next drill": start(t, true).Check(ctx, scan.Reading{Text: good, Source: scan.Typed}),
	} {
		if v.Outcome == verdict.Admit || v.Pass != nil {
			t.Errorf("%s opened a practice code: %v", name, v.Reason)
		}
	}
}

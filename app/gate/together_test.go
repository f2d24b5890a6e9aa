package gate_test

import (
	"errors"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/scan"
	"postern/sync/pass"
	"postern/sync/verdict"
)

// Several codes together leave the barrier shut until each Admit is pressed, once.
func TestTogether(t *testing.T) {
	r, opened := newRig(t), 0
	g := gate.New(t.Context(), r.store, gate.Options{
		Now: func() time.Time { return r.now }, Mono: func() time.Duration { return r.mono }, Admitted: func() { opened++ },
	})
	var rs []scan.Reading
	for _, text := range []string{r.good(1), r.world.Pass(t, 5), r.good(2)} {
		rs = append(rs, scan.Reading{Text: text, At: r.now, Source: scan.Camera})
	}
	all := g.AnswerTogether(t.Context(), nil, rs...)
	if len(all) != 3 || all[0].Outcome != verdict.Admit || all[1].Outcome == verdict.Admit || all[2].Outcome != verdict.Admit {
		t.Fatalf("answers %v", all)
	}
	if opened != 0 {
		t.Fatalf("the barrier opened %d times before anybody was let in", opened)
	}
	if err := g.Open(all[1].Opens); !errors.Is(err, gate.ErrToken) {
		t.Errorf("it opens for %v: %v", all[1].Reason, err)
	}
	if err := g.Open(all[2].Opens); err != nil || opened != 1 {
		t.Errorf("for an Admit it opened %d times: %v", opened, err)
	}
	if err := g.Open(all[2].Opens); !errors.Is(err, gate.ErrToken) || opened != 1 {
		t.Errorf("once more it opened %d times: %v", opened, err)
	}
	r.wait(gate.TokenLife + time.Second)
	if err := g.Open(all[0].Opens); !errors.Is(err, gate.ErrToken) || opened != 1 {
		t.Errorf("long after it opened %d times: %v", opened, err)
	}
	if all[0].Who == all[2].Who || all[0].Who != g.Who(rs[0].Text) {
		t.Error("who it is does not tell one from another")
	}
}

// How old a presentation is counts from its reading: waiting for the person
// before makes it no older, and a clock that was set makes it not younger by
// more than a code may wait.
func TestHeldPresentation(t *testing.T) {
	r := newRig(t)
	for i, c := range []struct {
		held, age time.Duration
		want      verdict.Reason
	}{
		{25 * time.Second, verdict.PresentationLife + 20*time.Second, verdict.OK},
		{0, verdict.PresentationLife + 20*time.Second, verdict.PresentationStale},
		{time.Hour, verdict.PresentationLife + 2*time.Minute, verdict.PresentationStale},
	} {
		text, err := pass.Present(r.good(uint64(i+1)), r.world.Holder, r.now.Add(-c.age))
		if err != nil {
			t.Fatal(err)
		}
		a := r.Answer(t.Context(), scan.Reading{Text: text, At: r.now.Add(-c.held), Source: scan.Camera})
		if a.Reason != c.want {
			t.Errorf("held for %v, signed %v ago: %v, want %v", c.held, c.age, a.Reason, c.want)
		}
		r.wait(10 * time.Second)
	}
}

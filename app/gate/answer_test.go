package gate_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store/storetest"
	"postern/sync/client"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// idMatch is a world whose place compares IDs.
func idMatch(w *storetest.World) { w.Policy.IDMatch = true }

func (r *rig) answers(text string, source scan.Source) gate.Answer {
	return r.Answer(context.Background(), scan.Reading{Text: text, At: r.now, Source: source})
}

// asks shows a pass whose ID must be compared.
func (r *rig) asks(n uint64) gate.Answer {
	r.t.Helper()
	a := r.answers(r.good(n), scan.Typed)
	r.wants(a.Verdict, verdict.IDMatch)
	if a.Token == (gate.Token{}) {
		r.t.Fatal("there is no token to go on by")
	}
	return a
}

func (r *rig) confirms(t gate.Token, matches bool) gate.Answer {
	r.t.Helper()
	a, err := r.Confirm(context.Background(), t, matches)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

func TestIDMatch(t *testing.T) {
	r := newRig(t, idMatch)
	first := r.asks(1)
	a := r.confirms(first.Token, true)
	r.wants(a.Verdict, verdict.OK)
	if a.Token != (gate.Token{}) {
		t.Error("an Admit can be gone on from")
	}
	e := r.entries()
	if len(e) != 2 || e[0].Kind != journal.Confirm || e[0].Outcome != verdict.Admit || e[0].Tag != e[1].Tag || e[0].Tag == (journal.Tag{}) || e[0].Ref == nil {
		t.Fatalf("entries %+v", e)
	}
	for range 2 { // as an Admit by itself would be, also after a restart
		r.wants(r.shows(r.good(1)), verdict.SeenBefore)
		r.restart()
	}
	other := r.asks(2)
	a = r.confirms(other.Token, false)
	r.wants(a.Verdict, verdict.IDMismatch)
	if e := r.entries()[0]; e.Kind != journal.Confirm || e.Outcome != verdict.Check || e.Reason != "id_mismatch" {
		t.Errorf("recorded %+v", e)
	}
	if a.Token == (gate.Token{}) || a.Token == other.Token {
		t.Error("a mismatch has no way on of its own")
	}
	r.asks(2) // nobody was admitted
}

func TestTokenServesOnce(t *testing.T) {
	r := newRig(t, idMatch)
	over := func(name string, token gate.Token) {
		t.Helper()
		if got, err := r.Confirm(context.Background(), token, true); !errors.Is(err, gate.ErrToken) || got.Outcome == verdict.Admit {
			t.Errorf("%s: %v, %v", name, got.Outcome, err)
		}
	}
	a := r.asks(1)
	r.wants(r.confirms(a.Token, true).Verdict, verdict.OK)
	b := r.asks(2)
	if a.Token == b.Token {
		t.Fatal("two verdicts have one token")
	}
	used := len(r.entries())
	over("used", a.Token)
	over("none", gate.Token{})
	over("made up", gate.Token{1})
	r.wait(gate.TokenLife)
	r.wants(r.confirms(b.Token, true).Verdict, verdict.OK) // to the last moment
	late := r.asks(3)
	r.wait(gate.TokenLife + time.Nanosecond)
	over("after its life", late.Token)
	gone, next := r.asks(4), r.asks(5)
	over("somebody else's code was taken since", gone.Token)
	r.wants(r.confirms(next.Token, false).Verdict, verdict.IDMismatch)
	over("a barred pass", r.answers(r.world.Pass(t, 7), scan.Typed).Token)
	fresh := r.asks(8)
	r.restart()
	over("after a restart", fresh.Token)
	if n := len(r.entries()); n != used+7 {
		t.Errorf("%d entries, want %d", n, used+7)
	}
}

func TestConfirmGoesByWhatIsKnownNow(t *testing.T) {
	r := newRig(t, idMatch)
	twice := []gate.Answer{r.asks(1), r.asks(1)} // one code at two sources, before anybody pressed
	if _, err := r.Confirm(context.Background(), twice[0].Token, true); !errors.Is(err, gate.ErrToken) {
		t.Errorf("the first of two showings: %v", err)
	}
	r.wants(r.confirms(twice[1].Token, true).Verdict, verdict.OK)

	barred := r.asks(2)
	r.installs(2, func(u *client.Update) {
		u.Content.Lists[0].Entries[8] |= 3
		u.Digest = u.Content.Digest()
	})
	r.wants(r.confirms(barred.Token, true).Verdict, verdict.Barred)
}

func TestConfirmThatCannotBeRecordedIsNotGreen(t *testing.T) {
	r := newRig(t, idMatch)
	a := r.asks(1)
	r.store.AppendErr = errors.New("disk")
	got := r.confirms(a.Token, true)
	r.wants(got.Verdict, verdict.NotRecorded)
	if got.Token != a.Token {
		t.Error("the token is lost with the disk")
	}
	r.store.AppendErr = nil
	r.wants(r.confirms(a.Token, true).Verdict, verdict.OK)
}

func TestRepeatsAfterConfirm(t *testing.T) {
	r := newRig(t, idMatch)
	a := r.answers(r.good(1), scan.Camera)
	again := r.answers(r.good(1), scan.Camera)
	if !again.Repeated || again.Token != a.Token || a.Repeated {
		t.Errorf("the next frame is %+v", again)
	}
	r.confirms(a.Token, true)
	again = r.answers(r.good(1), scan.Camera) // it still lies there
	if !again.Repeated || again.Outcome != verdict.Admit {
		t.Errorf("green turned %v", again.Outcome)
	}
}

func TestRepeatsBySource(t *testing.T) {
	for _, tc := range []struct {
		name          string
		first, second scan.Source
		after         time.Duration
		repeated      bool
	}{
		{"camera, 2.5 s", scan.Camera, scan.Camera, 2500 * time.Millisecond, true},
		{"camera, later", scan.Camera, scan.Camera, 2501 * time.Millisecond, false},
		{"scanner, 5 s", scan.Wedge, scan.Wedge, 5 * time.Second, true},
		{"scanner, later", scan.Wedge, scan.Wedge, 5001 * time.Millisecond, false},
		{"scanner after camera", scan.Camera, scan.Wedge, 5 * time.Second, true},
		{"camera after scanner", scan.Wedge, scan.Camera, 2500 * time.Millisecond, true},
		{"typed again", scan.Typed, scan.Typed, 0, false},
		{"typed after camera", scan.Camera, scan.Typed, 0, false},
		{"a picture opened again", scan.File, scan.File, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t)
			r.answers(r.good(1), tc.first)
			r.wait(tc.after)
			if a := r.answers(r.good(2), tc.second); a.Repeated {
				t.Error("somebody else's code was not judged at once")
			}
			if a := r.answers(r.good(1), tc.second); a.Repeated != tc.repeated {
				t.Errorf("repeated %v", a.Repeated)
			}
		})
	}
}

func TestEmergency(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	a := r.answers(r.world.Pass(t, 7), scan.Typed)
	r.wants(a.Verdict, verdict.Barred)
	if err := r.Emergency(ctx, a.Token, "supervisor"); err == nil {
		t.Error("an override was recorded as an emergency")
	}
	if err := r.Emergency(ctx, a.Token, "emergency_birth"); err != nil {
		t.Fatal(err)
	}
	e := r.entries()
	if e[0].Kind != journal.Override || e[0].Reason != "emergency_birth" || e[0].Outcome != verdict.Admit || e[0].Tag != e[1].Tag || e[0].Ref == nil {
		t.Errorf("recorded %+v", e[0])
	}
	for range 2 { // with no verdict to go by nobody is kept from a doctor
		if err := r.Emergency(ctx, a.Token, "emergency_medical"); err != nil {
			t.Fatal(err)
		}
		if e := r.entries()[0]; e.Reason != "emergency_medical" || e.Tag != (journal.Tag{}) {
			t.Errorf("recorded %+v", e)
		}
	}
	r.store.AppendErr = errors.New("disk")
	if err := r.Emergency(ctx, gate.Token{}, "emergency_medical"); err == nil {
		t.Error("it is said to be recorded, and is not")
	}
}

func TestReentryGoesByTrustedTime(t *testing.T) {
	r := newRig(t)
	r.wants(r.shows(r.good(1)), verdict.OK)
	r.sets(time.Hour) // a guard bends the clock for a friend
	r.wants(r.shows(r.good(1)), verdict.SeenBefore)
	r.restart()
	r.wants(r.shows(r.good(1)), verdict.SeenBefore)
	r.sets(-time.Hour)
	r.wants(r.shows(r.good(1)), verdict.SeenBefore)
	r.wait(5 * time.Minute)
	r.wants(r.shows(r.good(1)), verdict.OK)
}

func TestJumpThatCouldNotBeRecordedIsRecordedLater(t *testing.T) {
	r := newRig(t, noTest)
	r.wants(r.shows(r.good(1)), verdict.OK)
	r.sets(-time.Hour)
	r.store.AppendErr = errors.New("disk")
	r.wants(r.shows(r.good(2)), verdict.NotRecorded)
	r.store.AppendErr = nil
	if got := r.jumps(); got != nil {
		t.Fatalf("jumps %v", got)
	}
	r.wait(time.Second)
	r.shows(r.good(2))
	r.shows(r.good(3))
	if got := r.jumps(); len(got) != 1 || got[0] != gate.ClockBack {
		t.Errorf("jumps %v, want the one that happened", got)
	}
}

func TestAdmittedIsCalledOnceItIsDurable(t *testing.T) {
	r := newRig(t)
	opened := 0
	g := gate.New(t.Context(), r.store, gate.Options{
		Now: func() time.Time { return r.now }, Mono: func() time.Duration { return r.mono },
		Admitted: func() {
			if e := r.entries(); len(e) != opened+1 || e[0].Outcome != verdict.Admit {
				t.Errorf("called at %+v", e)
			}
			opened++
		},
	})
	check := func(text string) gate.Answer { return g.Answer(context.Background(), scan.Reading{Text: text}) }
	check(r.good(1))
	if err := g.Emergency(context.Background(), gate.Token{}, "emergency_medical"); err != nil {
		t.Fatal(err)
	}
	r.store.AppendErr = errors.New("disk")
	check(r.good(2))
	r.store.AppendErr = nil
	if opened != 2 {
		t.Errorf("called %d times", opened)
	}
}

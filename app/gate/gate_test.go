package gate_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store/memory"
	"postern/app/store/storetest"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/status"
	"postern/sync/verdict"
)

func TestCheckRecordsWhatItAnswers(t *testing.T) {
	for _, tc := range []struct {
		name string
		bend func(*rig)
		text func(*rig) string
		want verdict.Reason
	}{
		{"good", nil, func(r *rig) string { return r.good(1) }, verdict.OK},
		{"with white space around", nil, func(r *rig) string { return "\r\n " + r.good(1) + "\n" }, verdict.OK},
		{"invalid", nil, func(r *rig) string { return r.world.Pass(t, 5) }, verdict.Revoked},
		{"suspended", nil, func(r *rig) string { return r.world.Pass(t, 6) }, verdict.SuspendedPass},
		{"barred", nil, func(r *rig) string { return r.world.Pass(t, 7) }, verdict.Barred},
		{"past the list", nil, func(r *rig) string { return r.world.Pass(t, passes) }, verdict.NoStatus},
		{"expired", nil, func(r *rig) string {
			c := r.world.Claims(4)
			c.Expires = r.now
			return r.world.SealPass(t, c)
		}, verdict.Expired},
		{"paper where a presentation is asked", func(r *rig) {
			r.world.Policy.Paper = false
			r.installs(2, nil)
		}, func(r *rig) string { return r.good(1) }, verdict.PaperNotAccepted},
		{"an old test", func(r *rig) { r.wait(25 * time.Hour) }, func(r *rig) string { return r.good(1) }, verdict.TestOld},
		{"altered", nil, func(r *rig) string { return flip(r.good(1)) }, verdict.Forged},
		{"another issuer's key", nil, func(r *rig) string {
			s, err := pass.NewSigner("XA", ed25519.NewKeyFromSeed(bytes.Repeat([]byte{99}, 32)))
			if err != nil {
				t.Fatal(err)
			}
			text, err := pass.Seal(r.world.Claims(4), s)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}, verdict.NoKey},
		{"a web address", nil, func(*rig) string { return "https://example.com/menu" }, verdict.Foreign},
		{"nothing", nil, func(*rig) string { return "" }, verdict.Foreign},
		{"not UTF-8", nil, func(*rig) string { return "\xff\xfe" }, verdict.Foreign},
		{"half a pass", nil, func(r *rig) string { return r.good(1)[:100] }, verdict.Malformed},
		{"more than a pass can be", nil, func(*rig) string { return "PP1:" + strings.Repeat("A", pass.MaxText) }, verdict.TooLong},
		{"status cannot be read", func(r *rig) { r.store.StatusErr = errors.New("disk") }, func(r *rig) string { return r.good(1) }, verdict.StatusFailed},
		{
			"the gate is suspended", func(r *rig) { r.envelope(func(e *enrol.Envelope) { e.Suspended = true }) },
			func(r *rig) string { return r.good(1) }, verdict.GateSuspended,
		},
		{
			"barred at a suspended gate", func(r *rig) { r.envelope(func(e *enrol.Envelope) { e.Suspended = true }) },
			func(r *rig) string { return r.world.Pass(t, 7) }, verdict.Barred,
		},
		{"the gate is wiped", func(r *rig) {
			r.shows(r.good(2))
			r.envelope(func(e *enrol.Envelope) { e.Wipe = true })
		}, func(r *rig) string { return r.good(1) }, verdict.NotEnrolled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t)
			if tc.bend != nil {
				tc.bend(r)
			}
			before := len(r.entries())
			text := tc.text(r)
			v := r.shows(text)
			r.wants(v, tc.want)
			all := r.entries()
			if len(all) != before+1 {
				t.Fatalf("%d entries for one check", len(all)-before)
			}
			e := all[0]
			if e.Outcome != v.Outcome || e.Reason != string(v.Reason) || e.Kind != journal.Check || !e.Time.Equal(r.now) ||
				e.Lane != "left" || e.Operator != "day shift" || e.Version != v.Version {
				t.Errorf("recorded %+v for %+v", e, v)
			}
			if (v.Pass != nil) != (e.Ref != nil) || (v.Pass != nil) != (e.Tag != journal.Tag{}) {
				t.Errorf("pass %v, reference %x, tag %x", v.Pass, e.Ref, e.Tag)
			}
			if v.Pass != nil {
				who, err := journal.OpenRef(r.world.Tracing, r.world.Gate.Gate, e.Seq, e.Ref)
				if err != nil || !bytes.Equal(who, v.Pass.Identity()) {
					t.Errorf("the reference opens to %x, %v", who, err)
				}
			}
		})
	}
}

// flip changes one character in the middle, where the claims stand.
func flip(text string) string {
	b := []byte(text)
	i := len(b) / 2
	if b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	return string(b)
}

func TestGateThatKnowsNothing(t *testing.T) {
	r := newRig(t)
	text := r.good(1)

	r.store = memory.New()
	r.restart()
	r.wants(r.shows(text), verdict.NotEnrolled)

	if err := r.store.SaveIdentity(context.Background(), r.world.Gate); err != nil {
		t.Fatal(err)
	}
	r.wants(r.shows(text), verdict.Blind) // no trust list: never the pass's fault
	r.wants(r.shows("menu"), verdict.Foreign)

	u := r.world.Update(t, 1, passes)
	u.Content = nil
	if err := r.store.Install(context.Background(), u); err != nil {
		t.Fatal(err)
	}
	r.wants(r.shows(text), verdict.Blind)
	if n := len(r.entries()); n != 4 {
		t.Errorf("%d entries, want 4", n)
	}
}

func TestUnreadableIsRecorded(t *testing.T) {
	r := newRig(t)
	r.wants(r.CheckUnreadable(context.Background()), verdict.Unreadable)
	if e := r.entries(); len(e) != 1 || e[0].Reason != string(verdict.Unreadable) {
		t.Errorf("entries %+v", e)
	}
}

func TestWhatCannotBeRecordedIsUnknown(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for name, stage := range map[string]func(*rig) context.Context{
		"the store fails": func(r *rig) context.Context { r.store.AppendErr = errors.New("disk"); return context.Background() },
		"the store panics": func(r *rig) context.Context {
			r.store.BeforeAll = func() { panic("store") }
			return context.Background()
		},
		"cancelled": func(*rig) context.Context { return cancelled },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			ctx := stage(r)
			for _, index := range []uint64{4, 6, 7} { // good, suspended, barred
				v := r.Check(ctx, scan.Reading{Text: r.world.Pass(t, index), Source: scan.Camera})
				r.wants(v, verdict.NotRecorded)
			}
			if err := r.Record(ctx, journal.Override, "emergency_birth"); err == nil {
				t.Error("an override that could not be recorded was accepted")
			}
			r.store.AppendErr, r.store.BeforeAll = nil, nil
			r.wants(r.films(r.good(1)), verdict.OK) // and not the remembered Unknown
		})
	}
}

// TestAnswerComesAfterTheEntry holds Append back and sees that Check waits.
func TestAnswerComesAfterTheEntry(t *testing.T) {
	r := newRig(t)
	reached, release := make(chan struct{}), make(chan struct{})
	r.store.BeforeAll = func() { close(reached); <-release }
	answered := make(chan verdict.Verdict, 1)
	go func() { answered <- r.shows(r.good(1)) }()
	<-reached
	select {
	case v := <-answered:
		t.Fatalf("answered %v before its entry was durable", v.Reason)
	default:
	}
	close(release)
	r.wants(<-answered, verdict.OK)
}

// panicky is a store whose status panics, as only a fault of ours could.
type panicky struct{ *memory.Store }

func (panicky) Status(string, uint64) (status.Entry, error) { panic("status") }

func TestPanicIsUnknownAndRecorded(t *testing.T) {
	r := newRig(t)
	g := gate.New(t.Context(), panicky{r.store}, gate.Options{Now: func() time.Time { return r.now }})
	v := g.Check(context.Background(), scan.Reading{Text: r.good(1)})
	r.wants(v, verdict.InternalFailed)
	if e := r.entries(); len(e) != 1 || e[0].Reason != string(verdict.InternalFailed) {
		t.Errorf("entries %+v", e)
	}
}

// forgetful is a store that cannot say whom it admitted.
type forgetful struct{ *memory.Store }

func (forgetful) Seen(context.Context, journal.Tag, time.Time) (time.Time, journal.Way, error) {
	return time.Time{}, 0, errors.New("disk")
}

func TestMemoryThatFailsAdmitsNobody(t *testing.T) {
	r := newRig(t)
	g := gate.New(t.Context(), forgetful{r.store}, gate.Options{Now: func() time.Time { return r.now }})
	for index, want := range map[uint64]verdict.Reason{4: verdict.InternalFailed, 6: verdict.InternalFailed, 7: verdict.Barred} {
		r.wants(g.Check(context.Background(), scan.Reading{Text: r.world.Pass(t, index)}), want)
	}
}

// pruned is a store whose disk was full: what the hub has is gone.
type pruned struct{ *memory.Store }

func (pruned) Seen(context.Context, journal.Tag, time.Time) (time.Time, journal.Way, error) {
	return time.Time{}, 0, nil
}

func TestFullDiskForgetsNoAdmission(t *testing.T) {
	r := newRig(t)
	g := gate.New(t.Context(), pruned{r.store}, gate.Options{Now: func() time.Time { return r.now }, Mono: func() time.Duration { return r.mono }})
	check := func() verdict.Verdict {
		return g.Check(context.Background(), scan.Reading{Text: r.good(1)})
	}
	r.wants(check(), verdict.OK)
	r.wait(4 * time.Minute)
	r.wants(check(), verdict.SeenBefore)
	r.wait(time.Minute)
	r.wants(check(), verdict.OK)
}

func TestTwoLanesAdmitOnce(t *testing.T) {
	r := newRig(t)
	text := r.good(1)
	var admitted, seen atomic.Int32
	var lanes sync.WaitGroup
	for range 20 {
		lanes.Go(func() {
			switch r.shows(text).Reason {
			case verdict.OK:
				admitted.Add(1)
			case verdict.SeenBefore:
				seen.Add(1)
			}
		})
	}
	lanes.Wait()
	if admitted.Load() != 1 || seen.Load() != 19 {
		t.Errorf("admitted %d times, seen %d times", admitted.Load(), seen.Load())
	}
	if n := len(r.entries()); n != 20 {
		t.Errorf("%d entries", n)
	}
}

func TestSeenBefore(t *testing.T) {
	keys := func(r *rig) {}
	noKeys := func(r *rig) { r.envelope(func(e *enrol.Envelope) { e.TagKeys = nil }) }
	midnight := func(r *rig) { r.wait(20*time.Hour - 2*time.Minute) } // two minutes to midnight UTC
	for name, stage := range map[string]func(*rig){"by tag": keys, "without tag keys": noKeys, "over midnight": midnight} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			stage(r)
			r.wants(r.shows(r.good(1)), verdict.OK)
			r.wait(4*time.Minute + 59*time.Second)
			again := r.shows(r.good(1))
			r.wants(again, verdict.SeenBefore)
			if again.Detail.Ago != 4*time.Minute+59*time.Second {
				t.Errorf("seen %v ago", again.Detail.Ago)
			}
			r.wants(r.shows(r.good(2)), verdict.OK) // another pass
			r.wait(time.Second)
			r.wants(r.shows(r.good(1)), verdict.OK) // what was not admitted does not prolong it
		})
	}
	t.Run("not asked", func(t *testing.T) {
		r := newRig(t, func(w *storetest.World) { w.Policy.Reentry = 0 })
		r.wants(r.shows(r.good(1)), verdict.OK)
		r.wants(r.shows(r.good(1)), verdict.OK)
	})
}

func TestCameraSeesOneShowingOnce(t *testing.T) {
	r := newRig(t)
	first := r.films(r.good(1))
	for range 40 { // four seconds of frames
		r.wait(100 * time.Millisecond)
		if v := r.films(r.good(1)); v.Reason != first.Reason {
			t.Fatalf("a frame of the same showing got %v", v.Reason)
		}
		r.films("https://example.com")
	}
	if n := len(r.entries()); n != 2 {
		t.Errorf("%d entries for two codes held before the camera", n)
	}
	r.wait(2501 * time.Millisecond)
	r.wants(r.films(r.good(1)), verdict.SeenBefore) // gone and shown again
	r.wants(r.shows(r.good(1)), verdict.SeenBefore) // typed: always an entry
	if n := len(r.entries()); n != 4 {
		t.Errorf("%d entries", n)
	}
}

func TestFreshPresentationAfterPaperIsJudged(t *testing.T) {
	r := newRig(t, func(w *storetest.World) { w.Policy.Paper = false })
	r.wants(r.films(r.good(1)), verdict.PaperNotAccepted)
	r.wait(time.Second)
	text, err := pass.Present(r.good(1), r.world.Holder, r.now)
	if err != nil {
		t.Fatal(err)
	}
	r.wants(r.films(text), verdict.OK)
}

// swapping installs the next version while a status is being read.
type swapping struct {
	*memory.Store
	r    *rig
	once sync.Once
}

func (s *swapping) Status(uri string, index uint64) (status.Entry, error) {
	s.once.Do(func() {
		s.r.installs(2, func(u *client.Update) {
			u.Content.Epoch = u.Content.Epoch.Add(24 * time.Hour) // minutes now mean another time
			for i := range u.Content.Lists[0].Entries {
				u.Content.Lists[0].Entries[i] -= 24 * 60 << 2
			}
		})
	})
	return s.Store.Status(uri, index)
}

func TestInstallBetweenViewAndStatus(t *testing.T) {
	r := newRig(t)
	s := &swapping{Store: r.store, r: r}
	v, _ := gate.Judge(s, r.good(1), verdict.Clock{Now: r.now})
	r.wants(v, verdict.OK)
	if v.Version != 2 || v.Test == nil || !v.Test.At.Equal(r.now.Add(-24*time.Hour+2*time.Minute)) {
		t.Errorf("version %d, test %+v: parts of two versions", v.Version, v.Test)
	}
	if n := len(r.entries()); n != 0 {
		t.Errorf("Judge recorded %d entries", n)
	}
}

func TestRecord(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	if err := r.Record(ctx, journal.Override, "emergency_birth"); err != nil {
		t.Fatal(err)
	}
	if err := r.Record(ctx, journal.Start, "gate 1.0"); err != nil {
		t.Fatal(err)
	}
	for reason, kind := range map[string]journal.Kind{
		"a check": journal.Check, "no number": journal.Registration, "no PIN": journal.Headcount, "no kind": 0, "not UTF-8 \xff": journal.Override, strings.Repeat("长", 22): journal.Override,
	} {
		if err := r.Record(ctx, kind, reason); err == nil {
			t.Errorf("kind %v with reason %q was recorded", kind, reason)
		}
	}
	e := r.entries()
	if len(e) != 2 || e[1].Outcome != verdict.Admit || e[1].Reason != "emergency_birth" || e[0].Outcome != verdict.Unknown || e[0].Kind != journal.Start {
		t.Errorf("entries %+v", e)
	}
}

func TestRecentCarriesNamesInMemoryOnly(t *testing.T) {
	r := newRig(t)
	r.shows(r.good(1))
	r.shows("menu")
	lines, err := r.Recent(context.Background(), 10)
	if err != nil || len(lines) != 2 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if v := lines[1].Verdict; v == nil || v.Pass.Name != "王*" || v.Reason != verdict.OK {
		t.Errorf("line %+v", lines[1])
	}
	r.envelope(func(e *enrol.Envelope) { e.Wipe = true })
	if lines, err := r.Recent(context.Background(), 10); err != nil || len(lines) != 2 || lines[1].Verdict != nil {
		t.Errorf("a wiped gate shows %+v, %v", lines, err)
	}
	r.restart()
	lines, err = r.Recent(context.Background(), 1)
	if err != nil || len(lines) != 1 || lines[0].Verdict != nil || lines[0].Seq != 2 {
		t.Errorf("after a restart: %+v, %v", lines, err)
	}
}

func TestState(t *testing.T) {
	r := newRig(t)
	r.store.Problems = []gate.Problem{gate.DiskNearlyFull}
	r.shows(r.good(1))
	r.wait(25 * time.Hour)
	s, err := r.State(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if !s.Enrolled || s.Suspended || s.Gate != r.world.Gate.Gate || s.Place != "East Gate, inner door" || s.Direction != "in" ||
		s.City["en"] != "Xi'an" || s.Version != 1 || s.Backlog != 1 || s.Age != policy.Ageing || s.Since != 25*time.Hour+12*time.Minute ||
		s.ClockOff != 0 || len(s.Problems) != 1 || s.Policy != "default" || s.Hub != "http://127.0.0.1:8443" {
		t.Errorf("state %+v", s)
	}
	r.sets(-100 * time.Hour)
	if s, _ := r.State(context.Background()); s.ClockOff > -99*time.Hour {
		t.Errorf("clock off by %v", s.ClockOff)
	}
	if n := len(r.entries()); n != 1 {
		t.Errorf("looking at the state recorded %d entries", n-1)
	}
}

func TestLongNamesAreCut(t *testing.T) {
	r := newRig(t)
	g := gate.New(t.Context(), r.store, gate.Options{
		Now: func() time.Time { return r.now }, Lane: strings.Repeat("道", 40), Operator: "\xff",
	})
	r.wants(g.Check(context.Background(), scan.Reading{Text: r.good(1)}), verdict.OK)
	if e := r.entries()[0]; e.Lane != strings.Repeat("道", 21) || e.Operator != "" {
		t.Errorf("lane %q, operator %q", e.Lane, e.Operator)
	}
}

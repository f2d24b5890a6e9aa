package gate_test

import (
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/store/storetest"
	"postern/sync/client"
	"postern/sync/journal"
	"postern/sync/verdict"
)

const day = 24 * time.Hour

// noTest is a world whose passes need no test, so that only clocks speak.
func noTest(w *storetest.World) { w.Policy.Test, w.Policy.Reentry = nil, 0 }

// jumps lists the reasons of clock entries, oldest first.
func (r *rig) jumps() (reasons []string) {
	all := r.entries()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Kind == journal.Clock {
			reasons = append(reasons, all[i].Reason)
		}
	}
	return reasons
}

func TestClockAtStart(t *testing.T) {
	made := storetest.Noon.Add(-12 * time.Minute) // trusted time at the start
	for _, tc := range []struct {
		name string
		now  time.Time
		want verdict.Reason
		jump string
	}{
		{"1970", time.Unix(0, 0), verdict.ClockWrong, gate.ClockBack},
		{"2099", time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), verdict.ClockWrong, gate.ClockAhead},
		{"right", storetest.Noon, verdict.OK, ""},
		{"two minutes behind", made.Add(-2 * time.Minute), verdict.OK, ""},
		{"a second more", made.Add(-2*time.Minute - time.Second), verdict.ClockWrong, gate.ClockBack},
		{"thirty days off duty", made.Add(30*day - 2*time.Minute), verdict.StaleCheck, ""},
		{"a minute more than thirty days", made.Add(30*day + time.Minute), verdict.ClockWrong, gate.ClockAhead},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, noTest)
			r.now = tc.now
			r.wants(r.shows(r.good(1)), tc.want)
			r.wants(r.shows(r.world.Pass(t, 7)), verdict.Barred) // whatever the clock says
			if got := r.jumps(); (tc.jump == "" && got != nil) || (tc.jump != "" && (len(got) != 1 || got[0] != tc.jump)) {
				t.Errorf("jumps %v, want %q", got, tc.jump)
			}
		})
	}
}

func TestWildClockPoisonsNothing(t *testing.T) {
	for name, off := range map[string]time.Duration{
		"2099": 72 * 365 * day, "1970": -56 * 365 * day, "within the policy": 20 * day, "an hour back": -time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, noTest)
			r.wants(r.shows(r.good(1)), verdict.OK)
			r.wait(30 * time.Minute) // a quiet half hour proves nothing
			r.sets(off)
			r.shows(r.good(2))
			r.wait(time.Minute)
			r.sets(-off)
			r.wants(r.shows(r.good(3)), verdict.OK)
			if n := len(r.jumps()); n != 2 && (n != 1 || off.Abs() > day) {
				t.Errorf("jumps %v", r.jumps())
			}
			r.restart()
			r.wants(r.shows(r.good(4)), verdict.OK)
		})
	}
}

func TestClockThatGoesBack(t *testing.T) {
	r := newRig(t, noTest)
	r.wants(r.shows(r.good(1)), verdict.OK)
	r.wait(10 * time.Hour) // the device's clock keeps its lead: it is believed
	r.wants(r.shows(r.good(2)), verdict.OK)
	r.sets(-3 * time.Minute)
	r.wants(r.shows(r.good(3)), verdict.ClockWrong)
	r.sets(2 * time.Minute)
	r.wants(r.shows(r.good(4)), verdict.OK)

	r.restart()
	r.wants(r.shows(r.good(5)), verdict.OK)
	r.sets(-time.Hour) // set back while the program is off and on again
	r.restart()
	r.wants(r.shows(r.good(6)), verdict.ClockWrong)
}

// TestSleepIsNoJump: while a tablet sleeps, its clock goes on and the monotonic one does not.
func TestSleepIsNoJump(t *testing.T) {
	r := newRig(t, noTest)
	for range 50 {
		r.wants(r.shows(r.good(1)), verdict.OK)
		r.sets(9 * time.Hour)
		r.wait(15 * time.Minute) // two looks, so that the lead shows itself to be steady
		r.shows(r.good(1))
		r.wait(11 * time.Minute)
		if v := r.shows(r.good(1)); v.Reason == verdict.ClockWrong {
			t.Fatalf("after %v the clock is called wrong", r.now.Sub(storetest.Noon))
		}
		r.installs(1, func(u *client.Update) { u.Content = nil })
		if r.now.Sub(storetest.Noon) > 6*day {
			break // then the snapshot is stale, which is another matter
		}
	}
	if got := r.jumps(); got != nil {
		t.Errorf("jumps %v", got)
	}
}

// TestSnapshotRaisesTrustedTime: what the authority made later than the
// device's clock says shows that the clock is behind.
func TestSnapshotRaisesTrustedTime(t *testing.T) {
	r := newRig(t, noTest)
	r.wants(r.shows(r.good(1)), verdict.OK)
	r.installs(2, func(u *client.Update) { u.Content.Made = r.now.Add(2 * time.Minute) })
	r.wants(r.shows(r.good(2)), verdict.OK)
	r.installs(3, func(u *client.Update) { u.Content.Made = r.now.Add(2*time.Minute + time.Second) })
	r.wants(r.shows(r.good(3)), verdict.ClockWrong)
	r.sets(time.Second)
	r.wants(r.shows(r.good(4)), verdict.OK)
}

// TestSnapshotHealsTrustedTime: a clock that was weeks ahead for a whole shift
// was believed; the next verified snapshot shows the truth, in the same run
// and after a restart.
func TestSnapshotHealsTrustedTime(t *testing.T) {
	for name, restart := range map[string]bool{"same run": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, noTest)
			r.sets(20 * day)
			for range 4 {
				r.shows(r.good(1))
				r.wait(6 * time.Minute)
			}
			r.sets(-20 * day)
			r.wants(r.shows(r.good(2)), verdict.ClockWrong)

			u := func(u *client.Update) { u.Content.Made = r.now.Add(-time.Minute) }
			r.installs(2, u)
			if restart {
				r.restart()
			}
			r.wants(r.shows(r.good(3)), verdict.OK)
			r.wait(time.Hour)
			r.restart()
			r.wants(r.shows(r.good(4)), verdict.OK)

			r.sets(-2 * time.Hour) // what was proven stays the floor
			r.wants(r.shows(r.good(5)), verdict.ClockWrong)
		})
	}
}

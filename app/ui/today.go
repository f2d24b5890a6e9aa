package ui

import (
	"context"
	"strconv"
	"strings"
	"time"

	"postern/app/gate"
	"postern/sync/wording"
)

// todayRows is how many entries are listed.
const todayRows = 60

// todayScreen counts and lists what happened since midnight.
type todayScreen struct {
	day    gate.Today
	lines  []gate.Line // newest first
	more   bool        // there are older ones of today
	loaded bool
	failed bool
	tens   bool // the inspector's view was asked for
	sure   bool // the guard asked to begin the headcount anew, and is asked back
	key    string
}

// newToday reads the journal beside the screen; the numbers come when they are there.
func newToday(u *UI) *todayScreen {
	s := &todayScreen{}
	s.load(u)
	return s
}

func (s *todayScreen) load(u *UI) {
	if u.backend == nil {
		return
	}
	g, now := u.backend.Gate, u.opt.Now().In(u.opt.Zone)
	u.run(func(ctx context.Context) {
		day, err := g.Today(ctx, now)
		lines, err2 := g.Recent(ctx, todayRows+1)
		u.do(func() {
			s.loaded, s.failed = true, err != nil || err2 != nil
			s.day = day
			lines = since(lines, midnight(now, u.opt.Zone))
			s.more = len(lines) > todayRows
			s.lines = lines[:min(len(lines), todayRows)]
			if u.screen == s {
				u.root.Refresh()
			}
		})
	})
}

func midnight(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// since keeps the lines from a time on.
func since(lines []gate.Line, from time.Time) []gate.Line {
	kept := lines[:0]
	for _, l := range lines {
		if !l.Time.Before(from) {
			kept = append(kept, l)
		}
	}
	return kept
}

func (*todayScreen) behave(u *UI) behaviour {
	b := u.page("today")
	b.codes = judged
	return b
}

// inTens reports whether counts show as inspectors see them, and nobody's entry at all.
func (s *todayScreen) inTens(u *UI) bool { return s.tens || u.state.Shift.Role == gate.Inspector }

func (s *todayScreen) count(u *UI, n int) string {
	if s.inTens(u) {
		return strings.ReplaceAll(gate.Tens(n), "-", "–") // as every range on the screens
	}
	return strconv.Itoa(n)
}

// byHand is what people decided.
func (u *UI) byHand(t gate.Totals, count func(int) string) string {
	text := ""
	for _, c := range []struct {
		key string
		n   int
	}{
		{"today.overrides", t.Overrides},
		{"today.emergencies", t.Emergencies},
		{"today.registrations", t.Registrations},
		{"today.slips", t.Slips},
	} {
		if c.n == 0 {
			continue
		}
		if text != "" {
			text += "·"
		}
		text += wording.Whole(u.say(c.key, "n", count(c.n)))
	}
	return text
}

func (s *todayScreen) ask(u *UI, sure bool) {
	s.sure, s.key = sure, ""
	u.root.Refresh()
}

// reset begins the headcount at zero, on the supervisor's PIN where there is one.
func (s *todayScreen) reset(u *UI) {
	if !u.known {
		return
	}
	s.sure = false
	if u.state.PIN {
		u.show(&pinScreen{
			title: "supervisor.pin_title", say: u.say("today.reset"), back: func() { u.show(s) }, done: func() { s.wasReset(u, nil) },
			try: func(ctx context.Context, g Gate, pin string) error { return g.ResetHeadcount(ctx, pin) },
		})
		return
	}
	g := u.backend.Gate
	u.run(func(ctx context.Context) {
		err := g.ResetHeadcount(ctx, "")
		u.do(func() { s.wasReset(u, err) })
	})
}

// wasReset says how it went.
func (s *todayScreen) wasReset(u *UI, err error) {
	s.key = "today.reset_done"
	if err != nil {
		s.key = "today.reset_failed"
	}
	u.show(s)
	s.load(u)
	u.refreshState(nil)
}

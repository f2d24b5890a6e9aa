package gate

import (
	"context"
	"time"

	"postern/sync/verdict"
)

const (
	// tolerance is how far the device's clock may lie behind trusted time
	// before it is called wrong: clocks are set to the minute by hand.
	tolerance = 2 * time.Minute
	// leap is how far the clock may go ahead between two readings without an
	// entry: a tablet that slept over night did not jump.
	leap = 24 * time.Hour
	// steady is how long the clock must keep its lead over trusted time before
	// the lead is believed. A clock that was wild for a moment and was set
	// right again leaves no trace.
	steady = 10 * time.Minute
)

// Reasons of entries of kind journal.Clock.
const (
	ClockAhead = "clock_ahead"
	ClockBack  = "clock_back"
)

// moment is one reading of the clocks.
type moment struct {
	Now      time.Time // the device's clock, UTC
	Trusted  time.Time // zero: there is none yet
	Believed bool      // Now agrees with Trusted as far as the policy asks
}

// reliable is the time by which spans are measured that nobody may shorten by
// setting the device's clock: trusted time, and that clock only where there is none.
func (m moment) reliable() time.Time {
	if m.Trusted.IsZero() {
		return m.Now
	}
	return m.Trusted
}

func (m moment) clock() verdict.Clock {
	c := verdict.Clock{Now: m.Now}
	if !m.Trusted.IsZero() {
		c.Trusted = m.Trusted.Add(-tolerance)
	}
	return c
}

// clock keeps trusted time: what was stored or verified last, and the monotonic
// clock since then. It follows the device's clock only where that is ahead
// within the policy's bounds and stays so; a clock that is set far ahead for
// longer, and then back, is healed by the next verified snapshot.
type clock struct {
	base    time.Time     // trusted time at the monotonic time at
	at      time.Duration //
	version uint64        // newest snapshot that base knows of

	looked bool      // wall and wallAt are set
	wall   time.Time // the device's clock at the last reading
	wallAt time.Duration

	lead  time.Duration // of the device's clock over trusted time, when it was last unsteady
	since time.Duration // monotonic time of that
}

// newClock begins with what the store holds. The last entry says which
// snapshot its trusted time knew: a newer one was verified after it.
func newClock(ctx context.Context, s Store, mono time.Duration) clock {
	c := clock{base: s.Trusted(), at: mono, since: mono, version: s.View().Snapshot.Version}
	if last, err := s.Recent(ctx, 1); err == nil && len(last) == 1 {
		c.version = min(c.version, last[0].Version)
	}
	return c
}

// read takes one reading; jump is ClockAhead or ClockBack where the device's
// clock did not go on as a clock does.
func (c *clock) read(now time.Time, mono time.Duration, v *View) (m moment, jump string) {
	c.advance(now, mono, v.Snapshot)
	first := !c.looked
	drift := now.Sub(c.wall) - (mono - c.wallAt)
	c.looked, c.wall, c.wallAt = true, now, mono

	ahead := time.Duration(v.Policy.Clock.AheadDays) * day
	m = moment{Now: now, Trusted: c.base, Believed: true}
	if !c.base.IsZero() {
		lead := now.Sub(c.base)
		m.Believed = lead >= -tolerance && lead <= ahead
		if first && !m.Believed {
			drift = lead
		} else if first {
			drift = 0
		}
		c.follow(lead, mono, m.Believed)
		m.Trusted = c.base
	} else if first {
		drift = 0
	}
	switch {
	case drift < -tolerance:
		jump = ClockBack
	case drift > leap:
		jump = ClockAhead
	}
	return m, jump
}

// advance brings base to the monotonic time mono and to what a snapshot proves.
func (c *clock) advance(now time.Time, mono time.Duration, s verdict.Snapshot) {
	if !c.base.IsZero() {
		c.base = c.base.Add(mono - c.at)
	}
	c.at = mono
	newer := s.Version > c.version
	c.version = max(c.version, s.Version)
	behind := now.Before(c.base.Add(-tolerance))
	proven := !s.Made.IsZero() && !now.Before(s.Made.Add(-tolerance))
	if s.Made.After(c.base) || (newer && behind && proven) {
		c.base = s.Made
	}
}

// follow lets base take over the lead of the device's clock.
func (c *clock) follow(lead, mono time.Duration, believed bool) {
	if (lead - c.lead).Abs() > tolerance {
		c.lead, c.since = lead, mono
	}
	if !believed || lead <= 0 {
		return
	}
	if lead <= tolerance || mono-c.since >= steady {
		c.base = c.base.Add(lead)
		c.lead, c.since = 0, mono
	}
}

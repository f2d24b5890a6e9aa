package wording

import (
	"strconv"
	"strings"
	"time"
)

// Span tells a length of time, never its sign: 20 min, 51 h 20 min, and from three days on 4 days.
// It is held together on one line.
func (c *Catalogue) Span(d time.Duration) string {
	d = d.Abs()
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	var s string
	switch {
	case d < time.Minute:
		return c.Say("span.now")
	case d < time.Hour:
		s = c.Say("span.minutes", "m", strconv.Itoa(minutes))
	case hours < 72 && minutes == 0:
		s = c.Say("span.hours", "h", strconv.Itoa(hours))
	case hours < 72:
		s = c.Say("span.hours_minutes", "h", strconv.Itoa(hours), "m", strconv.Itoa(minutes))
	default:
		s = c.Say("span.days", "d", strconv.Itoa(hours/24))
	}
	return Whole(s)
}

// Seconds tells a short length of time to the second, a longer one as Span does.
func (c *Catalogue) Seconds(d time.Duration) string {
	if d >= 2*time.Minute {
		return c.Span(d)
	}
	return Whole(c.Say("span.seconds", "s", strconv.Itoa(int((d+time.Second-1)/time.Second))))
}

// Ago tells how long before now at was.
func (c *Catalogue) Ago(at, now time.Time) string { return c.Say("ago", "span", c.Span(now.Sub(at))) }

// Checked tells when the gate last heard from the hub; the zero time is never.
// Only this says how current the data is: what came later is unknown here.
func (c *Catalogue) Checked(at, now time.Time) string {
	if at.IsZero() {
		return c.Say("sync.unchecked")
	}
	return c.Say("sync.checked", "ago", c.Ago(at, now))
}

// Clock tells the time of day, to the second.
func (c *Catalogue) Clock(at time.Time) string { return at.In(c.zone).Format(c.Say("time.clock")) }

// Moment tells day and time, with the year where it lies more than half a year from now.
func (c *Catalogue) Moment(at, now time.Time) string {
	key := "time.moment"
	if at.Sub(now).Abs() > 180*24*time.Hour {
		key = "time.year"
	}
	return Whole(at.In(c.zone).Format(c.Say(key)))
}

// joiner is U+2060, which is never drawn: lines do not break at it.
const joiner = "\u2060"

// Whole holds a number and what belongs to it on one line.
func Whole(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 {
			b.WriteString(joiner)
		}
		b.WriteRune(r)
	}
	return strings.ReplaceAll(b.String(), " ", "\u00a0")
}

// plain is s for a line that is printed: nothing is held together there.
func plain(s string) string { return strings.NewReplacer(joiner, "", "\u00a0", " ").Replace(s) }

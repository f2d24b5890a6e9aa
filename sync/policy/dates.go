package policy

import (
	"strings"
	"time"
)

// evalPlusTime makes a date-time of a string and moves it. Months and years
// run over as ECMAScript's setUTC… do: 2020-02-29 plus a year is 2021-03-01.
func evalPlusTime(r *run, n *node) (any, error) {
	t, err := r.moment(n, parseMoment)
	if err != nil {
		return nil, err
	}
	amount := int(n.amount)
	switch n.unit {
	case "year":
		t = t.AddDate(amount, 0, 0)
	case "month":
		t = t.AddDate(0, amount, 0)
	case "day":
		t = t.AddDate(0, 0, amount)
	case "hour":
		t = time.UnixMilli(t.UnixMilli() + n.amount*time.Hour.Milliseconds()).UTC()
	}
	if t.Year() < 0 || t.Year() > 9999 {
		return nil, wrong("it leads out of the years 0 to 9999")
	}
	return t, nil
}

// evalBirth makes a date-time of a date of birth.
func evalBirth(r *run, n *node) (any, error) {
	t, err := r.moment(n, parseDate)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (r *run) moment(n *node, parse func(string) (time.Time, bool)) (time.Time, error) {
	v, err := r.arg(n, 0)
	if err != nil {
		return time.Time{}, err
	}
	s, ok := v.(string)
	if !ok {
		return time.Time{}, wrong("it reads a date from a string, not from %s", kindOf(v))
	}
	t, ok := parse(s)
	if !ok {
		return time.Time{}, wrong("the string is not a date that CertLogic reads")
	}
	return t, nil
}

// parseDate reads YYYY, YYYY-MM or YYYY-MM-DD as midnight UTC; of a partial
// date the last day that it can mean (specification, dccDateOfBirth).
func parseDate(s string) (time.Time, bool) {
	c := cursor{rest: s, ok: true}
	year, month, day := c.number(4), 12, 31
	if c.rest != "" {
		c.expect('-')
		month = c.number(2)
		day = lastDay(year, month)
	}
	if c.rest != "" {
		c.expect('-')
		day = c.number(2)
	}
	valid := c.ok && c.rest == "" && 1 <= month && month <= 12 && 1 <= day && day <= lastDay(year, month)
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC), valid
}

func lastDay(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// maxMoment bounds a date-time's text; decimals may go on, but not for ever.
const maxMoment = 64

// parseMoment reads what plusTime reads: a date as parseDate does, or
//
//	YYYY-MM-DDThh:mm:ss[.S…][Z | (+|-)(h|hh|hmm|hhmm|h:mm|hh:mm)]
//
// No offset is Z. Decimals after the third are cut off.
func parseMoment(s string) (time.Time, bool) {
	date, clock, timed := strings.Cut(s, "T")
	day, ok := parseDate(date)
	if !timed || !ok || len(date) != len("YYYY-MM-DD") || len(s) > maxMoment {
		return day, ok && !timed
	}
	c := cursor{rest: clock, ok: true}
	hour := c.number(2)
	c.expect(':')
	minute := c.number(2)
	c.expect(':')
	second := c.number(2)
	fraction := c.fraction()
	offset := c.offset()
	if !c.ok || c.rest != "" || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	seconds := hour*3600 + (minute-offset)*60 + second
	return day.Add(time.Duration(seconds)*time.Second + fraction), true
}

// cursor reads a date-time from its beginning; ok stays false after the first thing that does not fit.
type cursor struct {
	rest string
	ok   bool
}

func (c *cursor) expect(b byte) {
	if c.ok = c.ok && c.rest != "" && c.rest[0] == b; c.ok {
		c.rest = c.rest[1:]
	}
}

// digits is how many digits stand next.
func (c *cursor) digits() int {
	n := 0
	for n < len(c.rest) && '0' <= c.rest[n] && c.rest[n] <= '9' {
		n++
	}
	return n
}

// number reads exactly n digits.
func (c *cursor) number(n int) (v int) {
	if c.ok = c.ok && c.digits() >= n; !c.ok {
		return 0
	}
	for _, d := range []byte(c.rest[:n]) {
		v = v*10 + int(d-'0')
	}
	c.rest = c.rest[n:]
	return v
}

// fraction reads .S…, where it stands, to the millisecond.
func (c *cursor) fraction() time.Duration {
	if !c.ok || c.rest == "" || c.rest[0] != '.' {
		return 0
	}
	c.rest = c.rest[1:]
	n := c.digits()
	c.ok = n > 0
	read, unit := min(n, 3), time.Second
	v := c.number(read)
	for range read {
		unit /= 10
	}
	c.rest = c.rest[max(n-read, 0):]
	return time.Duration(v) * unit
}

// offset reads Z, nothing, or an offset from UTC, in minutes.
func (c *cursor) offset() int {
	if !c.ok || c.rest == "" || c.rest == "Z" {
		c.rest = ""
		return 0
	}
	sign := 1
	if c.rest[0] == '-' {
		sign = -1
	} else {
		c.ok = c.rest[0] == '+'
	}
	c.rest = c.rest[1:]
	hours, minutes := c.offsetParts()
	c.ok = c.ok && hours <= 23 && minutes <= 59
	return sign * (hours*60 + minutes)
}

func (c *cursor) offsetParts() (hours, minutes int) {
	width := c.digits()
	if width > 2 {
		width -= 2 // hmm, hhmm
	}
	if c.ok = c.ok && 1 <= width && width <= 2; !c.ok {
		return 0, 0
	}
	hours = c.number(width)
	if c.rest == "" {
		return hours, 0
	}
	if c.rest[0] == ':' {
		c.rest = c.rest[1:]
	}
	return hours, c.number(2)
}

package policy

import (
	"strconv"
	"strings"
	"time"
)

// evalPlusTime reads a date-time from a string and adds to it. A day that the
// new month does not have becomes one of the next month, as with ECMAScript's
// setUTC…: 2020-02-29 plus a year is 2021-03-01.
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

// evalBirth reads a date of birth as a date-time.
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

// parseDate reads YYYY, YYYY-MM or YYYY-MM-DD as midnight UTC. A date without
// month or day is the last day that it can mean (specification, dccDateOfBirth).
func parseDate(s string) (time.Time, bool) {
	if len(s) != len("2006") && len(s) != len("2006-01") && len(s) != len(time.DateOnly) {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly[:len(s)], s)
	switch len(s) {
	case len("2006"):
		t = t.AddDate(1, 0, -1)
	case len("2006-01"):
		t = t.AddDate(0, 1, -1)
	}
	return t, err == nil
}

const (
	seconds   = "2006-01-02T15:04:05"
	maxMoment = 64 // bytes of a date-time, since its decimals may be many
	digits    = "0123456789"
)

// parseMoment reads what plusTime reads: a date as parseDate does, or
//
//	YYYY-MM-DDThh:mm:ss[.S…][Z | (+|-)(h|hh|hmm|hhmm|h:mm|hh:mm)]
//
// Without an offset it is in UTC. Decimals after the third are cut off.
func parseMoment(s string) (time.Time, bool) {
	if len(s) < len(seconds) || len(s) > maxMoment {
		return parseDate(s)
	}
	t, err := time.Parse(seconds, s[:len(seconds)])
	zone, ok := s[len(seconds):], err == nil
	if decimals, has := strings.CutPrefix(zone, "."); has {
		zone = strings.TrimLeft(decimals, digits)
		decimals = decimals[:len(decimals)-len(zone)]
		millis, _ := strconv.Atoi((decimals + "000")[:3])
		t, ok = t.Add(time.Duration(millis)*time.Millisecond), ok && decimals != ""
	}
	minutes, valid := parseOffset(zone)
	return t.Add(-time.Duration(minutes) * time.Minute), ok && valid
}

// parseOffset reads Z, nothing, or an offset from UTC, in minutes.
func parseOffset(s string) (minutes int, ok bool) {
	if s == "" || s == "Z" {
		return 0, true
	}
	hour, minute, colon := strings.Cut(s[1:], ":")
	if n := len(hour) - 2; n > 0 && !colon {
		hour, minute, colon = hour[:n], hour[n:], true // hmm, hhmm
	}
	if !colon {
		minute = "00"
	}
	h, m := indexOf(hour), indexOf(minute)
	ok = 0 <= h && h <= 23 && len(hour) <= 2 && 0 <= m && m <= 59 && len(minute) == 2
	switch minutes = h*60 + m; s[0] {
	case '+':
		return minutes, ok
	case '-':
		return -minutes, ok
	}
	return 0, false
}

package pass

import (
	"slices"
	"strconv"
	"time"
)

// member is the value at a path of member names; nil where one is absent.
func member(v any, path ...string) any {
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}

// text is member where that is text, else "".
func text(v any, path ...string) string {
	s, _ := member(v, path...).(string)
	return s
}

// list is member where that is a list, else empty.
func list(v any, path ...string) []any {
	l, _ := member(v, path...).([]any)
	return l
}

// first is the first element of a list, or nil.
func first(l []any) any {
	if len(l) == 0 {
		return nil
	}
	return l[0]
}

// birthYear is the year that a date of birth begins with, 0 where it has none.
func birthYear(date string) int {
	if len(date) < 4 {
		return 0
	}
	const least = 1800 // published samples go back to Ada Lovelace
	year, err := strconv.Atoi(date[:4])
	if err != nil || year < least || year > maxYear {
		return 0
	}
	return year
}

// moment reads a date, or a date with a time, in the forms of ISO 8601 that
// credentials use. Without a zone it is UTC. ok is false where s is none of these
// or out of range.
func moment(s string) (at time.Time, ok bool) {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", time.DateOnly} {
		if at, err := time.Parse(form, s); err == nil {
			return at.UTC(), at.Unix() > 0 && at.Unix() < maxSeconds
		}
	}
	return time.Time{}, false
}

// addTest adds a test. If its time cannot be read, it is left out, as if the pass
// did not have it. Of more than maxTests the newest are kept.
func (c *Claims) addTest(t Test, at string) {
	when, ok := moment(at)
	if !ok {
		return
	}
	t.At = when.Truncate(time.Minute)
	if c.Tests = append(c.Tests, t); len(c.Tests) <= maxTests {
		return
	}
	oldest := 0
	for i := range c.Tests {
		if c.Tests[i].At.Before(c.Tests[oldest].At) {
			oldest = i
		}
	}
	c.Tests = slices.Delete(c.Tests, oldest, oldest+1)
}

// lastDay is moment. For a date without a day or month (FHIR R4, section 2.24.0.1,
// dateTime) it is the last day that the date can mean, so that a rule that asks
// for days since a dose never counts too many.
func lastDay(s string) (at time.Time, ok bool) {
	if month, err := time.Parse("2006-01", s); err == nil {
		s = month.AddDate(0, 1, -1).Format(time.DateOnly)
	} else if year, err := time.Parse("2006", s); err == nil {
		s = year.AddDate(1, 0, -1).Format(time.DateOnly)
	}
	return moment(s)
}

// addDose counts a vaccination: Doses has the highest number and the latest day.
func (c *Claims) addDose(number int, day string) {
	when, ok := lastDay(day)
	if !ok || number < 1 || number > maxDoses {
		return
	}
	if c.Doses == nil {
		c.Doses = &Doses{}
	}
	c.Doses.Count = max(c.Doses.Count, number)
	if when = when.Truncate(24 * time.Hour); when.After(c.Doses.Day) {
		c.Doses.Day = when
	}
}

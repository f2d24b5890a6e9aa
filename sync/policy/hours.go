package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Hours says when a place is open or a telephone is answered, in the local time
// of the place. A nil *Hours says nothing about it. Its JSON form is "always" or
// the opening times by weekdays, one time or several:
//
//	{"mon-thu": ["08:00-12:00", "13:00-17:00"], "fri": "08:00-12:00", "daily": []}
//
// daily stands for each day that is not named; without it, those are closed. A day without times is closed.
// Times that end at or before they begin end on the next day: "22:00-06:00".
// 24:00 is the end of a day.
type Hours struct {
	Always bool
	Days   [7][]Span // by time.Weekday; the spans of one day in their order, none beginning in another
}

// Span is one time of opening, in minutes since midnight. To is above From; where
// it is above a day's 1440 minutes, the span ends on the next day.
type Span struct{ From, To int }

const (
	day      = 24 * 60 // minutes
	maxSpans = 4       // in one day
	daily    = "daily"
)

var weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // by time.Weekday

// Open reports whether it is open at this moment. at must be in the time zone of
// the place. Where nothing is said about the hours, it may be open: true.
func (h *Hours) Open(at time.Time) bool {
	if h == nil || h.Always {
		return true
	}
	minute := at.Hour()*60 + at.Minute()
	today := int(at.Weekday())
	return within24(h.Days[today], minute) || within24(h.Days[(today+6)%7], minute+day)
}

func within24(spans []Span, minute int) bool {
	for _, s := range spans {
		if s.From <= minute && minute < s.To {
			return true
		}
	}
	return false
}

// Changes is the first whole minute after at, within eight days, at which Open
// gives another answer than at at; zero where there is none.
func (h *Hours) Changes(at time.Time) time.Time {
	if h == nil || h.Always {
		return time.Time{}
	}
	now := h.Open(at)
	y, m, d := at.Date()
	minute := at.Hour()*60 + at.Minute()
	for i := minute + 1; i <= minute+8*day; i++ {
		then := time.Date(y, m, d, 0, i, 0, 0, at.Location())
		if then.After(at) && h.Open(then) != now {
			return then
		}
	}
	return time.Time{}
}

// Today gives the times of one day, such as "08:00-12:00, 13:00-17:00"; "" where
// it is closed the whole day or nothing is said.
func (h *Hours) Today(at time.Time) string {
	if h == nil {
		return ""
	}
	if h.Always {
		return "00:00-24:00"
	}
	texts := make([]string, len(h.Days[at.Weekday()]))
	for i, s := range h.Days[at.Weekday()] {
		texts[i] = s.String()
	}
	return strings.Join(texts, ", ")
}

// String is s as a policy has it: 08:00-12:00.
func (s Span) String() string {
	to := s.To
	if to > day {
		to -= day
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, to/60, to%60)
}

// MarshalJSON writes "always" or every weekday that has times.
func (h Hours) MarshalJSON() ([]byte, error) {
	if h.Always {
		return []byte(`"always"`), nil
	}
	days := map[string][]string{}
	for i, spans := range h.Days {
		for _, s := range spans {
			days[weekdays[i]] = append(days[weekdays[i]], s.String())
		}
	}
	return json.Marshal(days)
}

// UnmarshalJSON reads the hours.
func (h *Hours) UnmarshalJSON(b []byte) error {
	*h = Hours{}
	var word string
	if json.Unmarshal(b, &word) == nil {
		if word != "always" {
			return fmt.Errorf(`hours: %.20q; write "always", or times by weekday such as {"mon-fri": "08:00-17:00"}`, word)
		}
		h.Always = true
		return nil
	}
	var read map[string]times
	if err := json.Unmarshal(b, &read); err != nil || read == nil {
		return errors.New(`hours: write "always", or times by weekday such as {"mon-fri": "08:00-17:00"}`)
	}
	named := [7]bool{}
	for _, name := range slices.Sorted(maps.Keys(read)) {
		spans, err := parseSpans(read[name])
		if err != nil {
			return fmt.Errorf("hours: %.20s: %w", name, err)
		}
		if err := h.open(name, spans, &named); err != nil {
			return fmt.Errorf("hours: %w", err)
		}
	}
	return h.validate()
}

// open sets the spans of the days that name stands for: daily, one day, or the
// first and the last of several, such as mon-fri. named has the days that were
// set by their own name; daily leaves those alone.
func (h *Hours) open(name string, spans []Span, named *[7]bool) error {
	if name == daily {
		for i := range h.Days {
			if !named[i] {
				h.Days[i] = spans
			}
		}
		return nil
	}
	from, to, several := strings.Cut(name, "-")
	first, last := weekday(from), weekday(to)
	if !several {
		last = first
	}
	if first < 0 || last < first || several && last == first {
		return fmt.Errorf("%.20q is no day; write mon, tue, wed, thu, fri, sat, sun, days in a row such as mon-fri, or daily", name)
	}
	for n := first; n <= last; n++ {
		i := (n + 1) % 7 // the week of people begins on Monday, time.Weekday on Sunday
		if named[i] {
			return fmt.Errorf("%s is named twice; keep one", weekdays[i])
		}
		h.Days[i], named[i] = spans, true
	}
	return nil
}

// weekday counts from Monday, 0; -1 is no day.
func weekday(name string) int {
	i := slices.Index(weekdays[:], name)
	if i < 0 {
		return -1
	}
	return (i + 6) % 7
}

// times are one text or several.
type times []string

// UnmarshalJSON reads times.
func (t *times) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*t = times{one}
		return nil
	}
	var all []string
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	*t = all
	return nil
}

// validate refuses hours that are never open, and an evening that runs into the next day's first time.
func (h *Hours) validate() error {
	open := false
	for i, spans := range h.Days {
		if len(spans) == 0 {
			continue
		}
		open = true
		next := h.Days[(i+1)%7]
		if over := spans[len(spans)-1].To - day; len(next) > 0 && over > next[0].From {
			return fmt.Errorf("hours: the last time of %s runs into the first of the next day; let it end before", weekdays[i])
		}
	}
	if !open {
		return errors.New("hours: it is never open; give a time, or leave hours out where nobody knows them")
	}
	return nil
}

func parseSpans(texts []string) ([]Span, error) {
	if len(texts) > maxSpans {
		return nil, fmt.Errorf("%d times, at most %d are read", len(texts), maxSpans)
	}
	var spans []Span
	end := 0
	for _, text := range texts {
		s, err := parseSpan(text)
		if err != nil {
			return nil, err
		}
		if s.From < end {
			return nil, fmt.Errorf("%s begins before the time ahead of it has ended; write the times in their order, apart", text)
		}
		end = s.To
		spans = append(spans, s)
	}
	return spans, nil
}

func parseSpan(text string) (Span, error) {
	from, to, ok := strings.Cut(text, "-")
	a, okA := parseMinute(from)
	b, okB := parseMinute(to)
	if !ok || !okA || !okB || a == day {
		return Span{}, fmt.Errorf("%.20q is no time of opening; write it like 08:00-17:30", text)
	}
	if b <= a {
		b += day
	}
	return Span{a, b}, nil
}

// parseMinute reads HH:MM, up to 24:00, as minutes since midnight.
func parseMinute(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	n := [4]int{}
	for i, at := range []int{0, 1, 3, 4} {
		if s[at] < '0' || s[at] > '9' {
			return 0, false
		}
		n[i] = int(s[at] - '0')
	}
	hour, minute := n[0]*10+n[1], n[2]*10+n[3]
	m := hour*60 + minute
	return m, minute < 60 && m <= day
}

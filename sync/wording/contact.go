package wording

import (
	"strings"
	"time"

	"postern/sync/policy"
	"postern/sync/verdict"
)

// Contact is whom to ask or where to go, in words.
type Contact struct {
	Role  policy.Role
	Name  string // the policy's, else what the role is called
	Phone string // empty: none
	Hours string // today's, or that it is closed and until when; empty: not said
	Way   string // empty: not said
	Open  bool   // it can be reached now
}

// Contacts puts contacts into words as of now, in the catalogue's time zone.
func (c *Catalogue) Contacts(all []policy.Contact, now time.Time) []Contact {
	var words []Contact
	for _, one := range all {
		words = append(words, c.contact(one, now.In(c.zone)))
	}
	return words
}

func (c *Catalogue) contact(one policy.Contact, now time.Time) Contact {
	w := Contact{
		Role: one.Role, Name: one.Name.In(c.Language), Phone: one.Phone, Way: one.Way.In(c.Language), Open: one.Open(now),
	}
	if w.Name == "" {
		w.Name = c.Say("contact." + string(one.Role))
	}
	changes := one.Hours.Changes(now)
	switch {
	case one.Hours == nil:
	case changes.IsZero():
		w.Hours = c.Say("hours.always")
	case w.Open:
		w.Hours = c.Say("hours.open", "until", c.hour(changes, now))
	default:
		w.Hours = c.Say("hours.closed", "until", c.hour(changes, now))
	}
	return w
}

// hour tells the time of day, with the day where it is not today.
func (c *Catalogue) hour(at, now time.Time) string {
	if at.YearDay() == now.YearDay() {
		return Whole(at.Format("15:04"))
	}
	return c.Moment(at, now)
}

// Line is w on one line, for a command line: name, telephone, hours, way.
func (w Contact) Line() string {
	var parts []string
	for _, s := range []string{w.Name, w.Phone, w.Hours, w.Way} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return plain(strings.Join(parts, " · "))
}

// Todo is what the guard does on v, on one line, as a command line prints it;
// empty on an Admit and where the language is none of the catalogue.
func Todo(v verdict.Verdict, language string) string {
	c, err := New(language, time.Local)
	if err != nil || v.Act() == "" {
		return ""
	}
	do, say := c.act(v)
	return plain(do + " · " + say)
}

// Asked is whom the policy names for a verdict, a line each, as a command line prints
// it, in local time. There is none on an Admit.
func Asked(v verdict.Verdict, language string, now time.Time) []string {
	c, err := New(language, time.Local)
	if err != nil {
		return nil
	}
	var lines []string
	for _, w := range c.Contacts(v.Contacts(now.Local()), now) {
		lines = append(lines, w.Line())
	}
	return lines
}

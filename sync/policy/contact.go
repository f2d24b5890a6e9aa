package policy

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Role says what people turn to a contact for.
type Role string

// Roles. The first four stand in a policy's contacts; the others are given by
// the member in which a place stands, so that all of them can be shown alike.
const (
	Duty      Role = "duty"      // the duty room: who decides here when the guard cannot
	Health    Role = "health"    // the health office: what follows a positive test
	Complaint Role = "complaint" // where to complain about an answer
	Ambulance Role = "emergency" // the emergency number, such as 120 or 911

	Station   Role = "station"    // member stations: takes tests, elsewhere in town
	TestPoint Role = "test_point" // member test_points: takes tests at this very place
	Waiting   Role = "waiting"    // member waiting: where people with a positive test wait
	Desk      Role = "desk"       // member window: where the kiosk sends people
)

var contactRoles = []Role{Duty, Health, Complaint, Ambulance}

// Contact is whom to ask or where to go. Names and ways are by language.
type Contact struct {
	Role  Role   `json:"role,omitempty"`
	ID    string `json:"id,omitempty"` // of stations and test points, where records are to name them
	Name  Words  `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
	Hours *Hours `json:"hours,omitempty"` // nil: not said
	Way   Words  `json:"way,omitempty"`   // how to get there
}

// Window is where a kiosk sends people who are not let in at once.
type Window struct {
	Number string `json:"number"`        // as it stands over the window: 2, 东-07
	Way    Words  `json:"way,omitempty"` // how to get there
}

// TestHere says what becomes of a person who is tested at this place.
type TestHere string

// What test_here can be. The zero TestHere is as TestWait.
const (
	TestAdmit TestHere = "admit" // whoever is tested here is let in, and the gate records it
	TestWait  TestHere = "wait"  // whoever is tested here waits for the result
)

// Bounds on whom a policy names.
const (
	maxContacts = 16 // of contacts, stations and test points, each
	maxPhone    = 24 // characters
	maxWindow   = 12 // bytes
)

var (
	phoneForm  = regexp.MustCompile(`^\+?[0-9()*#]([0-9 ()*#.-]*[0-9#])?$`)
	windowForm = regexp.MustCompile(`^[\pL\pN]([\pL\pN .·-]*[\pL\pN])?$`)
)

// Open reports whether c can be reached at this moment, which must be in the
// time zone of the place; true where the policy does not say.
func (c Contact) Open(at time.Time) bool { return c.Hours.Open(at) }

// For gives whom the policy names for these roles, in their order: of each
// role those that are open at at before the others. at must be in the time zone
// of the place.
func (p *Policy) For(at time.Time, roles ...Role) []Contact {
	var open, closed []Contact
	var all []Contact
	for _, role := range roles {
		open, closed = open[:0], closed[:0]
		for _, c := range p.in(role) {
			if c.Role = role; c.Open(at) {
				open = append(open, c)
			} else {
				closed = append(closed, c)
			}
		}
		all = append(append(all, open...), closed...)
	}
	return all
}

// in gives all that the policy names in one role.
func (p *Policy) in(role Role) []Contact {
	switch role {
	case Station:
		return p.Stations
	case TestPoint:
		return p.TestPoints
	case Waiting:
		if p.Waiting != nil {
			return []Contact{*p.Waiting}
		}
		return nil
	case Desk:
		if p.Window != nil {
			return []Contact{{Name: Words{"en": p.Window.Number}, Way: p.Window.Way}}
		}
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.Contacts), func(c Contact) bool { return c.Role != role })
}

// validateContacts checks whom and what places the policy names.
func (p *Policy) validateContacts() error {
	for _, list := range []struct {
		member   string
		contacts []Contact
	}{{"contacts", p.Contacts}, {"stations", p.Stations}, {"test_points", p.TestPoints}} {
		if len(list.contacts) > maxContacts {
			return fmt.Errorf("%s: %d are listed, at most %d are read", list.member, len(list.contacts), maxContacts)
		}
	}
	for i, c := range p.Contacts {
		if err := c.validateContact(); err != nil {
			return fmt.Errorf("contacts: %d: %w", i, err)
		}
	}
	if err := validatePlaces(p.Stations, p.TestPoints); err != nil {
		return err
	}
	if p.Waiting != nil {
		if err := p.Waiting.validatePlace(); err != nil {
			return fmt.Errorf("waiting: %w", err)
		}
	}
	if err := p.Window.validate(); err != nil {
		return fmt.Errorf("window: %w", err)
	}
	if p.TestHere != "" && p.TestHere != TestAdmit && p.TestHere != TestWait {
		return fmt.Errorf("test_here is %.20q; it can be admit or wait", p.TestHere)
	}
	if err := validWords(p.ReentryWhy); err != nil {
		return fmt.Errorf("reentry_why: %w", err)
	}
	if err := validWords(p.Way); err != nil {
		return fmt.Errorf("way: %w", err)
	}
	return nil
}

func validatePlaces(stations, points []Contact) error {
	seen := map[string]bool{}
	for i, c := range slices.Concat(stations, points) {
		member, at := "stations", i
		if i >= len(stations) {
			member, at = "test_points", i-len(stations)
		}
		if err := c.validatePlace(); err != nil {
			return fmt.Errorf("%s: %d: %w", member, at, err)
		}
		if c.ID != "" && seen[c.ID] {
			return fmt.Errorf("%s: %d: the id %q is taken; records could not tell the two apart", member, at, c.ID)
		}
		seen[c.ID] = true
	}
	return nil
}

// validateContact checks an element of contacts.
func (c Contact) validateContact() error {
	switch {
	case !slices.Contains(contactRoles, c.Role):
		return fmt.Errorf("role is %.20q; it can be duty, health, complaint or emergency", c.Role)
	case c.ID != "":
		return errors.New("only stations and test points have an id; remove it")
	case c.Phone == "" && len(c.Way) == 0:
		return errors.New("there is neither a phone nor a way, so that nobody could reach it; give one")
	}
	if len(c.Name) > 0 {
		if err := validName(c.Name); err != nil {
			return err
		}
	}
	return c.validateReach()
}

// validatePlace checks a station, a test point or the waiting point.
func (c Contact) validatePlace() error {
	switch {
	case c.Role != "":
		return errors.New("only contacts have a role; remove it")
	case c.ID != "" && !ValidName(c.ID):
		return errors.New("id must be lower-case letters, digits and dashes, at most 63")
	}
	if err := validName(c.Name); err != nil {
		return err
	}
	return c.validateReach()
}

func (c Contact) validateReach() error {
	if c.Phone != "" && !validPhone(c.Phone) {
		return fmt.Errorf("phone is %.40q; it has 2 to %d characters: digits, spaces, dashes, brackets, * and #, and + in front", c.Phone, maxPhone)
	}
	if err := validWords(c.Way); err != nil {
		return fmt.Errorf("way: %w", err)
	}
	return nil
}

func validPhone(s string) bool {
	digits := len(s) - len(strings.Map(notDigit, s))
	return len(s) <= maxPhone && digits >= 2 && phoneForm.MatchString(s)
}

func notDigit(c rune) rune {
	if '0' <= c && c <= '9' {
		return -1
	}
	return c
}

func (w *Window) validate() error {
	if w == nil {
		return nil
	}
	if len(w.Number) > maxWindow || !windowForm.MatchString(w.Number) {
		return fmt.Errorf("number is %.40q; it has 1 to %d bytes of letters and digits, such as 2 or B-4", w.Number, maxWindow)
	}
	if err := validWords(w.Way); err != nil {
		return fmt.Errorf("way: %w", err)
	}
	return nil
}

// Package policy holds a place's rules beyond the signature. The authority
// edits them as data and signs them; a gate cannot change them.
//
// Parse refuses what it does not understand, so that no rule is dropped
// silently. A rule that cannot be answered is a [Finding], never a yes. Default
// is strict: with a stale snapshot the best outcome is Check, with none Unknown.
//
// Rules are written in CertLogic, the language in which countries exchange
// theirs: [Expr] is one expression, [Rule] one question, [Policy.Ask] asks all
// of a policy's.
package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"

	"postern/sync/pass"
)

// MaxBytes bounds a policy file.
const MaxBytes = 256 << 10

// Policy is one place's rules. Its JSON form is the target policy/<name>.
type Policy struct {
	Version int       `json:"v"`                 // 1
	Name    string    `json:"name"`              // lower case, digits, dashes
	Title   Words     `json:"title,omitempty"`   // by language: zh, en
	Paper   bool      `json:"paper"`             // a pass without the holder's presentation is accepted
	Test    *TestRule `json:"test,omitempty"`    // nil: no test is asked
	Reentry int       `json:"reentry,omitempty"` // minutes in which the same pass is not admitted twice; 0: never asked
	Fresh   Freshness `json:"fresh"`
	Clock   ClockRule `json:"clock"`

	// What follows may be left out; then nothing is asked.

	Formats   []pass.Format                `json:"formats,omitempty"`    // accepted; none: every format that opens
	Issuers   []string                     `json:"issuers,omitempty"`    // accepted, as passes name them; none: every issuer in the trust list
	Statuses  []string                     `json:"statuses,omitempty"`   // admitted, of good and suspended; none: good
	Lists     *ListRule                    `json:"lists,omitempty"`      // other issuers' revocation lists; nil: none is asked for
	IDMatch   bool                         `json:"id_match,omitempty"`   // the guard compares the name with an identity document
	Overrides *OverrideRule                `json:"overrides,omitempty"`  // nil: a supervisor lets nobody in against the verdict
	ValueSets ValueSets                    `json:"value_sets,omitempty"` // lists that rules look in, at external.valueSets
	Rules     []Rule                       `json:"rules,omitempty"`
	Sentences map[string]map[string]string `json:"sentences,omitempty"` // what the guard reads when a rule is not met: rule id, language
	Emergency Words                        `json:"emergency,omitempty"` // what the guard reads on a medical emergency, by language

	// Whom to ask and where to go. What is left out is not shown.

	Contacts   []Contact           `json:"contacts,omitempty"`
	Stations   []Contact           `json:"stations,omitempty"`    // take tests, elsewhere in town
	TestPoints []Contact           `json:"test_points,omitempty"` // take tests at this place
	TestHere   TestHere            `json:"test_here,omitempty"`   // none: wait
	Waiting    *Contact            `json:"waiting,omitempty"`     // where people with a positive test wait
	Window     *Window             `json:"window,omitempty"`      // where a kiosk sends people
	ReentryWhy Words               `json:"reentry_why,omitempty"` // what the guard reads where a pass comes again within Reentry, by language
	Way        Words               `json:"way,omitempty"`         // to the entrance that the gate guards, by language
	Languages  map[string]Language `json:"languages,omitempty"`   // further ones, by tag

	LookUp *LookUpRule `json:"look_up,omitempty"` // nil: nobody is looked up by ID number here
	Slips  *SlipRule   `json:"slips,omitempty"`   // nil: as the gate's delegation allows
}

// LookUpRule bounds the search by ID number: at most PerHour searches in any
// hour at one gate, found or not.
type LookUpRule struct {
	PerHour int `json:"per_hour"`
}

// SlipRule bounds the temporary slips that one gate makes: of these Kinds
// (visitor, replacement, medical), at most Quota in any Hours, by trusted time.
type SlipRule struct {
	Kinds []string `json:"kinds"`
	Quota int      `json:"quota"`
	Hours int      `json:"hours"`
}

// Accepts reports whether a gate may make slips of this kind.
func (r *SlipRule) Accepts(k pass.SlipKind) bool { return slices.Contains(r.Kinds, k.String()) }

// TestRule asks for a negative test of one of Kinds, at most Hours old, counted to the minute.
type TestRule struct {
	Hours int         `json:"hours"`
	Kinds []pass.Kind `json:"kinds"`
}

// OverrideRule bounds what supervisors may do: at most Quota people in any
// Hours, by trusted time. Medical emergencies are not counted.
type OverrideRule struct {
	Quota int `json:"quota"`
	Hours int `json:"hours"`
}

// Freshness says when a snapshot is ageing and stale, in minutes since it was
// made, and what a pass that is otherwise good gets then.
type Freshness struct {
	AgeingAfter int    `json:"ageing_after"`
	StaleAfter  int    `json:"stale_after"`
	Ageing      Action `json:"ageing,omitempty"` // none: admit; the age is shown in any case
	Stale       Action `json:"stale"`
	Blind       Action `json:"blind"`
}

// ClockRule says how many days the device's clock may run ahead of trusted time.
// Beyond that, no question that depends on the time is answered.
type ClockRule struct {
	AheadDays int `json:"ahead_days"`
}

// Action is the best outcome that is left: admit, check or unknown.
type Action string

// Actions. The zero Action is invalid in a policy.
const (
	Admit   Action = "admit"
	Check   Action = "check"
	Unknown Action = "unknown"
)

// Age says how old the snapshot is, in the policy's terms.
type Age uint8

// Ages; the zero Age is Blind: there is no snapshot.
const (
	Blind Age = iota
	Fresh
	Ageing
	Stale
)

// String is the age's word: fresh, ageing, stale, and blind for all else.
func (a Age) String() string {
	switch a {
	case Fresh:
		return "fresh"
	case Ageing:
		return "ageing"
	case Stale:
		return "stale"
	}
	return "blind"
}

// Default is the policy of a gate that has no envelope yet. It asks for no test.
func Default() Policy {
	return Policy{
		Version: 1, Name: "default", Paper: true,
		Fresh: Freshness{AgeingAfter: 24 * 60, StaleAfter: 7 * 24 * 60, Stale: Check, Blind: Unknown},
		Clock: ClockRule{AheadDays: 30},
	}
}

// Of is the age at now of a snapshot made at t. The zero t means no snapshot:
// Blind. A t after now is Fresh.
func (f Freshness) Of(t, now time.Time) Age {
	if t.IsZero() {
		return Blind
	}
	minutes := int(now.Sub(t) / time.Minute)
	switch {
	case minutes >= f.StaleAfter:
		return Stale
	case minutes >= f.AgeingAfter:
		return Ageing
	}
	return Fresh
}

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// ValidName reports whether s can name a policy.
func ValidName(s string) bool { return nameForm.MatchString(s) }

// Parse reads a policy. Unknown members, trailing data and rules that make no
// sense are errors.
func Parse(b []byte) (*Policy, error) {
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("parse policy: %d bytes, at most %d are read", len(b), MaxBytes)
	}
	if err := unambiguous(b); err != nil {
		return nil, fmt.Errorf("parse policy: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var p Policy
	if err := d.Decode(&p); err != nil {
		return nil, fmt.Errorf("parse policy: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("parse policy: something stands after the policy; remove it")
	}
	if err := p.validate(); err != nil {
		return nil, fmt.Errorf("parse policy %q: %w", p.Name, err)
	}
	return &p, nil
}

func (p *Policy) validate() error {
	const maxMinutes = 366 * 24 * 60
	switch {
	case p.Version != 1:
		return fmt.Errorf("v is %d; this program reads 1", p.Version)
	case !ValidName(p.Name):
		return errors.New("name must be lower-case letters, digits and dashes, at most 63")
	case p.Test != nil && (p.Test.Hours < 1 || p.Test.Hours > 24*91 || len(p.Test.Kinds) == 0 || len(p.Test.Kinds) > 64):
		return errors.New("test asks for 1 to 2184 hours and at least one kind")
	case p.Reentry < 0 || p.Reentry > maxMinutes:
		return errors.New("reentry is 0 minutes to a year")
	case p.Overrides != nil && (p.Overrides.Quota < 1 || p.Overrides.Quota > 1000 || p.Overrides.Hours < 1 || p.Overrides.Hours > 168):
		return errors.New("overrides wants a quota of 1 to 1000 and 1 to 168 hours")
	case p.Fresh.AgeingAfter < 1 || p.Fresh.StaleAfter < p.Fresh.AgeingAfter || p.Fresh.StaleAfter > maxMinutes:
		return errors.New("fresh wants 1 <= ageing_after <= stale_after <= a year, in minutes")
	case !p.Fresh.Stale.valid() || !p.Fresh.Blind.valid() || p.Fresh.Ageing != "" && !p.Fresh.Ageing.valid():
		return errors.New("fresh.ageing, fresh.stale and fresh.blind are admit, check or unknown")
	case p.Clock.AheadDays < 1 || p.Clock.AheadDays > 366:
		return errors.New("clock.ahead_days is 1 to 366")
	}
	for _, validate := range []func() error{
		p.validateAccepted, p.validateRules, p.validateContacts, p.validateLanguages, p.validateWays,
	} {
		if err := validate(); err != nil {
			return err
		}
	}
	return nil
}

// validateWays checks what bounds the ways on without a code.
func (p *Policy) validateWays() error {
	if l := p.LookUp; l != nil && (l.PerHour < 1 || l.PerHour > 3600) {
		return fmt.Errorf("look_up.per_hour is %d; it can be 1 to 3600, and look_up is left out where nobody may be looked up", l.PerHour)
	}
	s := p.Slips
	switch {
	case s == nil:
		return nil
	case s.Quota < 1 || s.Quota > 1000 || s.Hours < 1 || s.Hours > 168:
		return errors.New("slips wants a quota of 1 to 1000 and 1 to 168 hours")
	case len(s.Kinds) == 0 || len(s.Kinds) > len(pass.SlipKinds):
		return fmt.Errorf("slips.kinds names %d kinds; 1 to %d are possible", len(s.Kinds), len(pass.SlipKinds))
	}
	for _, k := range s.Kinds {
		if !slices.ContainsFunc(pass.SlipKinds, func(known pass.SlipKind) bool { return known.String() == k }) {
			return fmt.Errorf("slips.kinds: %.20q is no kind of slip; the kinds are %v", k, pass.SlipKinds)
		}
	}
	return nil
}

func (a Action) valid() bool { return a == Admit || a == Check || a == Unknown }

// Accepts reports whether a test of this kind counts.
func (r *TestRule) Accepts(k pass.Kind) bool {
	for _, want := range r.Kinds {
		if want == k {
			return true
		}
	}
	return false
}

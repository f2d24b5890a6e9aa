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
	"time"

	"postern/sync/pass"
)

// MaxBytes bounds a policy file.
const MaxBytes = 256 << 10

// Policy is one place's rules. Its JSON form is the target policy/<name>.
type Policy struct {
	Version int               `json:"v"`                 // 1
	Name    string            `json:"name"`              // lower case, digits, dashes
	Title   map[string]string `json:"title,omitempty"`   // by language: zh, en
	Paper   bool              `json:"paper"`             // a pass without the holder's presentation is accepted
	Test    *TestRule         `json:"test,omitempty"`    // nil: no test is asked
	Reentry int               `json:"reentry,omitempty"` // minutes in which the same pass is not admitted twice; 0: never asked
	Fresh   Freshness         `json:"fresh"`
	Clock   ClockRule         `json:"clock"`

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
	Emergency map[string]string            `json:"emergency,omitempty"` // what the guard reads on a medical emergency, by language
}

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
	if err := p.validateAccepted(); err != nil {
		return err
	}
	return p.validateRules()
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

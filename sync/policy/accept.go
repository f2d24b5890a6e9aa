package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"postern/sync/pass"
	"postern/sync/status"
)

// Bounds on what a policy lists.
const (
	maxFormats = 32
	maxIssuers = 1024
	maxSets    = 64
	maxSet     = 4096 // values in one set
	maxValue   = 200  // bytes of an issuer or value
)

var formatForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// AcceptsFormat reports whether passes of this format are accepted here.
func (p *Policy) AcceptsFormat(f pass.Format) bool {
	return len(p.Formats) == 0 || slices.Contains(p.Formats, f)
}

// AcceptsIssuer reports whether passes of this issuer are accepted here.
func (p *Policy) AcceptsIssuer(issuer string) bool {
	return len(p.Issuers) == 0 || slices.Contains(p.Issuers, issuer)
}

// AllowsStatus reports whether a pass of this status may be admitted. Nothing
// allows invalid and barred.
func (p *Policy) AllowsStatus(v status.Value) bool {
	switch {
	case v != status.Good && v != status.Suspended:
		return false
	case len(p.Statuses) == 0:
		return v == status.Good
	}
	return slices.Contains(p.Statuses, v.String())
}

// Sentence is what the guard reads when the rule is not met: the sentence in
// this language or in English, else the rule's description in these, else "".
func (p *Policy) Sentence(rule, language string) string {
	description := map[string]string(nil)
	for i := range p.Rules {
		if p.Rules[i].ID == rule {
			description = p.Rules[i].Description
		}
	}
	for _, words := range []map[string]string{p.Sentences[rule], description} {
		for _, l := range []string{language, "en"} {
			if text, ok := words[l]; ok {
				return text
			}
		}
	}
	return ""
}

// Words is what the guard reads when the rule is not met, by language: the
// rule's sentences, else its description, else nil. The caller must not change
// the map.
func (p *Policy) Words(rule string) map[string]string {
	if words := p.Sentences[rule]; len(words) > 0 {
		return words
	}
	for i := range p.Rules {
		if p.Rules[i].ID == rule {
			return p.Rules[i].Description
		}
	}
	return nil
}

// validateAccepted checks who and what is accepted.
func (p *Policy) validateAccepted() error {
	if len(p.Formats) > maxFormats || len(p.Issuers) > maxIssuers {
		return fmt.Errorf("at most %d formats and %d issuers can be listed", maxFormats, maxIssuers)
	}
	for _, f := range p.Formats {
		if !formatForm.MatchString(string(f)) {
			return fmt.Errorf("formats: %.40q cannot be the name of a format", f)
		}
	}
	for _, issuer := range p.Issuers {
		if issuer == "" || len(issuer) > maxValue {
			return fmt.Errorf("issuers: an issuer has 1 to %d bytes", maxValue)
		}
	}
	for _, s := range p.Statuses {
		if s != status.Good.String() && s != status.Suspended.String() {
			return fmt.Errorf("statuses: %.20q; good and suspended can be allowed", s)
		}
	}
	if err := p.Lists.validate(); err != nil {
		return fmt.Errorf("lists: %w", err)
	}
	if err := validWords(p.Title); err != nil {
		return fmt.Errorf("title: %w", err)
	}
	if err := validWords(p.Emergency); err != nil {
		return fmt.Errorf("emergency: %w", err)
	}
	return nil
}

// validateRules checks the rules, and that every sentence belongs to one.
func (p *Policy) validateRules() error {
	if len(p.Rules) > MaxRules {
		return fmt.Errorf("%d rules, at most %d are asked", len(p.Rules), MaxRules)
	}
	known := make(map[string]bool, len(p.Rules))
	for i := range p.Rules {
		id := p.Rules[i].ID
		if known[id] {
			return fmt.Errorf("two rules are called %q", id)
		}
		known[id] = true
	}
	for id, words := range p.Sentences {
		if !known[id] {
			return fmt.Errorf("sentences: there is no rule %.64q", id)
		}
		if err := validWords(words); err != nil {
			return fmt.Errorf("sentences: rule %s: %w", id, err)
		}
	}
	return nil
}

// ValueSets is lists of strings by name, in the types that an expression looks into.
type ValueSets map[string]any

// UnmarshalJSON reads {"name": ["value"…]…}.
func (s *ValueSets) UnmarshalJSON(b []byte) error {
	var read map[string][]string
	if err := json.Unmarshal(b, &read); err != nil {
		return errors.New("value_sets: it must be lists of strings, by name")
	}
	if len(read) > maxSets {
		return fmt.Errorf("value_sets: %d sets, at most %d are read", len(read), maxSets)
	}
	*s = make(ValueSets, len(read))
	for name, values := range read {
		set, err := valueSet(values)
		if err != nil {
			return fmt.Errorf("value_sets: %.40q: %w", name, err)
		}
		(*s)[name] = set
	}
	return nil
}

func valueSet(values []string) ([]any, error) {
	if len(values) > maxSet {
		return nil, fmt.Errorf("%d values, at most %d are read", len(values), maxSet)
	}
	set := make([]any, len(values))
	for i, v := range values {
		if v == "" || len(v) > maxValue {
			return nil, fmt.Errorf("a value has 1 to %d bytes", maxValue)
		}
		set[i] = v
	}
	return set, nil
}

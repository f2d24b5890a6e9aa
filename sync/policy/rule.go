package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"time"
)

// Rule is one question that a policy asks of a credential. Its JSON form:
//
//	{"id": "vaccinated", "description": {"zh": "…", "en": "…"}, "fields": ["v.0.dn"],
//	 "from": "2026-11-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "logic": {"var": "payload.v.0"}}
//
// Only id and logic are required. The logic is CertLogic over the value of
// [Data], and must give true or something that counts as false.
type Rule struct {
	ID          string            `json:"id"`
	Description map[string]string `json:"description,omitempty"` // by language
	Fields      []string          `json:"fields,omitempty"`      // members of the payload that the rule is about, for display
	From        time.Time         `json:"from,omitzero"`         // zero: always
	To          time.Time         `json:"to,omitzero"`           // the first instant at which it is no longer asked; zero: never ends
	Logic       Expr              `json:"logic"`
}

// Bounds on a policy's rules and on the words in them.
const (
	MaxRules   = 64
	maxFields  = 64
	maxWords   = 600 // bytes of one sentence
	maxTongues = 32  // languages of one text
)

var (
	ruleForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// UnmarshalJSON reads a rule. Unknown members are errors, and errors name the rule.
func (r *Rule) UnmarshalJSON(b []byte) error {
	type plain Rule
	read := struct {
		*plain
		Logic json.RawMessage `json:"logic"`
	}{plain: (*plain)(r)}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&read); err != nil {
		return fmt.Errorf("rule %.64q: %w", r.ID, err)
	}
	if err := r.compile(read.Logic); err != nil {
		return err
	}
	return r.validate()
}

// compile checks the rule's ID and reads its logic.
func (r *Rule) compile(logic []byte) (err error) {
	if !ruleForm.MatchString(r.ID) {
		return fmt.Errorf("rule %.64q: an id is letters, digits, dot, dash and underscore, at most 64", r.ID)
	}
	if len(logic) == 0 {
		return fmt.Errorf("rule %q: there is no logic", r.ID)
	}
	if r.Logic, err = ParseExpr(logic); err != nil {
		return fmt.Errorf("rule %q: %w", r.ID, err)
	}
	return nil
}

func (r *Rule) validate() error {
	switch {
	case len(r.Fields) > maxFields:
		return fmt.Errorf("rule %q: more than %d fields", r.ID, maxFields)
	case !r.To.IsZero() && !r.From.Before(r.To):
		return fmt.Errorf("rule %q: it ends before it begins", r.ID)
	}
	if err := validWords(r.Description); err != nil {
		return fmt.Errorf("rule %q: description: %w", r.ID, err)
	}
	return nil
}

// validWords checks sentences by language: each is one line of at most maxWords bytes.
func validWords(words map[string]string) error {
	if len(words) > maxTongues {
		return fmt.Errorf("the words are there in %d languages, at most %d are read", len(words), maxTongues)
	}
	for language, text := range words {
		switch {
		case !languageForm.MatchString(language):
			return fmt.Errorf("%.20q is not a language's tag, such as zh or en", language)
		case text == "" || len(text) > maxWords:
			return fmt.Errorf("the words in %s are empty or longer than %d bytes", language, maxWords)
		case bytes.ContainsFunc([]byte(text), func(c rune) bool { return c < ' ' || c == 0x7f }):
			return fmt.Errorf("the words in %s have a control character", language)
		}
	}
	return nil
}

// Applies reports whether r is asked at now.
func (r Rule) Applies(now time.Time) bool {
	return !now.Before(r.From) && (r.To.IsZero() || now.Before(r.To))
}

// Holds asks the rule. Only the JSON value true is a yes; what counts as
// false is a no; any other value is an error, and an error is neither.
func (r Rule) Holds(data any) (bool, error) {
	v, err := r.Logic.Eval(data)
	if err != nil {
		return false, fmt.Errorf("rule %s: %w", r.ID, err)
	}
	yes, err := truth(v)
	if _, isBool := v.(bool); err != nil || yes && !isBool {
		return false, fmt.Errorf("rule %s: it gives %s; it must give true or false", r.ID, kindOf(v))
	}
	return yes, nil
}

// Finding is a rule that is not met. Err is nil where its answer was no, and
// says what went wrong where there was no answer.
type Finding struct {
	Rule string
	Err  error
}

// Ask asks every rule that applies at now and gives those that are not met,
// in the policy's order; nil where all are met. A finding, with or without Err,
// makes a verdict Check, never Admit.
func (p *Policy) Ask(data any, now time.Time) (found []Finding) {
	for i := range p.Rules {
		r := &p.Rules[i]
		if !r.Applies(now) {
			continue
		}
		if yes, err := r.Holds(data); err != nil || !yes {
			found = append(found, Finding{r.ID, err})
		}
	}
	return found
}

package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// dccRule is a rule as the EU's gateway and national back ends publish it
// (EU DCC Validation Rules, JSON schema 1.0.1).
type dccRule struct {
	Identifier, Type, Country, Region       string
	Version, SchemaVersion                  string
	Engine, EngineVersion, CertificateType  string
	Description                             []struct{ Lang, Desc string }
	ValidFrom, ValidTo                      time.Time
	AffectedFields                          []string
	Logic                                   json.RawMessage
	Modifier, Hash, ValidityState, Metadata json.RawMessage // ignored
}

// ParseDCCRule reads a rule in the form in which countries publish them. As with
// the rules of a policy, true means that the credential is good, in acceptance
// rules and in invalidation rules. A description that a policy cannot hold is
// left out, since it is only for display.
func ParseDCCRule(b []byte) (Rule, error) {
	var d dccRule
	if len(b) > MaxBytes {
		return Rule{}, fmt.Errorf("parse rule: %d bytes, at most %d are read", len(b), MaxBytes)
	}
	if err := json.Unmarshal(b, &d); err != nil {
		return Rule{}, fmt.Errorf("parse rule: %w", err)
	}
	if d.Engine != "CERTLOGIC" {
		return Rule{}, fmt.Errorf("parse rule %.64q: its engine is %.20q; this program has CERTLOGIC", d.Identifier, d.Engine)
	}
	if d.ValidFrom.IsZero() || d.ValidTo.IsZero() {
		return Rule{}, errors.New("parse rule: it has no ValidFrom or no ValidTo")
	}
	r := Rule{ID: d.Identifier, Fields: d.AffectedFields, From: d.ValidFrom, To: d.ValidTo}
	r.Description = make(map[string]string, len(d.Description))
	for _, w := range d.Description {
		one := map[string]string{strings.ToLower(w.Lang): w.Desc}
		if validWords(one) == nil {
			r.Description[strings.ToLower(w.Lang)] = w.Desc
		}
	}
	logic, err := d.guarded()
	if err != nil {
		return Rule{}, err
	}
	if err := r.compile(logic); err != nil {
		return Rule{}, fmt.Errorf("parse %w", err)
	}
	return r, nil
}

// guarded is the rule's logic, made true for certificates that the rule is not
// about (EU DCC Validation Rules, CertificateType).
func (d *dccRule) guarded() (json.RawMessage, error) {
	group, ok := map[string]string{"Vaccination": "v", "Test": "t", "Recovery": "r", "General": "", "": ""}[d.CertificateType]
	if !ok {
		return nil, fmt.Errorf("parse rule %.64q: no certificate is a %.20q", d.Identifier, d.CertificateType)
	}
	if group == "" {
		return d.Logic, nil
	}
	return json.Marshal(map[string]any{"if": []any{map[string]any{"var": "payload." + group + ".0"}, d.Logic, true}})
}

package policy_test

import (
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
)

// Another issuer's card may call itself what it likes: rules see what it is.
func TestForeignDocumentKeepsItsFormat(t *testing.T) {
	p := &pass.Pass{Format: pass.SHC, Document: map[string]any{"format": "native", "colour": "green"}}
	doc := policy.DocumentOf(p, nil, time.Time{}).(map[string]any)
	if doc["format"] != "shc" || doc["colour"] != "green" || p.Document.(map[string]any)["format"] != "native" {
		t.Errorf("rules see %v of %v", doc, p.Document)
	}
}

// A country's rule for vaccinations is asked of nobody who shows a test.
func TestRuleForOneTypeOfCertificate(t *testing.T) {
	rule := func(kind string) string {
		return `{"Identifier":"VR-XX-0001","Type":"Acceptance","Engine":"CERTLOGIC","EngineVersion":"0.7.5","CertificateType":"` + kind +
			`","ValidFrom":"2021-07-01T00:00:00Z","ValidTo":"2030-07-01T00:00:00Z","Logic":{">=":[{"var":"payload.v.0.dn"},{"var":"payload.v.0.sd"}]}}`
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	dose := func(n float64) any {
		return map[string]any{"v": []any{map[string]any{"dn": n, "sd": 2.0}}}
	}
	tested := map[string]any{"t": []any{map[string]any{"tr": "260415000"}}}
	for _, c := range []struct {
		kind  string
		doc   any
		fails int
	}{
		{"Vaccination", dose(2), 0}, {"Vaccination", dose(1), 1}, {"Vaccination", tested, 0}, {"General", tested, 1},
	} {
		r, err := policy.ParseDCCRule([]byte(rule(c.kind)))
		if err != nil {
			t.Fatal(err)
		}
		p := policy.Policy{Rules: []policy.Rule{r}}
		if f := p.Ask(policy.Data(c.doc, now, nil), now); len(f) != c.fails {
			t.Errorf("%s of %v: %v", c.kind, c.doc, f)
		}
	}
	if _, err := policy.ParseDCCRule([]byte(rule("Dog"))); err == nil {
		t.Error("a rule for dogs is a rule")
	}
}

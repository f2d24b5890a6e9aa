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

// What passes of every format have in common stands in every document under the
// same names, beside its own members, and comes from what was verified: a card
// lends itself no test by a member of that name.
func TestCommonMembers(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	claims := pass.Claims{
		Issuer: "XX", Name: "J. D.", BirthYear: 1980, Doses: &pass.Doses{Count: 2, Day: now.AddDate(0, 0, -30).Truncate(24 * time.Hour)},
		Tests: []pass.Test{{Kind: pass.NucleicAcid, Result: pass.Positive, At: now.Add(-20 * time.Hour)}},
	}
	card := func() map[string]any {
		return map[string]any{
			"ver": "1.3.0", "tests": []any{map[string]any{"result": "negative", "minutesAgo": 1.0}}, "recovery": map[string]any{"daysAgo": 1.0},
			"r": []any{map[string]any{"tg": "840539006", "fr": "2026-10-01"}, map[string]any{"tg": "6142004", "fr": "2026-11-01"}},
		}
	}
	for _, f := range []pass.Format{pass.HCERT, pass.SHC, pass.Claim169, pass.Pretix, pass.NZCP, pass.VDSNC} {
		p := &pass.Pass{Format: f, Claims: claims, Document: card()}
		data := policy.Data(policy.DocumentOf(p, nil, now), now, nil)
		recovered := any(nil)
		if f == pass.HCERT {
			recovered = 50
		}
		for path, want := range map[string]any{
			"ver": "1.3.0", "format": string(f), "tests.0.result": "positive", "tests.0.minutesAgo": 1200, "tests.1": nil,
			"doses.count": 2, "doses.daysAgo": 30, "holder.name": "J. D.", "holder.age.to": 46, "recovery.daysAgo": recovered, "r.1.fr": "2026-11-01",
		} {
			if got, err := evaluate([]byte(`{"var":"payload.`+path+`"}`), data); err != nil || got != want {
				t.Errorf("%s: %s is %v (%v), want %v", f, path, got, err, want)
			}
		}
		if own := p.Document.(map[string]any)["tests"].([]any); len(own) != 1 {
			t.Errorf("%s: the pass's own document was changed: %v", f, own)
		}
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

package policy_test

import (
	"strings"
	"testing"

	"postern/sync/policy"
	"postern/sync/policy/ready"
)

func TestReadyPoliciesRaiseNoDoubt(t *testing.T) {
	for _, name := range ready.Names {
		if doubts := parse(t, string(ready.Policy(name))).Doubts(noon); doubts != nil {
			t.Errorf("%s: %q", name, doubts)
		}
	}
}

func TestDoubts(t *testing.T) {
	for path, want := range map[string]bool{
		"payload.tests.0.minutesAgo": false, "payload.tests": false, "payload": false, "": false, "external.now": false,
		"payload.v.0.dn": false, "payload.v.dt": false, "payload.vc.credentialSubject.fhirBundle": false, "external": false,
		"payload.tests.0.minutesago": true, "payload.tests.first": true, "payload.v.0.dnn": true, "paylod.v": true,
		"external.valuesets.x": true, "external.valueSets.x": true, "external.clock": true, "payload.format.0": true,
	} {
		e, err := policy.ParseExpr([]byte(`{"var":"` + path + `"}`))
		if err != nil {
			t.Fatal(err)
		}
		p := policy.Default()
		words := map[string]string{"zh": "词", "en": "Words."}
		p.Emergency, p.Rules = words, []policy.Rule{{ID: "r", Description: words, Logic: e}}
		if doubts := p.Doubts(noon); (len(doubts) > 0) != want {
			t.Errorf("%q: %q", path, doubts)
		}
	}
}

func TestDoubtsOnTimeAndWords(t *testing.T) {
	doubts := strings.Join(parse(t, rich).Doubts(noon.AddDate(1, 0, 0)), "\n")
	for _, want := range []string{"rule doses: it is never asked again; it ended at 2026-12-01T00:00:00Z", "rule doses: it has no sentence in en", "rule colour: it has no sentence in en"} {
		if !strings.Contains(doubts, want) {
			t.Errorf("%q is not said in\n%s", want, doubts)
		}
	}
}

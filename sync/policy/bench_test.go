package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
)

// five is a policy of five rules such as places have them.
func five(b *testing.B) *policy.Policy {
	rules := []string{
		`{"===":[{"var":"payload.colour"},"green"]}`,
		`{"and":[{"===":[{"var":"payload.tests.0.result"},"negative"]},{"<=":[{"var":"payload.tests.0.minutesAgo"},2880]}]}`,
		`{"not-after":[{"plusTime":[{"var":"payload.doses.date"},14,"day"]},{"plusTime":[{"var":"external.validationClock"},0,"day"]},{"plusTime":[{"var":"payload.doses.date"},9,"month"]}]}`,
		`{"===":[{"reduce":[{"var":"payload.tests"},{"+":[{"var":"accumulator"},{"if":[{"===":[{"var":"current.result"},"positive"]},1,0]}]},0]},0]}`,
		`{"in":[{"var":"payload.issuer"},{"var":"external.valueSets.issuers"}]}`,
	}
	for i, logic := range rules {
		rules[i] = fmt.Sprintf(`{"id":"r%d","logic":%s}`, i, logic)
	}
	sets := strings.Repeat(`"ZZ",`, 200) + `"XA"`
	return parse(b, strings.Replace(hospital, `"test"`, `"value_sets":{"issuers":[`+sets+`]},"rules":[`+strings.Join(rules, ",")+`],"test"`, 1))
}

// BenchmarkFiveRules is what five rules add to the judging of a pass: making
// the document, and asking.
func BenchmarkFiveRules(b *testing.B) {
	p := five(b)
	claims := &pass.Claims{
		Issuer: "XA", Name: "王*明", Colour: pass.Green, BirthYear: 1980, IssuedAt: noon.AddDate(0, 0, -10),
		Tests: []pass.Test{{Kind: pass.NucleicAcid, At: noon.Add(-50 * time.Hour)}},
		Doses: &pass.Doses{Count: 3, Day: noon.AddDate(0, -3, 0)},
	}
	latest := &pass.Test{Kind: pass.NucleicAcid, At: noon.Add(-5 * time.Hour)}
	b.ReportAllocs()
	for b.Loop() {
		data := policy.Data(policy.Document(claims, latest, noon), noon, p.ValueSets)
		if found := p.Ask(data, noon); found != nil {
			b.Fatal(found)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.Parse([]byte(rich)); err != nil {
			b.Fatal(err)
		}
	}
}

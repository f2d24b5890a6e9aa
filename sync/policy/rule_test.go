package policy_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/policy/ready"
	"postern/sync/status"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const rich = `{"v":1,"name":"border","paper":true,
 "fresh":{"ageing_after":1440,"stale_after":10080,"stale":"check","blind":"unknown"},"clock":{"ahead_days":30},
 "formats":["native","hc1"],"issuers":["XA","AT"],"statuses":["suspended"],"id_match":true,"overrides":{"quota":10,"hours":12},
 "value_sets":{"colours":["green","amber"]},
 "rules":[
  {"id":"colour","description":{"zh":"颜色","en":"The colour."},"fields":["colour"],"logic":{"in":[{"var":"payload.colour"},{"var":"external.valueSets.colours"}]}},
  {"id":"doses","from":"2026-11-01T00:00:00Z","to":"2026-12-01T00:00:00Z","logic":{">=":[{"var":"payload.doses.count"},2]}}],
 "sentences":{"colour":{"zh":"请核对颜色。"}},
 "emergency":{"en":"Let them through."}}`

func parse(t testing.TB, text string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRichPolicy(t *testing.T) {
	p := parse(t, rich)
	if p.Overrides == nil || *p.Overrides != (policy.OverrideRule{Quota: 10, Hours: 12}) {
		t.Errorf("overrides %+v", p.Overrides)
	}
	if !p.IDMatch || !p.AcceptsFormat("hc1") || p.AcceptsFormat("sig1") || !p.AcceptsIssuer("AT") || p.AcceptsIssuer("DE") {
		t.Errorf("read wrongly: %+v", p)
	}
	again, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if q := parse(t, string(again)); !reflect.DeepEqual(p.Sentences, q.Sentences) || len(q.Rules) != 2 || q.Rules[1].To != p.Rules[1].To {
		t.Errorf("written and read again: %+v", q)
	}
}

func TestNothingListedAcceptsAll(t *testing.T) {
	p := parse(t, hospital)
	if !p.AcceptsFormat("sig1") || !p.AcceptsIssuer("XA") || p.Ask(nil, noon) != nil {
		t.Errorf("an old policy asks something new: %+v", p)
	}
}

func TestAllowsStatus(t *testing.T) {
	strict, kind, both := parse(t, hospital), parse(t, rich), parse(t, string(ready.Policy("pharmacy")))
	for v, want := range map[status.Value][3]bool{
		status.Good: {true, false, true}, status.Suspended: {false, true, true},
		status.Invalid: {}, status.Barred: {}, 7: {},
	} {
		for i, p := range []*policy.Policy{strict, kind, both} {
			if got := p.AllowsStatus(v); got != want[i] {
				t.Errorf("policy %d allows %d: %v", i, v, got)
			}
		}
	}
}

func TestRichPolicyRefuses(t *testing.T) {
	replace := func(old, new string) string { return strings.Replace(rich, old, new, 1) }
	for name, tc := range map[string]struct{ text, says string }{
		"rules twice":            {replace(`"id_match":true`, `"rules":[]`), `"rules" stands there twice`},
		"rules twice, folded":    {replace(`"id_match":true`, `"RULES":[]`), "twice"},
		"rules twice, long s":    {replace(`"id_match":true`, `"ruleſ":[]`), "twice"},
		"no quota":               {replace(`"quota":10`, `"quota":0`), "quota"},
		"a quota for everybody":  {replace(`"quota":10`, `"quota":1001`), "quota"},
		"overrides for ever":     {replace(`"hours":12`, `"hours":169`), "quota"},
		"an unknown member":      {replace(`"fields"`, `"feilds"`), `rule "colour"`},
		"an id twice":            {replace(`"id":"doses"`, `"id":"colour"`), `two rules are called "colour"`},
		"no id":                  {replace(`"id":"doses",`, ``), "id"},
		"an id with a space":     {replace(`"id":"doses"`, `"id":"do ses"`), `rule "do ses"`},
		"no logic":               {replace(`,"logic":{">=":[{"var":"payload.doses.count"},2]}`, ``), `rule "doses": there is no logic`},
		"null logic":             {replace(`{">=":[{"var":"payload.doses.count"},2]}`, `null`), `rule "doses"`},
		"an unknown operator":    {replace(`">="`, `"=>"`), `rule "doses": parse logic: the operator "=>"`},
		"a wrong operand":        {replace(`{"var":"payload.doses.count"},2`, `{"var":5},2`), "at />=/0/var"},
		"it ends first":          {replace(`2026-12-01`, `2026-10-01`), `rule "doses": it ends before`},
		"a date that is none":    {replace(`2026-12-01T00`, `2026-12-32T00`), `rule "doses"`},
		"a sentence for no rule": {replace(`"sentences":{"colour"`, `"sentences":{"color"`), `no rule "color"`},
		"a language that is not": {replace(`{"zh":"请核对颜色。"}`, `{"Chinese!":"x"}`), "Chinese!"},
		"an empty sentence":      {replace(`请核对颜色。`, ``), "empty"},
		"two lines":              {replace(`请核对颜色。`, `a\nb`), "control character"},
		"an invalid status":      {replace(`"statuses":["suspended"]`, `"statuses":["barred"]`), "barred"},
		"a format's name":        {replace(`"hc1"`, `"HC1:"`), "formats"},
		"an empty issuer":        {replace(`"AT"`, `""`), "issuers"},
		"a set of numbers":       {replace(`"amber"`, `5`), "value_sets"},
		"an empty value":         {replace(`"amber"`, `""`), "value_sets"},
		"too many rules": {`{"v":1,"name":"x","paper":true,"fresh":{"ageing_after":1,"stale_after":1,"stale":"check","blind":"check"},"clock":{"ahead_days":1},"rules":[` +
			strings.Repeat(`{"id":"a","logic":true},`, policy.MaxRules) + `{"id":"a","logic":true}]}`, "65 rules"},
		"very deep": {`{"rules":` + strings.Repeat(`[`, 200), "deep"},
	} {
		p, err := policy.Parse([]byte(tc.text))
		if err == nil || p != nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: got %v, want an error with %q", name, err, tc.says)
		}
	}
}

func TestAsk(t *testing.T) {
	p := parse(t, rich)
	good := map[string]any{"colour": "green", "doses": map[string]any{"count": 2}}
	for _, tc := range []struct {
		name     string
		document any
		now      time.Time
		want     []string
	}{
		{"both are met", good, noon, nil},
		{"a colour of no list", map[string]any{"colour": "red", "doses": map[string]any{"count": 3}}, noon, []string{"colour: no"}},
		{"one dose, and no colour", map[string]any{"doses": map[string]any{"count": 1}}, noon, []string{"colour: no", "doses: no"}},
		{"doses that nobody can count", map[string]any{"colour": "green"}, noon, []string{"doses: error"}},
		{"no document", nil, noon, []string{"colour: no", "doses: error"}},
		{"the second before it begins", map[string]any{"colour": "green"}, time.Date(2026, 10, 31, 23, 59, 59, 0, time.UTC), nil},
		{"the second it begins", map[string]any{"colour": "green"}, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), []string{"doses: error"}},
		{"the last second", map[string]any{"colour": "green"}, time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC), []string{"doses: error"}},
		{"the second it ends", map[string]any{"colour": "green"}, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), nil},
	} {
		var got []string
		for _, f := range p.Ask(policy.Data(tc.document, tc.now, p.ValueSets), tc.now) {
			word := ": no"
			if f.Err != nil {
				word = ": error"
			}
			got = append(got, f.Rule+word)
		}
		if !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
		}
	}
}

// TestOnlyTrueIsYes holds that no value but true meets a rule.
func TestOnlyTrueIsYes(t *testing.T) {
	for logic, want := range map[string]string{
		`true`: "yes", `false`: "no", `""`: "no", `0`: "no", `[]`: "no", `{"var":"x"}`: "no",
		`1`: "error", `"true"`: "error", `[1]`: "error", `{"plusTime":["2021",0,"day"]}`: "error", `{"+":["a",1]}`: "error",
	} {
		var r policy.Rule
		if err := json.Unmarshal([]byte(`{"id":"r","logic":`+logic+`}`), &r); err != nil {
			t.Fatal(err)
		}
		yes, err := r.Holds(nil)
		got := map[bool]string{true: "yes", false: "no"}[yes]
		if err != nil {
			got = "error"
			if yes || !strings.HasPrefix(err.Error(), "rule r: ") {
				t.Errorf("%s: %v, %v", logic, yes, err)
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", logic, got, want)
		}
	}
}

func TestSentence(t *testing.T) {
	p := parse(t, rich)
	for _, tc := range [][3]string{
		{"colour", "zh", "请核对颜色。"},
		{"colour", "en", "The colour."},
		{"colour", "de", "The colour."},
		{"doses", "zh", ""},
		{"none", "zh", ""},
	} {
		if got := p.Sentence(tc[0], tc[1]); got != tc[2] {
			t.Errorf("%s in %s: got %q, want %q", tc[0], tc[1], got, tc[2])
		}
	}
}

const published = `{"Identifier":"VR-XX-0001","Type":"Acceptance","Country":"XX","Version":"1.0.0","SchemaVersion":"1.0.0",
 "Engine":"CERTLOGIC","EngineVersion":"0.7.5","CertificateType":"Vaccination","Description":[{"lang":"en","desc":"At most one."},{"lang":"de","desc":""}],
 "ValidFrom":"2021-06-01T00:00:00Z","ValidTo":"2030-06-01T00:00:00Z","AffectedFields":["v.1"],"Logic":{"!":[{"var":"payload.v.1"}]}}`

func TestParseDCCRule(t *testing.T) {
	r, err := policy.ParseDCCRule([]byte(published))
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != "VR-XX-0001" || len(r.Description) != 1 || !r.Applies(noon) || r.Applies(noon.AddDate(5, 0, 0)) || len(r.Fields) != 1 {
		t.Errorf("read wrongly: %+v", r)
	}
	for name, text := range map[string]string{
		"another engine":  strings.Replace(published, "CERTLOGIC", "JSONLOGIC", 1),
		"no period":       strings.Replace(published, `"ValidTo":"2030-06-01T00:00:00Z",`, "", 1),
		"no identifier":   strings.Replace(published, "VR-XX-0001", "", 1),
		"no logic":        strings.Replace(published, `,"Logic":{"!":[{"var":"payload.v.1"}]}`, "", 1),
		"a wrong logic":   strings.Replace(published, `"!"`, `"!!"`, 1),
		"half a document": published[:100],
	} {
		if _, err := policy.ParseDCCRule([]byte(text)); err == nil {
			t.Errorf("%s: was accepted", name)
		}
	}
}

func TestDocument(t *testing.T) {
	claims := pass.Claims{
		Issuer: "XA", Name: "王*明", Colour: pass.Amber, BirthYear: 1980, IssuedAt: noon.AddDate(0, 0, -10),
		Tests: []pass.Test{
			{Kind: pass.Antigen, Result: pass.Negative, At: noon.Add(-72 * time.Hour)},
			{Kind: pass.NucleicAcid, Result: pass.Negative, At: noon.Add(time.Hour)},
		},
		Doses: &pass.Doses{Count: 3, Day: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)},
	}
	latest := &pass.Test{Kind: pass.NucleicAcid, Result: pass.Positive, At: noon.Add(-51*time.Hour - 20*time.Minute)}
	p := parse(t, rich)
	data := policy.Data(policy.Document(&claims, latest, noon), noon, p.ValueSets)
	for path, want := range map[string]any{
		"payload.format": "native", "payload.issuer": "XA", "payload.name": "王*明", "payload.colour": "amber",
		"payload.age.from": 45, "payload.age.to": 46, "payload.issued.minutesAgo": 14400,
		"payload.tests.0.kind": 1, "payload.tests.0.result": "positive", "payload.tests.0.minutesAgo": 3080,
		"payload.tests.0.at": "2026-11-20T08:40:00.000Z", "payload.tests.1.kind": 2, "payload.tests.2": nil,
		"payload.doses.count": 3, "payload.doses.date": "2026-11-20", "payload.doses.daysAgo": 2,
		"external.validationClock": "2026-11-22T12:00:00.000Z", "external.now": int(noon.Unix() / 60),
		"external.valueSets.colours.1": "amber",
	} {
		if got, err := evaluate([]byte(`{"var":"`+path+`"}`), data); err != nil || got != want {
			t.Errorf("%s: got %v (%v), want %v", path, got, err, want)
		}
	}
	bare := policy.Data(policy.Document(&pass.Claims{Issuer: "XA"}, nil, noon), noon, nil)
	for _, path := range []string{"name", "colour", "age", "doses", "tests.0"} {
		if got, err := evaluate([]byte(`{"var":"payload.`+path+`"}`), bare); err != nil || got != nil {
			t.Errorf("%s of a bare pass: got %v (%v)", path, got, err)
		}
	}
	if again := policy.Document(&pass.Claims{Tests: claims.Tests[:1]}, &claims.Tests[0], noon); len(again["tests"].([]any)) != 1 {
		t.Error("a test that pass and snapshot both know stands there twice")
	}
}

func TestReady(t *testing.T) {
	if len(ready.Names) != 10 || ready.Policy("no such") != nil {
		t.Errorf("%d ready policies", len(ready.Names))
	}
	for _, name := range ready.Names {
		p := parse(t, string(ready.Policy(name)))
		if p.Name != name {
			t.Errorf("%s calls itself %s", name, p.Name)
		}
		for _, words := range []map[string]string{p.Title, p.Emergency} {
			if words["zh"] == "" || words["en"] == "" {
				t.Errorf("%s: has no words in zh or en: %v", name, words)
			}
		}
		for i := range p.Rules {
			if r := &p.Rules[i]; p.Sentences[r.ID]["zh"] == "" || p.Sentences[r.ID]["en"] == "" {
				t.Errorf("%s: rule %s has no sentence", name, r.ID)
			}
		}
	}
}

func TestReadyRules(t *testing.T) {
	border, school := parse(t, string(ready.Policy("border"))), parse(t, string(ready.Policy("school")))
	native := func(r pass.Result, ago time.Duration) map[string]any {
		return policy.Document(&pass.Claims{Issuer: "XA"}, &pass.Test{Kind: pass.NucleicAcid, Result: r, At: noon.Add(-ago)}, noon)
	}
	dcc := func(list, entry string) any {
		var d any
		if err := json.Unmarshal([]byte(`{"`+list+`":[`+entry+`]}`), &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	const tg = `"tg":"840539006",`
	for _, tc := range []struct {
		name     string
		policy   *policy.Policy
		document any
		want     bool
	}{
		{"no test", border, policy.Document(&pass.Claims{}, nil, noon), false},
		{"72 h", border, native(pass.Negative, 72*time.Hour), true},
		{"72 h 1 min", border, native(pass.Negative, 72*time.Hour+time.Minute), false},
		{"positive", border, native(pass.Positive, time.Hour), false},
		{"vaccinated 14 days ago", border, dcc("v", `{`+tg+`"dn":2,"sd":2,"dt":"2026-11-08"}`), true},
		{"vaccinated 13 days ago", border, dcc("v", `{`+tg+`"dn":2,"sd":2,"dt":"2026-11-09"}`), false},
		{"one of two doses", border, dcc("v", `{`+tg+`"dn":1,"sd":2,"dt":"2026-11-01"}`), false},
		{"another disease", border, dcc("v", `{"tg":"38362002","dn":2,"sd":2,"dt":"2026-11-01"}`), false},
		{"tested 72 h ago", border, dcc("t", `{`+tg+`"tr":"260415000","sc":"2026-11-19T13:00:00+01:00"}`), true},
		{"tested a second before", border, dcc("t", `{`+tg+`"tr":"260415000","sc":"2026-11-19T12:59:59+01:00"}`), false},
		{"tested positive", border, dcc("t", `{`+tg+`"tr":"260373001","sc":"2026-11-22T00:00:00Z"}`), false},
		{"recovered", border, dcc("r", `{`+tg+`"fr":"2026-09-01"}`), true},
		{"something else", border, map[string]any{"vc": map[string]any{}}, false},
		{"no test at school", school, policy.Document(&pass.Claims{}, nil, noon), true},
		{"positive 15 days ago", school, native(pass.Positive, 15*24*time.Hour), true},
		{"positive 14 days ago", school, native(pass.Positive, 14*24*time.Hour), false},
		{"negative", school, native(pass.Negative, time.Hour), true},
	} {
		found := tc.policy.Ask(policy.Data(tc.document, noon, tc.policy.ValueSets), noon)
		if (len(found) == 0) != tc.want {
			t.Errorf("%s: %v", tc.name, found)
		}
		for _, f := range found {
			if f.Err != nil {
				t.Errorf("%s: %v", tc.name, f.Err)
			}
		}
	}
}

// Rules see who made a slip, and what for.
func TestDocumentOfSlip(t *testing.T) {
	slip := &pass.Pass{
		Format: pass.TemporarySlip, Claims: pass.Claims{Issuer: "XA", IssuedAt: noon.Add(-time.Hour), BirthYear: 1990},
		Slip: &pass.Slip{Kind: pass.Medical, Scope: pass.Scope{Gate: "36465d89063ab451", Place: "East Gate"}},
	}
	document, ok := policy.DocumentOf(slip, nil, noon).(map[string]any)
	if !ok || document["format"] != "slip" || document["issuer"] != "XA" {
		t.Fatalf("the document is %v", document)
	}
	want := map[string]any{"kind": "medical", "gate": "36465d89063ab451", "place": "East Gate"}
	if !reflect.DeepEqual(document["slip"], want) {
		t.Errorf("of the slip it says %v, want %v", document["slip"], want)
	}
	if d, _ := policy.DocumentOf(&pass.Pass{Format: pass.Native}, nil, noon).(map[string]any); d["format"] != "native" || d["slip"] != nil {
		t.Errorf("a pass is seen as %v", d)
	}
	if d, _ := policy.DocumentOf(&pass.Pass{Format: pass.HCERT, Document: map[string]any{"ver": "1.3.0"}}, nil, noon).(map[string]any); d["ver"] != "1.3.0" || d["format"] != "hcert" {
		t.Errorf("a foreign pass is seen as %v", d)
	}
}

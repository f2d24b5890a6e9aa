package policy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
)

// sampled is the sample of the documentation, which names whom to ask.
func sampled(t testing.TB) (string, *policy.Policy) {
	t.Helper()
	b, err := os.ReadFile("../../docs/policies/hospital-555.json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), p
}

func TestPolicySaysWhomToAsk(t *testing.T) {
	_, p := sampled(t)
	night := time.Date(2026, 11, 23, 3, 0, 0, 0, time.FixedZone("", 8*3600)) // a Monday
	duty := p.For(night, policy.Duty, policy.Station, policy.Waiting, policy.Desk)
	var names []string
	for _, c := range duty {
		names = append(names, string(c.Role)+" "+c.Name.In("en"))
	}
	want := "duty Night duty, duty Duty room, east entrance, station Test station, North Square, waiting Waiting point, desk 2"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("at night: %s, want %s", got, want)
	}
	if p.TestHere != policy.TestAdmit || p.LookUp.PerHour != 60 || !p.Slips.Accepts(pass.Medical) || p.Slips.Accepts(pass.Replacement) {
		t.Errorf("read wrongly: %+v", p)
	}
}

func TestPolicyRefusesContactsThatLeadNowhere(t *testing.T) {
	text, _ := sampled(t)
	for _, tc := range []struct{ name, old, new, says string }{
		{"letters in a telephone", `"555-0104"`, `"call me"`, "phone"},
		{"a telephone of one digit", `"555-0104"`, `"5"`, "phone"},
		{"a long telephone", `"555-0104"`, `"` + strings.Repeat("5", 25) + `"`, "2 to 24"},
		{"a telephone of another script", `"555-0104"`, `"５５５０１０４"`, "phone"},
		{"an unknown role", `"complaint"`, `"boss"`, "role"},
		{"nobody reachable", `, "phone": "555-0104"`, ``, "neither a phone nor a way"},
		{"an unknown member", `"phone": "555-0104"`, `"telephone": "555-0104"`, "telephone"},
		{"a station without a name", `"name": {"zh": "北广场采样站", "en": "Test station, North Square"}, `, ``, "name is missing"},
		{"a long name", `"Complaints office"`, `"` + strings.Repeat("c", 121) + `"`, "120"},
		{"one id for two", `"east-tent"`, `"north-square"`, "taken"},
		{"an id with a space", `"east-tent"`, `"east tent"`, "id must be"},
		{"a role for a station", `"id": "north-square"`, `"role": "duty"`, "only contacts"},
		{"another test_here", `"admit"`, `"yes"`, "admit or wait"},
		{"a window with markup", `"number": "2"`, `"number": "<2>"`, "number"},
		{"a window without number", `"number": "2"`, `"number": ""`, "number"},
		{"a language of the screens", `"ko": {"name"`, `"zh": {"name"`, "themselves"},
		{"a word without key", `"reason.test_missing"`, `"Test missing"`, "key"},
		{"no hour of look-up", `"per_hour": 60`, `"per_hour": 0`, "per_hour"},
		{"an unknown slip", `"visitor", `, `"friend", `, "kind of slip"},
		{"slips without bound", `"quota": 50`, `"quota": 0`, "quota"},
		{"hour 25", `"08:00-20:00"`, `"08:00-25:00"`, "like 08:00-17:30"},
		{"a short hour", `"08:00-20:00"`, `"8:00-20:00"`, "like 08:00-17:30"},
		{"an unknown day", `"sun"`, `"sunday"`, "no day"},
		{"hours in disorder", `"08:00-12:00", "13:00-17:00"`, `"13:00-17:00", "08:00-12:00"`, "begins before"},
		{"hours that overlap", `"08:00-12:00", "13:00-17:00"`, `"08:00-13:01", "13:00-17:00"`, "begins before"},
		{"a night into a day", `["20:00-08:00"]`, `["07:00-08:00", "20:00-07:01"]`, "runs into"},
		{"five times a day", `["20:00-08:00"]`, `["01:00-02:00","03:00-04:00","05:00-06:00","07:00-08:00","09:00-10:00"]`, "at most 4"},
		{"a day twice", `"daily": ["08:00-12:00"], "sun": []`, `"fri-sun": "08:00-12:00", "sun": []`, "named twice"},
		{"days backwards", `"daily": ["08:00-12:00"], "sun": []`, `"sun-mon": "08:00-12:00"`, "no day"},
		{"days from one to itself", `"daily": ["08:00-12:00"], "sun": []`, `"sun-sun": "08:00-12:00"`, "no day"},
		{"a number for times", `"sun": []`, `"sun": 8`, "times by weekday"},
		{"no times", `"sun": []`, `"sun": null`, "like 08:00-17:30"},
		{"thirty-three languages", `{"zh": "医务科投诉", "en": "Complaints office"}`, many(33), "at most 32"},
		{"hours of another word", `"always"`, `"never"`, `write "always"`},
		{"hours that never come", `{"daily": ["20:00-08:00"]}`, `{}`, "never open"},
		{"seventeen stations", `"stations": [`, `"stations": [` + strings.Repeat(`{"name": {"en": "x"}},`, 16), "at most 16"},
	} {
		if strings.Count(text, tc.old) == 0 {
			t.Fatalf("%s: the sample has no %s", tc.name, tc.old)
		}
		_, err := policy.Parse([]byte(strings.Replace(text, tc.old, tc.new, 1)))
		if err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: the error is %v, want one that says %q", tc.name, err, tc.says)
		}
	}
}

// many is a text in n languages.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"a%c%c": "x"`, 'a'+i/26, 'a'+i%26)
	}
	return "{" + b.String()[1:] + "}"
}

func TestHours(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 30, 0, zone) } // the 23rd is a Monday
	for _, tc := range []struct {
		hours   string
		at      time.Time
		open    bool
		changes string
	}{
		{`"always"`, at(23, 3, 0), true, ""},
		{`{"daily": ["08:00-20:00"]}`, at(23, 7, 59), false, "Mon 08:00"},
		{`{"daily": ["08:00-20:00"]}`, at(23, 8, 0), true, "Mon 20:00"},
		{`{"daily": ["08:00-20:00"]}`, at(23, 20, 0), false, "Tue 08:00"},
		{`{"daily": ["20:00-08:00"]}`, at(23, 7, 59), true, "Mon 08:00"},
		{`{"sun": ["22:00-06:00"]}`, at(23, 5, 59), true, "Mon 06:00"},
		{`{"sun": ["22:00-06:00"]}`, at(22, 5, 59), false, "Sun 22:00"},
		{`{"sun": ["22:00-06:00"]}`, at(23, 6, 0), false, "Sun 22:00"},
		{`{"daily": ["08:00-12:00"], "mon": []}`, at(23, 9, 0), false, "Tue 08:00"},
		{`{"mon": ["00:00-24:00"], "tue": ["00:00-12:00"]}`, at(23, 23, 59), true, "Tue 12:00"},
		{`{"mon-fri": "08:00-20:00"}`, at(23, 8, 0), true, "Mon 20:00"},
		{`{"mon-fri": "08:00-20:00"}`, at(22, 8, 0), false, "Mon 08:00"},
		{`{"mon-fri": "08:00-20:00", "sat-sun": ["09:00-12:00"]}`, at(22, 11, 0), true, "Sun 12:00"},
		{`{"mon-sat": "08:00-20:00", "daily": "10:00-11:00"}`, at(22, 10, 0), true, "Sun 11:00"},
		{`{"daily": ["00:00-24:00"]}`, at(23, 23, 59), true, ""},
	} {
		var h policy.Hours
		if err := json.Unmarshal([]byte(tc.hours), &h); err != nil {
			t.Fatalf("%s: %v", tc.hours, err)
		}
		changes := ""
		if c := h.Changes(tc.at); !c.IsZero() {
			changes = c.Format("Mon 15:04")
		}
		if h.Open(tc.at) != tc.open || changes != tc.changes {
			t.Errorf("%s at %v: %v until %q, want %v until %q", tc.hours, tc.at, h.Open(tc.at), changes, tc.open, tc.changes)
		}
	}
	if !(*policy.Hours)(nil).Open(at(23, 3, 0)) {
		t.Error("what says no hours is closed")
	}
}

func TestWordsInALanguage(t *testing.T) {
	for _, tc := range []struct {
		words    policy.Words
		language string
		want     string
	}{
		{policy.Words{"zh": "东", "en": "east"}, "zh-Hant", "东"},
		{policy.Words{"zh": "东", "zh-Hant": "東"}, "zh-Hant", "東"},
		{policy.Words{"zh": "东", "en": "east"}, "ko", "east"},
		{policy.Words{"zh": "东", "ko": "동"}, "ug-Arab", "东"},
		{policy.Words{"ko": "동"}, "en", "동"},
		{nil, "en", ""},
	} {
		if got := tc.words.In(tc.language); got != tc.want {
			t.Errorf("%v in %s is %q, want %q", tc.words, tc.language, got, tc.want)
		}
	}
}

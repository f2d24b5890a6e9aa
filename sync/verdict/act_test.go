package verdict_test

import (
	"slices"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/status"
	"postern/sync/verdict"
)

func TestEveryReasonSaysWhatToDo(t *testing.T) {
	acts := map[verdict.Act]bool{"": true}
	for _, a := range verdict.Acts() {
		acts[a] = true
	}
	for _, r := range verdict.Reasons() {
		a := verdict.Verdict{Reason: r, Outcome: r.Outcome()}.Act()
		if !acts[a] || (a == "") != (r.Outcome() == verdict.Admit) {
			t.Errorf("%s (%s): the act is %q", r, r.Outcome(), a)
		}
	}
}

func TestActsFollowThePolicyAndTheTest(t *testing.T) {
	for _, tc := range []struct {
		v    verdict.Verdict
		want verdict.Act
	}{
		{verdict.Verdict{Reason: verdict.TestOld}, verdict.GetTested},
		{verdict.Verdict{Reason: verdict.TestOld, Policy: &policy.Policy{TestHere: policy.TestWait}}, verdict.GetTested},
		{verdict.Verdict{Reason: verdict.TestOld, Policy: &policy.Policy{TestHere: policy.TestAdmit}}, verdict.TestThenAdmit},
		{verdict.Verdict{Reason: verdict.TestPositive, Policy: &policy.Policy{TestHere: policy.TestAdmit}}, verdict.Hold},
		{verdict.Verdict{Reason: verdict.RuleNotMet, Outcome: verdict.Check, Positive: true}, verdict.Hold},
		{verdict.Verdict{Reason: verdict.Expired, Outcome: verdict.Check, Positive: true}, verdict.Hold},
		{verdict.Verdict{Reason: verdict.Stale, Positive: true}, verdict.Hold},
		{verdict.Verdict{Reason: verdict.Barred, Outcome: verdict.Refuse, Positive: true}, verdict.Refer},
		{verdict.Verdict{Reason: verdict.OK, Outcome: verdict.Admit, Positive: true}, ""},
		{verdict.Verdict{Reason: verdict.RuleNotMet, Outcome: verdict.Check}, verdict.AskSupervisor},
		{verdict.Verdict{Reason: "new"}, verdict.AskSupervisor},
	} {
		if got := tc.v.Act(); got != tc.want {
			t.Errorf("%s: the act is %q, want %q", tc.v.Reason, got, tc.want)
		}
	}
}

func TestEveryAnswerButAdmitSaysWhomToAsk(t *testing.T) {
	rules := &policy.Policy{
		Contacts: []policy.Contact{{Role: policy.Duty, Phone: "555-0101"}, {Role: policy.Complaint, Phone: "555-0104"}, {Role: policy.Health, Phone: "555-0103"}},
		Stations: []policy.Contact{{Name: policy.Words{"en": "North"}}}, Waiting: &policy.Contact{Name: policy.Words{"en": "Tent"}},
	}
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	first := map[verdict.Reason]policy.Role{
		verdict.TestOld: policy.Station, verdict.TestPositive: policy.Waiting, verdict.Barred: policy.Complaint, verdict.Stale: policy.Duty,
	}
	for _, r := range verdict.Reasons() {
		all := verdict.Verdict{Reason: r, Outcome: r.Outcome(), Policy: rules}.Contacts(noon)
		if r.Outcome() == verdict.Admit {
			if all != nil {
				t.Errorf("an Admit has contacts: %v", all)
			}
			continue
		}
		if len(all) < 2 || first[r] != "" && all[0].Role != first[r] {
			t.Errorf("%s: the contacts are %v", r, all)
		}
	}
}

// Whatever reason comes first, somebody who tested positive where the policy
// asks about it is held: no button offers another code or a test.
func TestAPositiveTestIsHeldWhateverComesFirst(t *testing.T) {
	positive := func(c *city) { c.view.Status = entry(status.Good, pass.Positive, now.Add(-20*time.Hour)) }
	byRule := func(c *city) {
		positive(c)
		c.view.Policy.Test = nil
		c.rule(`false`)
	}
	for _, tc := range []struct {
		name  string
		bends []func(*city)
		want  verdict.Act
	}{
		{"positive", []func(*city){positive}, verdict.Hold},
		{"and expired", []func(*city){positive, func(c *city) { c.claims.Expires = now }}, verdict.Hold},
		{"and on paper", []func(*city){positive, func(c *city) { c.view.Policy.Paper = false }}, verdict.Hold},
		{"and stale data", []func(*city){positive, func(c *city) { c.view.Snapshot.Made = now.AddDate(0, 0, -9) }}, verdict.Hold},
		{"and barred", []func(*city){positive, func(c *city) { c.view.Status |= status.Entry(status.Barred) }}, verdict.Refer},
		{"by a rule", []func(*city){byRule}, verdict.Hold},
		{"by a rule, and expired", []func(*city){byRule, func(c *city) { c.claims.Expires = now }}, verdict.Hold},
		{"by a rule, 15 days ago", []func(*city){byRule, func(c *city) { c.view.Status = entry(status.Good, pass.Positive, now.AddDate(0, 0, -15)) }}, verdict.AskSupervisor},
		{"where nobody asks", []func(*city){positive, func(c *city) { c.view.Policy.Test = nil; c.claims.Expires = now }}, verdict.OtherCode},
	} {
		c := ordinary()
		for _, bend := range tc.bends {
			bend(&c)
		}
		v := c.judge(t)
		if got := v.Act(); got != tc.want {
			t.Errorf("%s: %s, the act is %q, want %q", tc.name, v.Reason, got, tc.want)
		}
		if held := slices.Equal(v.Steps, verdict.TestPositive.Steps()); held != (tc.want == verdict.Hold) {
			t.Errorf("%s: the steps are %v", tc.name, v.Steps)
		}
	}
}

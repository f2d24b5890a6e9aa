package verdict_test

import (
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
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
	positive := &pass.Test{Kind: pass.NucleicAcid, Result: pass.Positive}
	for _, tc := range []struct {
		v    verdict.Verdict
		want verdict.Act
	}{
		{verdict.Verdict{Reason: verdict.TestOld}, verdict.GetTested},
		{verdict.Verdict{Reason: verdict.TestOld, Policy: &policy.Policy{TestHere: policy.TestWait}}, verdict.GetTested},
		{verdict.Verdict{Reason: verdict.TestOld, Policy: &policy.Policy{TestHere: policy.TestAdmit}}, verdict.TestThenAdmit},
		{verdict.Verdict{Reason: verdict.TestPositive, Policy: &policy.Policy{TestHere: policy.TestAdmit}}, verdict.Hold},
		{verdict.Verdict{Reason: verdict.RuleNotMet, Test: positive}, verdict.Hold},
		{verdict.Verdict{Reason: verdict.RuleNotMet}, verdict.AskSupervisor},
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

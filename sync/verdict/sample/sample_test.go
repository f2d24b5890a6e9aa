package sample_test

import (
	"testing"
	"time"

	"postern/sync/policy"
	"postern/sync/policy/ready"
	"postern/sync/verdict"
	"postern/sync/verdict/sample"
)

var now = time.Date(2026, 11, 22, 8, 42, 13, 0, time.UTC)

func rehearse(t *testing.T, text []byte) map[string]verdict.Verdict {
	t.Helper()
	p, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	answers, err := sample.Rehearse(p, now)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]verdict.Verdict{}
	for _, a := range answers {
		if _, twice := all[a.Sample]; twice {
			t.Errorf("two samples are called %q", a.Sample)
		}
		all[a.Sample] = a.Verdict
	}
	return all
}

func TestReadyPolicies(t *testing.T) {
	for name, want := range map[string]map[string]verdict.Reason{
		"hospital": {
			"good, live on the phone": verdict.OK, "test 47 h ago, negative": verdict.OK, "test 49 h ago, negative": verdict.TestOld,
			"no test": verdict.TestMissing, "barred": verdict.Barred, "EU, tested 20 h ago": verdict.OK, "good, no data yet": verdict.Blind,
			"a temporary slip of another gate": verdict.TestMissing,
		},
		"office":      {"good, on paper": verdict.PaperNotAccepted, "admitted here 1 minute ago": verdict.SeenBefore, "a temporary slip of another gate": verdict.PaperNotAccepted},
		"residential": {"a temporary slip of another gate": verdict.OK},
		"pharmacy":    {"suspended": verdict.OK, "revoked": verdict.Revoked},
		"school":      {"good, live on the phone": verdict.OK, "test 10 days ago, positive": verdict.RuleNotMet},
		"border": {
			"EU, vaccinated 60 days ago": verdict.IDMatch, "EU, tested 80 h ago": verdict.RuleNotMet,
			"EU, recovered 60 days ago": verdict.IDMatch, "test 73 h ago, negative": verdict.RuleNotMet,
		},
	} {
		got := rehearse(t, ready.Policy(name))
		for s, reason := range want {
			if got[s].Reason != reason {
				t.Errorf("%s: %s gets %q, want %q", name, s, got[s].Reason, reason)
			}
		}
	}
}

// A policy never makes anything of what did not open, nor of barred passes.
func TestWhatNoPolicyAdmits(t *testing.T) {
	for _, name := range ready.Names {
		got := rehearse(t, ready.Policy(name))
		for s, reason := range map[string]verdict.Reason{
			"revoked": verdict.Revoked, "barred": verdict.Barred, "of an unknown issuer": verdict.NoKey, "a web address": verdict.Foreign,
		} {
			if got[s].Reason != reason {
				t.Errorf("%s: %s gets %q", name, s, got[s].Reason)
			}
		}
	}
}

func TestOne(t *testing.T) {
	p := policy.Default()
	if a := sample.One(&p, now, "menu", nil); a.Verdict.Reason != verdict.Foreign || a.Unmet != nil {
		t.Errorf("got %+v", a)
	}
}

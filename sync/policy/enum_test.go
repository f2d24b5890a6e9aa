package policy_test

import (
	"cmp"
	"encoding/json"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/status"
)

// Nothing allows a status but good and suspended, whatever number it has.
func TestStatusesOutOfRange(t *testing.T) {
	for n := range 256 {
		v := status.Value(n)
		for _, p := range []policy.Policy{{}, {Statuses: []string{"good", "suspended", "unknown"}}} {
			want := v == status.Good || v == status.Suspended && p.Statuses != nil
			if p.AllowsStatus(v) != want {
				t.Errorf("status %d is allowed by %v: %v", n, p.Statuses, !want)
			}
		}
	}
}

// A kind of test counts only where the policy lists its number.
func TestTestKindsOutOfRange(t *testing.T) {
	r := policy.TestRule{Hours: 24, Kinds: []pass.Kind{pass.NucleicAcid, pass.OtherKind}}
	for n := range 256 {
		if k := pass.Kind(n); r.Accepts(k) != (k == pass.NucleicAcid || k == pass.OtherKind) {
			t.Errorf("kind %d is accepted: %v", n, r.Accepts(k))
		}
	}
}

// Rules see no word for a colour or a result that is not in the table.
func TestWordsOutOfRange(t *testing.T) {
	colours, results := []string{"", "green", "amber", "red"}, []string{"negative", "positive", "inconclusive"}
	for n := range 256 {
		c := pass.Claims{Colour: pass.Colour(n), IssuedAt: noon}
		latest := pass.Test{Kind: pass.Antigen, Result: pass.Result(n), At: noon}
		doc := policy.Document(&c, &latest, noon)
		var colour, result any
		if n > 0 && n < len(colours) {
			colour = colours[n]
		}
		if n < len(results) {
			result = results[n]
		}
		if doc["colour"] != colour {
			t.Errorf("colour %d reads %v", n, doc["colour"])
		}
		if got := doc["tests"].([]any)[0].(map[string]any)["result"]; got != result {
			t.Errorf("result %d reads %v", n, got)
		}
	}
}

// An action that is none of the three is refused when a policy is read.
func TestActionsOutOfRange(t *testing.T) {
	for word, fits := range map[string]bool{
		"admit": true, "check": true, "unknown": true,
		"": false, "Admit": false, "admit ": false, "refuse": false, "fresh": false,
	} {
		for _, member := range []string{"ageing", "stale", "blind"} {
			fresh := map[string]any{"ageing_after": 1, "stale_after": 2, "stale": "check", "blind": "unknown", member: word}
			b, err := json.Marshal(map[string]any{"v": 1, "name": "p", "paper": true, "fresh": fresh, "clock": map[string]int{"ahead_days": 1}})
			if err != nil {
				t.Fatal(err)
			}
			want := fits || member == "ageing" && word == "" // left out means none
			if _, err := policy.Parse(b); (err == nil) != want {
				t.Errorf("fresh.%s %q: %v", member, word, err)
			}
		}
		r := policy.ListRule{Missing: policy.Action(word), Over: policy.Action(word)}
		want := policy.Action(word)
		if want == "" {
			want = policy.Unknown
		}
		if r.WhenMissing() != want || r.WhenOver() != want {
			t.Errorf("lists %q: %q, %q", word, r.WhenMissing(), r.WhenOver())
		}
	}
}

// An age without a word of its own reads "blind".
func TestAgeWordsOutOfRange(t *testing.T) {
	words := map[policy.Age]string{policy.Fresh: "fresh", policy.Ageing: "ageing", policy.Stale: "stale"}
	for i := range 256 {
		if got, want := policy.Age(i).String(), cmp.Or(words[policy.Age(i)], "blind"); got != want {
			t.Errorf("age %d reads %q, want %q", i, got, want)
		}
	}
}

// An age is one of the four, whatever the two times are.
func TestAgesOutOfRange(t *testing.T) {
	f := policy.Default().Fresh
	for _, hours := range []time.Duration{-1e6, -48, 0, 23, 24, 167, 168, 1e6} {
		a := f.Of(noon, noon.Add(hours*time.Hour))
		want := policy.Fresh
		if hours >= 24 {
			want = policy.Ageing
		}
		if hours >= 168 {
			want = policy.Stale
		}
		if a != want {
			t.Errorf("after %d hours the age is %d, want %d", hours, a, want)
		}
	}
	if f.Of(time.Time{}, noon) != policy.Blind {
		t.Error("no snapshot is not blind")
	}
}

package policy_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/policy/ready"
)

const hospital = `{"v":1,"name":"hospital","title":{"zh":"医院","en":"Hospital"},"paper":true,
 "test":{"hours":48,"kinds":[1]},"reentry":2,
 "fresh":{"ageing_after":1440,"stale_after":10080,"stale":"check","blind":"unknown"},"clock":{"ahead_days":30}}`

func TestParse(t *testing.T) {
	p, err := policy.Parse([]byte(hospital))
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "hospital" || p.Test.Hours != 48 || !p.Test.Accepts(pass.NucleicAcid) || p.Test.Accepts(pass.Antigen) {
		t.Errorf("read wrongly: %+v", p)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"an unknown member": strings.Replace(hospital, `"paper"`, `"papper":true,"paper"`, 1),
		"another version":   strings.Replace(hospital, `"v":1`, `"v":2`, 1),
		"a path as a name":  strings.Replace(hospital, `"hospital"`, `"../x"`, 1),
		"a test of no hour": strings.Replace(hospital, `48`, `0`, 1),
		"no kinds of test":  strings.Replace(hospital, `[1]`, `[]`, 1),
		"stale before age":  strings.Replace(hospital, `10080`, `60`, 1),
		"an unknown action": strings.Replace(hospital, `"check"`, `"wave"`, 1),
		"no blind action":   strings.Replace(hospital, `,"blind":"unknown"`, ``, 1),
		"trailing data":     hospital + `{}`,
		"half a file":       hospital[:len(hospital)/2],
		"nothing":           "",
		"too much":          `{"name":"` + strings.Repeat("a", policy.MaxBytes) + `"}`,
	} {
		if p, err := policy.Parse([]byte(text)); err == nil || p != nil {
			t.Errorf("%s: was accepted", name)
		}
	}
}

func TestDefaultIsAPolicy(t *testing.T) {
	b, err := json.Marshal(policy.Default())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := policy.Parse(b); err != nil {
		t.Error(err)
	}
}

func TestAgeToTheMinute(t *testing.T) {
	f := policy.Freshness{AgeingAfter: 60, StaleAfter: 120}
	made := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		after time.Duration
		want  policy.Age
	}{
		{-time.Hour, policy.Fresh},
		{59*time.Minute + 59*time.Second, policy.Fresh},
		{60 * time.Minute, policy.Ageing},
		{119*time.Minute + 59*time.Second, policy.Ageing},
		{120 * time.Minute, policy.Stale},
	} {
		if got := f.Of(made, made.Add(tc.after)); got != tc.want {
			t.Errorf("after %v: got %v, want %v", tc.after, got, tc.want)
		}
	}
	if f.Of(time.Time{}, made) != policy.Blind {
		t.Error("no snapshot is not blind")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(hospital))
	sample, _ := sampled(f)
	f.Add([]byte(sample))
	f.Add([]byte(`{}`))
	for _, name := range ready.Names {
		f.Add(ready.Policy(name))
	}
	if root := os.Getenv("POSTERN_VECTORS"); root != "" {
		seedPolicies(f, root)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := policy.Parse(b)
		if err != nil {
			return
		}
		written, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.Parse(written)
		if err != nil {
			t.Fatalf("what was parsed does not parse again: %v", err)
		}
		twice, err := json.Marshal(again)
		if err != nil || !bytes.Equal(twice, written) {
			t.Errorf("it is written in two ways: %s and %s (%v)", written, twice, err)
		}
	})
}

// seedPolicies puts every country's rule into a policy.
func seedPolicies(f *testing.F, root string) {
	files, err := filepath.Glob(filepath.Join(root, "rules", "[A-Z]*.json"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no rules (%v)", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var v struct {
			Rule struct{ Logic json.RawMessage }
		}
		if err := json.Unmarshal(b, &v); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(strings.Replace(hospital, `"test"`, `"rules":[{"id":"a","logic":`+string(v.Rule.Logic)+`}],"test"`, 1)))
	}
}

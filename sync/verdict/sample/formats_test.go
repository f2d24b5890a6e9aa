package sample_test

import (
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/policy/ready"
	"postern/sync/verdict"
	"postern/sync/verdict/sample"
)

// issued is when the cases of package pass were issued; what they say of tests was hours before.
var issued = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// shown is a case of package pass: its text, and the keys that it wants.
type shown struct {
	text string
	keys *pass.Keyring
}

// caseOf reads one of the cases of package pass.
func caseOf(t *testing.T, file, name string) shown {
	t.Helper()
	b, err := os.ReadFile("../../pass/testdata/vectors/" + file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Text string
		Keys       []struct {
			Issuer, Name, KID   string
			Public, Certificate []byte
			Format              pass.Format
		}
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if c.Name != name {
			continue
		}
		var keys []pass.Key
		for _, k := range c.Keys {
			kid, err := hex.DecodeString(k.KID)
			key := pass.Key{Issuer: k.Issuer, IssuerName: k.Name, ID: kid, Format: k.Format}
			if k.Certificate != nil {
				key.Certificate, err = x509.ParseCertificate(k.Certificate)
				key.Public = key.Certificate.PublicKey
			} else if err == nil {
				key.Public, err = x509.ParsePKIXPublicKey(k.Public)
			}
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, key)
		}
		return shown{c.Text, pass.NewKeyring(keys)}
	}
	t.Fatalf("%s has no case %q", file, name)
	return shown{}
}

// formats are the cases of each format that tell of a negative test, of a
// positive one, and of none; formats that cannot tell of a test have the last alone.
var formats = map[pass.Format]map[string][2]string{
	pass.Native:        {"negative": {"native", "one negative test"}, "positive": {"native", "one positive test"}, "none": {"native", "least"}},
	pass.HCERT:         {"negative": {"hcert", "test, ES256"}, "positive": {"hcert", "nucleic acid, positive"}, "none": {"hcert", "recovery"}},
	pass.SHC:           {"negative": {"shc", "one test, 260415000"}, "positive": {"shc", "one test, 260373001"}},
	pass.VDSNC:         {"negative": {"vdsnc", "molecular test, negative"}, "positive": {"vdsnc", "antigen test, positive"}, "none": {"vdsnc", "vaccination"}},
	pass.Claim169:      {"none": {"claim169", "EdDSA"}},
	pass.Pretix:        {"none": {"pretix", "a ticket without times"}},
	pass.NZCP:          {"none": {"nzcp", "a pass"}},
	pass.TemporarySlip: {"none": {"slip", "counts everywhere"}},
}

// Every ready policy says of every format what its name promises: a positive
// test within 14 days is never let in, a negative one counts wherever it is told
// of, and a test that is asked for is missed where there is none.
func TestReadyPoliciesOfEveryFormat(t *testing.T) {
	promised := map[string]map[string]verdict.Reason{ // by what the pass tells of
		"residential": {"negative": verdict.OK, "old": verdict.OK, "none": verdict.OK},
		"hospital":    {"negative": verdict.OK, "old": verdict.TestOld, "none": verdict.TestMissing},
		"school":      {"negative": verdict.OK, "old": verdict.OK, "none": verdict.OK},
		"office":      {"negative": verdict.PaperNotAccepted, "old": verdict.PaperNotAccepted, "none": verdict.PaperNotAccepted},
		"metro":       {"negative": verdict.OK, "old": verdict.OK, "none": verdict.OK},
		"event":       {"negative": verdict.IDMatch, "old": verdict.TestOld, "none": verdict.TestMissing},
		"border":      {"negative": verdict.IDMatch, "old": verdict.RuleNotMet, "none": verdict.RuleNotMet},
		"care-home":   {"negative": verdict.IDMatch, "old": verdict.TestOld, "none": verdict.TestMissing},
		"restaurant":  {"negative": verdict.OK, "old": verdict.TestOld, "none": verdict.TestMissing},
		"pharmacy":    {"negative": verdict.OK, "old": verdict.OK, "none": verdict.OK},
	}
	for _, name := range ready.Names {
		p, err := policy.Parse(ready.Policy(name))
		if err != nil {
			t.Fatal(err)
		}
		for format, tells := range formats {
			for what, where := range tells {
				c := caseOf(t, where[0], where[1])
				at := issued.Add(30 * time.Minute)
				if format == pass.TemporarySlip { // it begins an hour later
					at = issued.Add(2 * time.Hour)
				}
				got := sample.One(p, at, c.text, c.keys).Verdict
				switch want, told := promised[name][what]; {
				case got.Pass == nil || got.Pass.Format != format:
					t.Errorf("%s, %s, %s: it opens as %v, %s", name, format, what, got.Pass, got.Reason)
				case what == "positive" && got.Outcome != verdict.Check:
					t.Errorf("%s, %s: a positive test of today gets %s (%s)", name, format, got.Outcome, got.Reason)
				case told && got.Reason != want:
					t.Errorf("%s, %s, %s: %s, want %s", name, format, what, got.Reason, want)
				}
				if what != "negative" || format == pass.Native { // ours is over by then
					continue
				}
				if got, want := sample.One(p, at.AddDate(0, 0, 6), c.text, c.keys).Verdict, promised[name]["old"]; got.Reason != want {
					t.Errorf("%s, %s, a negative test of last week: %s, want %s", name, format, got.Reason, want)
				}
			}
		}
	}
}

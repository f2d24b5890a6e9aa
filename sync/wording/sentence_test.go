package wording_test

import (
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/verdict"
	"postern/sync/wording"
)

func TestSentence(t *testing.T) {
	rule := verdict.Detail{Rule: "doses", Words: map[string]string{"zh": "要求两剂 {ago}。"}}
	for _, tc := range []struct {
		v        verdict.Verdict
		language string
		want     string
	}{
		{verdict.Verdict{Reason: verdict.TestOld, Detail: verdict.Detail{Ago: 51*time.Hour + 20*time.Minute, Asked: 48 * time.Hour}}, "en", "The last test was 51 h 20 min ago; here it must be within 48 h."},
		{verdict.Verdict{Reason: verdict.TestOld, Detail: verdict.Detail{Ago: 49 * time.Hour, Asked: 48 * time.Hour}}, "zh", "最近检测是 49 小时前，本处要求 48 小时内。"},
		{verdict.Verdict{Reason: verdict.RuleNotMet, Detail: rule}, "zh", "要求两剂 {ago}。（规则 doses）"},
		{verdict.Verdict{Reason: verdict.RuleNotMet, Detail: rule}, "en", "要求两剂 {ago}。 (rule doses)"},
		{verdict.Verdict{Reason: verdict.RuleNotMet, Detail: verdict.Detail{Rule: "doses"}}, "en", "A rule of this place is not met. (rule doses)"},
		{verdict.Verdict{Reason: verdict.IssuerNotAccepted, Pass: &pass.Pass{Claims: pass.Claims{Issuer: "XF"}}}, "en", "The pass is genuine, but passes of its issuer (XF) are not accepted here."},
		{verdict.Verdict{Reason: "new"}, "en", "new"},
		{verdict.Verdict{Reason: verdict.OK}, "tlh", "ok"},
	} {
		if got := wording.Sentence(tc.v, tc.language, noon); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

// A name stands as it is where the screen draws it, else in Latin letters, else a sentence stands for it.
func TestName(t *testing.T) {
	words, err := wording.New("en", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	const boxed = "This name cannot be shown"
	for _, c := range []struct {
		name, latin, want string
		draws             func(string) bool
	}{
		{"ნ. ბ.", "N. B.", "ნ. ბ.", nil},
		{"ნ. ბ.", "N. B.", "N. B.", isASCII},
		{"ნ. ბ.", "", boxed, isASCII},
		{"ნ. ბ.", "Ñ.", boxed, isASCII},
		{"", "N. B.", "", isASCII},
		{"**", "N. B.", "No name on this pass", isASCII},
	} {
		words.Draws = c.draws
		if got := words.Name(&pass.Pass{Claims: pass.Claims{Name: c.name, Latin: c.latin}}); got != c.want {
			t.Errorf("%q or %q is shown as %q, want %q", c.name, c.latin, got, c.want)
		}
	}
}

func isASCII(s string) bool { return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 }) }

func TestEveryReasonIsWorded(t *testing.T) {
	for _, r := range verdict.Reasons() {
		for _, language := range []string{"zh", "en"} {
			said := wording.Sentence(verdict.Verdict{Reason: r, Outcome: r.Outcome()}, language, noon)
			if said == string(r) || strings.ContainsAny(said, "{}\u2060") {
				t.Errorf("%s in %s: %q", r, language, said)
			}
		}
	}
}

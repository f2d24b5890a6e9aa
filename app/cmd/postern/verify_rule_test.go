package main

import (
	"strings"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/policy"
	"postern/sync/verdict"
)

// A rule that has no answer is Check with its name, in what verify says and in
// the journal.
func TestARuleWithoutAnAnswerIsNamed(t *testing.T) {
	dir, w := t.TempDir(), storetest.NewWorld(t, 1)
	logic, err := policy.ParseExpr([]byte(`{">":[{"var":"payload.name"},3]}`)) // a name is no number
	if err != nil {
		t.Fatal(err)
	}
	long := "recent-proof-" + strings.Repeat("x", 50)
	w.Policy.Rules = []policy.Rule{{ID: long, Logic: logic, Description: map[string]string{"en": "A recent proof."}}}
	s, err := store.Open(t.Context(), dir, store.Options{Now: func() time.Time { return w.Now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w.Joined(t, s, 400)
	code, lines, _, said := verifyRun(t, "", "--json", "--gate", dir, w.Pass(t, 4))
	if code != exitNotAll || outcomes(lines) != "Check/rule_failed/C-RER" || lines[0].Rule != long || lines[0].Sentence != "A recent proof." {
		t.Errorf("exit %d, %s, %+v", code, said, lines)
	}
	if _, _, out, _ := verifyRun(t, "", "--gate", dir, w.Pass(t, 4)); !strings.HasPrefix(out, "CHECK   C-RER   Rule "+long+" could not be answered for this pass. A recent proof.\n") {
		t.Errorf("for people:\n%s", out)
	}

	g := gate.New(t.Context(), s, gate.Options{Now: func() time.Time { return w.Now }})
	if v := g.Check(t.Context(), scan.Reading{Text: w.Pass(t, 4)}); v.Reason != verdict.RuleFailed {
		t.Fatalf("the gate says %s", v.Reason)
	}
	entries, err := s.Recent(t.Context(), 1)
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	reason, rule := verdict.ParseCode(entries[0].Reason)
	if reason != verdict.RuleFailed || rule == "" || !strings.HasPrefix(long, rule) || len(entries[0].Reason) > 64 {
		t.Errorf("the journal says %q", entries[0].Reason)
	}
}

// A rule of the place, with the authority's sentence, on both kinds of output.
func TestVerifySaysTheRule(t *testing.T) {
	dir, w := t.TempDir(), storetest.NewWorld(t, 1)
	logic, err := policy.ParseExpr([]byte(`{"===":[{"var":"payload.issuer"},"XB"]}`))
	if err != nil {
		t.Fatal(err)
	}
	w.Policy.Rules = []policy.Rule{{ID: "ours", Logic: logic}}
	w.Policy.Sentences = map[string]map[string]string{"ours": {"zh": "只收本市的码。", "en": "Only passes of this city."}}
	s, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w.Joined(t, s, 400)

	code, lines, _, said := verifyRun(t, "", "--json", "--gate", dir, w.Pass(t, 4))
	if code != exitNotAll || outcomes(lines) != "Check/rule/C-RUL" || lines[0].Rule != "ours" || lines[0].Sentence != "Only passes of this city." {
		t.Errorf("exit %d, %s, %+v", code, said, lines)
	}
	if _, _, out, _ := verifyRun(t, "", "--gate", dir, w.Pass(t, 4)); !strings.HasPrefix(out, "CHECK   C-RUL   Only passes of this city. (rule ours)\n") {
		t.Errorf("for people:\n%s", out)
	}
}

package main

import (
	"strings"
	"testing"

	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/policy"
)

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

package policy_test

import (
	"strings"
	"testing"

	"postern/sync/policy"
)

func TestListRule(t *testing.T) {
	const rest = `"v":1,"name":"a","paper":true,"fresh":{"ageing_after":1,"stale_after":2,"stale":"check","blind":"unknown"},"clock":{"ahead_days":1}`
	for rule, want := range map[string]string{
		`{}`: "", `{"formats":["hcert","shc"],"missing":"check","over":"admit"}`: "", `{"over":"unknown"}`: "",
		`{"formats":["native"]}`: "always here", `{"formats":["a b"]}`: "format", `{"missing":"maybe"}`: "admit, check or unknown", `{"other":1}`: "unknown field",
	} {
		p, err := policy.Parse([]byte(`{"lists":` + rule + `,` + rest + `}`))
		if want == "" && (err != nil || p.Lists == nil) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", rule, err, want)
		}
	}
	var none *policy.ListRule
	if none.Asks("hcert") || none.WhenMissing() != policy.Unknown || none.WhenOver() != policy.Unknown {
		t.Error("the absent rule asks for something, or lets something pass")
	}
}

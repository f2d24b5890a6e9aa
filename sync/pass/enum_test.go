package pass_test

import (
	"testing"

	"postern/sync/pass"
)

// A kind of slip that this version has no word for reads "other".
func TestSlipKindsOutOfRange(t *testing.T) {
	words := map[pass.SlipKind]string{pass.Visitor: "visitor", pass.Replacement: "replacement", pass.Medical: "medical"}
	for i := range 256 {
		want, known := words[pass.SlipKind(i)]
		if !known {
			want = "other"
		}
		if got := pass.SlipKind(i).String(); got != want {
			t.Errorf("kind %d reads %q, want %q", i, got, want)
		}
	}
}

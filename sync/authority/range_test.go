package authority_test

import (
	"testing"

	"postern/sync/authority"
	"postern/sync/pass"
	"postern/sync/status"
)

// TestCare: of two tests in one minute that counts which asks for more care,
// and a result without a meaning asks for the most. The ledger orders them as
// the program does.
func TestCare(t *testing.T) {
	a, _ := mustCreate(t)
	defer a.Close()
	for n := range 256 {
		want := 2
		switch r := pass.Result(n); r {
		case pass.Negative:
			want = 0
		case pass.Inconclusive:
			want = 1
		}
		if got := authority.Care(pass.Result(n)); got != want {
			t.Errorf("result %d asks for care %d, want %d", n, got, want)
		}
		if got, err := a.CareInLedger(t.Context(), pass.Result(n)); err != nil || got != want {
			t.Errorf("in the ledger result %d asks for care %d, want %d; %v", n, got, want, err)
		}
	}
}

// TestColours: a pass shows green for a good status and for no other, and no
// colour at all for one without a meaning.
func TestColours(t *testing.T) {
	known := map[status.Value]pass.Colour{status.Good: pass.Green, status.Suspended: pass.Amber, status.Barred: pass.Red}
	for n := range 256 {
		if got := authority.ColourOf(status.Value(n)); got != known[status.Value(n)] {
			t.Errorf("status %d shows colour %d, want %d", n, got, known[status.Value(n)])
		}
	}
}

package look_test

import (
	"testing"

	"postern/app/look"
	"postern/sync/verdict"
)

// An outcome that is none of the four is painted and named as Unknown.
func TestOutcomesOutOfRange(t *testing.T) {
	names := []string{"unknown", "admit", "check", "refuse"}
	grounds := []uint32{0x37506b, 0x08603a, 0xf2b01e, 0xa3161f}
	for n := range 256 {
		o, want := verdict.Outcome(n), n
		if n >= len(names) {
			want = int(verdict.Unknown)
		}
		if got := look.Name(o); got != names[want] {
			t.Errorf("outcome %d is named %s, want %s", n, got, names[want])
		}
		if got := look.Outcome(o).Ground; got != look.RGB(grounds[want]) {
			t.Errorf("outcome %d stands on %v, want %#06x", n, got, grounds[want])
		}
		if look.Outcome(o).Ink != look.Outcome(verdict.Outcome(want)).Ink {
			t.Errorf("outcome %d has the ink %v", n, look.Outcome(o).Ink)
		}
	}
}

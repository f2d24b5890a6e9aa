package pass

import "testing"

// A key allows what one of its three uses names. Bits that have no name allow
// nothing: only a key without any may certify all.
func TestUsesOutOfRange(t *testing.T) {
	for n := range 256 {
		u := Uses(n)
		for _, entry := range []Uses{UseTest, UseVaccination, UseRecovery} {
			if got, want := u.allow(entry), u == 0 || u&entry != 0; got != want {
				t.Errorf("uses %08b allow %03b: %v", n, entry, got)
			}
		}
		p := Pass{Document: map[string]any{"v": 1, "t": 1, "r": 1}}
		p.Doses, p.Tests = &Doses{Count: 1}, []Test{{Kind: Antigen}}
		if u == 0 {
			continue // such a key is not asked
		}
		p.certify(u)
		document := p.Certified().(map[string]any)
		if (p.Doses != nil) != (u&UseVaccination != 0) || (p.Tests != nil) != (u&UseTest != 0) || (document["r"] != nil) != (u&UseRecovery != 0) {
			t.Errorf("uses %08b leave %+v, %v", n, p.Claims, document)
		}
	}
}

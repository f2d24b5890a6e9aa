package pass_test

import (
	"cmp"
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

// A colour, a kind or a result that the table does not have is refused, or
// kept as "other", when a pass is sealed and when one is opened.
func TestCodesOutOfRange(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	for n := range 256 {
		colour, kind, result := leastClaims(), leastClaims(), leastClaims()
		colour.Colour = pass.Colour(n)
		kind.Tests = []pass.Test{{Kind: pass.Kind(n), At: issuedAt}}
		result.Tests = []pass.Test{{Kind: pass.Antigen, Result: pass.Result(n), At: issuedAt}}
		wantKind := pass.Kind(n)
		if wantKind > pass.Antigen {
			wantKind = pass.OtherKind
		}
		for name, c := range map[string]struct {
			claims pass.Claims
			fits   bool
			test   pass.Test
		}{
			"colour": {colour, n <= int(pass.Red), pass.Test{}},
			"kind":   {kind, n >= 1 && n <= int(pass.OtherKind), pass.Test{Kind: wantKind, At: issuedAt}},
			"result": {result, n <= int(pass.Inconclusive), pass.Test{Kind: pass.Antigen, Result: pass.Result(n), At: issuedAt}},
		} {
			text, err := pass.Seal(c.claims, signer(t, rfcKey()))
			if (err == nil) != c.fits {
				t.Errorf("%s %d: sealed with error %v", name, n, err)
			}
			if err != nil {
				continue
			}
			p, err := pass.Open(text, keys)
			if err != nil || p.Colour != c.claims.Colour || len(p.Tests) > 0 && p.Tests[0] != c.test {
				t.Errorf("%s %d: opened as %+v, %v", name, n, p, err)
			}
		}
	}
	for _, n := range []int{0, 1, 2, 3, 4, 5, 6, 7, 64, 255, 256, 257, 1 << 32} { // on the wire numbers have no end
		health := map[any]any{2: n}
		payload := map[any]any{1: issuer, 4: issuedAt.Unix() + 1, 6: issuedAt.Unix(), 7: []byte("12345678"), -70001: health}
		if _, err := pass.Open(signedPayload(t, encode(t, payload)), keys); (err == nil) != (n <= int(pass.Red)) {
			t.Errorf("colour %d on the wire: %v", n, err)
		}
		payload[-70001] = map[any]any{3: []any{[]any{1, n, 1}}}
		if _, err := pass.Open(signedPayload(t, encode(t, payload)), keys); (err == nil) != (n <= int(pass.Inconclusive)) {
			t.Errorf("result %d on the wire: %v", n, err)
		}
		payload[-70001] = map[any]any{3: []any{[]any{n, 0, 1}}}
		if _, err := pass.Open(signedPayload(t, encode(t, payload)), keys); (err == nil) != (n >= 1 && n <= int(pass.OtherKind)) {
			t.Errorf("kind %d on the wire: %v", n, err)
		}
	}
}

// A kind of slip is allowed only by a delegation that lists its number, and one
// beyond the table by none.
func TestSlipsOfKindsOutOfRange(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	for n := range 256 {
		k := pass.SlipKind(n)
		d := delegated()
		if _, err := delegate(t, d).Seal(k, slipClaims()); (err == nil) != (k == pass.Visitor || k == pass.Replacement) {
			t.Errorf("kind %d of slip under a delegation of two others: %v", n, err)
		}
		d.Kinds = []pass.SlipKind{k}
		_, err := d.Seal(signer(t, rfcKey()))
		if (err == nil) != (n >= 1 && n <= 63) {
			t.Errorf("a delegation of kind %d: %v", n, err)
		}
		if err != nil {
			continue
		}
		text, err := delegate(t, d).Seal(k, slipClaims())
		if err != nil {
			t.Fatal(err)
		}
		if p, err := pass.Open(text, keys); err != nil || p.Slip.Kind != k {
			t.Errorf("a slip of kind %d opened as %+v, %v", n, p, err)
		}
	}
}

// A kind or a result without a word of its own reads "other" and "inconclusive".
func TestWordsOutOfRange(t *testing.T) {
	kinds := map[pass.Kind]string{pass.NucleicAcid: "nucleic", pass.Antigen: "antigen"}
	results := map[pass.Result]string{pass.Negative: "negative", pass.Positive: "positive"}
	for i := range 256 {
		if got, want := pass.Kind(i).String(), cmp.Or(kinds[pass.Kind(i)], "other"); got != want {
			t.Errorf("kind %d reads %q, want %q", i, got, want)
		}
		if got, want := pass.Result(i).String(), cmp.Or(results[pass.Result(i)], "inconclusive"); got != want {
			t.Errorf("result %d reads %q, want %q", i, got, want)
		}
	}
}

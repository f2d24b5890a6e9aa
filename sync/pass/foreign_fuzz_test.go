package pass_test

import (
	"errors"
	"os"
	"testing"

	"postern/sync/pass"
)

// fuzzForeign fuzzes one format's opener, on what its texts carry, so that the
// fuzzer need not guess checksums. The property: a pass or one of the errors of
// this package, and what opens says what its issuer signed, which here is one
// sample, or was signed by nobody the keyring knows.
func fuzzForeign(f *testing.F, format pass.Format, folders ...string) {
	s := samples(f)[format]
	want, err := pass.Open(s.text, s.keys)
	if err != nil {
		f.Fatal(err)
	}
	pieces, wrap := unwrap(f, format, s.text)
	f.Add(pieces[len(pieces)-1], 0)
	for i, piece := range pieces {
		f.Add(piece, i)
		f.Add(piece[:len(piece)/2], i)
	}
	if os.Getenv("POSTERN_VECTORS") != "" {
		for _, folder := range folders {
			for _, v := range vectors(f, folder) {
				if text := v.text(f); text != "" {
					f.Add([]byte(text), -1)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, i int) {
		text := string(b)
		if i >= 0 {
			changed := append([][]byte{}, pieces...)
			changed[i%len(changed)] = b
			text = wrap(changed)
		}
		p, err := pass.Open(text, s.keys)
		if (p == nil) == (err == nil) || p.Genuine() != (err == nil) {
			t.Fatalf("gave %+v and %v", p, err)
		}
		if err == nil && !sameWord(p, want) {
			t.Fatalf("%q opens as %+v, which nobody signed", text, p)
		}
		for _, sentinel := range sentinels {
			if err == nil || errors.Is(err, sentinel) {
				return
			}
		}
		t.Fatalf("%v is none of the errors of this package", err)
	})
}

func FuzzHCERT(f *testing.F)    { fuzzForeign(f, pass.HCERT, "hcert", "hcert-qa", "who") }
func FuzzSHC(f *testing.F)      { fuzzForeign(f, pass.SHC, "shc") }
func FuzzClaim169(f *testing.F) { fuzzForeign(f, pass.Claim169, "claim169") }
func FuzzPretix(f *testing.F)   { fuzzForeign(f, pass.Pretix, "pretix") }
func FuzzNZCP(f *testing.F)     { fuzzForeign(f, pass.NZCP, "nzcp") }
func FuzzVDSNC(f *testing.F)    { fuzzForeign(f, pass.VDSNC, "vdsnc") }

// Whatever parts are shown, in whatever order, no more than a text comes of it.
func FuzzParts(f *testing.F) {
	f.Add("shc:/1/2/5676", "shc:/2/2/2909")
	f.Add("shc:/2/2/5676", "PP1:")
	f.Fuzz(func(t *testing.T, first, second string) {
		var parts pass.Parts
		for _, text := range []string{first, second, first} {
			whole, err := parts.Add(text, issuedAt)
			if err != nil && (whole != "" || !errors.Is(err, pass.ErrPart) && !errors.Is(err, pass.ErrMalformed)) {
				t.Fatalf("%q gave %q, %v", text, whole, err)
			}
			if err == nil && whole != text && len(whole) > pass.MaxText+8 {
				t.Fatalf("%q became %d bytes", text, len(whole))
			}
			if have, of := parts.Have(); have > of || of > 0 && have == of {
				t.Fatalf("%d of %d parts wait", have, of)
			}
		}
	})
}

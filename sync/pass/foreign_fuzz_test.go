package pass_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"postern/sync/pass"
)

// fuzzForeign fuzzes one format's opener, on what its texts carry, so that the
// fuzzer need not guess checksums. The property: a pass or one of the errors of
// this package, and what opens is, to the word, what one of its issuers signed.
// These are an invented one and, where POSTERN_VECTORS is set, those of the
// cases that others published.
func fuzzForeign(f *testing.F, format pass.Format, folders ...string) {
	s := samples(f)[format]
	pieces, wrap := unwrap(f, format, s.text)
	f.Add(pieces[len(pieces)-1], 0)
	for i, piece := range pieces {
		f.Add(piece, i)
		f.Add(piece[:len(piece)/2], i)
	}
	texts, keys := []string{s.text}, s.keys
	if os.Getenv("POSTERN_VECTORS") != "" {
		published, theirs := seedVectors(f, format, folders)
		texts, keys = append(texts, published...), pass.NewKeyring(append(theirs, s.list...))
	}
	signed := map[string]bool{}
	for _, text := range texts {
		if p, err := pass.Open(text, keys); err == nil {
			signed[word(f, p)] = true
		}
	}
	if len(signed) == 0 {
		f.Fatal("nothing opens")
	}
	f.Fuzz(func(t *testing.T, b []byte, i int) {
		text := string(b)
		if i >= 0 {
			changed := append([][]byte{}, pieces...)
			changed[i%len(changed)] = b
			text = wrap(changed)
		}
		p, err := pass.Open(text, keys)
		if (p == nil) == (err == nil) || p.Genuine() != (err == nil) {
			t.Fatalf("gave %+v and %v", p, err)
		}
		if err == nil && !signed[word(t, p)] {
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

// maxSeeds of a folder are enough: each costs every run some milliseconds
// before it begins, and TestVectors asks them all.
const maxSeeds = 40

// seedVectors adds published cases of a format, and gives their texts and keys.
func seedVectors(f *testing.F, format pass.Format, folders []string) (texts []string, keys []pass.Key) {
	known := map[string]bool{} // the same key signed many of them
	for _, folder := range folders {
		cases := vectors(f, folder)
		names := slices.Sorted(maps.Keys(cases))
		for i := 0; i < len(names); i += 1 + len(names)/maxSeeds {
			v := cases[names[i]]
			text := v.text(f)
			if text == "" {
				continue
			}
			f.Add(v.seed(f, format, text))
			texts = append(texts, text)
			for _, k := range v.Keys {
				if name := fmt.Sprintf("%+v", k); !known[name] {
					known[name] = true
					keys = append(keys, k.keys(f)...)
				}
			}
		}
	}
	return texts, keys
}

// seed is what a text carries, where it opens, else the text. Of a health
// card's three pieces one alone says nothing.
func (v vector) seed(f *testing.F, format pass.Format, text string) (b []byte, piece int) {
	if p, err := pass.Open(text, v.keyring(f)); err == nil && p.Format == format && format != pass.SHC {
		pieces, _ := unwrap(f, format, text)
		return pieces[0], 0
	}
	return []byte(text), -1
}

// word is all that a pass says.
func word(t testing.TB, p *pass.Pass) string {
	b, err := json.Marshal([]any{p.Claims, p.Document, p.Format, p.LastSecond})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
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

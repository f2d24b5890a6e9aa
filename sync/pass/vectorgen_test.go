package pass_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/pass"
)

var update = flag.Bool("update", false, "make the cases in testdata/vectors anew")

// The generator makes passes as issuers' software does and writes down, from
// the people it made up, what must come of them. It never opens one. Its keys
// come from a seed, which two runs of one version of Go share: what the files
// hold is fixed all the same, since they are made only on demand.
//
//	go test ./sync/pass -run TestGeneratorOfVectors -update
func TestGeneratorOfVectors(t *testing.T) {
	made := map[string][]vectorCase{}
	for name, parts := range generators {
		t.Run(name, func(t *testing.T) {
			cryptotest.SetGlobalRandom(t, 20) // for each file anew, so that a case more in one leaves the others as they are
			g := &generator{t: t}
			for _, part := range parts {
				part(g)
			}
			made[name] = g.cases
		})
	}
	if *update {
		for name, cases := range made {
			writeJSON(t, filepath.Join(vectorFolder, name+".json"), cases)
		}
	}
	kept := vectorFiles(t)
	if !slices.Equal(slices.Sorted(maps.Keys(made)), slices.Sorted(maps.Keys(kept))) {
		t.Fatalf("the generator makes %v, the files are %v", slices.Sorted(maps.Keys(made)), slices.Sorted(maps.Keys(kept)))
	}
	for name, cases := range made {
		if len(cases) != len(kept[name]) {
			t.Errorf("%s: the generator makes %d cases, the file has %d", name, len(cases), len(kept[name]))
			continue
		}
		for i, c := range cases {
			k := kept[name][i]
			if c.Name != k.Name || c.Repeat != k.Repeat || !sameAsJSON(t, withoutKeys(c.Expect), withoutKeys(k.Expect)) {
				t.Errorf("%s: the generator means\n%s %s\nthe file has\n%s %s", name, c.Name, oneLine(c.Expect), k.Name, oneLine(k.Expect))
			}
		}
	}
}

// withoutKeys leaves out what depends on the keys of a run: kids, a holder's key, and identifiers that are hashes.
func withoutKeys(e expectation) expectation {
	e.KID, e.Holder = "", ""
	if len(e.ID) == 64 {
		e.ID = ""
	}
	return e
}

// deep is what stands within a member of an expectation or a key.
var deep = regexp.MustCompile(`\n {4,}|\n {3}([\]}])`)

// writeJSON writes what people can read and compare line by line: each claim and each key has one.
func writeJSON(t *testing.T, file string, v any) {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, deep.ReplaceAll(b.Bytes(), []byte("$1")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// generators make the cases of one file each.
var generators = map[string][]func(*generator){
	"native": {nativeCases, nativeEdges}, "presentation": {presentationCases}, "slip": {slipCases, slipEdges},
	"hcert": {hcertCases, hcertAlgorithms, hcertHeaders, hcertTimes, hcertEntries, hcertForms},
	"shc":   {shcCases, shcEntries, shcForms, shcParts}, "claim169": {identityCases, identityEdges},
	"pretix": {pretixCases, pretixEdges}, "nzcp": {nzcpCases, nzcpEdges}, "vdsnc": {vdsncCases, vdsncEdges},
}

// generator collects the cases of a file.
type generator struct {
	t     *testing.T
	cases []vectorCase
}

func (g *generator) add(name, text string, expect expectation, keys ...pass.Key) {
	c := vectorCase{Name: name, Text: text, Expect: expect}
	for _, k := range keys {
		c.Keys = append(c.Keys, g.trusted(k))
	}
	g.cases = append(g.cases, c)
}

// bad adds a case that gives an error of one kind.
func (g *generator) bad(name, text, kind string, keys ...pass.Key) {
	g.add(name, text, expectation{Error: kind}, keys...)
}

// tooLong adds a case of more than 8 KiB behind a prefix.
func (g *generator) tooLong(prefix string, k pass.Key) {
	g.bad("longer than a pass can be", prefix+"0000", "too long", k)
	g.cases[len(g.cases)-1].Repeat = pass.MaxText/8 + 1
}

func (g *generator) trusted(k pass.Key) trustedKey {
	out := trustedKey{
		Issuer: k.Issuer, Name: k.IssuerName, KID: hex.EncodeToString(k.ID), Withdrawn: k.Withdrawn, Format: k.Format, Uses: k.Uses,
		From: timePointer(k.From), To: timePointer(k.To),
	}
	if k.Certificate != nil {
		out.Certificate = k.Certificate.Raw
	} else {
		out.Public = spki(g.t, k.Public)
	}
	return out
}

// keyCases are the ways in which the key of a good presentation may be amiss.
// issued is when it was issued; formats that do not say are within their key's period instead.
func (g *generator) keyCases(text string, expect expectation, k pass.Key, other crypto.PublicKey) {
	g.bad("nobody is trusted", text, "no key")
	stranger := k
	stranger.ID = []byte("someone!")[:len(k.ID)]
	g.bad("another kid is trusted", text, "no key", stranger)
	alike := k
	alike.ID = slices.Clone(k.ID)
	alike.ID[len(alike.ID)-1] ^= 1
	g.bad("a kid is trusted that ends otherwise", text, "no key", alike)
	wrong := k
	wrong.Public = other
	g.bad("another key under the same kid", text, "forged", wrong)
	g.add("two keys under one kid", text, expect, wrong, k)
	withdrawn := k
	withdrawn.Withdrawn = true
	g.bad("withdrawn key", text, "withdrawn", withdrawn)
	g.bad("withdrawn, and there once more", text, "withdrawn", k, withdrawn)
	elsewhere := k
	elsewhere.Format = pass.Pretix
	if k.Format == pass.Pretix {
		elsewhere.Format = pass.NZCP
	}
	g.bad("key of another format", text, "no key", elsewhere)
	if expect.IssuedAt == nil {
		return
	}
	at := *expect.IssuedAt
	for _, c := range []struct {
		name     string
		from, to time.Time
		valid    bool
	}{
		{"key from that second on", at.Truncate(time.Second), time.Time{}, true},
		{"key from the second after", at.Truncate(time.Second).Add(time.Second), time.Time{}, false},
		{"key until the second after", time.Time{}, at.Truncate(time.Second).Add(time.Second), true},
		{"key until that very second", time.Time{}, at.Truncate(time.Second), false},
	} {
		k := k
		k.From, k.To = c.from, c.to
		if c.valid {
			g.add(c.name, text, expect, k)
		} else {
			g.bad(c.name, text, "key period", k)
		}
	}
}

// boundaries are the seconds round a pass's beginning and end.
func boundaries(begins, ends time.Time, lastSecond bool) (all []standingTime) {
	if !begins.IsZero() {
		all = append(all, standingTime{begins.Add(-time.Second).UTC(), "early"}, standingTime{begins.UTC(), "valid"})
	}
	if !ends.IsZero() {
		at := "over"
		if lastSecond {
			at = "valid"
		}
		all = append(all, standingTime{ends.Add(-time.Second).UTC(), "valid"}, standingTime{ends.UTC(), at}, standingTime{ends.Add(time.Second).UTC(), "over"})
	}
	return all
}

// deterministic is the encoding of RFC 8949, section 4.2.1, by the library alone.
func (g *generator) deterministic(v any) []byte {
	g.t.Helper()
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		g.t.Fatal(err)
	}
	b, err := mode.Marshal(v)
	if err != nil {
		g.t.Fatal(err)
	}
	return b
}

// sign1 is an untagged COSE_Sign1 in deterministic CBOR.
func (g *generator) sign1(key crypto.Signer, header map[int]any, payload []byte) []byte {
	g.t.Helper()
	protected := g.deterministic(header)
	tbs := g.deterministic([]any{"Signature1", protected, []byte{}, payload})
	var signature []byte
	switch key := key.(type) {
	case ed25519.PrivateKey:
		signature = ed25519.Sign(key, tbs)
	case *ecdsa.PrivateKey:
		signature = rawES256(g.t, key, tbs)
	}
	return g.deterministic([]any{protected, map[int]any{}, payload, signature})
}

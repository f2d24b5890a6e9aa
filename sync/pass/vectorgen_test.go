package pass_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/hex"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/internal/base45"
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
	"native": {nativeCases, nativeMore}, "presentation": {presentationCases}, "slip": {slipCases, slipMore},
	"hcert": {hcertCases, hcertAlgorithms, hcertHeaders, hcertTimes, hcertEntries, hcertForms},
	"shc":   {shcCases, shcEntries, shcForms, shcParts}, "claim169": {identityCases, identityMore},
	"pretix": {pretixCases, pretixMore}, "nzcp": {nzcpCases, nzcpMore}, "vdsnc": {vdsncCases, vdsncMore},
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

// minute is the 33rd of the hour three days before issuedAt, in a pass's minutes.
const testMinute = 29926473

func nativePayload() map[int]any {
	return map[int]any{
		1: issuer, 4: issuedAt.AddDate(0, 0, 7).Unix(), 6: issuedAt.Unix(), 7: []byte{8, 7, 6, 5, 4, 3, 2, 1},
		65535:  map[string]any{"status_list": map[string]any{"idx": 41234567, "uri": "s:7"}},
		-70001: map[int]any{1: "李*", 2: 2, 3: []any{[]any{1, 0, testMinute}, []any{2, 1, testMinute + 59}}, 4: []any{3, 20587}, 5: 1985},
	}
}

func nativeExpectation(k pass.Key) expectation {
	return expectation{
		Format: pass.Native, Issuer: issuer, IssuerName: "Invented City", KID: hex.EncodeToString(k.ID), ID: "0807060504030201",
		IssuedAt: timePointer(issuedAt), Expires: timePointer(issuedAt.AddDate(0, 0, 7)),
		Status: &statusRef{"s:7", 41234567}, Name: "李*", Colour: pass.Amber, BirthYear: 1985,
		Tests: []testClaim{
			{pass.NucleicAcid, pass.Negative, time.Unix(testMinute*60, 0).UTC()},
			{pass.Antigen, pass.Positive, time.Unix((testMinute+59)*60, 0).UTC()},
		},
		Doses: &doseClaim{3, "2026-05-14"},
		At:    boundaries(issuedAt, issuedAt.AddDate(0, 0, 7), false),
	}
}

func nativeCases(g *generator) {
	key, ec := rfcKey(), p256Key(g.t)
	k, other := nativeKey(g.t, key.Public()), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	text := func(key crypto.Signer, alg int, kid []byte, payload []byte) string {
		return "PP1:" + base45.Encode(g.sign1(key, map[int]any{1: alg, 4: kid}, payload))
	}
	of := func(p map[int]any) string { return text(key, -8, k.ID, g.deterministic(p)) }
	changed := func(claim int, v any) string { p := nativePayload(); p[claim] = v; return of(p) }
	health := func(member int, v any) string {
		p := nativePayload()
		p[-70001].(map[int]any)[member] = v
		return of(p)
	}
	full := of(nativePayload())
	expect := nativeExpectation(k)
	g.add("full", full, expect, k)
	g.add("white space around it", " "+full+"\r\n", expect, k)
	g.add("Ed25519 by its new number", text(key, -19, k.ID, g.deterministic(nativePayload())), expect, k)
	kEC := nativeKey(g.t, ec.Public())
	expectEC := nativeExpectation(kEC)
	g.add("ES256", text(ec, -7, kEC.ID, g.deterministic(nativePayload())), expectEC, kEC)
	least := map[int]any{1: issuer, 4: issuedAt.Add(time.Hour).Unix(), 6: issuedAt.Unix(), 7: []byte("anything")}
	g.add("least", of(least), expectation{
		Format: pass.Native, Issuer: issuer, IssuerName: "Invented City", KID: hex.EncodeToString(k.ID), ID: hex.EncodeToString([]byte("anything")),
		IssuedAt: timePointer(issuedAt), Expires: timePointer(issuedAt.Add(time.Hour)), At: boundaries(issuedAt, issuedAt.Add(time.Hour), false),
	}, k)
	later := nativePayload()
	later[5] = issuedAt.Add(time.Hour).Unix()
	expectLater := nativeExpectation(k)
	expectLater.NotBefore, expectLater.At = timePointer(issuedAt.Add(time.Hour)), boundaries(issuedAt.Add(time.Hour), issuedAt.AddDate(0, 0, 7), false)
	g.add("begins an hour after its issue", of(later), expectLater, k)
	kinds := nativePayload()
	kinds[-70001] = map[int]any{3: []any{[]any{63, 2, testMinute}, []any{1, 2, testMinute}}}
	expectKinds := nativeExpectation(k)
	expectKinds.Name, expectKinds.Colour, expectKinds.BirthYear, expectKinds.Doses = "", pass.ColourNone, 0, nil
	expectKinds.Tests = []testClaim{{pass.OtherKind, pass.Inconclusive, time.Unix(testMinute*60, 0).UTC()}, {pass.NucleicAcid, pass.Inconclusive, time.Unix(testMinute*60, 0).UTC()}}
	g.add("tests alone, of other kinds and results", of(kinds), expectKinds, k)
	evening := issuedAt.Add(-3 * time.Hour)
	for i, name := range []string{"one negative test", "one positive test"} {
		p, e := nativePayload(), nativeExpectation(k)
		p[-70001] = map[int]any{3: []any{[]any{1, i, evening.Unix() / 60}}}
		e.Name, e.Colour, e.BirthYear, e.Doses = "", pass.ColourNone, 0, nil
		e.Tests = []testClaim{{pass.NucleicAcid, pass.Result(i), evening}}
		g.add(name, of(p), e, k)
	}
	g.keyCases(full, expect, k, other.Public())
	foreigner := k
	foreigner.Issuer = "Q"
	g.bad("key of another issuer", full, "no key", foreigner)
	g.bad("another issuer's claim", changed(1, "Q"), "no key", k)

	payload := g.deterministic(nativePayload())
	flipped := g.sign1(key, map[int]any{1: -8, 4: k.ID}, payload)
	flipped[len(flipped)-1] ^= 1
	g.bad("last bit of the signature", "PP1:"+base45.Encode(flipped), "forged", k)
	altered := g.sign1(key, map[int]any{1: -8, 4: k.ID}, payload)
	altered[bytes.Index(altered, []byte("李"))+3+1] ^= 1
	g.bad("one bit of the claims", "PP1:"+base45.Encode(altered), "forged", k)
	g.bad("signed by a stranger", text(other, -8, k.ID, payload), "forged", k)
	g.bad("ES256 under an Ed25519 key", text(ec, -7, k.ID, payload), "forged", k)
	g.bad("unknown algorithm", text(key, -35, k.ID, payload), "malformed", k)
	g.bad("kid of five bytes", text(key, -8, append(slices.Clone(k.ID), 0), payload), "malformed", k)
	whole := g.sign1(key, map[int]any{1: -8, 4: k.ID}, payload)
	g.bad("a byte left over", "PP1:"+base45.Encode(append(slices.Clone(whole), 0)), "malformed", k)
	g.bad("cut short", full[:len(full)-3], "malformed", k)
	g.bad("a tag round it", "PP1:"+base45.Encode(append([]byte{0xd2}, whole...)), "malformed", k)
	twice := append([]byte{payload[0] + 1, 1, 0x61, 'P'}, payload[1:]...)
	g.bad("a claim twice", text(key, -8, k.ID, twice), "malformed", k)
	long := bytes.Replace(payload, []byte{0x06, 0x1a}, []byte{0x06, 0x1b, 0, 0, 0, 0}, 1)
	g.bad("a number longer than it need be", text(key, -8, k.ID, long), "malformed", k)
	over := nativeExpectation(k)
	over.Expires, over.At = timePointer(issuedAt.Add(-time.Second)), []standingTime{{issuedAt.Add(-2 * time.Second), "early"}, {issuedAt, "over"}}
	g.add("over before it was issued", changed(4, issuedAt.Unix()-1), over, k)
	g.bad("no cti", func() string { p := nativePayload(); delete(p, 7); return of(p) }(), "malformed", k)
	g.bad("cti of seven bytes", changed(7, []byte("seven b")), "malformed", k)
	g.bad("no expiry", func() string { p := nativePayload(); delete(p, 4); return of(p) }(), "malformed", k)
	g.bad("test of a kind over 63", health(3, []any{[]any{64, 0, testMinute}}), "malformed", k)
	g.bad("test of two numbers", health(3, []any{[]any{1, testMinute}}), "malformed", k)
	g.bad("nine tests", health(3, slices.Repeat([]any{[]any{1, 0, testMinute}}, 9)), "malformed", k)
	g.bad("name of 65 bytes", health(1, strings.Repeat("n", 65)), "malformed", k)
	g.bad("colour over the last", health(2, 4), "malformed", k)
	g.bad("lower case", strings.ToLower(full), "foreign", k)
	g.bad("a web address", "https://example.org/PP1:ABC", "foreign", k)
	g.tooLong("PP1:", k)
}

func presentationCases(g *generator) {
	key, holder, thief := rfcKey(), p256Key(g.t), p256Key(g.t)
	k := nativeKey(g.t, key.Public())
	bound := nativePayload()
	point, err := holder.PublicKey.Bytes()
	if err != nil {
		g.t.Fatal(err)
	}
	bound[8] = map[int]any{1: map[int]any{1: 2, -1: 1, -2: point[1:33], -3: point[33:]}}
	inner := g.sign1(key, map[int]any{1: -8, 4: k.ID}, g.deterministic(bound))
	paper := g.sign1(key, map[int]any{1: -8, 4: k.ID}, g.deterministic(nativePayload()))
	at := issuedAt.Add(90 * time.Minute)
	show := func(by crypto.Signer, alg int, claims map[int]any) string {
		return "PH1:" + base45.Encode(g.sign1(by, map[int]any{1: alg}, g.deterministic(claims)))
	}
	claims := map[int]any{6: at.Unix(), -70003: inner}
	expect := nativeExpectation(k)
	expect.Holder, expect.Presented = holderOf(g.t, holder), timePointer(at)
	good := show(holder, -7, claims)
	g.add("shown by its holder", good, expect, k)
	onPaper := nativeExpectation(k)
	onPaper.Holder = holderOf(g.t, holder)
	g.add("the same on paper", "PP1:"+base45.Encode(inner), onPaper, k)
	a := expect
	a.Presented = timePointer(at.Add(time.Second))
	g.add("a second later", show(holder, -7, map[int]any{6: at.Unix() + 1, -70003: inner}), a, k)
	g.keyCases(good, expect, k, thief.Public())
	g.bad("shown by a thief", show(thief, -7, claims), "forged", k)
	g.bad("a pass that is nobody's", show(holder, -7, map[int]any{6: at.Unix(), -70003: paper}), "malformed", k)
	g.bad("no time", show(holder, -7, map[int]any{-70003: inner}), "malformed", k)
	g.bad("no pass", show(holder, -7, map[int]any{6: at.Unix()}), "malformed", k)
	forged := slices.Clone(inner)
	forged[len(forged)-1] ^= 1
	g.bad("a forged pass in it", show(holder, -7, map[int]any{6: at.Unix(), -70003: forged}), "forged", k)
	g.bad("shown by the issuer's key", show(key, -8, claims), "forged", k)
	g.bad("a pass called a presentation", "PH1:"+base45.Encode(inner), "malformed", k)
	g.bad("a presentation called a pass", "PP1:"+good[4:], "malformed", k)
	g.tooLong("PH1:", k)
}

func slipCases(g *generator) {
	key, gate, thief := rfcKey(), gateKey(), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32))
	k := nativeKey(g.t, key.Public())
	scope := func() map[int]any {
		return map[int]any{1: []byte("6Fd\x89\x06:\xb4Q"), 2: "East Gate", 3: []int{1, 2}, 4: 12 * 3600, 5: []string{"residential", "office"}}
	}
	delegation := func(scope map[int]any) map[int]any {
		return map[int]any{
			1: issuer, 4: issuedAt.Add(48 * time.Hour).Unix(), 6: issuedAt.Unix(), 7: []byte("delegate"),
			8: map[int]any{1: map[int]any{1: 1, -1: 6, -2: []byte(gate.Public().(ed25519.PublicKey))}}, 9: g.deterministic(scope),
			65535: map[string]any{"status_list": map[string]any{"idx": 4711, "uri": "s:1"}},
		}
	}
	sealed := func(d map[int]any) []byte { return g.sign1(key, map[int]any{1: -8, 4: k.ID}, g.deterministic(d)) }
	from, until := issuedAt.Add(time.Hour), issuedAt.Add(13*time.Hour)
	slip := func(d []byte) map[int]any {
		return map[int]any{4: until.Unix(), 6: from.Unix(), 7: []byte("slip0001"), -70001: map[int]any{1: "张*", 5: 1990}, -70004: 2, -70005: d}
	}
	by := func(signer ed25519.PrivateKey, s map[int]any) string {
		return "PT1:" + base45.Encode(g.sign1(signer, map[int]any{1: -8}, g.deterministic(s)))
	}
	change := func(claim int, v any) string {
		s := slip(sealed(delegation(scope())))
		s[claim] = v
		return by(gate, s)
	}
	good := by(gate, slip(sealed(delegation(scope()))))
	expect := expectation{
		Format: pass.TemporarySlip, Issuer: issuer, IssuerName: "Invented City", KID: hex.EncodeToString(k.ID),
		ID: hex.EncodeToString([]byte("6Fd\x89\x06:\xb4Qslip0001")), IssuedAt: timePointer(from), Expires: timePointer(until),
		Status: &statusRef{"s:1", 4711}, Name: "张*", BirthYear: 1990,
		Slip: &slipClaim{"replacement", "364664890" + "63ab451", "East Gate", 720, []string{"residential", "office"}},
		At:   boundaries(from, until, false),
	}
	g.add("replacement for twelve hours", good, expect, k)
	g.keyCasesOfSlip(good, expect, k, thief.Public())
	everywhere := scope()
	delete(everywhere, 5)
	expectAll := expect
	expectAll.Slip = &slipClaim{"replacement", "36466489063ab451", "East Gate", 720, nil}
	g.add("counts everywhere", by(gate, slip(sealed(delegation(everywhere)))), expectAll, k)
	visitor := expect
	visitor.Slip = &slipClaim{"visitor", "36466489063ab451", "East Gate", 720, []string{"residential", "office"}}
	g.add("visitor", change(-70004, 1), visitor, k)
	g.bad("a kind that the gate may not sign", change(-70004, 3), "key use", k)
	g.bad("a second longer than the gate may", change(4, until.Unix()+1), "key use", k)
	last := expect
	last.IssuedAt, last.Expires = timePointer(issuedAt.Add(48*time.Hour-time.Second)), timePointer(issuedAt.Add(49*time.Hour))
	last.At = boundaries(*last.IssuedAt, *last.Expires, false)
	s := slip(sealed(delegation(scope())))
	s[6], s[4] = last.IssuedAt.Unix(), last.Expires.Unix()
	g.add("the last second of the delegation", by(gate, s), last, k)
	s[6] = last.IssuedAt.Unix() + 1
	g.bad("the second the delegation ends", by(gate, s), "key period", k)
	s[6], s[4] = issuedAt.Unix()-1, from.Unix()
	g.bad("the second before it begins", by(gate, s), "key period", k)
	g.bad("signed by a thief", by(thief, slip(sealed(delegation(scope())))), "forged", k)
	g.bad("a delegation by the gate itself", by(gate, slip(g.sign1(gate, map[int]any{1: -8, 4: k.ID}, g.deterministic(delegation(scope()))))), "forged", k)
	g.bad("a delegation for three days", by(gate, slip(sealed(func() map[int]any { d := delegation(scope()); d[4] = issuedAt.Add(72 * time.Hour).Unix(); return d }()))), "malformed", k)
	g.bad("no delegation", func() string { s := slip(nil); delete(s, -70005); return by(gate, s) }(), "malformed", k)
	g.bad("a test on a slip", change(-70001, map[int]any{3: []any{[]any{1, 0, testMinute}}}), "malformed", k)
	g.bad("a pass called a slip", "PT1:"+base45.Encode(sealed(nativePayload())), "malformed", k)
	g.tooLong("PT1:", k)
}

// keyCasesOfSlip are those of the key that signed the delegation; its time of issue counts.
func (g *generator) keyCasesOfSlip(text string, expect expectation, k pass.Key, other crypto.PublicKey) {
	withdrawn, ended, wrong, foreigner := k, k, k, k
	withdrawn.Withdrawn, ended.To, wrong.Public, foreigner.Issuer = true, issuedAt, other, "Q"
	g.bad("nobody is trusted", text, "no key")
	g.bad("withdrawn key", text, "withdrawn", withdrawn)
	g.bad("key that ended when the delegation began", text, "key period", ended)
	g.bad("another key under the same kid", text, "forged", wrong)
	g.bad("key of another issuer", text, "no key", foreigner)
}

// vaccinated, tested and recovered are cards of people who do not exist.
func vaccinated() map[string]any {
	return map[string]any{
		"ver": "1.3.0", "dob": "1964-08-12", "nam": map[string]any{"fn": "d'Arsøns - van Halen", "gn": "François-Joan", "fnt": "DARSONS<VAN<HALEN", "gnt": "FRANCOIS<JOAN"},
		"v": []any{map[string]any{
			"ci": "URN:UVCI:01:XX:VACC#7", "co": "XX", "dn": 2, "dt": "2026-05-29", "is": "Invented Ministry", "ma": "ORG-100030215", "mp": "EU/1/20/1528", "sd": 2, "tg": "840539006", "vp": "1119349007",
		}},
	}
}

func tested(kind, result string) map[string]any {
	card := dcc()
	card["t"].([]any)[0].(map[string]any)["tt"], card["t"].([]any)[0].(map[string]any)["tr"] = kind, result
	return card
}

func recovered() map[string]any {
	return map[string]any{
		"ver": "1.3.0", "dob": "1979", "nam": map[string]any{"fn": "王", "gn": "小明", "fnt": "WANG", "gnt": "XIAOMING"},
		"r": []any{map[string]any{"ci": "URN:UVCI:01:XX:REC#1", "co": "XX", "df": "2026-06-01", "du": "2026-12-01", "fr": "2026-05-20", "is": "Invented Ministry", "tg": "840539006"}},
	}
}

func cardExpectation(card map[string]any, id, name string, year int) expectation {
	return expectation{
		Format: pass.HCERT, Issuer: "XX", IssuerName: "Invented State", KID: hex.EncodeToString(foreignKID), ID: hex.EncodeToString([]byte(id)),
		IssuedAt: timePointer(issuedAt), Expires: timePointer(issuedAt.AddDate(0, 6, 0)), LastSecond: true, Name: name, BirthYear: year,
		Document: card, At: boundaries(issuedAt, issuedAt.AddDate(0, 6, 0), true),
	}
}

func hcertCases(g *generator) {
	t, ec, ed, rs, other := g.t, p256Key(g.t), rfcKey(), rsaKey(g.t, 2048), p256Key(g.t)
	k := foreignKey(ec.Public())
	half := time.Date(2026, 11, 19, 20, 30, 0, 0, time.UTC) // 21:30:45 in their zone, to the minute
	expect := cardExpectation(dcc(), "URN:UVCI:01:XX:1234#5", "E. M. M.", 1990)
	expect.Tests = []testClaim{{pass.NucleicAcid, pass.Negative, half}}
	good := hcert(t, ec, hcertClaims(dcc()))
	g.add("test, ES256", good, expect, k)
	g.add("test, PS256", hcert(t, rs, hcertClaims(dcc())), expect, foreignKey(rs.Public()))
	g.add("test, EdDSA", hcert(t, ed, hcertClaims(dcc())), expect, foreignKey(ed.Public()))
	for _, c := range []struct {
		name, tt, tr string
		kind         pass.Kind
		result       pass.Result
	}{
		{"antigen, positive", "LP217198-3", "260373001", pass.Antigen, pass.Positive},
		{"antigen, negative", "LP217198-3", "260415000", pass.Antigen, pass.Negative},
		{"nucleic acid, positive", "LP6464-4", "260373001", pass.NucleicAcid, pass.Positive},
		{"nucleic acid, a result that nobody knows", "LP6464-4", "455371000124106", pass.NucleicAcid, pass.Inconclusive},
		{"a kind that nobody knows", "94764-8", "260415000", pass.OtherKind, pass.Negative},
	} {
		card := tested(c.tt, c.tr)
		e := cardExpectation(card, "URN:UVCI:01:XX:1234#5", "E. M. M.", 1990)
		e.Tests = []testClaim{{c.kind, c.result, half}}
		g.add(c.name, hcert(t, ec, hcertClaims(card)), e, k)
	}
	doses := cardExpectation(vaccinated(), "URN:UVCI:01:XX:VACC#7", "F. J. D. H.", 1964)
	doses.Doses = &doseClaim{2, "2026-05-29"}
	shot := hcert(t, ec, hcertClaims(vaccinated()))
	g.add("vaccination", shot, doses, k)
	g.add("recovery", hcert(t, ec, hcertClaims(recovered())), cardExpectation(recovered(), "URN:UVCI:01:XX:REC#1", "王*", 1979), k)
	uses := func(u pass.Uses) pass.Key { k := k; k.Uses = u; return k }
	g.add("key for vaccinations, on one", shot, doses, uses(pass.UseVaccination))
	g.bad("key for tests, on a vaccination", shot, "key use", uses(pass.UseTest))
	g.bad("key for recoveries, on a vaccination", shot, "key use", uses(pass.UseRecovery))
	g.bad("key for vaccinations, on a test", good, "key use", uses(pass.UseVaccination))
	both := vaccinated()
	both["t"] = dcc()["t"]
	lent := cardExpectation(map[string]any{"ver": both["ver"], "dob": both["dob"], "nam": both["nam"], "t": both["t"]}, "URN:UVCI:01:XX:VACC#7", "F. J. D. H.", 1964)
	lent.Tests = []testClaim{{pass.NucleicAcid, pass.Negative, half}}
	g.add("key for tests, on a card with a dose too", hcert(t, ec, hcertClaims(both)), lent, uses(pass.UseTest))
	flu := vaccinated()
	flu["v"].([]any)[0].(map[string]any)["tg"] = "6142004"
	g.add("a dose against another disease", hcert(t, ec, hcertClaims(flu)), cardExpectation(flu, "URN:UVCI:01:XX:VACC#7", "F. J. D. H.", 1964), k)
	g.keyCases(good, expect, k, other.Public())
	g.damagedHCERT(ec, k)
}

func (g *generator) damagedHCERT(ec *ecdsa.PrivateKey, k pass.Key) {
	t := g.t
	header := map[any]any{1: -7, 4: foreignKID}
	wrap := func(b []byte) string { return "HC1:" + base45.Encode(zlibOf(b)) }
	message := coseOf(t, ec, header, hcertClaims(dcc()))
	flipped := slices.Clone(message)
	flipped[len(flipped)-1] ^= 1
	g.bad("last bit of the signature", wrap(flipped), "forged", k)
	altered := bytes.Replace(slices.Clone(message), []byte("1990-02-28"), []byte("1991-02-28"), 1)
	g.bad("another year of birth", wrap(altered), "forged", k)
	g.bad("a byte left over", wrap(append(slices.Clone(message), 0)), "malformed", k)
	g.bad("a bomb", wrap(make([]byte, 1<<20)), "malformed", k)
	g.bad("not packed", "HC1:"+base45.Encode(message), "malformed", k)
	g.bad("no base45", "HC1:"+strings.ToLower(base45.Encode(zlibOf(message)))+"~", "malformed", k)
	g.bad("ES256 under an RSA key", wrap(message), "forged", foreignKey(rsaKey(t, 2048).Public()))
	g.bad("algorithm that nobody uses", wrap(coseOf(t, ec, map[any]any{1: -36, 4: foreignKID}, hcertClaims(dcc()))), "forged", k)
	early := hcertClaims(dcc())
	early[6] = -5
	g.bad("issued before 1970", wrap(coseOf(t, ec, header, early)), "malformed", k)
	none := hcertClaims(dcc())
	delete(none, -260)
	g.bad("no certificate in it", wrap(coseOf(t, ec, header, none)), "malformed", k)
	g.tooLong("HC1:", k)
}

func cardOfHealth() expectation {
	at := issuedAt.Add(time.Second / 2)
	return expectation{
		Format: pass.SHC, Issuer: healthIssuer, IssuerName: "Invented State", KID: hex.EncodeToString(foreignKID), ID: hex.EncodeToString([]byte("rid-of-a-card")),
		IssuedAt: timePointer(at), Name: "J. C. A.", BirthYear: 1961,
		Tests: []testClaim{{pass.NucleicAcid, pass.Negative, day(2026, 11, 18)}}, Doses: &doseClaim{2, "2026-06-29"},
		Document: card(), At: boundaries(at, time.Time{}, false),
	}
}

func shcCases(g *generator) {
	t, key, other := g.t, p256Key(g.t), p256Key(g.t)
	k := healthKey(key.Public())
	good := shc(t, key, card())
	g.add("two doses and a test", good, cardOfHealth(), k)
	ends := card()
	ends["exp"] = float64(issuedAt.Add(time.Hour).Unix())
	e := cardOfHealth()
	e.Expires, e.Document = timePointer(issuedAt.Add(time.Hour)), ends
	e.At = boundaries(*e.IssuedAt, *e.Expires, false)
	g.add("with an end", shc(t, key, ends), e, k)
	for code, result := range map[string]pass.Result{"260415000": pass.Negative, "260373001": pass.Positive} {
		c, e := testedHealth(code), cardOfHealth()
		e.ID, e.Doses, e.Document = hex.EncodeToString([]byte("rid-of-a-test")), nil, c
		e.Tests = []testClaim{{pass.NucleicAcid, result, issuedAt.Add(-3 * time.Hour)}}
		g.add("one test, "+code, shc(t, key, c), e, k)
	}
	slices.SortStableFunc(g.cases, func(a, b vectorCase) int { // the two have no order of their own
		if strings.HasPrefix(a.Name, "one test") && strings.HasPrefix(b.Name, "one test") {
			return strings.Compare(a.Name, b.Name)
		}
		return 0
	})
	number := strings.TrimPrefix(good, "shc:/")
	middle := len(number) / 4 * 2
	g.cases = append(g.cases, vectorCase{
		Name: "in two codes, the second first", Parts: []string{"shc:/2/2/" + number[middle:], "shc:/1/2/" + number[:middle]},
		Keys: []trustedKey{g.trusted(k)}, Expect: cardOfHealth(),
	}, vectorCase{
		Name: "one code of two", Parts: []string{"shc:/1/2/" + number[:middle]}, Keys: []trustedKey{g.trusted(k)}, Expect: expectation{Error: "part"},
	})
	g.keyCases(good, cardOfHealth(), k, other.Public())
	foreigner := k
	foreigner.Issuer += "/other"
	g.bad("key of another issuer", good, "no key", foreigner)
	flipped := []byte(good)
	flipped[len(flipped)-9] ^= 1
	g.bad("a digit of the signature", string(flipped), "forged", k)
	plain, err := json.Marshal(card())
	if err != nil {
		t.Fatal(err)
	}
	signed := func(header string, payload []byte) string { return "shc:/" + digits(jwsOf(t, key, header, payload)) }
	g.bad("not packed", signed(`{"alg":"ES256","kid":"8 bytes!"}`, plain), "malformed", k)
	g.bad("a member twice", signed(cardHeader, deflateOf(t, append([]byte(`{"iss":"x",`), plain[1:]...))), "malformed", k)
	g.bad("a bomb", signed(cardHeader, bomb(t)), "malformed", k)
	g.bad("no digits", "shc:/"+"abc", "malformed", k)
	g.bad("another algorithm", signed(`{"zip":"DEF","alg":"none","kid":"8 bytes!"}`, deflateOf(t, plain)), "malformed", k)
	g.bad("only a link", "shlink:/eyJ1cmwiOiJodHRwczovL2V4YW1wbGUub3JnIn0", "needs network", k)
}

// testedHealth is a card of one test, dated to the minute.
func testedHealth(result string) map[string]any {
	c := card()
	vc := c["vc"].(map[string]any)
	vc["rid"] = "rid-of-a-test"
	bundle := vc["credentialSubject"].(map[string]any)["fhirBundle"].(map[string]any)
	entries := bundle["entry"].([]any)
	observation := entries[len(entries)-1].(map[string]any)["resource"].(map[string]any)
	observation["effectiveDateTime"] = "2026-11-19T22:00:00+01:00"
	observation["valueCodeableConcept"] = map[string]any{"coding": []any{map[string]any{"code": result}}}
	bundle["entry"] = []any{entries[0], entries[len(entries)-1]}
	return c
}

// bomb is little that unpacks to much.
func bomb(t *testing.T) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, 9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func identityCases(g *generator) {
	t, key, ec := g.t, rfcKey(), p256Key(g.t)
	header := map[any]any{1: -8, 4: foreignKID}
	k := identityKey(key.Public())
	expect := expectation{
		Format: pass.Claim169, Issuer: "https://identity.example.org", IssuerName: "Invented State", KID: hex.EncodeToString(foreignKID),
		ID: hex.EncodeToString([]byte("3918592438")), IssuedAt: timePointer(issuedAt), Expires: timePointer(issuedAt.AddDate(1, 0, 0)),
		Name: "J. M. S.", BirthYear: 1990, At: boundaries(issuedAt, issuedAt.AddDate(1, 0, 0), false),
		Document: map[string]any{"id": "3918592438", "fullName": "Jane Marie Smith", "dateOfBirth": "19900515", "gender": 2},
	}
	good := identity(t, key, header, identityClaims())
	g.add("EdDSA", good, expect, k)
	g.add("ES256", identity(t, ec, map[any]any{1: -7, 4: foreignKID}, identityClaims()), expect, identityKey(ec.Public()))
	g.add("no kid", identity(t, key, map[any]any{1: -8}, identityClaims()), expect, identityKey(ec.Public()), k)
	withdrawn, ended, wrong, foreigner := k, k, k, k
	withdrawn.Withdrawn, ended.To, wrong.Public, foreigner.Issuer = true, issuedAt, ec.Public(), "https://other.example.org"
	g.bad("withdrawn key", good, "withdrawn", withdrawn)
	g.bad("key that ended when it was issued", good, "key period", ended)
	g.bad("another key under the same kid", good, "forged", wrong)
	g.bad("key of another issuer", good, "no key", foreigner)
	message := coseOf(t, key, header, identityClaims())
	message[len(message)-1] ^= 1
	g.bad("last bit of the signature", base45.Encode(zlibOf(message)), "forged", k)
	text := identityClaims()
	text[169] = "x"
	g.bad("a claim that is no map", identity(t, key, header, text), "foreign", k)
	late := identityClaims()
	late[6] = "yesterday"
	g.bad("issued in words", identity(t, key, header, late), "malformed", k)
}

func pretixCases(g *generator) {
	key, other := rfcKey(), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, 32))
	k := foreignKey(key.Public())
	k.Issuer, k.Format = "event-2026", pass.Pretix
	from, until := issuedAt, issuedAt.Add(8*time.Hour)
	expect := expectation{
		Format: pass.Pretix, Issuer: "event-2026", IssuerName: "Invented State", KID: hex.EncodeToString(foreignKID), ID: hex.EncodeToString([]byte("seed")),
		NotBefore: timePointer(from), Expires: timePointer(until), LastSecond: true,
		Document: map[string]any{"seed": "seed", "item": 300, "validFromUnixTime": from.Unix(), "validUntilUnixTime": until.Unix()},
		At:       boundaries(from, until, true),
	}
	payload := ticketPayload(uint64(from.Unix()), uint64(until.Unix()))
	good := pretix(key, payload)
	g.add("a ticket for a day", good, expect, k)
	always := expect
	always.NotBefore, always.Expires, always.At = nil, nil, nil
	always.Document = map[string]any{"seed": "seed", "item": 300}
	g.add("a ticket without times", pretix(key, ticketPayload(0, 0)), always, k)
	bounded := k
	bounded.From, bounded.To = issuedAt.Add(time.Hour), issuedAt.Add(2*time.Hour)
	within := expect
	within.NotBefore, within.Expires = timePointer(bounded.From), timePointer(bounded.To)
	within.At = boundaries(bounded.From, bounded.To, true)
	g.add("within its key's period", good, within, bounded)
	withdrawn, wrong := k, k
	withdrawn.Withdrawn, wrong.Public = true, other.Public()
	g.bad("withdrawn key", good, "withdrawn", withdrawn)
	g.bad("another event's key", good, "no key", wrong)
	g.bad("nobody is trusted", good, "no key")
	g.bad("signed by a stranger", pretix(other, payload), "no key", k)
	g.bad("no seed", pretix(key, payload[6:]), "malformed", k)
	g.bad("seed twice, the last one empty", pretix(key, append(slices.Clone(payload), 1<<3|2, 0)), "malformed", k)
	g.bad("a field cut short", pretix(key, payload[:len(payload)-1]), "malformed", k)
	g.bad("random text", "w2n8pq4x7d", "foreign", k)
	g.bad("a letter at the end", good+"A", "foreign", k)
}

func nzcpCases(g *generator) {
	t, key, other := g.t, p256Key(g.t), p256Key(g.t)
	k := nzKey(key.Public())
	expect := expectation{
		Format: pass.NZCP, Issuer: nzIssuer, IssuerName: "Invented State", KID: hex.EncodeToString(foreignKID), ID: hex.EncodeToString([]byte("0123456789abcdef")),
		IssuedAt: timePointer(issuedAt), NotBefore: timePointer(issuedAt), Expires: timePointer(issuedAt.AddDate(0, 6, 0)),
		Name: "J. S.", BirthYear: 1960, Document: nzClaims()["vc"], At: boundaries(issuedAt, issuedAt.AddDate(0, 6, 0), false),
	}
	good := nzcp(t, key, nzHeader, nzClaims())
	g.add("a pass", good, expect, k)
	g.keyCases(good, expect, k, other.Public())
	foreigner := k
	foreigner.Issuer = "did:web:other.example.org"
	g.bad("key of another issuer", good, "no key", foreigner)
	b := []byte(good)
	b[len(b)-20] = "AB"[b2i(b[len(b)-20] == 'A')]
	g.bad("a letter of the signature", string(b), "forged", k)
	for _, c := range []struct {
		name  string
		claim any
		value any
	}{{"no expiry", 4, nil}, {"no cti", 7, nil}, {"no credential", "vc", nil}, {"expiry in text", 4, "soon"}} {
		claims := nzClaims()
		if claims[c.claim] = c.value; c.value == nil {
			delete(claims, c.claim)
		}
		g.bad(c.name, nzcp(t, key, nzHeader, claims), "malformed", k)
	}
	g.bad("another version", strings.Replace(good, "/1/", "/2/", 1), "malformed", k)
	g.bad("no base32", "NZCP:/1/1111", "malformed", k)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func vdsncCases(g *generator) {
	t, key, other := g.t, p256Key(g.t), p256Key(g.t)
	state, stranger := newCA(t, "Invented CSCA", elliptic.P256()), newCA(t, "Another CSCA", elliptic.P256())
	k := state.keys[0]
	der := state.signer(t, key, sealUse)
	good := vdsnc(t, key, der, sealData())
	expect := expectation{
		Format: pass.VDSNC, Issuer: "XXX", IssuerName: "Invented CSCA", KID: hex.EncodeToString(k.ID), ID: hex.EncodeToString([]byte("U32870")),
		NotBefore: timePointer(issuedAt.AddDate(0, -1, 0)), Expires: timePointer(issuedAt.AddDate(3, 0, 0)), LastSecond: true,
		Name: "S. B.", BirthYear: 1990, Doses: &doseClaim{2, "2026-03-24"}, Document: sealData(),
		At: boundaries(issuedAt.AddDate(0, -1, 0), issuedAt.AddDate(3, 0, 0), true),
	}
	g.add("vaccination", good, expect, k)
	for _, c := range []struct {
		name, kind, result string
		of                 pass.Kind
		want               pass.Result
	}{
		{"molecular test, negative", "molecular(PCR)", "negative", pass.NucleicAcid, pass.Negative},
		{"antigen test, positive", "antigen", "positive", pass.Antigen, pass.Positive},
		{"a test with a result that nobody knows", "molecular(PCR)", "unclear", pass.NucleicAcid, pass.Inconclusive},
	} {
		data := testedSeal(c.kind, c.result)
		e := expect
		e.ID, e.Doses, e.Document = hex.EncodeToString([]byte("T1234")), nil, data
		e.Tests = []testClaim{{c.of, c.want, time.Date(2026, 11, 19, 9, 15, 0, 0, time.UTC)}}
		g.add(c.name, vdsnc(t, key, der, data), e, k)
	}
	withdrawn := k
	withdrawn.Withdrawn = true
	g.bad("nobody is trusted", good, "no key")
	g.bad("a CA that is not its", good, "no key", stranger.keys[0])
	g.bad("withdrawn CA", good, "withdrawn", withdrawn)
	g.bad("another year of birth", strings.Replace(good, "1990-01-02", "2008-01-02", 1), "forged", k)
	g.bad("signed by another key", vdsnc(t, other, der, sealData()), "forged", k)
	g.bad("a member twice", strings.Replace(good, `"uvci":`, `"uvci":"X","uvci":`, 1), "malformed", k)
	g.bad("no certificate", strings.Replace(good, `"cer":`, `"car":`, 1), "malformed", k)
	g.bad("no seal", `{"data":{"hdr":{"t":"icao.vacc","v":1,"is":"XXX"}}}`, "foreign", k)
}

// testedSeal is a proof of testing, ICAO Technical Report VDS-NC, part II.
func testedSeal(kind, result string) map[string]any {
	return map[string]any{
		"hdr": map[string]any{"t": "icao.test", "v": 1, "is": "XXX"},
		"msg": map[string]any{
			"utci": "T1234", "pid": map[string]any{"n": "Smith Bill", "dob": "1990-01-02", "dt": "P", "dn": "A1234567Z"},
			"sp":  map[string]any{"spn": "Invented Laboratory", "ctr": "XXX"},
			"dat": map[string]any{"sc": "2026-11-19T10:15:00+01:00", "ri": "2026-11-19T12:00:00+01:00", "tc": kind, "tr": result},
		},
	}
}

package pass_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/pass"
)

// testMinute is 00:33 three days before issuedAt, in minutes since 1970.
const testMinute = 29914593

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

// nativeEdges: algorithms that do not fit the key, and claims that no pass may have though they are signed.
func nativeEdges(g *generator) {
	key, ec := rfcKey(), p256Key(g.t)
	k, kEC := nativeKey(g.t, key.Public()), nativeKey(g.t, ec.Public())
	sealed := func(claims map[int]any) string {
		return "PP1:" + base45.Encode(g.sign1(key, map[int]any{1: -8, 4: k.ID}, g.deterministic(claims)))
	}
	payload := g.deterministic(nativePayload())
	by := func(key crypto.Signer, says, alg int) string {
		header := map[any]any{1: says, 4: kEC.ID}
		return "PP1:" + base45.Encode(sign1Message{key: key, alg: alg, payload: payload, protected: header}.bytes(g))
	}
	g.bad("says EdDSA, by a key on P-256", by(ec, -8, -7), "forged", kEC)
	g.bad("says ES256, signed over SHA-384", by(ec, -7, -35), "forged", kEC)
	underEC := k
	underEC.ID = kEC.ID
	g.bad("says ES256, by an Ed25519 key", by(key, -7, -8), "forged", underEC)
	longer, shorter := k, k
	longer.Issuer, shorter.Issuer = "PX", "P"
	renamed := nativePayload()
	renamed[1] = "PX"
	g.bad("key of an issuer whose name begins this one", sealed(renamed), "no key", shorter)
	g.bad("key of an issuer whose name begins so", sealed(nativePayload()), "no key", longer)
	anybody := k
	anybody.Issuer = ""
	g.add("key for any issuer", sealed(nativePayload()), nativeExpectation(k), anybody)
	twice := k
	twice.To = issuedAt
	g.add("two periods of one key", sealed(nativePayload()), nativeExpectation(k), twice, k)
	more := nativePayload()
	more[170] = []any{1, "x"}
	g.add("a claim of which nobody knows", sealed(more), nativeExpectation(k), k)
	green := nativePayload()
	green[-70001].(map[int]any)[2] = 1
	e := nativeExpectation(k)
	e.Colour = pass.Green
	g.add("green", sealed(green), e, k)

	signed := func(name string, claim int, v any) {
		p := nativePayload()
		if p[claim] = v; v == nil {
			delete(p, claim)
		}
		g.bad(name+", signed", sealed(p), "malformed", k)
	}
	health := func(name string, member int, v any) {
		p := nativePayload()
		p[-70001].(map[int]any)[member] = v
		g.bad(name+", signed", sealed(p), "malformed", k)
	}
	signed("a scope, so that it is a delegation", 9, []byte{0xa0})
	signed("no issuer", 1, nil)
	signed("no time of issue", 6, nil)
	signed("issued in the year 10000", 6, int64(253402300800))
	signed("an issuer with a line end", 1, "P\n")
	signed("a status list without uri", 65535, map[string]any{"status_list": map[string]any{"idx": 1}})
	signed("a holder's key that is no point", 8, map[int]any{1: map[int]any{1: 2, -1: 1, -2: make([]byte, 32), -3: make([]byte, 32)}})
	health("a test at minute 0", 3, []any{[]any{1, 0, 0}})
	health("a test of kind 0", 3, []any{[]any{0, 0, testMinute}})
	health("a result over the last", 3, []any{[]any{1, 3, testMinute}})
	health("100 doses", 4, []any{100, 20587})
	health("born in 1849", 5, 1849)
	health("a name that turns the direction of writing", 1, "A\u202eB")

	raw := func(name string, payload []byte) {
		g.bad(name+", signed", "PP1:"+base45.Encode(g.sign1(key, map[int]any{1: -8, 4: k.ID}, payload)), "malformed", k)
	}
	least := g.deterministic(map[int]any{1: issuer, 4: issuedAt.Add(time.Hour).Unix(), 6: issuedAt.Unix(), 7: []byte("anything")})
	raw("bytes behind the claims", append(slices.Clone(least), 0))
	raw("claims out of order", slices.Concat([]byte{0xa4, 7, 0x48}, []byte("anything"), least[1:len(least)-10]))
	raw("indefinite length", append(append([]byte{0xbf}, least[1:]...), 0xff))
	raw("a float", bytes.Replace(least, []byte{6, 0x1a}, []byte{6, 0xfa}, 1))
}

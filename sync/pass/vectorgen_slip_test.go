package pass_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/pass"
)

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
		Slip: &slipClaim{"replacement", "36466489063ab451", "East Gate", 720, []string{"residential", "office"}},
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

// slipEdges: what a slip and a delegation may not have though they are signed.
func slipEdges(g *generator) {
	key, gate := rfcKey(), gateKey()
	k := nativeKey(g.t, key.Public())
	scope := func() map[int]any {
		return map[int]any{1: []byte("6Fd\x89\x06:\xb4Q"), 2: "East Gate", 3: []int{1, 40}, 4: 3600}
	}
	delegation := func() map[int]any {
		return map[int]any{
			1: issuer, 4: issuedAt.Add(48 * time.Hour).Unix(), 6: issuedAt.Unix(), 7: []byte("delegate"),
			8: map[int]any{1: map[int]any{1: 1, -1: 6, -2: []byte(gate.Public().(ed25519.PublicKey))}}, 9: g.deterministic(scope()),
		}
	}
	sealed := func(payload []byte) []byte { return g.sign1(key, map[int]any{1: -8, 4: k.ID}, payload) }
	slip := func(d []byte) map[int]any {
		return map[int]any{4: issuedAt.Add(time.Hour).Unix(), 6: issuedAt.Unix(), 7: []byte("slip0002"), -70004: 40, -70005: d}
	}
	by := func(header map[int]any, payload []byte) string {
		return "PT1:" + base45.Encode(g.sign1(gate, header, payload))
	}
	unnamed := map[int]any{1: -8}
	inner := sealed(g.deterministic(delegation()))
	from, until := issuedAt, issuedAt.Add(time.Hour)
	g.add("nobody's name, a kind without a word, in the delegation's first second", by(unnamed, g.deterministic(slip(inner))), expectation{
		Format: pass.TemporarySlip, Issuer: issuer, IssuerName: "Invented City", KID: hex.EncodeToString(k.ID),
		ID: hex.EncodeToString([]byte("6Fd\x89\x06:\xb4Qslip0002")), IssuedAt: timePointer(from), Expires: timePointer(until),
		Slip: &slipClaim{"other", "36466489063ab451", "East Gate", 60, nil}, At: boundaries(from, until, false),
	}, k)
	bad := func(name string, payload []byte) { g.bad(name, by(unnamed, payload), "malformed", k) }
	g.bad("it names a key itself", by(map[int]any{1: -8, 4: k.ID}, g.deterministic(slip(inner))), "malformed", k)
	g.bad("a slip called a pass", "PP1:"+by(unnamed, g.deterministic(slip(inner)))[4:], "malformed", k)
	g.bad("a delegation called a pass", "PP1:"+base45.Encode(inner), "malformed", k)
	for _, claim := range []int{4, 6, 7, -70004} {
		s := slip(inner)
		delete(s, claim)
		bad(fmt.Sprintf("no claim %d", claim), g.deterministic(s))
	}
	changed := func(name string, claim int, v any) {
		s := slip(inner)
		s[claim] = v
		bad(name, g.deterministic(s))
	}
	changed("an issuer of its own", 1, issuer)
	changed("an identifier of nine bytes", 7, []byte("slip00002"))
	changed("a colour", -70001, map[int]any{2: 1})
	changed("a dose", -70001, map[int]any{4: []any{1, 20587}})
	changed("kind 0", -70004, 0)
	changed("kind 64", -70004, 64)
	changed("it ends as it begins", 4, issuedAt.Unix())
	bad("a byte behind the slip", append(g.deterministic(slip(inner)), 0))
	bad("a byte behind the delegation", g.deterministic(slip(append(slices.Clone(inner), 0))))
	bad("a pass in place of the delegation", g.deterministic(slip(sealed(g.deterministic(nativePayload())))))

	under := func(name string, claim int, v any) {
		d := delegation()
		if d[claim] = v; v == nil {
			delete(d, claim)
		}
		bad("delegation: "+name+", signed", g.deterministic(slip(sealed(g.deterministic(d)))))
	}
	scoped := func(name string, member int, v any) {
		s := scope()
		if s[member] = v; v == nil {
			delete(s, member)
		}
		under(name, 9, g.deterministic(s))
	}
	under("no key", 8, nil)
	under("no scope", 9, nil)
	under("a claim that none has", 5, issuedAt.Unix())
	under("a second longer than 48 hours", 4, issuedAt.Add(48*time.Hour).Unix()+1)
	under("it ends as it begins", 4, issuedAt.Unix())
	scoped("a gate's name of seven bytes", 1, []byte("7 bytes"))
	scoped("no place", 2, "")
	scoped("no kinds", 3, []int{})
	scoped("kinds out of order", 3, []int{40, 1})
	scoped("slips of 59 seconds", 4, 59)
	scoped("slips of more than 48 hours", 4, 48*3600+1)
	scoped("an empty policy", 5, []string{""})
	scoped("a member that none has", 6, 1)
}

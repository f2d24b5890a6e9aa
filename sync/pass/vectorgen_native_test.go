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

// nativeMore: algorithms that do not fit the key, and claims that no pass may have though they are signed.
func nativeMore(g *generator) {
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

// slipMore: what a slip and a delegation may not have though they are signed.
func slipMore(g *generator) {
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

package pass_test

import (
	"crypto"
	"encoding/base32"
	"encoding/hex"
	"slices"
	"strings"

	"postern/sync/pass"
)

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

// nzcpEdges: what the header must have, and what base32 must not.
func nzcpEdges(g *generator) {
	key := p256Key(g.t)
	k := nzKey(key.Public())
	plain := base32.StdEncoding.WithPadding(base32.NoPadding)
	payload := g.deterministic(nzClaims())
	of := func(change func(*sign1Message)) string {
		m := sign1Message{key: key, alg: -7, payload: payload}
		change(&m)
		return "NZCP:/1/" + plain.EncodeToString(m.bytes(g))
	}
	bad := func(name, kind string, change func(*sign1Message)) { g.bad(name, of(change), kind, k) }
	bad("kid in the header that is not signed", "malformed", func(m *sign1Message) {
		m.protected, m.unprotected = map[any]any{1: -7}, map[any]any{4: foreignKID}
	})
	bad("no alg", "malformed", func(m *sign1Message) { m.protected = map[any]any{4: foreignKID} })
	bad("says ES384", "malformed", func(m *sign1Message) { m.alg = -35 })
	bad("signed over SHA-384", "forged", func(m *sign1Message) { m.alg, m.protected = -35, map[any]any{1: -7, 4: foreignKID} })
	bad("a signature in DER", "forged", func(m *sign1Message) { m.signature = derOf(g, key, crypto.SHA256, m.signed(g)) })
	bad("no signature", "forged", func(m *sign1Message) { m.signature = []byte{} })
	bad("bytes behind the claims, signed", "malformed", func(m *sign1Message) { m.payload = append(slices.Clone(payload), 0) })
	bad("a claim twice, signed", "malformed", func(m *sign1Message) { m.payload = append([]byte{payload[0] + 1, 4, 1}, payload[1:]...) })
	changed := func(claim, v any) []byte { c := nzClaims(); c[claim] = v; return g.deterministic(c) }
	bad("an issuer that is no did:web, signed", "malformed", func(m *sign1Message) { m.payload = changed(1, "https://pass.example.org") })
	bad("a cti of 15 bytes, signed", "malformed", func(m *sign1Message) { m.payload = changed(7, make([]byte, 15)) })
	good := of(func(*sign1Message) {})
	b := sign1Message{key: key, alg: -7, payload: payload}.bytes(g)
	longer := of(func(m *sign1Message) { m.payload = changed(99, "x") })[len("NZCP:/1/"):]
	if len(longer)%8 == 0 {
		g.t.Fatal("this wants a pass of which base32 leaves bits over; change claim 99")
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	last := strings.IndexByte(letters, longer[len(longer)-1])
	g.bad("base32 with bits left over", "NZCP:/1/"+longer[:len(longer)-1]+string(letters[last|1]), "malformed", k)
	g.bad("base32 with padding", good+"=", "malformed", k)
	g.bad("in small letters", "NZCP:/1/"+strings.ToLower(good[8:]), "malformed", k)
	g.bad("a byte behind the message", "NZCP:/1/"+plain.EncodeToString(append(slices.Clone(b), 0)), "malformed", k)
}

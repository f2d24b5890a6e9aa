package pass_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"slices"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/pass"
)

// sign1Message is a COSE_Sign1 of another issuer before it is signed. The zero
// values are what most issuers write.
type sign1Message struct {
	key         crypto.Signer
	alg         int         // that it is signed with
	protected   map[any]any // nil: alg and kid
	unprotected map[any]any
	payload     []byte
	signature   []byte // nil: the right one
}

// algorithmHashes are the hashes of COSE algorithms (RFC 9053, RFC 8230).
var algorithmHashes = map[int]crypto.Hash{
	-7: crypto.SHA256, -35: crypto.SHA384, -36: crypto.SHA512, -37: crypto.SHA256, -38: crypto.SHA384, -39: crypto.SHA512,
}

func (m sign1Message) header() map[any]any {
	if m.protected == nil {
		return map[any]any{1: m.alg, 4: foreignKID}
	}
	return m.protected
}

// signed is what the signature is over; an empty header counts as no bytes (RFC 9052 section 4.4).
func (m sign1Message) signed(g *generator) []byte {
	header := []byte{}
	if len(m.header()) > 0 {
		header = g.deterministic(m.header())
	}
	return g.deterministic([]any{"Signature1", header, []byte{}, m.payload})
}

func (m sign1Message) bytes(g *generator) []byte {
	g.t.Helper()
	if m.signature == nil {
		m.signature = signatureOf(g, m.key, m.alg, m.signed(g))
	}
	if m.unprotected == nil {
		m.unprotected = map[any]any{}
	}
	return g.deterministic([]any{g.deterministic(m.header()), m.unprotected, m.payload, m.signature})
}

// signatureOf signs as COSE has it: of ECDSA r and s in full, of RSA a PSS with a salt as long as the hash.
func signatureOf(g *generator, key crypto.Signer, alg int, text []byte) []byte {
	g.t.Helper()
	var signature []byte
	var err error
	hash := algorithmHashes[alg]
	switch key := key.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(key, text)
	case *ecdsa.PrivateKey:
		return inFull(g, key.Curve, derOf(g, key, hash, text))
	case *rsa.PrivateKey:
		signature, err = rsa.SignPSS(rand.Reader, key, hash, digestOf(hash, text), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	}
	if err != nil {
		g.t.Fatal(err)
	}
	return signature
}

func digestOf(hash crypto.Hash, text []byte) []byte {
	h := hash.New()
	h.Write(text)
	return h.Sum(nil)
}

// derOf signs as Go does, in DER.
func derOf(g *generator, key *ecdsa.PrivateKey, hash crypto.Hash, text []byte) []byte {
	g.t.Helper()
	der, err := ecdsa.SignASN1(rand.Reader, key, digestOf(hash, text))
	if err != nil {
		g.t.Fatal(err)
	}
	return der
}

func inFull(g *generator, curve elliptic.Curve, der []byte) []byte {
	g.t.Helper()
	var number struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &number); err != nil {
		g.t.Fatal(err)
	}
	size := (curve.Params().N.BitLen() + 7) / 8
	return append(number.R.FillBytes(make([]byte, size)), number.S.FillBytes(make([]byte, size))...)
}

func hc1(g *generator, m sign1Message) string { return "HC1:" + base45.Encode(zlibOf(m.bytes(g))) }

func vaccinatedExpectation() expectation {
	e := cardExpectation(vaccinated(), "URN:UVCI:01:XX:VACC#7", "F. J. D. H.", 1964)
	e.Doses = &doseClaim{2, "2026-05-29"}
	return e
}

// changedClaims are a card's claims with others in place: key, value, key, value; a nil value takes one away.
func changedClaims(card any, pairs ...any) map[any]any {
	claims := hcertClaims(card)
	for i := 0; i < len(pairs); i += 2 {
		if claims[pairs[i]] = pairs[i+1]; pairs[i+1] == nil {
			delete(claims, pairs[i])
		}
	}
	return claims
}

// hcertAlgorithms: each algorithm with a key for it, and with what is not for it.
func hcertAlgorithms(g *generator) {
	p256, p384, p521, rs := p256Key(g.t), curveKey(g, elliptic.P384()), curveKey(g, elliptic.P521()), rsaKey(g.t, 2048)
	payload := g.deterministic(hcertClaims(vaccinated()))
	for _, c := range []struct {
		name string
		key  crypto.Signer
		alg  int
	}{
		{"ES384", p384, -35},
		{"ES512", p521, -36},
		{"ES256 with P-384", p384, -7},
		{"ES384 with P-256", p256, -35},
		{"PS384", rs, -38},
		{"PS512", rs, -39},
	} {
		m := sign1Message{key: c.key, alg: c.alg, payload: payload}
		g.add(c.name, hc1(g, m), vaccinatedExpectation(), foreignKey(c.key.Public()))
		b := m.bytes(g)
		b[len(b)-2] ^= 1
		g.bad(c.name+", one bit of the signature", "HC1:"+base45.Encode(zlibOf(b)), "forged", foreignKey(c.key.Public()))
	}
	k := foreignKey(p256.Public())
	wrong := func(name string, key crypto.Signer, alg int, change func(*sign1Message)) {
		m := sign1Message{key: key, alg: alg, payload: payload}
		change(&m)
		g.bad(name, hc1(g, m), "forged", foreignKey(key.Public()))
	}
	says := func(alg int) func(*sign1Message) {
		return func(m *sign1Message) { m.protected = map[any]any{1: alg, 4: foreignKID} }
	}
	wrong("says ES384, signed over SHA-256", p256, -7, says(-35))
	wrong("says ES256, signed over SHA-384", p256, -35, says(-7))
	wrong("says PS512, signed over SHA-256", rs, -37, says(-39))
	wrong("says EdDSA, by a key on P-256", p256, -7, says(-8))
	wrong("says ES256, by an Ed25519 key", rfcKey(), -8, says(-7))
	wrong("says ES256, by an RSA key", rs, -37, says(-7))
	wrong("no signature", p256, -7, func(m *sign1Message) { m.signature = []byte{} })
	wrong("a signature in DER", p256, -7, func(m *sign1Message) { m.signature = derOf(g, p256, crypto.SHA256, m.signed(g)) })
	wrong("a signature over the payload alone", p256, -7, func(m *sign1Message) { m.signature = signatureOf(g, p256, -7, m.payload) })
	wrong("PS256 with a short salt", rs, -37, func(m *sign1Message) {
		m.signature = rsaSignature(g, rs, m.signed(g), &rsa.PSSOptions{SaltLength: 20, Hash: crypto.SHA256})
	})
	wrong("RSA with the older padding", rs, -37, func(m *sign1Message) { m.signature = rsaSignature(g, rs, m.signed(g), crypto.SHA256) })
	g.bad("an algorithm with a shared secret", hc1(g, sign1Message{key: p256, alg: -7, payload: payload, protected: map[any]any{1: 5, 4: foreignKID}}), "malformed", k)
}

func rsaSignature(g *generator, key *rsa.PrivateKey, text []byte, opts crypto.SignerOpts) []byte {
	g.t.Helper()
	signature, err := key.Sign(rand.Reader, digestOf(crypto.SHA256, text), opts)
	if err != nil {
		g.t.Fatal(err)
	}
	return signature
}

func curveKey(g *generator, curve elliptic.Curve) *ecdsa.PrivateKey {
	g.t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		g.t.Fatal(err)
	}
	return key
}

// hcertHeaders: where the kid and the algorithm may stand, and which of two counts.
func hcertHeaders(g *generator) {
	key, decoy := p256Key(g.t), foreignKey(p256Key(g.t).Public())
	k := foreignKey(key.Public())
	decoy.ID = []byte("a decoy.")
	of := func(protected, unprotected map[any]any) string {
		return hc1(g, sign1Message{key: key, alg: -7, payload: g.deterministic(hcertClaims(vaccinated())), protected: protected, unprotected: unprotected})
	}
	good := func(name string, protected, unprotected map[any]any) {
		g.add(name, of(protected, unprotected), vaccinatedExpectation(), decoy, k)
	}
	alg := map[any]any{1: -7}
	good("kid in the header that is not signed", alg, map[any]any{4: foreignKID})
	good("kid in both headers, the signed one counts", map[any]any{1: -7, 4: foreignKID}, map[any]any{4: decoy.ID})
	good("no kid, all keys are tried", alg, nil)
	good("an empty signed header", map[any]any{}, map[any]any{1: -7, 4: foreignKID})
	good("kid as text in base64", map[any]any{1: -7, 4: base64.StdEncoding.EncodeToString(foreignKID)}, nil)
	g.bad("kid in both headers, the signed one is unknown", of(map[any]any{1: -7, 4: []byte("nobody's")}, map[any]any{4: foreignKID}), "no key", k)
	g.bad("a critical parameter", of(map[any]any{1: -7, 2: []any{99}, 4: foreignKID, 99: 1}, nil), "malformed", k)
	g.bad("no kid, and no key that signed it", of(alg, nil), "no key", decoy)
}

// hcertTimes: fractions, milliseconds, and what lacks a time of issue.
func hcertTimes(g *generator) {
	key := p256Key(g.t)
	k := foreignKey(key.Public())
	of := func(pairs ...any) string { return hcert(g.t, key, changedClaims(vaccinated(), pairs...)) }
	ends := issuedAt.AddDate(0, 6, 0)
	dated := func(issued, expires time.Time) expectation {
		e := vaccinatedExpectation()
		e.IssuedAt, e.Expires, e.At = timePointer(issued), timePointer(expires), boundaries(issued, expires, true)
		return e
	}
	g.add("halves and quarters of a second", of(6, float64(issuedAt.Unix())+0.5, 4, float64(ends.Unix())+0.75), dated(issuedAt.Add(500*time.Millisecond), ends.Add(750*time.Millisecond)), k)
	g.add("milliseconds in place of seconds", of(6, issuedAt.UnixMilli()+250, 4, ends.UnixMilli()), dated(issuedAt.Add(250*time.Millisecond), ends), k)
	later := issuedAt.Add(36 * time.Hour)
	e := vaccinatedExpectation()
	e.NotBefore, e.At = timePointer(later), boundaries(later, ends, true)
	g.add("begins after its issue", of(5, later.Unix()), e, k)
	text := hcertClaims(vaccinated())
	g.add("claims named by text", hcert(g.t, key, map[any]any{"1": text[1], "4": text[4], "6": text[6], "-260": map[any]any{"1": vaccinated()}}), vaccinatedExpectation(), k)

	over := k
	over.From, over.To = issuedAt.Add(time.Hour), issuedAt.Add(2*time.Hour)
	e = vaccinatedExpectation()
	e.IssuedAt, e.NotBefore, e.Expires, e.At = nil, timePointer(over.From), timePointer(over.To), boundaries(over.From, over.To, true)
	g.add("no time of issue, it begins and ends with its key", of(6, nil), e, over)
	e = vaccinatedExpectation()
	e.IssuedAt, e.Expires, e.At = nil, nil, nil
	g.add("no dates at all", of(6, nil, 4, nil), e, k)
}

// hcertEntries: what the entries of a card say.
func hcertEntries(g *generator) {
	key := p256Key(g.t)
	k := foreignKey(key.Public())
	add := func(name string, card map[string]any, change func(*expectation)) {
		e := vaccinatedExpectation()
		e.Document = card
		change(&e)
		g.add(name, hcert(g.t, key, hcertClaims(card)), e, k)
	}
	entry := func(card map[string]any) map[string]any { return card["v"].([]any)[0].(map[string]any) }
	card := vaccinated()
	card["nam"] = map[string]any{"fnt": "VAN<DER<ZEE<MEULEN", "gnt": "ALBA"}
	add("a name in the machine's letters alone", card, func(e *expectation) { e.Name = "A. V. D. M." })
	card = vaccinated()
	card["nam"] = map[string]any{"fn": "남궁", "gn": "Bora"}
	add("a Korean family name", card, func(e *expectation) { e.Name = "남*" })
	card = vaccinated()
	delete(card, "dob")
	add("no date of birth", card, func(e *expectation) { e.BirthYear = 0 })
	card = vaccinated()
	entry(card)["dt"] = "2026-02"
	add("a dose of which the month is known", card, func(e *expectation) { e.Doses.Day = "2026-02-28" })
	card = vaccinated()
	card["v"] = append(card["v"].([]any), map[string]any{"tg": "840539006", "dn": 1, "dt": "2026-07-01"}, map[string]any{"dn": 3, "dt": "2026-04-01"})
	add("three doses, the highest number and the latest day", card, func(e *expectation) { e.Doses = &doseClaim{3, "2026-07-01"} })
	card = vaccinated()
	delete(entry(card), "ci")
	claims := g.deterministic(hcertClaims(card))
	m := sign1Message{key: key, alg: -7, payload: claims}
	sum := sha256.Sum256(m.signed(g))
	e := vaccinatedExpectation()
	e.Document, e.ID = card, hex.EncodeToString(sum[:])
	g.add("no identifier, the hash of what is signed", hc1(g, m), e, k)
	e = vaccinatedExpectation()
	e.Status = &statusRef{"https://status.example.org/7", 123456}
	g.add("a place in a status list", hcert(g.t, key, changedClaims(vaccinated(), 65535, statusClaim(123456, "https://status.example.org/7"))), e, k)
	g.add("a status of another kind", hcert(g.t, key, changedClaims(vaccinated(), 65535, map[any]any{"other": 1})), vaccinatedExpectation(), k)

	for _, c := range []struct{ name, at, want string }{
		{"yesterday there, today in UTC", "2026-11-18T20:15:59-05:00", "2026-11-19T01:15:00Z"},
		{"a zone without colon", "2026-11-19T00:30:00+0930", "2026-11-18T15:00:00Z"},
		{"a zone of hours alone", "2026-11-19T00:30:00+02", "2026-11-18T22:30:00Z"},
		{"no zone", "2026-11-19T00:30:00", "2026-11-19T00:30:00Z"},
		{"the last of a minute", "2026-11-19T00:30:59.999Z", "2026-11-19T00:30:00Z"},
	} {
		card := tested("LP6464-4", "260415000")
		card["t"].([]any)[0].(map[string]any)["sc"] = c.at
		e := cardExpectation(card, "URN:UVCI:01:XX:1234#5", "E. M. M.", 1990)
		at, err := time.Parse(time.RFC3339, c.want)
		if err != nil {
			g.t.Fatal(err)
		}
		e.Tests = []testClaim{{pass.NucleicAcid, pass.Negative, at}}
		g.add("a test, "+c.name, hcert(g.t, key, hcertClaims(card)), e, k)
	}
	flu := tested("LP6464-4", "260373001")
	flu["t"].([]any)[0].(map[string]any)["tg"] = "6142004"
	g.add("a test for another disease", hcert(g.t, key, hcertClaims(flu)), cardExpectation(flu, "URN:UVCI:01:XX:1234#5", "E. M. M.", 1990), k)

	icvp := map[string]any{"n": "Fenwick Ashgrove", "dob": "1905-08-23", "v": map[string]any{"dn": 1, "dt": "2026-01-17", "vp": "YellowFever", "ci": "URN:ICVP:XX:77"}}
	e = cardExpectation(icvp, "URN:ICVP:XX:77", "F. A.", 1905)
	e.Doses = &doseClaim{1, "2026-01-17"}
	g.add("an international certificate of vaccination", hcert(g.t, key, changedClaims(nil, -260, map[any]any{-6: icvp})), e, k)
	link := changedClaims(nil, -260, map[any]any{5: []any{map[any]any{"u": "shlink:/abc"}}})
	g.bad("nothing but a link", hcert(g.t, key, link), "needs network", k)
	anybody, renamed := k, k
	anybody.Issuer, renamed.Issuer = "", "YY"
	g.add("a key for any issuer, iss counts", hcert(g.t, key, hcertClaims(vaccinated())), vaccinatedExpectation(), anybody)
	e = vaccinatedExpectation()
	e.Issuer = "YY"
	g.add("the trust list says whose key it is, not iss", hcert(g.t, key, hcertClaims(vaccinated())), e, renamed)
}

func statusClaim(index uint64, uri string) map[any]any {
	return map[any]any{"status_list": map[any]any{"idx": index, "uri": uri}}
}

// hcertForms: what follows, lacks or is repeated.
func hcertForms(g *generator) {
	key := p256Key(g.t)
	k := foreignKey(key.Public())
	claims := g.deterministic(hcertClaims(vaccinated()))
	whole := sign1Message{key: key, alg: -7, payload: claims}.bytes(g)
	packed := zlibOf(whole)
	bad := func(name string, packed []byte) { g.bad(name, "HC1:"+base45.Encode(packed), "malformed", k) }
	bad("a byte behind the compression", append(slices.Clone(packed), 0))
	checksum := slices.Clone(packed)
	checksum[len(checksum)-1] ^= 1
	bad("a wrong checksum of the compression", checksum)
	bad("cut short", packed[:len(packed)-9])
	signed := func(name string, payload []byte) {
		bad(name, zlibOf(sign1Message{key: key, alg: -7, payload: payload}.bytes(g)))
	}
	signed("a claim twice, signed", append([]byte{claims[0] + 1, 1, 0x62, 'Y', 'Y'}, claims[1:]...))
	signed("bytes behind the claims, signed", append(slices.Clone(claims), 0))
	signed("no map, signed", []byte{0x80})
	deep := any("x")
	for range 20 {
		deep = []any{deep}
	}
	for _, c := range []struct {
		name  string
		claim any
		value any
	}{
		{"nested 20 deep", 99, deep},
		{"a claim as number and as text", "4", 1},
		{"issued in words", 6, "2026-11-20"},
		{"expiry in words", 4, "soon"},
		{"an issuer that is a number", 1, 7},
		{"an issuer with a line end", 1, "XX\nYY"},
		{"a certificate that is no map", -260, map[any]any{1: "x"}},
		{"an empty certificate", -260, map[any]any{}},
		{"a status list without uri", 65535, map[any]any{"status_list": map[any]any{"idx": 1}}},
		{"half an index", 65535, map[any]any{"status_list": map[any]any{"idx": 0.5, "uri": "x"}}},
		{"a negative index", 65535, map[any]any{"status_list": map[any]any{"idx": -1, "uri": "x"}}},
	} {
		signed(c.name+", signed", g.deterministic(changedClaims(vaccinated(), c.claim, c.value)))
	}
}

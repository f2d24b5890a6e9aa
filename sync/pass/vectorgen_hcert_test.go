package pass_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/pass"
)

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

package pass_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/pass"
)

// cardOf is a health card of Tamsin Q. Vexley with these entries beside her.
func cardOf(entries ...any) map[string]any {
	c := card()
	vc := c["vc"].(map[string]any)
	vc["type"] = []any{"https://smarthealth.cards#health-card", "https://smarthealth.cards#covid19"}
	vc["rid"] = "rid-of-Tamsin"
	patient := resource("Patient", map[string]any{"name": []any{map[string]any{"family": "Vexley", "given": []any{"Tamsin", "Q."}}}, "birthDate": "1968-10-09"})
	vc["credentialSubject"].(map[string]any)["fhirBundle"].(map[string]any)["entry"] = append([]any{patient}, entries...)
	return c
}

func resource(kind string, more map[string]any) any {
	more["resourceType"] = kind
	return map[string]any{"resource": more}
}

func coded(system, code string) map[string]any {
	return map[string]any{"coding": []any{map[string]any{"system": system, "code": code}}}
}

func dose(status, cvx, day string) any {
	return resource("Immunization", map[string]any{"status": status, "vaccineCode": coded("http://hl7.org/fhir/sid/cvx", cvx), "occurrenceDateTime": day})
}

func observed(status, loinc, at string, value any) any {
	r := map[string]any{"status": status, "code": coded("http://loinc.org", loinc), "effectiveDateTime": at, "valueString": value}
	if _, word := value.(string); !word {
		delete(r, "valueString")
		r["valueCodeableConcept"] = value
	}
	return resource("Observation", r)
}

func tamsin(c map[string]any) expectation {
	e := cardOfHealth()
	e.ID, e.Name, e.BirthYear = hex.EncodeToString([]byte("rid-of-Tamsin")), "T. Q. V.", 1968
	e.Tests, e.Doses, e.Document = nil, nil, c
	return e
}

// shcEntries: what the entries of a bundle say, and what of them counts for nothing.
func shcEntries(g *generator) {
	key := p256Key(g.t)
	k := healthKey(key.Public())
	add := func(name string, c map[string]any, change func(*expectation)) {
		e := tamsin(c)
		change(&e)
		g.add(name, shc(g.t, key, c), e, k)
	}
	add("doses: of another disease, not given, of a month", cardOf(
		dose("completed", "208", "2026-01-09"), dose("completed", "140", "2026-10-01"),
		dose("not-done", "208", "2026-09-09"), dose("completed", "208", "2026-05")),
		func(e *expectation) { e.Doses = &doseClaim{2, "2026-05-31"} })
	negative, positive := coded("http://snomed.info/sct", "260415000"), coded("http://snomed.info/sct", "260373001")
	at := func(s string) time.Time {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			g.t.Fatal(err)
		}
		return t
	}
	add("tests: yesterday there and today in UTC, in words, for antibodies, not final", cardOf(
		observed("final", "94500-6", "2026-11-18T23:10:59-05:00", negative), observed("amended", "94558-4", "2026-11-01", "Detected"),
		observed("final", "94563-4", "2026-10-29T10:00:00Z", positive), observed("preliminary", "94500-6", "2026-10-30T10:00:00Z", negative),
		observed("corrected", "0-0", "2026-10-28", "not detected")),
		func(e *expectation) {
			e.Tests = []testClaim{
				{pass.NucleicAcid, pass.Negative, at("2026-11-19T04:10:00Z")},
				{pass.Antigen, pass.Positive, at("2026-11-01T00:00:00Z")},
				{pass.NucleicAcid, pass.Inconclusive, at("2026-10-30T10:00:00Z")},
				{pass.OtherKind, pass.Negative, at("2026-10-28T00:00:00Z")},
			}
		})
	c := cardOf()
	c["status"] = map[string]any{"status_list": map[string]any{"idx": 99, "uri": "https://health.example.org/status"}}
	add("a place in a status list", c, func(e *expectation) { e.Status = &statusRef{"https://health.example.org/status", 99} })
	c = cardOf()
	delete(c["vc"].(map[string]any), "rid")
	text, err := json.Marshal(c)
	if err != nil {
		g.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(b64([]byte(cardHeader)) + "." + b64(deflateOf(g.t, text))))
	add("no rid, the hash of what is signed", c, func(e *expectation) { e.ID = hex.EncodeToString(sum[:]) })
}

// shcForms: headers and contents that no card may have, though they are signed.
func shcForms(g *generator) {
	key := p256Key(g.t)
	k := healthKey(key.Public())
	plain, err := json.Marshal(cardOf())
	if err != nil {
		g.t.Fatal(err)
	}
	signed := func(name, header string, payload []byte) {
		g.bad(name+", signed", "shc:/"+digits(jwsOf(g.t, key, header, payload)), "malformed", k)
	}
	packed := deflateOf(g.t, plain)
	signed("no zip", `{"alg":"ES256","kid":"8 bytes!"}`, packed)
	signed("no alg", `{"zip":"DEF","kid":"8 bytes!"}`, packed)
	signed("no kid", `{"zip":"DEF","alg":"ES256"}`, packed)
	signed("kid twice", `{"zip":"DEF","alg":"ES256","kid":"x","kid":"8 bytes!"}`, packed)
	signed("a critical parameter", `{"zip":"DEF","alg":"ES256","crit":["exp"],"kid":"8 bytes!"}`, packed)
	signed("a byte behind the compression", cardHeader, append(slices.Clone(packed), 0))
	signed("something behind the card", cardHeader, deflateOf(g.t, append(slices.Clone(plain), "{}"...)))
	signed("a list", cardHeader, deflateOf(g.t, []byte("[]")))
	but := func(name string, change func(c, vc map[string]any)) {
		c := cardOf()
		change(c, c["vc"].(map[string]any))
		text, err := json.Marshal(c)
		if err != nil {
			g.t.Fatal(err)
		}
		signed(name, cardHeader, deflateOf(g.t, text))
	}
	but("no iss", func(c, _ map[string]any) { delete(c, "iss") })
	but("no nbf", func(c, _ map[string]any) { delete(c, "nbf") })
	but("nbf in words", func(c, _ map[string]any) { c["nbf"] = "2026-11-20" })
	but("no bundle", func(_, vc map[string]any) { vc["credentialSubject"] = map[string]any{} })
	but("no type of a health card", func(_, vc map[string]any) { vc["type"] = []any{"https://smarthealth.cards#covid19"} })

	compact := jwsOf(g.t, key, cardHeader, packed)
	input, signature, _ := strings.Cut(compact[strings.Index(compact, ".")+1:], ".")
	input = compact[:strings.Index(compact, ".")+1] + input
	der := b64(derOf(g, key, crypto.SHA256, []byte(input)))
	g.bad("a signature in DER", "shc:/"+digits(input+"."+der), "forged", k)
	g.bad("no signature", "shc:/"+digits(input+"."), "forged", k)
	g.bad("base64 with bits left over", "shc:/"+digits(leftOver(compact)), "malformed", k)
	g.bad("a fourth part", "shc:/"+digits(compact+"."+signature), "malformed", k)
	g.bad("digits that stand for nothing", "shc:/"+digits(compact)+"99", "malformed", k)
	g.bad("a digit more", "shc:/"+digits(compact)+"1", "malformed", k)
	g.bad("a link in a viewer's address", "https://viewer.example.org/#shlink:/abc", "needs network", k)
}

// leftOver sets bits of the last letter that base64 does not use; 64 bytes leave four of its six.
func leftOver(compact string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(letters, compact[len(compact)-1])
	return compact[:len(compact)-1] + string(letters[last^1])
}

// shcParts: cards in several codes, in any order and mixed up.
func shcParts(g *generator) {
	key := p256Key(g.t)
	k := healthKey(key.Public())
	whole := cardOf(dose("completed", "208", "2026-01-09"))
	first, second := inCodes(shc(g.t, key, whole), 3), inCodes(shc(g.t, key, cardOf()), 3)
	e := tamsin(whole)
	e.Doses = &doseClaim{1, "2026-01-09"}
	add := func(name string, e expectation, parts ...string) {
		g.cases = append(g.cases, vectorCase{Name: name, Parts: parts, Keys: []trustedKey{g.trusted(k)}, Expect: e})
	}
	add("three codes, from the last to the first", e, first[2], first[1], first[0])
	add("three codes, one of them twice", e, first[0], first[1], first[1], first[2])
	add("a card begun, then another", tamsin(cardOf()), first[0], first[2], second[0], second[1], second[2])
	add("two codes of three", expectation{Error: "part"}, first[0], first[1])
	// Together they are no JWS, as a damaged card is none: to ask for another code of
	// it would be a dead end.
	add("codes of two cards of different length", expectation{Error: "malformed"}, first[0], second[1], first[2])
	g.bad("a code of three by itself", first[1], "part", k)
	g.bad("code 4 of 3", "shc:/4/3/5676", "malformed", k)
}

func inCodes(text string, n int) (codes []string) {
	number := strings.TrimPrefix(text, "shc:/")
	for part := range slices.Chunk([]byte(number), (len(number)/n+2)&^1) {
		codes = append(codes, fmt.Sprintf("shc:/%d/%d/%s", len(codes)+1, n, part))
	}
	return codes
}

// identityMore: names in parts, dates, places in a status list, and what is no identity.
func identityMore(g *generator) {
	key := rfcKey()
	k := identityKey(key.Public())
	header := map[any]any{1: -8, 4: foreignKID}
	odalys := func() map[any]any {
		return map[any]any{1: "3190557124", 2: "1.2", 5: "Odalys", 6: "Wren", 7: "Brandt-Okoye", 8: "19930607", 13: "XX", 16: []byte{1, 2, 3}}
	}
	claims := func(pairs ...any) map[any]any {
		c := map[any]any{1: "https://identity.example.org", 4: issuedAt.AddDate(0, 1, 0).Unix(), 5: issuedAt.Add(time.Hour).Unix(), 6: issuedAt.Unix(), 169: odalys()}
		for i := 0; i < len(pairs); i += 2 {
			if c[pairs[i]] = pairs[i+1]; pairs[i+1] == nil {
				delete(c, pairs[i])
			}
		}
		return c
	}
	begins, ends := issuedAt.Add(time.Hour), issuedAt.AddDate(0, 1, 0)
	expect := expectation{
		Format: pass.Claim169, Issuer: "https://identity.example.org", IssuerName: "Invented State", KID: hex.EncodeToString(foreignKID),
		ID: hex.EncodeToString([]byte("3190557124")), IssuedAt: timePointer(issuedAt), NotBefore: timePointer(begins), Expires: timePointer(ends),
		Name: "O. W. B. O.", BirthYear: 1993, At: boundaries(begins, ends, false),
		Document: map[string]any{"id": "3190557124", "version": "1.2", "firstName": "Odalys", "middleName": "Wren", "lastName": "Brandt-Okoye", "dateOfBirth": "19930607", "nationality": "XX"},
	}
	good := identity(g.t, key, header, claims())
	g.add("a name in parts, valid an hour after its issue", good, expect, k)
	listed := expect
	listed.Status = &statusRef{"https://identity.example.org/status", 5}
	g.add("a place in a status list", identity(g.t, key, header, claims(65535, statusClaim(5, "https://identity.example.org/status"))), listed, k)
	hinted, renamed := expect, k
	renamed.ID, hinted.KID = []byte("another"), hex.EncodeToString([]byte("another"))
	g.add("a kid that the list does not have, all keys are tried", good, hinted, renamed)
	undated, over := expect, k
	over.From, over.To = issuedAt.Add(time.Minute), issuedAt.Add(time.Hour)
	undated.IssuedAt, undated.NotBefore, undated.Expires, undated.At = nil, timePointer(over.From), timePointer(over.To), boundaries(over.From, over.To, false)
	g.add("no dates, it begins and ends with its key", identity(g.t, key, header, claims(4, nil, 5, nil, 6, nil)), undated, over)

	stranger, tickets, begun := k, k, k
	stranger.ID, stranger.Public = []byte("stranger"), p256Key(g.t).Public()
	tickets.Format, begun.From = pass.Pretix, issuedAt.Add(time.Second)
	g.bad("nobody is trusted", good, "no key")
	g.bad("a stranger is trusted", good, "no key", stranger)
	g.bad("key of another format", good, "no key", tickets)
	g.bad("key from the second after", good, "key period", begun)
	whole := coseOf(g.t, key, header, claims())
	unsigned := sign1Message{key: key, alg: -8, payload: g.deterministic(claims()), signature: []byte{}}
	g.bad("no signature", base45.Encode(zlibOf(unsigned.bytes(g))), "forged", k)
	unsigned.protected = map[any]any{1: -8}
	g.bad("neither signature nor kid", base45.Encode(zlibOf(unsigned.bytes(g))), "no key", k)
	g.bad("says ES256, by an Ed25519 key", identity(g.t, key, map[any]any{1: -7, 4: foreignKID}, claims()), "forged", k)
	encrypted := g.deterministic([]any{g.deterministic(map[any]any{1: 3}), map[any]any{5: make([]byte, 12)}, make([]byte, 40)})
	g.bad("encrypted", base45.Encode(zlibOf(append([]byte{0xd0}, encrypted...))), "encrypted", k)
	g.bad("encrypted, no tag", base45.Encode(zlibOf(encrypted)), "encrypted", k)
	g.bad("a byte behind the compression", base45.Encode(append(zlibOf(whole), 0)), "malformed", k)
	g.bad("a bomb", base45.Encode(zlibOf(make([]byte, 1<<20))), "malformed", k)
	g.bad("not packed", base45.Encode(whole), "foreign", k)
	g.bad("no claim 169, signed", identity(g.t, key, header, claims(169, nil)), "foreign", k)
	g.bad("issued before 1970, signed", identity(g.t, key, header, claims(6, -86400)), "malformed", k)
	payload := g.deterministic(claims())
	twice := sign1Message{key: key, alg: -8, payload: append([]byte{payload[0] + 1, 4, 1}, payload[1:]...)}
	g.bad("a claim twice, signed", base45.Encode(zlibOf(twice.bytes(g))), "malformed", k)
}

// pretixMore: numbers, two keys, and lengths that do not fit.
func pretixMore(g *generator) {
	key := rfcKey()
	k := foreignKey(key.Public())
	k.Issuer = "event-2026"
	from, until := issuedAt, issuedAt.Add(8*time.Hour)
	payload := ticketPayload(uint64(from.Unix()), uint64(until.Unix()))
	all := binary.AppendUvarint(append(slices.Clone(payload), 3<<3, 7, 4<<3), 1<<33)
	good := pretix(key, all)
	expect := expectation{
		Format: pass.Pretix, Issuer: "event-2026", IssuerName: "Invented State", KID: hex.EncodeToString(foreignKID), ID: hex.EncodeToString([]byte("seed")),
		NotBefore: timePointer(from), Expires: timePointer(until), LastSecond: true, At: boundaries(from, until, true),
		Document: map[string]any{"seed": "seed", "item": 300, "variation": 7, "subevent": 1 << 33, "validFromUnixTime": from.Unix(), "validUntilUnixTime": until.Unix()},
	}
	other, certificates := k, k
	other.ID, other.Public, other.Issuer = []byte("another."), p256Key(g.t).Public(), "another-event"
	certificates.Format = pass.HCERT
	g.add("all that a ticket says, the second key fits", good, expect, other, k)
	short, long := k, k
	short.To, long.To = from.Add(time.Hour), until.Add(time.Hour)
	g.add("two periods of one key, the longer counts", good, expect, short, long)
	withdrawn := k
	withdrawn.Withdrawn = true
	g.bad("withdrawn, and there once more", good, "withdrawn", k, withdrawn)
	g.bad("key of another format", good, "no key", certificates)
	b := slices.Concat([]byte{1, 0, byte(len(all)), 0, 64}, all, make([]byte, 64))
	g.bad("a signature of zeros", reversed(b), "no key", k)
	g.bad("a byte behind the signature", reversed(append(slices.Clone(b), 0)), "foreign", k)
	g.bad("version 2", reversed(append([]byte{2}, b[1:]...)), "foreign", k)
	g.bad("lengths with the small end first", reversed(slices.Concat([]byte{1, byte(len(all)), 0, 64, 0}, b[5:])), "foreign", k)
	g.bad("base64 forwards", base64.StdEncoding.EncodeToString(b), "foreign", k)
	g.bad("a line end within", good[:40]+"\n"+good[40:], "foreign", k)
	signed := func(name string, payload []byte) { g.bad(name+", signed", pretix(key, payload), "malformed", k) }
	signed("a seed that is not UTF-8", []byte{1<<3 | 2, 2, 0xff, 0xfe})
	signed("a seed that is a number", []byte{1 << 3, 5})
	signed("an item that is text", append(slices.Clone(payload), 2<<3|2, 1, 'x'))
	signed("a number over 63 bits", binary.AppendUvarint(append(slices.Clone(payload), 2<<3), 1<<63))
	signed("the end in the year 10000", ticketPayload(0, 253402300800))
}

// nzcpMore: what the header must have, and what base32 must not.
func nzcpMore(g *generator) {
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

// vdsncMore: curves, chains, periods and uses of certificates.
func vdsncMore(g *generator) {
	t, key := g.t, p256Key(g.t)
	state := newCA(t, "Invented CSCA", elliptic.P384())
	twin := newCA(t, "Invented CSCA", elliptic.P384())
	k := state.keys[0]
	expect := expectation{
		Format: pass.VDSNC, Issuer: "XXX", IssuerName: "Invented CSCA", KID: hex.EncodeToString(k.ID), ID: hex.EncodeToString([]byte("U32870")),
		NotBefore: timePointer(issuedAt.AddDate(0, -1, 0)), Expires: timePointer(issuedAt.AddDate(0, 1, 0)), LastSecond: true,
		Name: "S. B.", BirthYear: 1990, Doses: &doseClaim{2, "2026-03-24"}, Document: sealData(),
		At: boundaries(issuedAt.AddDate(0, -1, 0), issuedAt.AddDate(0, 1, 0), true),
	}
	signer := func(pub crypto.PublicKey, change func(*x509.Certificate)) []byte {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Seal Signer"}, NotBefore: issuedAt.AddDate(0, -1, 0), NotAfter: issuedAt.AddDate(0, 1, 0),
		}
		change(template)
		_, der := state.issue(t, template, state.certificate, pub)
		return der
	}
	asIs := func(*x509.Certificate) {}
	der := signer(key.Public(), asIs)
	good := vdsnc(t, key, der, sealData())
	g.add("a CA on P-384", good, expect, k)
	g.add("two CAs of one name", good, expect, append(slices.Clone(twin.keys), k)...)
	for _, c := range []struct {
		name  string
		curve elliptic.Curve
		alg   int
	}{{"ES384", elliptic.P384(), -35}, {"ES512", elliptic.P521(), -36}} {
		key := curveKey(g, c.curve)
		by := func(b []byte) []byte { return signatureOf(g, key, c.alg, b) }
		g.add(c.name, sealWith(g, c.name, signer(key.Public(), asIs), sealData(), by), expect, k)
	}
	by := func(alg int) func([]byte) []byte { return func(b []byte) []byte { return signatureOf(g, key, alg, b) } }
	g.bad("signed over SHA-384", sealWith(g, "ES256", der, sealData(), by(-35)), "forged", k)
	g.bad("says ES384, of a key on P-256", sealWith(g, "ES384", der, sealData(), by(-35)), "malformed", k)
	g.bad("says RS256", sealWith(g, "RS256", der, sealData(), by(-7)), "malformed", k)
	g.bad("a signature in DER", sealWith(g, "ES256", der, sealData(), func(b []byte) []byte { return derOf(g, key, crypto.SHA256, b) }), "forged", k)

	wide, bounded := signer(key.Public(), func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = issuedAt.AddDate(-2, 0, 0), issuedAt.AddDate(9, 0, 0)
	}), expect
	bounded.NotBefore, bounded.Expires = timePointer(state.certificate.NotBefore), timePointer(state.certificate.NotAfter)
	bounded.At = boundaries(state.certificate.NotBefore, state.certificate.NotAfter, true)
	g.add("it begins and ends with its CA", vdsnc(t, key, wide, sealData()), bounded, k)
	over, ended := k, expect
	over.From, over.To = issuedAt.Add(-time.Hour), issuedAt.Add(time.Hour)
	ended.NotBefore, ended.Expires, ended.At = timePointer(over.From), timePointer(over.To), boundaries(over.From, over.To, true)
	g.add("it ends when the list gives its CA up", good, ended, over)
	data := testedSeal("antibody", "positive")
	e := expect
	e.ID, e.Doses, e.Document = hex.EncodeToString([]byte("T1234")), nil, data
	g.add("a test for antibodies is none", vdsnc(t, key, der, data), e, k)

	g.bad("another CA of the same name", good, "no key", twin.keys...)
	gone := pass.Key{Issuer: "XXX", ID: []byte("signer"), Public: key.Public(), Withdrawn: true}
	g.bad("withdrawn signer", good, "withdrawn", k, gone)
	forOurs := k
	forOurs.Format = pass.Native
	g.bad("key of another format", good, "no key", forOurs)
	uses := func(name string, change func(*x509.Certificate)) {
		g.bad(name, vdsnc(t, key, signer(key.Public(), change), sealData()), "key use", k)
	}
	uses("a certificate for servers", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	uses("a certificate for encryption", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment })
	uses("a certificate of a CA", func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true })
	version, kind := sealData(), sealData()
	version["hdr"].(map[string]any)["v"] = 2
	kind["hdr"].(map[string]any)["t"] = "other.vacc"
	g.bad("version 2, signed", vdsnc(t, key, der, version), "malformed", k)
	g.bad("a type that is not of ICAO, signed", vdsnc(t, key, der, kind), "malformed", k)
	g.bad("something behind it", good+"{}", "malformed", k)
	g.bad("a line end in the signature", strings.Replace(good, `"sigvl":"`, `"sigvl":"\n`, 1), "malformed", k)
	g.bad("other JSON", `{"table": 7}`, "foreign", k)
}

// sealWith is a seal that says an algorithm, signed as the caller likes. The
// data's canonical form is Go's: its names are ASCII and its numbers small.
func sealWith(g *generator, alg string, der []byte, data map[string]any, sign func([]byte) []byte) string {
	g.t.Helper()
	text, err := json.Marshal(data)
	if err != nil {
		g.t.Fatal(err)
	}
	return fmt.Sprintf(`{"data": %s, "sig": {"alg":%q,"cer":%q,"sigvl":%q}}`, text, alg, base64.URLEncoding.EncodeToString(der), b64(sign(text)))
}

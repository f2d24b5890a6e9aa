package pass_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
)

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

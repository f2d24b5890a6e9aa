package pass_test

import (
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base32"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
)

// A card lists its tests in order of time: what does not fit any more is the oldest.
func TestTheNewestOfManyTestsStays(t *testing.T) {
	key := p256Key(t)
	var observed, tests []any
	for i := range 9 {
		at, result := fmt.Sprintf("2026-11-%02dT08:00:00Z", 10+i), "260415000"
		if i == 8 {
			result = "260373001"
		}
		coded := func(code string) map[string]any { return map[string]any{"coding": []any{map[string]any{"code": code}}} }
		observed = append(observed, map[string]any{"resource": map[string]any{
			"resourceType": "Observation", "status": "final", "code": coded("94500-6"), "effectiveDateTime": at, "valueCodeableConcept": coded(result),
		}})
		tests = append(tests, map[string]any{"ci": "URN:UVCI:01:XX:1234#5", "co": "XX", "tg": "840539006", "tt": "LP6464-4", "tr": result, "sc": at})
	}
	health, certificate := card(), dcc()
	bundleOf(health)["entry"], certificate["t"] = observed, tests
	for text, keys := range map[string]*pass.Keyring{
		shc(t, key, health):                     ring(healthKey(key.Public())),
		hcert(t, key, hcertClaims(certificate)): ring(foreignKey(key.Public())),
	} {
		p, err := pass.Open(text, keys)
		if err != nil || len(p.Tests) != 8 || p.Tests[7].Result != pass.Positive || p.Tests[0].At.Day() != 11 {
			t.Errorf("%.4s: gave %v, %v", text, p, err)
		}
	}
}

func bundleOf(card map[string]any) map[string]any {
	return card["vc"].(map[string]any)["credentialSubject"].(map[string]any)["fhirBundle"].(map[string]any)
}

// Cards with many entries come in five codes and more.
func TestACardLongerThanOneCode(t *testing.T) {
	key, c := p256Key(t), card()
	note := make([]byte, 3300)
	rand.Read(note)
	c["vc"].(map[string]any)["note"] = fmt.Sprintf("%x", note)
	digits := strings.TrimPrefix(shc(t, key, c), "shc:/")
	const size = 2 * 1191
	n := (len(digits) + size - 1) / size
	var parts pass.Parts
	for i := range n {
		whole, err := parts.Add(fmt.Sprintf("shc:/%d/%d/%s", i+1, n, digits[i*size:min(len(digits), (i+1)*size)]), issuedAt)
		if i < n-1 {
			if !errors.Is(err, pass.ErrPart) {
				t.Fatalf("part %d of %d: %v", i+1, n, err)
			}
			continue
		}
		if p, err := pass.Open(whole, ring(healthKey(key.Public()))); err != nil || !p.Genuine() {
			t.Errorf("%d parts: %v, %v", n, p, err)
		}
	}
	for i := range 32 { // what no card is, is told, and is held no longer
		_, err := parts.Add(fmt.Sprintf("shc:/%d/32/%s", i+1, strings.Repeat("45", 1000)), issuedAt)
		if errors.Is(err, pass.ErrTooLong) {
			if have, _ := parts.Have(); have != 0 {
				t.Errorf("%d parts are still held", have)
			}
			return
		}
	}
	t.Error("64,000 digits are a card")
}

// The same issuer signs other things too.
func TestSHCOfAnotherType(t *testing.T) {
	key, c := p256Key(t), card()
	c["vc"].(map[string]any)["type"] = []any{"https://example.org#discount"}
	wantError(t, shc(t, key, c), ring(healthKey(key.Public())), pass.ErrMalformed)
}

func shot(cvx, day string) any {
	return map[string]any{"resource": map[string]any{
		"resourceType": "Immunization", "status": "completed", "occurrenceDateTime": day,
		"vaccineCode": map[string]any{"coding": []any{map[string]any{"system": "http://hl7.org/fhir/sid/cvx", "code": cvx}}},
	}}
}

// A dose counts from the last day that its date may mean, and only where it is
// against this disease.
func TestDosesOfACard(t *testing.T) {
	key := p256Key(t)
	for _, c := range []struct {
		shots []any
		count int
		day   time.Time
	}{
		{[]any{shot("208", "2026-02")}, 1, day(2026, 2, 28)},
		{[]any{shot("208", "2025")}, 1, day(2025, 12, 31)},
		{[]any{shot("140", "2020-10-01"), shot("115", "2026-10-01"), shot("208", "2021-10-01")}, 1, day(2021, 10, 1)},
	} {
		health := card()
		bundleOf(health)["entry"] = c.shots
		p, err := pass.Open(shc(t, key, health), ring(healthKey(key.Public())))
		if err != nil || p.Doses == nil || *p.Doses != (pass.Doses{Count: c.count, Day: c.day}) {
			t.Errorf("%v: gave %v, %v", c.shots, p, err)
		}
	}
}

// Antibodies say that somebody was ill or vaccinated, not that they are ill.
func TestAntibodiesAreNoTest(t *testing.T) {
	key, health := p256Key(t), card()
	bundleOf(health)["entry"] = []any{map[string]any{"resource": map[string]any{
		"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-11-19T08:00:00Z",
		"code":                 map[string]any{"coding": []any{map[string]any{"system": "http://loinc.org", "code": "94563-4"}}},
		"valueCodeableConcept": map[string]any{"coding": []any{map[string]any{"code": "260373001"}}},
	}}}
	if p, err := pass.Open(shc(t, key, health), ring(healthKey(key.Public()))); err != nil || len(p.Tests) != 0 {
		t.Errorf("gave %v, %v", p, err)
	}
}

func TestAKeyForTestsLendsNoDose(t *testing.T) {
	key := p256Key(t)
	k := foreignKey(key.Public())
	k.Uses = pass.UseTest
	both := dcc()
	both["v"] = []any{map[string]any{"ci": "URN:UVCI:01:XX:9#5", "co": "XX", "dn": 3, "sd": 3, "dt": "2026-10-10"}}
	p, err := pass.Open(hcert(t, key, hcertClaims(both)), ring(k))
	if err != nil || p.Doses != nil || len(p.Tests) != 1 || p.Certified().(map[string]any)["v"] != nil {
		t.Errorf("gave %v, %v", p, err)
	}
	icvp := hcertClaims(dcc())
	icvp[-260] = map[any]any{-6: map[string]any{"n": "A B", "dob": "1990-01-01", "v": map[string]any{"dt": "2026-10-10", "dn": "YF"}}}
	wantError(t, hcert(t, key, icvp), ring(k), pass.ErrKeyUse)
}

// Who found a key that was given up could else sign by it for ever.
func TestAPassWithoutIatEndsWithItsKey(t *testing.T) {
	past := issuedAt.AddDate(-5, 0, 0)
	until := func(k pass.Key) *pass.Keyring { k.To = past; return ring(k) }
	ends := func(what, text string, keys *pass.Keyring) {
		if p, err := pass.Open(text, keys); err != nil || !p.Expires.Equal(past) {
			t.Errorf("%s gave %v, %v; want one that ends at %v", what, p, err, past)
		}
	}
	ed, ec, ca := rfcKey(), p256Key(t), newCA(t, "CSCA", elliptic.P256())
	ends("a ticket", pretix(ed, ticketPayload(0, 0)), until(foreignKey(ed.Public())))
	claims := identityClaims()
	delete(claims, 6)
	ends("an identity code", identity(t, ed, map[any]any{1: -8, 4: foreignKID}, claims), until(identityKey(ed.Public())))
	health := hcertClaims(dcc())
	delete(health, 6)
	ends("a certificate", hcert(t, ec, health), until(foreignKey(ec.Public())))
	ends("a seal", vdsnc(t, ec, ca.signer(t, ec), sealData()), until(ca.keys[0]))
}

// There is no revocation list here: a signer is taken back by itself, not with its country.
func TestASealByAWithdrawnSigner(t *testing.T) {
	a := newCA(t, "CSCA", elliptic.P256())
	key := p256Key(t)
	der := a.signer(t, key)
	leaf, err := pass.ReadTrust(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	keys := a.keys
	for _, k := range leaf {
		k.Issuer, k.Format, k.Withdrawn = "XXX", pass.VDSNC, true
		keys = append(keys, k)
	}
	wantError(t, vdsnc(t, key, der, sealData()), ring(keys...), pass.ErrWithdrawn)
}

func TestACARenewedUnderItsKey(t *testing.T) {
	a := newCA(t, "CSCA", elliptic.P256())
	template := &x509.Certificate{
		SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: "CSCA"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: issuedAt.AddDate(-10, 0, 0), NotAfter: issuedAt.AddDate(-1, 0, 0),
	}
	old, _ := a.issue(t, template, template, a.key.Public())
	oldKeys, err := pass.ReadTrust(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: old.Raw}))
	if err != nil {
		t.Fatal(err)
	}
	for i := range oldKeys {
		oldKeys[i].Issuer = "XXX"
	}
	key := p256Key(t)
	text := vdsnc(t, key, a.signer(t, key), sealData())
	for _, keys := range [][]pass.Key{slices.Concat(oldKeys, a.keys), slices.Concat(a.keys, oldKeys)} {
		if p, err := pass.Open(text, ring(keys...)); err != nil || p.Expired(issuedAt) {
			t.Errorf("gave %v, %v", p, err)
		}
	}
}

func TestNZCPWithAnUnsignedKid(t *testing.T) {
	key := p256Key(t)
	protected, body := cborOf(t, map[any]any{1: -7}), cborOf(t, nzClaims())
	sig := rawES256(t, key, cborOf(t, []any{"Signature1", protected, []byte{}, body}))
	m := cborOf(t, []any{protected, map[any]any{4: foreignKID}, body, sig})
	text := "NZCP:/1/" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(m)
	wantError(t, text, ring(nzKey(key.Public())), pass.ErrMalformed)
}

func TestAKidThatAnotherFormatHasToo(t *testing.T) {
	ed, ec := rfcKey(), p256Key(t)
	other := foreignKey(ec.Public()) // an HCERT key which happens to have the kid
	other.Format = pass.HCERT
	k := identityKey(ed.Public())
	k.ID, k.Format = []byte("its own"), pass.Claim169
	text := identity(t, ed, map[any]any{1: -8, 4: foreignKID}, identityClaims())
	for _, keys := range []*pass.Keyring{ring(k), ring(k, other)} {
		if p, err := pass.Open(text, keys); err != nil {
			t.Errorf("gave %v, %v", p, err)
		}
	}
}

func TestDIDWithMethodsAmongTheAssertions(t *testing.T) {
	key := p256Key(t)
	pt, _ := key.PublicKey.Bytes()
	method := map[string]any{"id": "did:web:x#k", "type": "JsonWebKey2020", "controller": "did:web:x", "publicKeyJwk": map[string]any{"kty": "EC", "crv": "P-256", "x": b64(pt[1:33]), "y": b64(pt[33:])}}
	for _, doc := range []map[string]any{
		{"id": "did:web:x", "verificationMethod": []any{method}, "assertionMethod": []any{method}},
		{"id": "did:web:x", "assertionMethod": []any{method}},
	} {
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if keys, err := pass.ReadTrust(b); err != nil || len(keys) == 0 {
			t.Errorf("%s: %d keys, %v", b, len(keys), err)
		}
	}
}

// A certificate with a critical extension that nobody here knows, or for another
// use, seals nothing (RFC 5280, sections 4.2 and 4.2.1.3).
func TestACertificateThatMayNotSeal(t *testing.T) {
	key, ca := p256Key(t), newCA(t, "CSCA", elliptic.P256())
	for name, change := range map[string]func(*x509.Certificate){
		"critical": func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4, 5}, Critical: true, Value: []byte{5, 0}}}
		},
		"key agreement": func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement },
	} {
		c := &x509.Certificate{
			SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "S"}, KeyUsage: x509.KeyUsageDigitalSignature,
			NotBefore: issuedAt.AddDate(0, -1, 0), NotAfter: issuedAt.AddDate(1, 0, 0),
		}
		change(c)
		_, der := ca.issue(t, c, ca.certificate, key.Public())
		if p, err := pass.Open(vdsnc(t, key, der, sealData()), ring(ca.keys...)); !errors.Is(err, pass.ErrKeyUse) {
			t.Errorf("%s: gave %v, %v", name, p, err)
		}
	}
}

// Dates as RFC 8392 allows them: any number, however far.
func TestDatesBeyondAllOthers(t *testing.T) {
	key := p256Key(t)
	for name, c := range map[string]struct {
		claim, value any
		over         bool
	}{
		"exp in the year 10000": {4, 253402300800, false},
		"exp of 12 digits":      {4, 999999999999, false},
		"exp of 53 bits":        {4, 1<<53 - 1, false},
		"exp at the beginning":  {4, 0, true},
		"exp before it":         {4, -1, true},
		"nbf at the beginning":  {5, 0, false},
		"nbf before it":         {5, -1, false},
	} {
		claims := hcertClaims(dcc())
		claims[c.claim] = c.value
		p, err := pass.Open(hcert(t, key, claims), ring(foreignKey(key.Public())))
		if err != nil || p.Expired(issuedAt) != c.over || p.Begins().After(issuedAt) {
			t.Errorf("%s: gave %v, %v", name, p, err)
		}
	}
	for _, status := range []any{"x", map[string]any{"status_list": nil}, []any{}} {
		claims := hcertClaims(dcc())
		claims[65535] = status
		wantError(t, hcert(t, key, claims), ring(foreignKey(key.Public())), pass.ErrMalformed)
	}
}

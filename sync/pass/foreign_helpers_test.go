package pass_test

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/internal/base45"
	"postern/sync/internal/jcs"
	"postern/sync/pass"
)

// The builders below make foreign passes as issuers' software does, without
// any of the code that opens them but base45 and canonical JSON.

func cborOf(t testing.TB, v any) []byte {
	t.Helper()
	mode, err := cbor.EncOptions{Sort: cbor.SortCoreDeterministic}.EncMode() // so that the cases are made the same each time
	if err != nil {
		t.Fatal(err)
	}
	b, err := mode.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// zlibWriters are used again: each holds a megabyte, and tests make thousands of passes.
var zlibWriters = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

func zlibOf(plain []byte) []byte {
	var b bytes.Buffer
	w := zlibWriters.Get().(*zlib.Writer)
	defer zlibWriters.Put(w)
	w.Reset(&b)
	_, _ = w.Write(plain) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

func deflateOf(t testing.TB, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, 9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rawES256 signs as JOSE and COSE have it: r and s, 32 bytes each.
func rawES256(t testing.TB, key *ecdsa.PrivateKey, message []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}

// coseOf is a tagged COSE_Sign1 by an Ed25519, P-256 or RSA key.
func coseOf(t testing.TB, key crypto.Signer, header, payload any) []byte {
	t.Helper()
	protected, body := cborOf(t, header), cborOf(t, payload)
	tbs := cborOf(t, []any{"Signature1", protected, []byte{}, body})
	var signature []byte
	switch key := key.(type) {
	case ed25519.PrivateKey:
		signature = ed25519.Sign(key, tbs)
	case *ecdsa.PrivateKey:
		signature = rawES256(t, key, tbs)
	case *rsa.PrivateKey:
		sum := sha256.Sum256(tbs)
		var err error
		if signature, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}); err != nil {
			t.Fatal(err)
		}
	case nil:
		signature = []byte{}
	}
	return cborOf(t, cbor.Tag{Number: 18, Content: []any{protected, map[any]any{}, body, signature}})
}

var foreignKID = []byte("8 bytes!")

// foreignKey is a key of an invented state, under foreignKID.
func foreignKey(pub crypto.PublicKey) pass.Key {
	return pass.Key{Issuer: "XX", IssuerName: "Invented State", ID: foreignKID, Public: pub}
}

func ring(keys ...pass.Key) *pass.Keyring { return pass.NewKeyring(keys) }

// dcc is an EU certificate of a test, as its payload.
func dcc() map[string]any {
	return map[string]any{
		"ver": "1.3.0", "dob": "1990-02-28", "nam": map[string]any{"fn": "Muster", "gn": "Erika Maria", "fnt": "MUSTER"},
		"t": []any{map[string]any{
			"ci": "URN:UVCI:01:XX:1234#5", "co": "XX", "tg": "840539006", "tt": "LP6464-4", "tr": "260415000", "sc": "2026-11-19T21:30:45+01:00",
		}},
	}
}

func hcertClaims(card any) map[any]any {
	return map[any]any{1: "XX", 6: issuedAt.Unix(), 4: issuedAt.AddDate(0, 6, 0).Unix(), -260: map[any]any{1: card}}
}

func algorithmFor(key crypto.Signer) int {
	switch key.(type) {
	case ed25519.PrivateKey:
		return -8
	case *rsa.PrivateKey:
		return -37
	}
	return -7
}

func hcert(t testing.TB, key crypto.Signer, claims any) string {
	t.Helper()
	return "HC1:" + base45.Encode(zlibOf(coseOf(t, key, map[any]any{1: algorithmFor(key), 4: foreignKID}, claims)))
}

const healthIssuer = "https://health.example.org/issuer"

// card is a SMART Health Card's payload.
func card() map[string]any {
	resource := func(kind string, more map[string]any) any {
		more["resourceType"] = kind
		return map[string]any{"resource": more}
	}
	coding := func(code string) any { return map[string]any{"coding": []any{map[string]any{"code": code}}} }
	return map[string]any{
		"iss": healthIssuer, "nbf": float64(issuedAt.Unix()) + 0.5,
		"vc": map[string]any{
			"type": []any{"https://smarthealth.cards#health-card"}, "rid": "rid-of-a-card",
			"credentialSubject": map[string]any{"fhirVersion": "4.0.1", "fhirBundle": map[string]any{
				"resourceType": "Bundle", "entry": []any{
					resource("Patient", map[string]any{"name": []any{map[string]any{"family": "Anyperson", "given": []any{"Jane", "C."}}}, "birthDate": "1961-01-20"}),
					resource("Immunization", map[string]any{"status": "completed", "occurrenceDateTime": "2026-01-01"}),
					resource("Immunization", map[string]any{"status": "completed", "occurrenceDateTime": "2026-06-29"}),
					resource("Immunization", map[string]any{"status": "not-done", "occurrenceDateTime": "2026-10-01"}),
					resource("Observation", map[string]any{"status": "final", "code": coding("94500-6"), "effectiveDateTime": "2026-11-18", "valueCodeableConcept": coding("260415000")}),
				},
			}},
		},
	}
}

// jwsOf signs a payload that is already deflated, or is meant not to be.
func jwsOf(t testing.TB, key *ecdsa.PrivateKey, header string, payload []byte) string {
	t.Helper()
	input := b64([]byte(header)) + "." + b64(payload)
	return input + "." + b64(rawES256(t, key, []byte(input)))
}

// digits is a JWS as the number that a QR code holds.
func digits(compact string) string {
	var b []byte
	for i := range len(compact) {
		b = fmt.Appendf(b, "%02d", compact[i]-'-')
	}
	return string(b)
}

const cardHeader = `{"zip":"DEF","alg":"ES256","kid":"8 bytes!"}`

func shc(t testing.TB, key *ecdsa.PrivateKey, payload any) string {
	t.Helper()
	text, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	return "shc:/" + digits(jwsOf(t, key, cardHeader, deflateOf(t, text)))
}

func healthKey(pub crypto.PublicKey) pass.Key {
	k := foreignKey(pub)
	k.Issuer = healthIssuer
	return k
}

func identityClaims() map[any]any {
	return map[any]any{
		1: "https://identity.example.org", 4: issuedAt.AddDate(1, 0, 0).Unix(), 6: issuedAt.Unix(),
		169: map[any]any{1: "3918592438", 4: "Jane Marie Smith", 8: "19900515", 9: 2, 16: []byte{1, 2, 3}, 75: "unknown"},
	}
}

func identity(t testing.TB, key crypto.Signer, header, claims any) string {
	t.Helper()
	return base45.Encode(zlibOf(coseOf(t, key, header, claims)))
}

func identityKey(pub crypto.PublicKey) pass.Key {
	k := foreignKey(pub)
	k.Issuer = "https://identity.example.org"
	return k
}

// ticketPayload is seed, item and the window of validity in protobuf.
func ticketPayload(from, until uint64) []byte {
	b := append([]byte{1<<3 | 2, 4}, "seed"...)
	b = binary.AppendUvarint(append(b, 2<<3), 300)
	if from > 0 {
		b = binary.AppendUvarint(append(b, 5<<3), from)
	}
	if until > 0 {
		b = binary.AppendUvarint(append(b, 6<<3), until)
	}
	return b
}

func reversed(b []byte) string {
	text := []byte(base64.StdEncoding.EncodeToString(b))
	slices.Reverse(text)
	return string(text)
}

func pretix(key ed25519.PrivateKey, payload []byte) string {
	b := binary.BigEndian.AppendUint16([]byte{1}, uint16(len(payload)))
	b = binary.BigEndian.AppendUint16(b, ed25519.SignatureSize)
	return reversed(append(append(b, payload...), ed25519.Sign(key, payload)...))
}

const nzIssuer = "did:web:pass.example.org"

func nzClaims() map[any]any {
	return map[any]any{
		1: nzIssuer, 5: issuedAt.Unix(), 4: issuedAt.AddDate(0, 6, 0).Unix(), 7: []byte("0123456789abcdef"),
		"vc": map[string]any{
			"@context": []any{"https://www.w3.org/2018/credentials/v1", "https://pass.example.org/contexts/v1"},
			"version":  "1.0.0", "type": []any{"VerifiableCredential", "PublicCovidPass"},
			"credentialSubject": map[string]any{"givenName": "Jack", "familyName": "Sparrow", "dob": "1960-04-16"},
		},
	}
}

func nzcp(t testing.TB, key crypto.Signer, header, claims any) string {
	t.Helper()
	return "NZCP:/1/" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(coseOf(t, key, header, claims))
}

func nzKey(pub crypto.PublicKey) pass.Key {
	k := foreignKey(pub)
	k.Issuer = nzIssuer
	return k
}

// sealData is a vaccination certificate's data.
func sealData() map[string]any {
	return map[string]any{
		"hdr": map[string]any{"t": "icao.vacc", "v": 1, "is": "XXX"},
		"msg": map[string]any{
			"uvci": "U32870", "pid": map[string]any{"n": "Smith Bill", "dob": "1990-01-02", "i": "A1234567Z"},
			"ve": []any{map[string]any{"des": "XM68M6", "vd": []any{
				map[string]any{"dvc": "2026-03-03", "seq": 1}, map[string]any{"dvc": "2026-03-24", "seq": 2},
			}}},
		},
	}
}

// vdsnc seals data with key, whose certificate is der.
func vdsnc(t testing.TB, key *ecdsa.PrivateKey, der []byte, data any) string {
	t.Helper()
	text, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	canonical, err := jcs.Append(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"data": %s, "sig": {"alg":"ES256","cer":%q,"sigvl":%q}}`,
		text, base64.URLEncoding.EncodeToString(der), b64(rawES256(t, key, canonical)))
}

// ca is a country's CA, and what a trust file gives of it.
type ca struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
	keys        []pass.Key
}

func newCA(t testing.TB, name string, curve elliptic.Curve) *ca {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: issuedAt.AddDate(-1, 0, 0), NotAfter: issuedAt.AddDate(3, 0, 0),
	}
	c := &ca{key: key}
	c.certificate, _ = c.issue(t, template, template, key.Public())
	if c.keys, err = pass.ReadTrust(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.certificate.Raw})); err != nil {
		t.Fatal(err)
	}
	for i := range c.keys {
		c.keys[i].Issuer = "XXX"
	}
	return c
}

func (c *ca) issue(t testing.TB, template, parent *x509.Certificate, pub crypto.PublicKey) (*x509.Certificate, []byte) {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, pub, c.key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, der
}

// signer issues a certificate for key, with these extended key usages.
func (c *ca) signer(t testing.TB, key *ecdsa.PrivateKey, uses ...asn1.ObjectIdentifier) []byte {
	t.Helper()
	_, der := c.issue(t, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Signer"}, UnknownExtKeyUsage: uses,
		NotBefore: issuedAt.AddDate(0, -1, 0), NotAfter: issuedAt.AddDate(10, 0, 0),
	}, c.certificate, key.Public())
	return der
}

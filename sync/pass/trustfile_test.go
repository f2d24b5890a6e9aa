package pass_test

import (
	"bytes"
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
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
)

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func pemOf(t testing.TB, pub crypto.PublicKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func certificate(t testing.TB, key crypto.Signer) (der []byte, text string) {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "Invented Ministry"},
		NotBefore:    issuedAt.Add(-time.Hour),
		NotAfter:     issuedAt.Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func jwkOf(t testing.TB, pub crypto.PublicKey, more string) string {
	t.Helper()
	switch pub := pub.(type) {
	case ed25519.PublicKey:
		return fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","x":%q%s}`, b64(pub), more)
	case *ecdsa.PublicKey:
		point, err := pub.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":%q,"y":%q%s}`, b64(point[1:33]), b64(point[33:]), more)
	case *rsa.PublicKey:
		return fmt.Sprintf(`{"kty":"RSA","n":%q,"e":"AQAB"%s}`, b64(pub.N.Bytes()), more)
	}
	t.Fatalf("no JWK of %T", pub)
	return ""
}

func rsaKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// edMultibase is rfcKey's public half as a Multikey.
const edMultibase = "z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw"

// trustFiles is one good file of every kind, all of them with rfcKey's public half.
func trustFiles(t testing.TB) map[string]string {
	ed := rfcKey().Public()
	der, cert := certificate(t, rfcKey())
	der64 := base64.StdEncoding.EncodeToString(der)
	return map[string]string{
		"public key":    pemOf(t, ed),
		"certificate":   cert,
		"PEM bundle":    "a comment\n" + cert + "another\n" + pemOf(t, p256Key(t).Public()) + pemOf(t, ed),
		"with BOM":      "\ufeff\r\n" + strings.ReplaceAll(pemOf(t, ed), "\n", "\r\n"),
		"JWK":           jwkOf(t, ed, `,"alg":"EdDSA","use":"sig","kid":"key-1"`),
		"JWK set":       `{"keys":[` + jwkOf(t, p256Key(t).Public(), `,"kid":"a"`) + `,` + jwkOf(t, ed, ``) + `]}`,
		"encryption":    `{"keys":[{"kty":"EC","crv":"P-521","use":"enc"},` + jwkOf(t, ed, ``) + `]}`,
		"DID":           `{"id":"did:web:example.org","verificationMethod":[{"id":"did:web:example.org#key-1","type":"JsonWebKey2020","publicKeyJwk":` + jwkOf(t, ed, ``) + `}]}`,
		"DER in lines":  der64 + "\n\r\n" + der64,
		"EU gateway":    `[{"kid":"AAECAwQFBgc=","country":"XX","rawData":"` + der64 + `"}]`,
		"certificates":  `{"certificates":[{"kid":"AAECAwQFBgc=","rawData":"` + der64 + `"}]}`,
		"JWK with x5c":  jwkOf(t, ed, `,"x5c":["`+der64+`"]`),
		"DID multibase": `{"id":"did:web:example.org","verificationMethod":[{"id":"#key-1","publicKeyMultibase":"` + edMultibase + `"}]}`,
	}
}

func TestTrustFilesOpenPasses(t *testing.T) {
	text := seal(t, leastClaims(), rfcKey())
	for name, file := range trustFiles(t) {
		t.Run(name, func(t *testing.T) {
			keys, err := pass.ReadTrust([]byte(file))
			if err != nil {
				t.Fatal(err)
			}
			mustOpen(t, text, pass.NewKeyring(keys))
		})
	}
}

// Each key is there under every kid by which it could be known.
func TestTrustFileKeyIDs(t *testing.T) {
	ec, big := p256Key(t), rsaKey(t, 2048)
	native, err := pass.KeyID(ec.Public())
	if err != nil {
		t.Fatal(err)
	}
	der, cert := certificate(t, ec)
	certSum := sha256.Sum256(der)
	spki, err := x509.MarshalPKIXPublicKey(big.Public())
	if err != nil {
		t.Fatal(err)
	}
	rsaSum := sha256.Sum256(spki)
	eight := []byte{0xfb, 0xff, 3, 4, 5, 6, 7, 8}
	std := base64.StdEncoding.EncodeToString(eight)
	method := func(id, kid string) string {
		return `{"verificationMethod":[{"id":"did:web:example.org` + id + `","publicKeyJwk":` + jwkOf(t, ec.Public(), kid) + `}]}`
	}
	for name, c := range map[string]struct {
		file string
		want [][]byte
	}{
		"public key":        {pemOf(t, ec.Public()), [][]byte{native}},
		"certificate":       {cert, [][]byte{native, certSum[:8]}},
		"RSA":               {pemOf(t, big.Public()), [][]byte{rsaSum[:8]}},
		"JWK without kid":   {jwkOf(t, ec.Public(), ``), [][]byte{native}},
		"JWK text kid":      {jwkOf(t, ec.Public(), `,"kid":"gate key"`), [][]byte{native, []byte("gate key")}},
		"JWK base64url kid": {jwkOf(t, ec.Public(), `,"kid":"`+b64(eight)+`"`), [][]byte{native, []byte(b64(eight)), eight}},
		"JWK base64 kid":    {jwkOf(t, ec.Public(), `,"kid":"`+std+`"`), [][]byte{native, []byte(std), eight}},
		"JWK native kid":    {jwkOf(t, ec.Public(), `,"kid":"`+b64(native)+`"`), [][]byte{native, []byte(b64(native))}},
		"JWK RSA":           {jwkOf(t, big.Public(), `,"kid":"r!"`), [][]byte{rsaSum[:8], []byte("r!")}},
		"DID without name":  {method("", ``), [][]byte{native}},
		"DID fragment":      {method("#key 1", ``), [][]byte{native, []byte("key 1")}},
		"DID both":          {method("#key 1", `,"kid":"other kid"`), [][]byte{native, []byte("key 1"), []byte("other kid")}},
		"DID base64": {
			method("#"+strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(std), ``),
			[][]byte{native, []byte(strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(std)), []byte(std), eight},
		},
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := pass.ReadTrust([]byte(c.file))
			if err != nil {
				t.Fatal(err)
			}
			ring := pass.NewKeyring(keys)
			for _, id := range c.want {
				if len(ring.Find(id)) != 1 {
					t.Errorf("kid %q finds %d keys", id, len(ring.Find(id)))
				}
			}
			if len(keys) != len(c.want) {
				t.Errorf("%d keys, want %d: %+v", len(keys), len(c.want), keys)
			}
		})
	}
}

func TestTrustFileCertificatePeriod(t *testing.T) {
	_, cert := certificate(t, rfcKey())
	keys, err := pass.ReadTrust([]byte(cert))
	if err != nil {
		t.Fatal(err)
	}
	if keys[0].IssuerName != "Invented Ministry" {
		t.Errorf("the issuer is called %q", keys[0].IssuerName)
	}
	for after, want := range map[time.Duration]error{
		-time.Hour - time.Second: pass.ErrKeyPeriod,
		-time.Hour:               nil,
		time.Hour:                nil, // NotAfter is within
		time.Hour + time.Second:  pass.ErrKeyPeriod,
	} {
		c := leastClaims()
		c.IssuedAt = issuedAt.Add(after)
		text := seal(t, c, rfcKey())
		if want == nil {
			mustOpen(t, text, pass.NewKeyring(keys))
		} else {
			wantError(t, text, pass.NewKeyring(keys), want)
		}
	}
}

func TestTrustFilesThatAreRefused(t *testing.T) {
	ed := rfcKey().Public()
	good := pemOf(t, ed)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(rfcKey())
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	method := func(rest string) string { return `{"verificationMethod":[{"id":"#1"` + rest + `}]}` }
	der, _ := certificate(t, p256Key(t))
	der64 := base64.StdEncoding.EncodeToString(der)
	for name, c := range map[string]struct{ file, says string }{
		"nothing":              {"", "neither PEM"},
		"text":                 {"hello", "neither PEM"},
		"DER":                  {"\x30\x2a", "neither PEM"},
		"too long":             {strings.Repeat(" ", 1<<20+1), "at most"},
		"second block damaged": {good + strings.Replace(good, "MC", "!!", 1) + good, "entry 2"},
		"last block cut":       {good + good[:60], "entry 2"},
		"private key":          {good + block("PRIVATE KEY", private), "entry 2"},
		"not a certificate":    {block("CERTIFICATE", []byte{1}), "entry 1"},
		"P-384":                {pemOf(t, p384.Public()), "P-384"},
		"RSA of 1024 bits":     {smallRSA, "1024 bits"},
		"broken JSON":          {`{"keys":`, "JSON"},
		"two documents":        {`{"keys":[]}{}`, "after the end"},
		"other JSON":           {`{"a":1}`, "no kty"},
		"names in other case":  {strings.Replace(jwkOf(t, ed, ``), "kty", "KTY", 1), "no kty"},
		"member twice":         {jwkOf(t, ed, `,"kid":"a","kid":"b"`), `"kid" twice`},
		"deep":                 {`{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, "nested"},
		"empty set":            {`{"keys":[]}`, "no key"},
		"set of text":          {`{"keys":["a"]}`, "list of objects"},
		"set of nothing":       {`{"keys":[null]}`, "entry 1"},
		"second of set":        {`{"keys":[` + jwkOf(t, ed, ``) + `,{"kty":"OKP","crv":"Ed25519","x":"AA"}]}`, "entry 2 of keys"},
		"second line":          {der64 + "\n" + der64[:7], "entry 2 is damaged"},
		"listed, no rawData":   {`[{"kid":"AA=="}]`, "rawData"},
		"x5c of another":       {jwkOf(t, ed, `,"x5c":["`+der64+`"]`), "another key"},
		"x5c as text":          {jwkOf(t, ed, `,"x5c":"`+der64+`"`), "not a list"},
		"private JWK":          {jwkOf(t, ed, `,"d":"AA"`), "private"},
		"kid as number":        {jwkOf(t, ed, `,"kid":1`), "kid is not text"},
		"kid as null":          {jwkOf(t, ed, `,"kid":null`), "kid is not text"},
		"kid too long":         {jwkOf(t, ed, `,"kid":"`+strings.Repeat("k", 257)+`"`), "257"},
		"x padded":             {`{"kty":"OKP","crv":"Ed25519","x":"` + b64(ed.(ed25519.PublicKey)) + `="}`, "base64url"},
		"x short":              {`{"kty":"OKP","crv":"Ed25519","x":"AAAA"}`, "3 bytes"},
		"Ed448":                {`{"kty":"OKP","crv":"Ed448","x":"AAAA"}`, "not supported"},
		"P-521":                {`{"kty":"EC","crv":"P-521","x":"AAAA","y":"AAAA"}`, "not supported"},
		"off the curve":        {`{"kty":"EC","crv":"P-256","x":"` + b64(make([]byte, 32)) + `","y":"` + b64(make([]byte, 32)) + `"}`, "not a point"},
		"point cut":            {`{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}`, "want 32"},
		"even exponent":        {`{"kty":"RSA","n":"` + b64(bytes.Repeat([]byte{255}, 256)) + `","e":"AQAA"}`, "exponent"},
		"small modulus":        {`{"kty":"RSA","n":"` + b64(bytes.Repeat([]byte{255}, 128)) + `","e":"AQAB"}`, "1024 bits"},
		"method without key":   {method(``), "entry 1 of verificationMethod"},
		"method, text as JWK":  {method(`,"publicKeyJwk":"x"`), "not an object"},
		"method, no base58":    {method(`,"publicKeyMultibase":"z0"`), "base58"},
		"method, other key":    {method(`,"publicKeyMultibase":"z6Mk"`), "not an Ed25519 key"},
		"method, other base":   {method(`,"publicKeyMultibase":"uAAAA"`), "base58"},
		"method, broken name":  {`{"verificationMethod":[{"id":"#%zz","publicKeyMultibase":"` + edMultibase + `"}]}`, "percent"},
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := pass.ReadTrust([]byte(c.file))
			if err == nil || keys != nil {
				t.Fatalf("gave %d keys, %v", len(keys), err)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}

// smallRSA is a key that today's crypto/rsa would not even make.
const smallRSA = `-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDI69KK9pFYohqbefE/s1lDfFJ0
h3peGR45qd6R6Jx3t3vumGIkfNgeXssu3s1IDnb4KS+A/7eWBB6N6wOwE2eXDaFG
XZlcu/0mqAF+LZi5Htu15bNVCx42H9HR+jxVUbZaxb8tuCOwFgK5Lu7rcjZVRxt7
0LxV8L7mpR6iBheTJQIDAQAB
-----END PUBLIC KEY-----
`

// One key that cannot be used takes no other with it, and is named.
func TestTrustFileLeavesOutWhatItCannotUse(t *testing.T) {
	text, ed := seal(t, leastClaims(), rfcKey()), rfcKey().Public()
	p521, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, says string }{
		"PEM":         {pemOf(t, p521.Public()) + smallRSA + pemOf(t, ed), "entry 1: curve P-521 is not supported, only P-256\nentry 2: an RSA key of 1024 bits"},
		"certificate": {string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{0x30, 0}})) + pemOf(t, ed), "entry 1"},
		"JWK set":     {`{"keys":[` + jwkOf(t, ed, ``) + `,{"kty":"EC","crv":"P-521","x":"AA","y":"AA"},{"kty":"oct","k":"AA"}]}`, "entry 3 of keys"},
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := pass.ReadTrust([]byte(c.file))
			if !errors.Is(err, pass.ErrLeftOut) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%d keys and %v, want the error to say %q", len(keys), err, c.says)
			}
			mustOpen(t, text, pass.NewKeyring(keys))
		})
	}
}

// The key usage of a certificate is read in both arcs.
func TestTrustFileUses(t *testing.T) {
	old := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 0, 1847, 2021, 1}
	now := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 1847, 2021, 1}
	with := func(arc asn1.ObjectIdentifier, last int) asn1.ObjectIdentifier {
		return append(append(asn1.ObjectIdentifier{}, arc...), last)
	}
	for name, c := range map[string]struct {
		ids  []asn1.ObjectIdentifier
		want pass.Uses
	}{
		"none":      {nil, 0},
		"test":      {[]asn1.ObjectIdentifier{with(now, 1)}, pass.UseTest},
		"old arc":   {[]asn1.ObjectIdentifier{with(old, 2)}, pass.UseVaccination},
		"both":      {[]asn1.ObjectIdentifier{with(old, 1), with(now, 3)}, pass.UseTest | pass.UseRecovery},
		"elsewhere": {[]asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 1847, 2021, 2, 1}, with(now, 9), now, with(with(now, 1), 1)}, 0},
	} {
		key := p256Key(t)
		template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: issuedAt, UnknownExtKeyUsage: c.ids}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		point := jwkOf(t, key.Public(), `,"x5c":["`+base64.StdEncoding.EncodeToString(der)+`"]`)
		for _, file := range []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), point} {
			keys, err := pass.ReadTrust([]byte(file))
			if err != nil || keys[0].Uses != c.want {
				t.Errorf("%s: uses %b, %v, want %b", name, keys[0].Uses, err, c.want)
			}
		}
	}
}

// A DID document that says which keys are for assertions gives those alone.
func TestAssertionMethods(t *testing.T) {
	login, passes := p256Key(t).Public(), p256Key(t).Public()
	methods := `"verificationMethod":[{"id":"did:web:example.org#login","publicKeyJwk":` + jwkOf(t, login, ``) +
		`},{"id":"did:web:example.org#key-1","publicKeyJwk":` + jwkOf(t, passes, ``) + `}]`
	for name, c := range map[string]struct {
		document  string
		login     bool
		passes    bool
		wantError bool
	}{
		"does not say":  {`{` + methods + `}`, true, true, false},
		"whole name":    {`{"assertionMethod":["did:web:example.org#key-1"],` + methods + `}`, false, true, true},
		"fragment":      {`{"assertionMethod":["#key-1"],` + methods + `}`, false, true, true},
		"both":          {`{"assertionMethod":["#key-1","#login"],` + methods + `}`, true, true, false},
		"none":          {`{"assertionMethod":[],` + methods + `}`, false, false, true},
		"not a list":    {`{"assertionMethod":"#key-1",` + methods + `}`, false, false, true},
		"not of names":  {`{"assertionMethod":[1],` + methods + `}`, false, false, true},
		"another one's": {`{"assertionMethod":["#key-2"],` + methods + `}`, false, false, true},
	} {
		keys, err := pass.ReadTrust([]byte(c.document))
		r := pass.NewKeyring(keys)
		if l, p := len(r.Find([]byte("login"))) > 0, len(r.Find([]byte("key-1"))) > 0; l != c.login || p != c.passes || (err != nil) != c.wantError {
			t.Errorf("%s: login %v, passes %v, %v", name, l, p, err)
		}
	}
}

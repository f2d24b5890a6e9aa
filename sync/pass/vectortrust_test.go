package pass_test

import (
	"bytes"
	"cmp"
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
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"slices"
	"testing"
	"testing/cryptotest"
	"time"

	"postern/sync/pass"
)

// trustVectors are trust files of every form, good and bad, with all keys that must come of them.
const trustVectors = "testdata/trust.json"

type trustCase struct {
	Name    string
	File    string
	Keys    []trustEntry `json:",omitempty"` // by kid
	LeftOut bool         `json:",omitempty"` // some entries are of no use, which an error says beside the keys
	Refused bool         `json:",omitempty"`
}

type trustEntry struct {
	KID      string // hex
	Public   []byte // SubjectPublicKeyInfo, DER
	Name     string `json:",omitempty"`
	From, To *time.Time
	Uses     pass.Uses `json:",omitempty"`
	CA       bool      `json:",omitempty"`
}

// trustGenerator makes the files as others publish them, and says by their
// specifications what is in them. It reads none.
type trustGenerator struct {
	t     *testing.T
	cases []trustCase
}

func (g *trustGenerator) add(name, file string, keys ...trustEntry) *trustCase {
	slices.SortFunc(keys, byKID)
	g.cases = append(g.cases, trustCase{Name: name, File: file, Keys: keys})
	return &g.cases[len(g.cases)-1]
}

func (g *trustGenerator) refused(name, file string) { g.add(name, file).Refused = true }

func byKID(a, b trustEntry) int {
	return cmp.Or(cmp.Compare(a.KID, b.KID), bytes.Compare(a.Public, b.Public))
}

// under is a key under its own kid and under others that are stated.
func (g *trustGenerator) under(pub crypto.PublicKey, stated ...string) []trustEntry {
	g.t.Helper()
	e := trustEntry{Public: spki(g.t, pub)}
	raw, size := e.Public, 8
	switch pub := pub.(type) {
	case ed25519.PublicKey:
		raw, size = pub, 4
	case *ecdsa.PublicKey:
		point, err := pub.Bytes()
		if err != nil {
			g.t.Fatal(err)
		}
		raw, size = point, 4
	}
	sum := sha256.Sum256(raw)
	return named(e, append(stated, string(sum[:size]))...)
}

func named(e trustEntry, kids ...string) (all []trustEntry) {
	for _, kid := range kids {
		e.KID = hex.EncodeToString([]byte(kid))
		all = append(all, e)
	}
	return all
}

// certificateOf makes a certificate, and what must come of it under these kids beside its own.
func (g *trustGenerator) certificateOf(key crypto.Signer, change func(*x509.Certificate), uses pass.Uses, stated ...string) (der []byte, keys []trustEntry) {
	g.t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: "Quillhaven Signer 7"},
		NotBefore: issuedAt.AddDate(0, -2, 0), NotAfter: issuedAt.AddDate(1, 0, 0),
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		g.t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	keys = g.under(key.Public(), append(stated, string(sum[:8]))...)
	if curve, ok := key.Public().(*ecdsa.PublicKey); ok && curve.Curve != elliptic.P256() {
		keys = keys[:len(keys)-1] // no kid of its own
	}
	for i := range keys {
		keys[i].Name, keys[i].Uses, keys[i].CA = "Quillhaven Signer 7", uses, template.IsCA
		keys[i].From, keys[i].To = timePointer(template.NotBefore), timePointer(template.NotAfter.Add(time.Second))
	}
	return der, keys
}

func uses(ids ...asn1.ObjectIdentifier) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.UnknownExtKeyUsage = ids }
}

func pemBlock(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// jwkOf is a public key as a JWK with these members beside.
func (g *trustGenerator) jwkOf(pub crypto.PublicKey, more map[string]any) map[string]any {
	g.t.Helper()
	jwk := map[string]any{}
	switch pub := pub.(type) {
	case ed25519.PublicKey:
		jwk = map[string]any{"kty": "OKP", "crv": "Ed25519", "x": b64(pub)}
	case *ecdsa.PublicKey:
		point, err := pub.Bytes()
		if err != nil {
			g.t.Fatal(err)
		}
		half := len(point) / 2
		jwk = map[string]any{"kty": "EC", "crv": pub.Params().Name, "x": b64(point[1 : 1+half]), "y": b64(point[1+half:])}
	case *rsa.PublicKey:
		jwk = map[string]any{"kty": "RSA", "n": b64(pub.N.Bytes()), "e": "AQAB"}
	}
	for name, v := range more {
		jwk[name] = v
	}
	return jwk
}

func (g *trustGenerator) json(v any) string {
	g.t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		g.t.Fatal(err)
	}
	return string(b)
}

func (g *trustGenerator) generate() {
	today, old := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 1847, 2021, 1}, asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 0, 1847, 2021, 1}
	point, ed, large := p256Key(g.t), rfcKey(), rsaKey(g.t, 2048)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		g.t.Fatal(err)
	}
	p384 := curveKey(&generator{t: g.t}, elliptic.P384())
	publicPEM := func(pub crypto.PublicKey) string { return pemBlock("PUBLIC KEY", spki(g.t, pub)) }
	g.add("PEM: a key on P-256", publicPEM(point.Public()), g.under(point.Public())...)
	g.add("PEM: three keys", publicPEM(point.Public())+publicPEM(ed.Public())+publicPEM(large.Public()),
		slices.Concat(g.under(point.Public()), g.under(ed.Public()), g.under(large.Public()))...)
	g.add("PEM: a key on P-384 beside one", publicPEM(p384.Public())+publicPEM(ed.Public()), g.under(ed.Public())...).LeftOut = true
	g.add("PEM: an RSA key of 1024 bits beside one", publicPEM(small.Public())+publicPEM(ed.Public()), g.under(ed.Public())...).LeftOut = true
	g.refused("PEM: an RSA key of 1024 bits alone", publicPEM(small.Public()))
	g.refused("PEM: the first of two damaged", "-----BEGIN PUBLIC KEY-----\nMCow!BQ\n-----END PUBLIC KEY-----\n"+publicPEM(ed.Public()))
	g.refused("PEM: a private key", pemBlock("PRIVATE KEY", []byte("secret"))+publicPEM(ed.Public()))

	for _, c := range []struct {
		name string
		ids  []asn1.ObjectIdentifier
		uses pass.Uses
	}{
		{"for all", nil, 0},
		{"for tests", []asn1.ObjectIdentifier{append(slices.Clone(today), 1)}, pass.UseTest},
		{"for vaccinations and recoveries", []asn1.ObjectIdentifier{append(slices.Clone(today), 2), append(slices.Clone(today), 3)}, pass.UseVaccination | pass.UseRecovery},
		{"for tests, by the old arc", []asn1.ObjectIdentifier{append(slices.Clone(old), 1)}, pass.UseTest},
		{"for what nobody knows", []asn1.ObjectIdentifier{append(slices.Clone(today), 9)}, 0},
	} {
		der, keys := g.certificateOf(point, uses(c.ids...), c.uses)
		g.add("certificate "+c.name, pemBlock("CERTIFICATE", der), keys...)
	}
	ca, caKeys := g.certificateOf(p384, func(c *x509.Certificate) {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	}, 0)
	g.add("certificate of a CA on P-384", pemBlock("CERTIFICATE", ca), caKeys...)
	unnamed, keys := g.certificateOf(point, func(c *x509.Certificate) { c.Subject = pkix.Name{CommonName: "a\nb"} }, 0)
	for i := range keys {
		keys[i].Name = ""
	}
	g.add("certificate with a line end in its name", pemBlock("CERTIFICATE", unnamed), keys...)

	der, keys := g.certificateOf(point, uses(append(slices.Clone(today), 1)), pass.UseTest)
	line := base64.StdEncoding.EncodeToString(der)
	g.add("lines of base64", line+"\n"+base64.StdEncoding.EncodeToString(ca)+"\n", slices.Concat(keys, caKeys)...)
	g.refused("lines of base64, the second damaged", line+"\nMI!\n")
	stated := base64.StdEncoding.EncodeToString([]byte("\xfe\xff kid 8"))
	der, keys = g.certificateOf(point, uses(), 0, "\xfe\xff kid 8", stated)
	entry := map[string]any{"kid": stated, "rawData": base64.StdEncoding.EncodeToString(der), "country": "XX"}
	g.add("the gateway's list", g.json([]any{entry}), keys...)
	g.add("the gateway's list as certificates", g.json(map[string]any{"certificates": []any{entry}}), keys...)
	g.refused("the gateway's list, an entry without certificate", g.json([]any{entry, map[string]any{"kid": "x"}}))

	kid := b64([]byte("sixteen bytes ok"))
	jwk := g.jwkOf(point.Public(), map[string]any{"kid": kid, "alg": "ES256", "use": "sig"})
	g.add("JWK", g.json(jwk), g.under(point.Public(), kid, "sixteen bytes ok")...)
	g.add("JWK set: one for each kind, one for encryption, one on P-384", g.json(map[string]any{"keys": []any{
		jwk, g.jwkOf(ed.Public(), map[string]any{"kid": "key!1"}), g.jwkOf(large.Public(), nil),
		g.jwkOf(p256Key(g.t).Public(), map[string]any{"use": "enc"}), g.jwkOf(p384.Public(), nil),
	}}), slices.Concat(g.under(point.Public(), kid, "sixteen bytes ok"), g.under(ed.Public(), "key!1"), g.under(large.Public()))...).LeftOut = true
	der, _ = g.certificateOf(point, uses(append(slices.Clone(today), 2)), 0)
	limited := g.under(point.Public())
	limited[0].Uses = pass.UseVaccination
	x5c := map[string]any{"x5c": []string{base64.StdEncoding.EncodeToString(der)}}
	g.add("JWK with a certificate for vaccinations", g.json(g.jwkOf(point.Public(), x5c)), limited...)
	g.refused("JWK with the certificate of another key", g.json(g.jwkOf(p256Key(g.t).Public(), x5c)))
	g.refused("JWK with its private half", g.json(g.jwkOf(point.Public(), map[string]any{"d": "AAAA"})))
	g.refused("JWK that is no point", g.json(g.jwkOf(point.Public(), map[string]any{"x": b64(make([]byte, 32))})))
	g.refused("JWK with a member twice", `{"kty":"OKP","kty":"EC","crv":"Ed25519","x":"`+b64(ed.Public().(ed25519.PublicKey))+`"}`)
	g.refused("JSON without keys", `{"hello": "world"}`)
	g.refused("nothing", " \n")
	g.refused("a sentence", "These are the keys.")

	method := func(id string, more map[string]any) map[string]any {
		v := map[string]any{"id": "did:web:pass.example.org#" + id, "type": "JsonWebKey2020", "controller": "did:web:pass.example.org"}
		for name, m := range more {
			v[name] = m
		}
		return v
	}
	signing := method("key!1", map[string]any{"publicKeyJwk": g.jwkOf(point.Public(), nil)})
	login := method("login!", map[string]any{"publicKeyJwk": g.jwkOf(p256Key(g.t).Public(), nil)})
	g.add("DID document: one key for assertions, one for logging in", g.json(map[string]any{
		"id": "did:web:pass.example.org", "verificationMethod": []any{signing, login}, "assertionMethod": []any{"#key!1"}, "authentication": []any{"#login!"},
	}), g.under(point.Public(), "key!1")...).LeftOut = true
	g.add("DID document: a Multikey among the assertions", g.json(map[string]any{
		"assertionMethod": []any{method("multi!", map[string]any{"publicKeyMultibase": edMultibase})},
	}), g.under(ed.Public(), "multi!")...)
	g.add("DID document: an id with percent signs", g.json(map[string]any{
		"verificationMethod": []any{method("a%21b", map[string]any{"publicKeyJwk": g.jwkOf(ed.Public(), nil)})},
	}), g.under(ed.Public(), "a%21b", "a!b")...)
	g.refused("DID document: a Multikey of another kind", g.json(map[string]any{
		"assertionMethod": []any{method("multi!", map[string]any{"publicKeyMultibase": "z6Mk"})},
	}))
}

// The generator of trust files; see TestGeneratorOfVectors.
func TestGeneratorOfTrustFiles(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 20)
	t.Setenv("GODEBUG", "rsa1024min=0") // one key must be too short
	g := &trustGenerator{t: t}
	g.generate()
	if *update {
		writeJSON(t, trustVectors, g.cases)
	}
	kept := keptTrustCases(t)
	if len(kept) != len(g.cases) {
		t.Fatalf("the generator makes %d cases, the file has %d", len(g.cases), len(kept))
	}
	for i, c := range g.cases {
		if k := kept[i]; k.Name != c.Name || len(k.Keys) != len(c.Keys) || k.LeftOut != c.LeftOut || k.Refused != c.Refused {
			t.Errorf("the generator makes %s with %d keys, the file has %s with %d", c.Name, len(c.Keys), k.Name, len(k.Keys))
		}
	}
}

func keptTrustCases(t *testing.T) (cases []trustCase) {
	t.Helper()
	b, err := os.ReadFile(trustVectors)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// ourTrustFiles: of each file come exactly the keys that it must give, with
// their kids, periods and uses, or none.
func ourTrustFiles(t *testing.T) {
	outcomes := map[string]int{}
	for _, c := range keptTrustCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			keys, err := pass.ReadTrust([]byte(c.File))
			outcome := "read"
			switch {
			case errors.Is(err, pass.ErrLeftOut) && len(keys) > 0:
				outcome = "left out"
			case err != nil:
				outcome = "refused"
			}
			outcomes[outcome]++
			want := map[[2]bool]string{{false, false}: "read", {true, false}: "left out", {false, true}: "refused"}[[2]bool{c.LeftOut, c.Refused}]
			if outcome != want {
				t.Fatalf("it was %s, want %s: %v", outcome, want, err)
			}
			if got := entriesOf(t, keys); !sameAsJSON(t, got, c.Keys) {
				t.Errorf("gave\n%s\nwant\n%s", oneLine(got), oneLine(c.Keys))
			}
		})
	}
	if outcomes["read"] == 0 || outcomes["left out"] == 0 || outcomes["refused"] == 0 {
		t.Errorf("of %v none may be missing", outcomes)
	}
}

func entriesOf(t *testing.T, keys []pass.Key) []trustEntry {
	t.Helper()
	var all []trustEntry
	for _, k := range keys {
		if k.Issuer != "" || k.Withdrawn || k.Format != "" {
			t.Errorf("a file says who may sign what: %+v", k)
		}
		all = append(all, trustEntry{
			KID: hex.EncodeToString(k.ID), Public: spki(t, k.Public), Name: k.IssuerName, From: timePointer(k.From), To: timePointer(k.To),
			Uses: k.Uses, CA: k.Certificate != nil && k.Certificate.IsCA,
		})
	}
	slices.SortFunc(all, byKID)
	return all
}

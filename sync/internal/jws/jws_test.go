package jws_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"postern/sync/internal/jws"
)

func key(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func signed(t testing.TB, k *ecdsa.PrivateKey, header, payload string) string {
	t.Helper()
	input := b64(header) + "." + b64(payload)
	sum := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, k, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	raw := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	return input + "." + b64(string(raw))
}

// The example of RFC 7515 appendix A.3.
func TestExampleOfRFC7515(t *testing.T) {
	const compact = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
	x, err := base64.RawURLEncoding.DecodeString("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")
	if err != nil {
		t.Fatal(err)
	}
	y, err := base64.RawURLEncoding.DecodeString("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")
	if err != nil {
		t.Fatal(err)
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		t.Fatal(err)
	}
	m, err := jws.Parse(compact)
	if err != nil {
		t.Fatal(err)
	}
	if !m.Verify(public) || m.KeyID != "" || m.Zip != "" || !strings.Contains(string(m.Payload), `"joe"`) {
		t.Errorf("it reads as %+v", m)
	}
	if m.Verify(key(t, elliptic.P256()).Public()) || m.Verify(nil) || m.Verify(key(t, elliptic.P384()).Public()) || m.Verify(ed25519.PublicKey(make([]byte, 32))) {
		t.Error("another key verifies it")
	}
}

func TestEveryLetterCounts(t *testing.T) {
	k := key(t, elliptic.P256())
	compact := signed(t, k, `{"zip":"DEF","alg":"ES256","kid":"k"}`, "payload")
	m, err := jws.Parse(compact)
	if err != nil || !m.Verify(k.Public()) || m.KeyID != "k" || m.Zip != "DEF" {
		t.Fatalf("%+v, %v", m, err)
	}
	for i := range compact {
		for _, c := range "A_b.=" {
			changed := compact[:i] + string(c) + compact[i+1:]
			if m, err := jws.Parse(changed); err == nil && changed != compact && m.Verify(k.Public()) {
				t.Errorf("with %q at %d it verifies", c, i)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	k := key(t, elliptic.P256())
	good := signed(t, k, `{"alg":"ES256"}`, "payload")
	parts := strings.Split(good, ".")
	for name, compact := range map[string]string{
		"nothing":        "",
		"two parts":      parts[0] + "." + parts[1],
		"four parts":     good + ".",
		"padding":        parts[0] + "=." + parts[1] + "." + parts[2],
		"line end":       parts[0] + "\n." + parts[1] + "." + parts[2],
		"standard 64":    parts[0] + "." + parts[1] + "." + strings.Repeat("+/", 43),
		"bits left over": parts[0] + ".YWJjZR." + parts[2],
		"alg none":       signed(t, k, `{"alg":"none"}`, "payload"),
		"alg absent":     signed(t, k, `{}`, "payload"),
		"alg other case": signed(t, k, `{"ALG":"ES256"}`, "payload"),
		"alg twice":      signed(t, k, `{"alg":"none","alg":"ES256"}`, "payload"),
		"alg HS256":      signed(t, k, `{"alg":"HS256"}`, "payload"),
		"critical":       signed(t, k, `{"alg":"ES256","crit":["b64"],"b64":false}`, "payload"),
		"kid number":     signed(t, k, `{"alg":"ES256","kid":5}`, "payload"),
		"zip null":       signed(t, k, `{"alg":"ES256","zip":null}`, "payload"),
		"header list":    signed(t, k, `["ES256"]`, "payload"),
		"BOM":            signed(t, k, "\ufeff"+`{"alg":"ES256"}`, "payload"),
	} {
		if m, err := jws.Parse(compact); err == nil {
			t.Errorf("%s: gave %+v", name, m)
		}
	}
}

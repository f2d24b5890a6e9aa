package snapshot_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/snapshot"
)

// oldKey is an RSA key; making one takes a while.
var oldKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func trust(t testing.TB) *snapshot.Trust {
	t.Helper()
	native := ed25519.NewKeyFromSeed(make([]byte, 32)).Public()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	old := oldKey()
	tracing, err := ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return &snapshot.Trust{
		Version: 2, City: map[string]string{"zh": "长宁市", "en": "Changning"},
		Issuers: []snapshot.Issuer{
			{ID: "CN-CN", Name: "长宁市卫健委", Keys: []pass.Key{
				{Issuer: "CN-CN", IssuerName: "长宁市卫健委", ID: []byte{1, 2, 3, 4}, Public: native, From: made, To: made.AddDate(1, 0, 0)},
				{Issuer: "CN-CN", IssuerName: "长宁市卫健委", ID: []byte{9}, Public: &curve.PublicKey, Withdrawn: true},
			}},
			{ID: "XX", Name: "Elsewhere", Keys: []pass.Key{{Issuer: "XX", IssuerName: "Elsewhere", ID: []byte{1, 2, 3, 4}, Public: &old.PublicKey}}},
		},
		Receipt: []ed25519.PublicKey{native.(ed25519.PublicKey)},
		Tracing: tracing.PublicKey(),
	}
}

func TestTrustRoundTrip(t *testing.T) {
	want := trust(t)
	b, err := snapshot.EncodeTrust(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := snapshot.ParseTrust(b)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for n := range b {
		if _, err := snapshot.ParseTrust(b[:n]); err == nil {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
	}
	if _, err := snapshot.ParseTrust(make([]byte, snapshot.MaxTrust+1)); err == nil {
		t.Error("took more than MaxTrust bytes")
	}
}

// stateCA is a certificate of a state's CA on P-384.
func stateCA(t testing.TB) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Country: []string{"UT"}, CommonName: "Utopia CSCA"},
		NotBefore: made, NotAfter: made.AddDate(5, 0, 0), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestForeignKeysRoundTrip(t *testing.T) {
	want, ca := trust(t), stateCA(t)
	want.Issuers = append(want.Issuers, snapshot.Issuer{ID: "UT", Name: "Utopia", Keys: []pass.Key{
		{Issuer: "UT", IssuerName: "Utopia", ID: bytes.Repeat([]byte("k"), 256), Public: ca.PublicKey, Certificate: ca, Format: pass.VDSNC},
		{Issuer: "UT", IssuerName: "Utopia", ID: []byte("did:web:utopia#1"), Public: &oldKey().PublicKey, Format: pass.HCERT, Uses: pass.UseTest | pass.UseRecovery},
	}})
	b, err := snapshot.EncodeTrust(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := snapshot.ParseTrust(b); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, spoil := range map[string]func(k *pass.Key){
		"another's certificate": func(k *pass.Key) { k.Public = &oldKey().PublicKey },
		"no certificate":        func(k *pass.Key) { k.Certificate = nil },
		"an unknown use":        func(k *pass.Key) { k.Uses = 8 },
		"a long kid":            func(k *pass.Key) { k.ID = make([]byte, 257) },
		"a long format":         func(k *pass.Key) { k.Format = pass.Format(strings.Repeat("f", 33)) },
	} {
		x, err := snapshot.ParseTrust(b)
		if err != nil {
			t.Fatal(err)
		}
		spoil(&x.Issuers[2].Keys[0])
		if _, err := snapshot.EncodeTrust(x); err == nil {
			t.Errorf("%s: encoded", name)
		}
	}
}

func TestKeyringKeepsIssuersApart(t *testing.T) {
	found := trust(t).Keyring().Find([]byte{1, 2, 3, 4})
	if len(found) != 2 {
		t.Fatalf("%d keys with one kid, want 2", len(found))
	}
	for _, k := range found {
		if k.Issuer == "" || k.IssuerName == "" {
			t.Errorf("key %+v may sign for any issuer", k)
		}
	}
}

func TestEncodeTrustRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*snapshot.Trust){
		"version 0":        func(x *snapshot.Trust) { x.Version = 0 },
		"issuer twice":     func(x *snapshot.Trust) { x.Issuers[1].ID = "CN-CN"; x.Issuers[1].Keys[0].Issuer = "" },
		"another's key":    func(x *snapshot.Trust) { x.Issuers[0].Keys[0].Issuer = "XX" },
		"no key type":      func(x *snapshot.Trust) { x.Issuers[0].Keys[0].Public = "key" },
		"short key":        func(x *snapshot.Trust) { x.Issuers[0].Keys[0].Public = ed25519.PublicKey{1} },
		"no kid":           func(x *snapshot.Trust) { x.Issuers[0].Keys[0].ID = nil },
		"ends before from": func(x *snapshot.Trust) { x.Issuers[0].Keys[0].To = made.Add(-time.Second) },
		"no issuer name":   func(x *snapshot.Trust) { x.Issuers[0].Name = "" },
		"long city":        func(x *snapshot.Trust) { x.City["en"] = strings.Repeat("a", 201) },
		"receipt key":      func(x *snapshot.Trust) { x.Receipt[0] = nil },
	} {
		x := trust(t)
		spoil(x)
		if _, err := snapshot.EncodeTrust(x); err == nil {
			t.Errorf("%s: encoded", name)
		}
	}
}

func TestCustom(t *testing.T) {
	c := city(100, 1)
	want := snapshot.CustomOf(c, 0, 681)
	b, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := snapshot.ParseCustom(b); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{
		`{}`, `null`, `[]`, strings.Replace(string(b), `"version":1`, `"version":0`, 1),
		strings.Replace(string(b), `"digest":"`, `"digest":"00`, 1), strings.Replace(string(b), `"entries":100`, `"entries":-1`, 1),
		strings.Replace(string(b), `"version":1`, `"version":1,"from":1`, 1), strings.Replace(string(b), `"made":1`, `"made":-1`, 1),
	} {
		if _, err := snapshot.ParseCustom([]byte(bad)); err == nil {
			t.Errorf("took %s", bad)
		}
	}
	for got, want := range map[string]string{
		snapshot.FullTarget(7): "status/7.full", snapshot.DeltaTarget(6, 7): "status/6-7.delta",
		snapshot.PolicyTarget("office"): "policy/office",
	} {
		if got != want {
			t.Errorf("target %q, want %q", got, want)
		}
	}
}

func FuzzParseTrust(f *testing.F) {
	small := &snapshot.Trust{Version: 1, City: map[string]string{"en": "Changning"}, Issuers: []snapshot.Issuer{{
		ID: "CN-CN", Name: "Health", Keys: []pass.Key{{ID: []byte{1, 2, 3, 4}, Public: ed25519.NewKeyFromSeed(make([]byte, 32)).Public(), From: made}},
	}}}
	b, err := snapshot.EncodeTrust(small)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{0xa0})
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := snapshot.ParseTrust(b)
		if err != nil {
			return
		}
		if again, err := snapshot.EncodeTrust(x); err != nil || !bytes.Equal(again, b) {
			t.Errorf("a trust list has two forms: %x and %x, %v", b, again, err)
		}
	})
}

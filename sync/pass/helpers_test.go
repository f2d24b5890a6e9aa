package pass_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
	"postern/sync/pass"
)

const issuer = "P"

var issuedAt = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// sentinels are all the errors that Open may give.
var sentinels = []error{
	pass.ErrForeign, pass.ErrTooLong, pass.ErrMalformed, pass.ErrNoKey,
	pass.ErrWithdrawn, pass.ErrKeyPeriod, pass.ErrForged,
	pass.ErrKeyUse, pass.ErrNeedsNetwork, pass.ErrEncrypted, pass.ErrPart,
}

// rfcKey is the secret key of RFC 8032 section 7.1, test 1: public, so never trusted by anything real.
func rfcKey() ed25519.PrivateKey {
	seed, err := hex.DecodeString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
	if err != nil {
		panic(err)
	}
	return ed25519.NewKeyFromSeed(seed)
}

func p256Key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signer(t testing.TB, key crypto.Signer) *pass.Signer {
	t.Helper()
	s, err := pass.NewSigner(issuer, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func seal(t testing.TB, c pass.Claims, key crypto.Signer) string {
	t.Helper()
	text, err := pass.Seal(c, signer(t, key))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// trusted is a keyring of one key.
func trusted(t testing.TB, pub crypto.PublicKey) *pass.Keyring {
	t.Helper()
	return pass.NewKeyring([]pass.Key{nativeKey(t, pub)})
}

func nativeKey(t testing.TB, pub crypto.PublicKey) pass.Key {
	t.Helper()
	kid, err := pass.KeyID(pub)
	if err != nil {
		t.Fatal(err)
	}
	return pass.Key{Issuer: issuer, IssuerName: "Invented City", ID: kid, Public: pub}
}

// leastClaims are as few as a pass can say.
func leastClaims() pass.Claims {
	return pass.Claims{
		Issuer:   issuer,
		ID:       []byte{1, 2, 3, 4, 5, 6, 7, 8},
		IssuedAt: issuedAt,
		Expires:  issuedAt.Add(7 * 24 * time.Hour),
	}
}

// fullClaims are as many as a pass can say.
func fullClaims(holder *ecdsa.PublicKey) pass.Claims {
	c := leastClaims()
	c.NotBefore = issuedAt.Add(time.Hour)
	c.Status = &pass.StatusRef{URI: "s:7", Index: 41234567}
	c.Confirm = holder
	c.Name, c.Colour, c.BirthYear = "张*", pass.Amber, 1990
	c.Tests = []pass.Test{
		{Kind: pass.NucleicAcid, Result: pass.Negative, At: issuedAt.Add(-26 * time.Hour)},
		{Kind: pass.Antigen, Result: pass.Inconclusive, At: issuedAt.Add(-3 * time.Hour)},
		{Kind: pass.OtherKind, Result: pass.Positive, At: issuedAt.Add(-time.Hour)},
	}
	c.Doses = &pass.Doses{Count: 3, Day: time.Date(2026, 5, 14, 0, 0, 0, 0, time.UTC)}
	return c
}

// signedPayload is a PP1: text of any payload, signed with rfcKey.
func signedPayload(t testing.TB, payload []byte) string {
	t.Helper()
	b, err := cose.Sign(rfcKey(), signer(t, rfcKey()).KeyID(), payload)
	if err != nil {
		t.Fatal(err)
	}
	return "PP1:" + base45.Encode(b)
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	b, err := cose.Encoding.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wantError opens a text that must not open, for a reason out of want.
func wantError(t testing.TB, text string, keys *pass.Keyring, want ...error) {
	t.Helper()
	p, err := pass.Open(text, keys)
	if p != nil || err == nil {
		t.Fatalf("Open(%q) = %+v, %v", text, p, err)
	}
	for _, w := range want {
		if errors.Is(err, w) {
			return
		}
	}
	t.Fatalf("Open(%q): %v, want one of %v", text, err, want)
}

// mustOpen opens a text that must open.
func mustOpen(t testing.TB, text string, keys *pass.Keyring) *pass.Pass {
	t.Helper()
	p, err := pass.Open(text, keys)
	if err != nil {
		t.Fatalf("Open(%q): %v", text, err)
	}
	if !p.Genuine() || p.Format != pass.Native {
		t.Fatalf("Open(%q) = %+v: not a genuine native pass", text, p)
	}
	return p
}

// equalClaims compares claims by what they say.
func equalClaims(a, b pass.Claims) bool {
	confirm := a.Confirm == nil && b.Confirm == nil ||
		a.Confirm != nil && b.Confirm != nil && a.Confirm.Equal(b.Confirm)
	status := a.Status == nil && b.Status == nil ||
		a.Status != nil && b.Status != nil && *a.Status == *b.Status
	doses := a.Doses == nil && b.Doses == nil ||
		a.Doses != nil && b.Doses != nil && *a.Doses == *b.Doses
	tests := len(a.Tests) == len(b.Tests)
	for i := 0; tests && i < len(a.Tests); i++ {
		tests = a.Tests[i] == b.Tests[i]
	}
	return confirm && status && doses && tests &&
		a.Issuer == b.Issuer && bytes.Equal(a.ID, b.ID) && a.Name == b.Name &&
		a.Colour == b.Colour && a.BirthYear == b.BirthYear &&
		a.IssuedAt.Equal(b.IssuedAt) && a.Expires.Equal(b.Expires) && a.NotBefore.Equal(b.NotBefore)
}

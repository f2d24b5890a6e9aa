package pass_test

import (
	"crypto"
	"errors"
	"reflect"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/internal/base45"
	"postern/sync/pass"
)

func TestClaim169(t *testing.T) {
	ec := p256Key(t)
	for name, c := range map[string]struct {
		key    crypto.Signer
		header map[any]any
	}{
		"EdDSA":         {rfcKey(), map[any]any{1: -8, 4: foreignKID}},
		"ES256":         {ec, map[any]any{1: -7, 4: foreignKID}},
		"EdDSA, no kid": {rfcKey(), map[any]any{1: -8}},
		"ES256, no kid": {ec, map[any]any{1: -7}},
		"another kid":   {ec, map[any]any{1: -7, 4: "key of 2024"}},
	} {
		keys := ring(foreignKey(p256Key(t).Public()), identityKey(p256Key(t).Public()), identityKey(c.key.Public()))
		p, err := pass.Open(identity(t, c.key, c.header, identityClaims()), keys)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := pass.Claims{
			Issuer: "https://identity.example.org", ID: []byte("3918592438"), IssuedAt: issuedAt, Expires: issuedAt.AddDate(1, 0, 0),
			Name: "J. M. S.", BirthYear: 1990,
		}
		document := map[string]any{"id": "3918592438", "fullName": "Jane Marie Smith", "dateOfBirth": "19900515", "gender": 2.}
		if p.Format != pass.Claim169 || !reflect.DeepEqual(p.Claims, want) || !reflect.DeepEqual(p.Document, any(document)) {
			t.Errorf("%s: opens as %+v", name, p)
		}
		if string(p.KeyID) != string(foreignKID) {
			t.Errorf("%s: the key is %q", name, p.KeyID)
		}
	}
}

// A code may have the name in a second language, which counts where it is in Latin letters.
func TestClaim169InTwoLanguages(t *testing.T) {
	for second, want := range map[string]string{"Chol-su Kim": "C. S. K.", "김철수": "", "Ким Чхольсу": "", "": ""} {
		claims := identityClaims()
		claims[169] = map[any]any{4: "김철수", 19: second}
		p, err := pass.Open(identity(t, rfcKey(), map[any]any{1: -8, 4: foreignKID}, claims), ring(identityKey(rfcKey().Public())))
		if err != nil || p.Name != "김*" || p.Latin != want {
			t.Errorf("%q: shown as %+v, %v, want %q", second, p, err, want)
		}
	}
}

// Where the code names no issuer, it is the key's.
func TestClaim169WithoutIssuer(t *testing.T) {
	claims := identityClaims()
	delete(claims, 1)
	p, err := pass.Open(identity(t, rfcKey(), map[any]any{1: -8, 4: foreignKID}, claims), ring(foreignKey(rfcKey().Public())))
	if err != nil || p.Issuer != "XX" {
		t.Errorf("gave %+v, %v", p, err)
	}
}

func TestClaim169ThatDoesNotOpen(t *testing.T) {
	key := rfcKey()
	header, unnamed := map[any]any{1: -8, 4: foreignKID}, map[any]any{1: -8}
	good, none := ring(identityKey(key.Public())), ring()
	other := identityKey(p256Key(t).Public())
	other.ID = []byte("other")
	without := identityClaims()
	delete(without, 169)
	odd := identityClaims()
	odd[6] = "now"
	list := identityClaims()
	list[169] = []any{}
	encrypted := cborOf(t, cbor.Tag{Number: 16, Content: []any{cborOf(t, map[any]any{1: 3}), map[any]any{5: []byte("nonce")}, []byte("ciphertext")}})
	for name, c := range map[string]struct {
		text string
		keys *pass.Keyring
		want error
	}{
		"key not known":               {identity(t, key, header, identityClaims()), none, pass.ErrNoKey},
		"key not named, none fits":    {identity(t, key, unnamed, identityClaims()), ring(other), pass.ErrNoKey},
		"issuer of another key":       {identity(t, key, header, identityClaims()), ring(foreignKey(key.Public())), pass.ErrNoKey},
		"forged":                      {identity(t, p256Key(t), header, identityClaims()), good, pass.ErrForged},
		"signature empty":             {identity(t, nil, header, identityClaims()), good, pass.ErrForged},
		"signature empty, no kid":     {identity(t, nil, unnamed, identityClaims()), good, pass.ErrNoKey},
		"signature empty, no key":     {identity(t, nil, header, identityClaims()), none, pass.ErrNoKey},
		"encrypted":                   {base45.Encode(zlibOf(encrypted)), good, pass.ErrEncrypted},
		"no claim 169":                {identity(t, key, header, without), good, pass.ErrForeign},
		"claim 169 no map":            {identity(t, key, header, list), good, pass.ErrForeign},
		"signed, date unreadable":     {identity(t, key, header, odd), good, pass.ErrMalformed},
		"not signed, date unreadable": {identity(t, nil, header, odd), good, pass.ErrForged},
		"no message":                  {base45.Encode(zlibOf([]byte("some text"))), good, pass.ErrForeign},
		"zlib cut":                    {base45.Encode(zlibOf([]byte("some text"))[:9]), good, pass.ErrMalformed},
		"too large":                   {base45.Encode(zlibOf(make([]byte, 64<<10+1))), good, pass.ErrMalformed},
		"no zlib":                     {base45.Encode([]byte("some text")), good, pass.ErrForeign},
	} {
		if p, err := pass.Open(c.text, c.keys); p != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: gave %+v, %v, want %v", name, p, err, c.want)
		}
	}
}

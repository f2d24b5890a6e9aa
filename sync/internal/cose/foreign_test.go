package cose_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/internal/cose"
)

// write encodes as any issuer's library would.
func write(t testing.TB, v any) []byte {
	t.Helper()
	b, err := cbor.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// foreignSigned builds a message whose headers are as given and whose
// signature is made by sign over the Sig_structure.
func foreignSigned(t testing.TB, protected []byte, unprotected map[any]any, sign func(tbs []byte) []byte) []any {
	t.Helper()
	signedHeader := protected
	if bytes.Equal(protected, []byte{0xa0}) || protected == nil {
		signedHeader = []byte{}
	}
	if protected == nil {
		protected = []byte{}
	}
	if unprotected == nil {
		unprotected = map[any]any{}
	}
	tbs := write(t, []any{"Signature1", signedHeader, []byte{}, payload})
	return []any{protected, unprotected, payload, sign(tbs)}
}

func edSign(tbs []byte) []byte { return ed25519.Sign(edKey(), tbs) }

func ecSign(t testing.TB, key *ecdsa.PrivateKey, hash crypto.Hash) func([]byte) []byte {
	return func(tbs []byte) []byte {
		h := hash.New()
		h.Write(tbs)
		r, s, err := ecdsa.Sign(rand.Reader, key, h.Sum(nil))
		if err != nil {
			t.Fatal(err)
		}
		size := (key.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	}
}

func TestForeignForms(t *testing.T) {
	ec, p384, p521 := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P384()), ecKey(t, elliptic.P521())
	big, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pss := func(tbs []byte) []byte {
		sum := sha256.Sum256(tbs)
		b, err := rsa.SignPSS(rand.Reader, big, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	none := map[any]any{}
	for name, c := range map[string]struct {
		message any
		key     crypto.PublicKey
		kid     string
	}{
		"tag 18":              {cbor.Tag{Number: 18, Content: foreignSigned(t, write(t, map[any]any{1: -8, 4: kid}), none, edSign)}, edKey().Public(), string(kid)},
		"tags 61 and 18":      {cbor.Tag{Number: 61, Content: cbor.Tag{Number: 18, Content: foreignSigned(t, write(t, map[any]any{1: -8}), none, edSign)}}, edKey().Public(), ""},
		"no tag":              {foreignSigned(t, write(t, map[any]any{1: -8}), none, edSign), edKey().Public(), ""},
		"kid unprotected":     {foreignSigned(t, write(t, map[any]any{1: -8}), map[any]any{4: kid}, edSign), edKey().Public(), string(kid)},
		"kid in both":         {foreignSigned(t, write(t, map[any]any{1: -8, 4: kid}), map[any]any{4: []byte("other")}, edSign), edKey().Public(), string(kid)},
		"kid as text":         {foreignSigned(t, write(t, map[any]any{1: -8, 4: "key-1"}), none, edSign), edKey().Public(), "key-1"},
		"labels as text":      {foreignSigned(t, write(t, map[any]any{"1": -8, "4": kid}), none, edSign), edKey().Public(), string(kid)},
		"alg unprotected":     {foreignSigned(t, nil, map[any]any{1: -8}, edSign), edKey().Public(), ""},
		"alg wrong there":     {foreignSigned(t, nil, map[any]any{1: -7}, edSign), edKey().Public(), ""},
		"empty protected map": {foreignSigned(t, []byte{0xa0}, none, edSign), edKey().Public(), ""},
		"alg by name":         {foreignSigned(t, write(t, map[any]any{1: "EdDSA"}), none, edSign), edKey().Public(), ""},
		"ES256":               {foreignSigned(t, write(t, map[any]any{1: -7}), none, ecSign(t, ec, crypto.SHA256)), ec.Public(), ""},
		"ES256, no alg":       {foreignSigned(t, nil, none, ecSign(t, ec, crypto.SHA256)), ec.Public(), ""},
		"ES384":               {foreignSigned(t, write(t, map[any]any{1: -35}), none, ecSign(t, p384, crypto.SHA384)), p384.Public(), ""},
		"ES384, no alg":       {foreignSigned(t, nil, none, ecSign(t, p384, crypto.SHA384)), p384.Public(), ""},
		"ES256 with P-384":    {foreignSigned(t, write(t, map[any]any{1: -7}), none, ecSign(t, p384, crypto.SHA256)), p384.Public(), ""},
		"ES512":               {foreignSigned(t, write(t, map[any]any{1: -36}), none, ecSign(t, p521, crypto.SHA512)), p521.Public(), ""},
		"PS256":               {foreignSigned(t, write(t, map[any]any{1: -37}), none, pss), big.Public(), ""},
	} {
		m, err := cose.ParseForeign(write(t, c.message))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if string(m.KeyID) != c.kid || m.KeyIDText != (c.kid == "key-1") {
			t.Errorf("%s: kid is %q, text %v", name, m.KeyID, m.KeyIDText)
		}
		if !m.Verify(c.key) {
			t.Errorf("%s: the signature does not verify", name)
		}
		if m.Verify(ecKey(t, elliptic.P256()).Public()) || m.Verify(nil) {
			t.Errorf("%s: another key verifies it", name)
		}
		for _, part := range []*[]byte{&m.Payload, &m.Signature, &m.Protected} {
			for i := range *part {
				*part = bytes.Clone(*part)
				(*part)[i] ^= 1
				if m.Verify(c.key) {
					t.Errorf("%s: byte %d changed, and it verifies", name, i)
				}
				(*part)[i] ^= 1
			}
		}
	}
}

func TestForeignSignaturesThatAreNone(t *testing.T) {
	ec := ecKey(t, elliptic.P256())
	der := func(tbs []byte) []byte {
		sum := sha256.Sum256(tbs)
		b, err := ecdsa.SignASN1(rand.Reader, ec, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, c := range map[string]struct {
		message []any
		key     crypto.PublicKey
	}{
		"empty":          {foreignSigned(t, write(t, map[any]any{1: -8}), nil, func([]byte) []byte { return []byte{} }), edKey().Public()},
		"DER":            {foreignSigned(t, write(t, map[any]any{1: -7}), nil, der), ec.Public()},
		"other alg":      {foreignSigned(t, write(t, map[any]any{1: -7}), nil, edSign), edKey().Public()},
		"PS256 by ECDSA": {foreignSigned(t, write(t, map[any]any{1: -37}), nil, ecSign(t, ec, crypto.SHA256)), ec.Public()},
	} {
		m, err := cose.ParseForeign(write(t, c.message))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if m.Verify(c.key) {
			t.Errorf("%s: verifies", name)
		}
	}
}

func TestForeignRefuses(t *testing.T) {
	good := foreignSigned(t, write(t, map[any]any{1: -8}), map[any]any{}, edSign)
	with := func(i int, v any) []byte {
		m := append([]any{}, good...)
		m[i] = v
		return write(t, m)
	}
	tag := func(n uint64, v any) []byte { return write(t, cbor.Tag{Number: n, Content: v}) }
	encrypt0 := []any{[]byte{0xa1, 1, 3}, map[any]any{5: []byte{1}}, []byte("ciphertext")}
	for name, c := range map[string]struct {
		b  []byte
		is error
	}{
		"nothing":             {nil, nil},
		"text":                {[]byte("hello"), nil},
		"trailing":            {append(write(t, good), 0), nil},
		"three":               {write(t, good[:3]), cose.ErrEncrypted}, // protected, map, bytes: COSE_Encrypt0 has that form
		"five":                {write(t, append(good, 1)), nil},
		"COSE_Mac0":           {tag(17, good), nil},
		"many tags":           {tag(61, cbor.Tag{Number: 61, Content: cbor.Tag{Number: 61, Content: good}}), nil},
		"encrypted":           {tag(16, encrypt0), cose.ErrEncrypted},
		"encrypted CWT":       {tag(61, cbor.Tag{Number: 16, Content: encrypt0}), cose.ErrEncrypted},
		"encrypted, untagged": {write(t, encrypt0), cose.ErrEncrypted},
		"encrypted, several":  {tag(96, encrypt0), cose.ErrEncrypted},
		"detached payload":    {with(2, nil), nil},
		"payload of text":     {with(2, "text"), nil},
		"signature of text":   {with(3, "text"), nil},
		"header no bytes":     {with(0, map[any]any{}), nil},
		"header no map":       {with(0, []byte{1}), nil},
		"header broken":       {with(0, []byte{0xa1}), nil},
		"unprotected no map":  {with(1, []any{}), nil},
		"critical":            {with(0, write(t, map[any]any{1: -8, 2: []any{99}})), nil},
		"alg of bytes":        {with(0, write(t, map[any]any{1: []byte{1}})), nil},
		"alg of no kind":      {with(0, write(t, map[any]any{1: -999})), nil},
		"alg half":            {with(0, write(t, map[any]any{1: -7.5})), nil},
		"alg unknown name":    {with(0, write(t, map[any]any{1: "none"})), nil},
		"kid number":          {with(0, write(t, map[any]any{4: 5})), nil},
		"kid too long":        {with(0, write(t, map[any]any{4: make([]byte, 257)})), nil},
	} {
		m, err := cose.ParseForeign(c.b)
		if err == nil || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: gave %+v, %v", name, m, err)
		}
	}
}

// The examples of the COSE working group, where they are at hand.
func TestPublishedExamples(t *testing.T) {
	dir := os.Getenv("POSTERN_VECTORS")
	if dir == "" {
		t.Skip("POSTERN_VECTORS is unset: the cases that others published are not tested")
	}
	files, err := filepath.Glob(filepath.Join(dir, "cose", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	passed := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v struct {
			ID     string
			COSE   string `json:"cose_hex"`
			Keys   []struct{ JWK map[string]string }
			Expect struct{ Signature *bool }
		}
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		verified := false
		if m, err := cose.ParseForeign(unhex(t, v.COSE)); err == nil {
			verified = m.Verify(keyOf(t, v.Keys[0].JWK))
		}
		if v.Expect.Signature != nil && *v.Expect.Signature != verified {
			t.Errorf("%s: verified is %v", v.ID, verified)
		} else {
			passed++
		}
	}
	fmt.Printf("cose %d/%d\n", passed, len(files))
}

// keyOf reads the working group's JWKs, some of whose numbers are hexadecimal;
// nil where Go has no such curve.
func keyOf(t testing.TB, jwk map[string]string) crypto.PublicKey {
	t.Helper()
	number := func(name string) []byte {
		b, err := hex.DecodeString(jwk[name+"_hex"])
		if jwk[name] != "" {
			b, err = base64.RawURLEncoding.DecodeString(jwk[name])
		}
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	integer := func(name string) *big.Int { return new(big.Int).SetBytes(number(name)) }
	switch {
	case jwk["crv"] == "Ed25519":
		return ed25519.PublicKey(number("x"))
	case jwk["kty"] == "RSA":
		return &rsa.PublicKey{N: integer("n"), E: int(integer("e").Int64())}
	}
	curve := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}[jwk["crv"]]
	if curve == nil {
		return nil
	}
	return &ecdsa.PublicKey{Curve: curve, X: integer("x"), Y: integer("y")}
}

func FuzzForeign(f *testing.F) {
	f.Add(write(f, foreignSigned(f, write(f, map[any]any{1: -8, 4: kid}), map[any]any{}, edSign)))
	f.Add(write(f, cbor.Tag{Number: 61, Content: cbor.Tag{Number: 18, Content: foreignSigned(f, nil, map[any]any{4: "kid"}, edSign)}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := cose.ParseForeign(b)
		if (m == nil) == (err == nil) {
			t.Fatalf("gave %+v and %v", m, err)
		}
		if err == nil && m.Verify(edKey().Public()) && !bytes.Equal(m.Payload, payload) {
			t.Fatalf("%x verifies with another payload", b)
		}
	})
}

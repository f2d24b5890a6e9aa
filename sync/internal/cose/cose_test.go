package cose_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"testing"

	"postern/sync/internal/cose"
)

var (
	kid     = []byte{1, 2, 3, 4}
	payload = []byte("some payload")
)

func edKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)) }

func ecKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// message builds a COSE_Sign1 out of its parts, with a CBOR encoder rather
// than with the package's own.
func message(t testing.TB, protected, body, signature []byte) []byte {
	t.Helper()
	return encode(t, []any{protected, map[int]any{}, body, signature})
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	b, err := cose.Encoding.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSignAndVerify(t *testing.T) {
	ec := ecKey(t, elliptic.P256())
	for name, c := range map[string]struct {
		key       crypto.Signer
		kid       []byte
		algorithm int
	}{
		"Ed25519":             {edKey(), kid, cose.EdDSA},
		"Ed25519 without kid": {edKey(), nil, cose.EdDSA},
		"P-256":               {ec, kid, cose.ES256},
		"P-256 without kid":   {ec, nil, cose.ES256},
	} {
		b, err := cose.Sign(c.key, c.kid, payload)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := cose.Deterministic(b); err != nil {
			t.Errorf("%s: the message is not deterministic: %v", name, err)
		}
		m, err := cose.Parse(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if m.Algorithm != c.algorithm || !bytes.Equal(m.KeyID, c.kid) || !bytes.Equal(m.Payload, payload) {
			t.Errorf("%s: came back as alg %d, kid %x, payload %q", name, m.Algorithm, m.KeyID, m.Payload)
		}
		if !m.Verify(c.key.Public()) {
			t.Errorf("%s: the signature does not verify", name)
		}
		if other := ecKey(t, elliptic.P256()); m.Verify(other.Public()) {
			t.Errorf("%s: another key verifies it", name)
		}
	}
}

// The signed bytes are those of RFC 9052 section 4.4, as another encoder
// writes them, and both names of the Ed25519 algorithm are read.
func TestSigStructure(t *testing.T) {
	for _, algorithm := range []int{cose.EdDSA, cose.Ed25519} {
		protected := encode(t, map[int]any{1: algorithm, 4: kid})
		for _, size := range []int{0, 23, 24, 255, 256, 65535, 65536} {
			body := bytes.Repeat([]byte{'x'}, size)
			tbs := encode(t, []any{"Signature1", protected, []byte{}, body})
			m, err := cose.Parse(message(t, protected, body, ed25519.Sign(edKey(), tbs)))
			if err != nil {
				t.Fatal(err)
			}
			if !m.Verify(edKey().Public()) {
				t.Errorf("alg %d, payload of %d bytes: the signature does not verify", algorithm, size)
			}
		}
	}
}

func TestVerifyHoldsAlgorithmAndKeyTogether(t *testing.T) {
	ec := ecKey(t, elliptic.P256())
	b, err := cose.Sign(ec, kid, payload)
	if err != nil {
		t.Fatal(err)
	}
	m, err := cose.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, pub := range map[string]crypto.PublicKey{
		"nothing":          nil,
		"Ed25519":          edKey().Public(),
		"short Ed25519":    ed25519.PublicKey{1},
		"P-384":            ecKey(t, elliptic.P384()).Public(),
		"RSA":              rsaKey.Public(),
		"nil P-256":        (*ecdsa.PublicKey)(nil),
		"value, no points": ec.PublicKey,
	} {
		if m.Verify(pub) {
			t.Errorf("%s verifies an ES256 message", name)
		}
	}
	m.Algorithm = cose.EdDSA
	if m.Verify(ec.Public()) {
		t.Error("a P-256 key verifies a message that says EdDSA")
	}
	if (&cose.Message{Algorithm: cose.EdDSA}).Verify(edKey().Public()) {
		t.Error("a message without signature verifies")
	}
}

func TestSignRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		key crypto.Signer
		kid []byte
		is  error
	}{
		"no key":   {nil, kid, cose.ErrKey},
		"P-384":    {ecKey(t, elliptic.P384()), kid, cose.ErrKey},
		"long kid": {edKey(), make([]byte, 65), nil},
	} {
		b, err := cose.Sign(c.key, c.kid, payload)
		if err == nil || b != nil || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %x, %v", name, b, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	signature := make([]byte, 64)
	protected := func(v any) []byte { return message(t, encode(t, v), payload, signature) }
	good := protected(map[int]any{1: -8, 4: kid})
	if _, err := cose.Parse(good); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"nothing":                  {},
		"tag 18":                   append([]byte{0xd2}, good...),
		"trailing byte":            append(bytes.Clone(good), 0),
		"cut short":                good[:len(good)-1],
		"array of three":           encode(t, []any{[]byte{}, map[int]any{}, payload}),
		"unprotected kid":          encode(t, []any{encode(t, map[int]any{1: -8}), map[int]any{4: kid}, payload, signature}),
		"detached payload":         encode(t, []any{encode(t, map[int]any{1: -8}), map[int]any{}, nil, signature}),
		"text payload":             encode(t, []any{encode(t, map[int]any{1: -8}), map[int]any{}, "text", signature}),
		"short signature":          message(t, encode(t, map[int]any{1: -8}), payload, signature[:63]),
		"empty protected":          message(t, nil, payload, signature),
		"empty protected map":      protected(map[int]any{}),
		"no alg":                   protected(map[int]any{4: kid}),
		"alg ES384":                protected(map[int]any{1: -35}),
		"alg as text":              protected(map[int]any{1: "EdDSA"}),
		"alg positive":             protected(map[int]any{1: 7}),
		"alg wraps at 32 bits":     message(t, []byte{0xa1, 1, 0x3b, 0, 0, 0, 1, 0, 0, 0, 7}, payload, signature),
		"alg wraps at 64 bits":     message(t, []byte{0xa1, 1, 0x3b, 255, 255, 255, 255, 255, 255, 255, 255}, payload, signature),
		"alg in two bytes":         message(t, []byte{0xa1, 1, 0x38, 7}, payload, signature),
		"kid as text":              protected(map[int]any{1: -8, 4: "kid"}),
		"kid empty":                protected(map[int]any{1: -8, 4: []byte{}}),
		"kid too long":             protected(map[int]any{1: -8, 4: make([]byte, 65)}),
		"crit":                     protected(map[int]any{1: -8, 2: []int{4}}),
		"third header":             protected(map[int]any{1: -8, 4: kid, 5: kid}),
		"kid before alg":           message(t, []byte{0xa2, 4, 0x41, 1, 1, 0x27}, payload, signature),
		"alg twice":                message(t, []byte{0xa2, 1, 0x27, 1, 0x27}, payload, signature),
		"byte after the header":    message(t, []byte{0xa1, 1, 0x27, 0}, payload, signature),
		"indefinite header":        message(t, []byte{0xbf, 1, 0x27, 0xff}, payload, signature),
		"payload longer than text": {0x84, 0x43, 0xa1, 1, 0x27, 0xa0, 0x5b, 255, 255, 255, 255, 255, 255, 255, 255},
	} {
		if m, err := cose.Parse(b); err == nil || m != nil {
			t.Errorf("%s: Parse(%x) = %+v, %v", name, b, m, err)
		}
	}
}

func TestDeterministic(t *testing.T) {
	for _, c := range []struct {
		hex string
		ok  bool
	}{
		{"00", true},
		{"17", true},
		{"1818", true},
		{"1817", false}, // 23 in two bytes
		{"1900ff", false},
		{"190100", true},
		{"1a0000ffff", false},
		{"1a00010000", true},
		{"1b00000000ffffffff", false},
		{"1b0000000100000000", true},
		{"1c", false}, // reserved
		{"1f", false},
		{"1bffffffffffffffff", true},
		{"3b7fffffffffffffff", true},
		{"3b8000000000000000", false}, // below -2^63
		{"4161", true},
		{"4261", false},
		{"5f4161ff", false}, // indefinite
		{"61e5", false},     // not UTF-8
		{"63e5bca0", true},
		{"80", true},
		{"9fff", false},
		{"9bffffffffffffffff", false},
		{"8201", false},
		{"a0", true},
		{"a201020304", true},
		{"a203040102", false},  // order
		{"a201020103", false},  // twice
		{"a2200101", false},    // short
		{"a201002000", true},   // 1 before -1
		{"a220000100", false},  // length first would be the old order
		{"a21818002000", true}, // 24 before -1: bytewise, not shortest first
		{"a141610000", false},  // byte string as key, trailing
		{"a1416100", false},    // byte string as key
		{"a1616100", true},     // text as key
		{"a1f400", false},      // false as key
		{"bf0102ff", false},    // indefinite
		{"c000", false},        // tag
		{"f4", true},           // false
		{"f5", true},           // true
		{"f6", true},           // null
		{"f7", false},          // undefined
		{"f820", false},        // simple value
		{"f814", false},        // false in two bytes
		{"f93c00", false},      // float
		{"0000", false},        // trailing
		{"", false},            // nothing
		{"8181818181818180", true},
		{"818181818181818180", false}, // nine deep
	} {
		b, err := hex.DecodeString(c.hex)
		if err != nil {
			t.Fatal(err)
		}
		if err := cose.Deterministic(b); (err == nil) != c.ok {
			t.Errorf("Deterministic(%s) = %v, want ok %v", c.hex, err, c.ok)
		}
	}
}

// Whatever is called deterministic is written back byte for byte.
func FuzzDeterministic(f *testing.F) {
	for _, s := range []string{"a26016150041a6", "a6016150041a6b160380", "a21818002000", "a2200001", "8301f663e5bca0", "a13ba1303030303030303030", "3b7fffffffffffffff", "a16161a1016162"} {
		b, _ := hex.DecodeString(s)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if cose.Deterministic(b) != nil {
			return
		}
		var v any
		if err := cose.Decoding.Unmarshal(b, &v); err != nil {
			t.Fatalf("%x is deterministic but does not decode: %v", b, err)
		}
		again, err := cose.Encoding.Marshal(v)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%x is written back as %x, %v", b, again, err)
		}
	})
}

// Whatever parses is written back byte for byte.
func FuzzParse(f *testing.F) {
	signed, err := cose.Sign(edKey(), kid, payload)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add(signed[:20])
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := cose.Parse(b)
		if err != nil {
			if m != nil {
				t.Error("Parse gave a message and an error")
			}
			return
		}
		if again := message(t, m.Protected, m.Payload, m.Signature); !bytes.Equal(again, b) {
			t.Errorf("%x is written back as %x", b, again)
		}
		header := map[int]any{1: m.Algorithm}
		if m.KeyID != nil {
			header[4] = m.KeyID
		}
		if again := encode(t, header); !bytes.Equal(again, m.Protected) {
			t.Errorf("header %x is written back as %x", m.Protected, again)
		}
	})
}

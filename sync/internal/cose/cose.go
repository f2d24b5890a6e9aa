// Package cose signs and reads COSE_Sign1 messages (RFC 9052 section 4.2) in
// the one form that Postern uses, and holds the CBOR modes of the whole wire.
//
// [Parse] verifies nothing. The caller must not believe anything in a Message
// before [Message.Verify] is true for a key that it trusts. Neither of them looks
// into the payload: the caller must check that it is deterministic.
//
// The form is strict, so that a message has no second encoding:
//
//	84                         array of four, untagged
//	  bstr( {1: alg, 4: kid} ) protected; kid may be absent; nothing else
//	  a0                       unprotected, empty
//	  bstr                     payload
//	  5840 64 bytes            signature
//
// The signature is over ["Signature1", protected, empty bytes, payload].
package cose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
)

// The algorithms that Parse accepts (RFC 9053, RFC 9864). Sign uses EdDSA for an
// Ed25519 key.
const (
	EdDSA   = -8
	ES256   = -7
	Ed25519 = -19 // the fully specified name of the same signature
)

const (
	headerAlgorithm = 1
	headerKeyID     = 4

	signatureSize = 64 // of all three algorithms
	maxKeyID      = 64 // bytes
)

// ErrKey says that a key is of a kind that signs none of our messages.
var ErrKey = errors.New("key is neither Ed25519 nor ECDSA P-256")

// Message is a COSE_Sign1 message, read but not yet verified. Its slices alias
// the bytes that were parsed.
type Message struct {
	Algorithm int    // EdDSA, Ed25519 or ES256
	KeyID     []byte // nil where absent
	Protected []byte // the encoded header that is signed
	Payload   []byte
	Signature []byte
}

// Parse reads a message. It accepts exactly the form above, with one of the
// three algorithms and a kid of 1 to 64 bytes if any.
func Parse(b []byte) (*Message, error) {
	if len(b) == 0 || b[0] != 0x84 {
		return nil, errors.New("read cose message: it is not an array of four")
	}
	var m Message
	var err error
	rest := b[1:]
	if m.Protected, rest, err = bytesItem(rest); err != nil {
		return nil, fmt.Errorf("read cose message: protected header: %w", err)
	}
	if len(rest) == 0 || rest[0] != 0xa0 {
		return nil, errors.New("read cose message: the unprotected header is not an empty map")
	}
	if m.Payload, rest, err = bytesItem(rest[1:]); err != nil {
		return nil, fmt.Errorf("read cose message: payload: %w", err)
	}
	if m.Signature, rest, err = bytesItem(rest); err != nil {
		return nil, fmt.Errorf("read cose message: signature: %w", err)
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("read cose message: %w", errTrailing)
	}
	if len(m.Signature) != signatureSize {
		return nil, fmt.Errorf("read cose message: the signature has %d bytes, want %d", len(m.Signature), signatureSize)
	}
	if err := m.header(); err != nil {
		return nil, err
	}
	return &m, nil
}

// header reads alg and kid out of the protected header.
func (m *Message) header() error {
	major, count, rest, err := head(m.Protected)
	if err != nil || major != majorMap || count < 1 || count > 2 {
		return errors.New("read cose header: it is not a map of alg and kid")
	}
	if len(rest) == 0 || rest[0] != headerAlgorithm {
		return errors.New("read cose header: it has no alg")
	}
	major, n, rest, err := head(rest[1:])
	if err != nil {
		return fmt.Errorf("read cose header: alg: %w", err)
	}
	if m.Algorithm = knownAlgorithm(major, n); m.Algorithm == 0 {
		return errors.New("read cose header: alg is none of EdDSA, Ed25519 and ES256")
	}
	if count == 2 {
		if len(rest) == 0 || rest[0] != headerKeyID {
			return errors.New("read cose header: it holds more than alg and kid")
		}
		if m.KeyID, rest, err = bytesItem(rest[1:]); err != nil {
			return fmt.Errorf("read cose header: kid: %w", err)
		}
		if len(m.KeyID) == 0 || len(m.KeyID) > maxKeyID {
			return fmt.Errorf("read cose header: kid has %d bytes, want 1 to %d", len(m.KeyID), maxKeyID)
		}
	}
	if len(rest) > 0 {
		return fmt.Errorf("read cose header: %w", errTrailing)
	}
	return nil
}

// knownAlgorithm is the algorithm that an integer names, or 0.
func knownAlgorithm(major byte, n uint64) int {
	if major == majorNegative {
		for _, known := range []int{EdDSA, ES256, Ed25519} {
			if n == uint64(-1-known) {
				return known
			}
		}
	}
	return 0
}

func bytesItem(b []byte) (value, rest []byte, err error) {
	major, n, rest, err := head(b)
	if err != nil {
		return nil, nil, err
	}
	if major != majorBytes {
		return nil, nil, errors.New("read cbor: it is not a byte string")
	}
	if n > uint64(len(rest)) {
		return nil, nil, errShort
	}
	return rest[:n:n], rest[n:], nil
}

// Verify reports whether pub signed m. The algorithm in the header must be of
// the kind of key that pub is: ed25519.PublicKey or *ecdsa.PublicKey on P-256.
// Any other key verifies nothing.
func (m *Message) Verify(pub crypto.PublicKey) bool {
	if len(m.Signature) != signatureSize {
		return false
	}
	switch pub := pub.(type) {
	case ed25519.PublicKey:
		return (m.Algorithm == EdDSA || m.Algorithm == Ed25519) && len(pub) == ed25519.PublicKeySize &&
			ed25519.Verify(pub, toBeSigned(m.Protected, m.Payload), m.Signature)
	case *ecdsa.PublicKey:
		if m.Algorithm != ES256 || pub == nil || pub.Curve != elliptic.P256() {
			return false
		}
		digest := sha256.Sum256(toBeSigned(m.Protected, m.Payload))
		r := new(big.Int).SetBytes(m.Signature[:32])
		s := new(big.Int).SetBytes(m.Signature[32:])
		return ecdsa.Verify(pub, digest[:], r, s)
	}
	return false
}

// toBeSigned is the Sig_structure of RFC 9052 section 4.4, with no external data.
func toBeSigned(protected, payload []byte) []byte {
	const context = "\x84\x6aSignature1"
	b := make([]byte, 0, len(context)+len(protected)+len(payload)+16)
	b = append(b, context...)
	b = appendBytes(b, protected)
	b = appendBytes(b, nil)
	return appendBytes(b, payload)
}

// Sign makes the message in which key signs payload. An Ed25519 key signs as
// EdDSA, a P-256 key as ES256; others get [ErrKey]. An empty kid is left out.
func Sign(key crypto.Signer, kid, payload []byte) ([]byte, error) {
	if len(kid) > maxKeyID {
		return nil, fmt.Errorf("sign cose message: kid has %d bytes, at most %d are allowed", len(kid), maxKeyID)
	}
	if key == nil {
		return nil, fmt.Errorf("sign cose message: %w", ErrKey)
	}
	algorithm, err := algorithmOf(key.Public())
	if err != nil {
		return nil, fmt.Errorf("sign cose message: %w", err)
	}
	protected := protectedHeader(algorithm, kid)
	signature, err := sign(key, algorithm, toBeSigned(protected, payload))
	if err != nil {
		return nil, fmt.Errorf("sign cose message: %w", err)
	}
	b := make([]byte, 0, len(protected)+len(payload)+signatureSize+16)
	b = append(b, 0x84)
	b = appendBytes(b, protected)
	b = append(b, 0xa0)
	b = appendBytes(b, payload)
	return appendBytes(b, signature), nil
}

func algorithmOf(pub crypto.PublicKey) (int, error) {
	switch pub := pub.(type) {
	case ed25519.PublicKey:
		return EdDSA, nil
	case *ecdsa.PublicKey:
		if pub.Curve == elliptic.P256() {
			return ES256, nil
		}
	}
	return 0, ErrKey
}

func protectedHeader(algorithm int, kid []byte) []byte {
	b := []byte{0xa1, headerAlgorithm}
	b = appendHead(b, majorNegative, uint64(-1-algorithm))
	if len(kid) > 0 {
		b[0] = 0xa2
		b = appendBytes(append(b, headerKeyID), kid)
	}
	return b
}

func sign(key crypto.Signer, algorithm int, message []byte) ([]byte, error) {
	if algorithm == EdDSA {
		return key.Sign(rand.Reader, message, crypto.Hash(0))
	}
	digest := sha256.Sum256(message)
	der, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return rawSignature(der)
}

// rawSignature converts a signature from ASN.1, as Go's signers give it, to r and
// s, 32 bytes each, as COSE has it (RFC 9053 section 2.1).
func rawSignature(der []byte) ([]byte, error) {
	var number struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(der, &number)
	if err != nil || len(rest) > 0 || number.R.BitLen() > 256 || number.S.BitLen() > 256 {
		return nil, errors.New("the signer gave no ECDSA signature of P-256")
	}
	raw := make([]byte, signatureSize)
	number.R.FillBytes(raw[:32])
	number.S.FillBytes(raw[32:])
	return raw, nil
}

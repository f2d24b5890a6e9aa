package pass

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"fmt"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
)

// Signer signs passes for one issuer.
type Signer struct {
	issuer string
	key    crypto.Signer
	kid    []byte
}

// NewSigner makes a signer for an issuer, 1 to 64 bytes. An Ed25519 key signs
// with alg -8, a P-256 key with ES256; no other key signs passes.
func NewSigner(issuer string, key crypto.Signer) (*Signer, error) {
	if err := checkText("issuer", issuer, maxIssuer); err != nil {
		return nil, fmt.Errorf("make pass signer: %w", err)
	}
	if key == nil {
		return nil, errors.New("make pass signer: there is no key")
	}
	kid, err := KeyID(key.Public())
	if err != nil {
		return nil, fmt.Errorf("make pass signer: %w", err)
	}
	return &Signer{issuer: issuer, key: key, kid: kid}, nil
}

// Issuer is the iss that the signer signs for.
func (s *Signer) Issuer() string { return s.issuer }

// KeyID is the kid of the signer's passes, 4 bytes.
func (s *Signer) KeyID() []byte { return append([]byte(nil), s.kid...) }

// KeyID is the native kid of a public key: the first 4 bytes of the SHA-256 of
// an Ed25519 key's 32 bytes, or of a P-256 key's 65 bytes (uncompressed point,
// SEC 1 section 2.3.3). Two keys can have the same kid, so Open tries every key
// that matches. Other keys have no native kid.
func KeyID(pub crypto.PublicKey) ([]byte, error) {
	var raw []byte
	switch pub := pub.(type) {
	case ed25519.PublicKey:
		raw = pub
	case *ecdsa.PublicKey:
		var err error
		if raw, err = pointOf(pub); err != nil {
			return nil, err
		}
	}
	if len(raw) == 0 {
		return nil, cose.ErrKey
	}
	sum := sha256.Sum256(raw)
	return sum[:keyIDSize], nil
}

// pointOf is a P-256 key as an uncompressed point, 65 bytes.
func pointOf(pub *ecdsa.PublicKey) ([]byte, error) {
	//lint:ignore SA1019 Bytes panics where a coordinate is missing, so that both must be looked for
	if pub == nil || pub.Curve != elliptic.P256() || pub.X == nil || pub.Y == nil {
		return nil, cose.ErrKey
	}
	return pub.Bytes()
}

// Seal signs claims into a PP1: text. An empty Issuer becomes the signer's; a
// different one is an error. Times are cut to whole seconds, test times to
// minutes, dose days to days. Claims that Open would refuse are an error.
//
// With an Ed25519 key, the same claims give the same text, to the byte.
func Seal(c Claims, s *Signer) (string, error) {
	if c.Issuer == "" {
		c.Issuer = s.issuer
	}
	if c.Issuer != s.issuer {
		return "", fmt.Errorf("seal pass: the signer signs for issuer %q, not for %q", s.issuer, c.Issuer)
	}
	payload, err := encodeClaims(&c)
	if err != nil {
		return "", fmt.Errorf("seal pass: %w", err)
	}
	if _, err := parseClaims(payload); err != nil {
		return "", fmt.Errorf("seal pass: %w", err)
	}
	message, err := cose.Sign(s.key, s.kid, payload)
	if err != nil {
		return "", fmt.Errorf("seal pass: %w", err)
	}
	return prefixPass + base45.Encode(message), nil
}

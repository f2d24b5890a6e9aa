package pass

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// maxStatedKeyID bounds what a file calls a key, in bytes.
const maxStatedKeyID = 256

func (o object) keysOfJWK() ([]Key, error) {
	if o["d"] != nil {
		return nil, errors.New("it holds a private key; give the public one only")
	}
	use, err := o.text("use")
	if err != nil {
		return nil, err
	}
	if use == "enc" {
		return nil, nil
	}
	pub, err := o.publicKey()
	if err != nil {
		return nil, err
	}
	kid, err := o.text("kid")
	if err != nil {
		return nil, err
	}
	ids, err := statedKeyIDs(kid)
	if err != nil {
		return nil, err
	}
	uses, err := o.usesOfCertificate(pub)
	if err != nil {
		return nil, err
	}
	return keysOf(Key{Public: pub, Uses: uses}, ids...)
}

// usesOfCertificate reads x5c (RFC 7517 section 4.7), whose first certificate
// must be of this key. Only its key usage is read. The chain and the period are
// ignored: whoever chose the file vouches for the key, and issuers keep listing
// keys whose certificates have expired.
func (o object) usesOfCertificate(pub crypto.PublicKey) (Uses, error) {
	if o["x5c"] == nil {
		return 0, nil
	}
	var chain []string
	if json.Unmarshal(o["x5c"], &chain) != nil || len(chain) == 0 {
		return 0, errors.New("x5c is not a list of certificates")
	}
	der, err := base64.StdEncoding.DecodeString(chain[0])
	if err != nil {
		return 0, errors.New("x5c is not base64")
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return 0, fmt.Errorf("x5c: %w: %w", errUnsupported, err)
	}
	if key, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !key.Equal(pub) {
		return 0, errors.New("x5c is the certificate of another key")
	}
	return usesOf(c), nil
}

// publicKey reads a JWK's key (RFC 7518 section 6, RFC 8037 section 2).
func (o object) publicKey() (crypto.PublicKey, error) {
	kind, err := o.text("kty")
	if err != nil {
		return nil, err
	}
	curve, err := o.text("crv")
	if err != nil {
		return nil, err
	}
	switch {
	case kind == "OKP" && curve == "Ed25519":
		x, err := o.number("x")
		if err == nil && len(x) != ed25519.PublicKeySize {
			err = fmt.Errorf("x has %d bytes, want %d", len(x), ed25519.PublicKeySize)
		}
		return ed25519.PublicKey(x), err
	case kind == "EC" && curve == "P-256":
		return o.pointP256()
	case kind == "RSA":
		return o.keyRSA()
	}
	return nil, fmt.Errorf("kty %q with crv %q is %w, only Ed25519, P-256 and RSA", kind, curve, errUnsupported)
}

func (o object) pointP256() (*ecdsa.PublicKey, error) {
	x, err := o.number("x")
	if err != nil {
		return nil, err
	}
	y, err := o.number("y")
	if err != nil {
		return nil, err
	}
	if len(x) != 32 || len(y) != 32 {
		return nil, fmt.Errorf("x and y have %d and %d bytes, want 32", len(x), len(y))
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return nil, errors.New("x and y are not a point of P-256")
	}
	return pub, nil
}

func (o object) keyRSA() (*rsa.PublicKey, error) {
	n, err := o.number("n")
	if err != nil {
		return nil, err
	}
	e, err := o.number("e")
	if err != nil {
		return nil, err
	}
	exponent := new(big.Int).SetBytes(e)
	if exponent.BitLen() > 31 || exponent.Int64() < 3 || exponent.Bit(0) == 0 {
		return nil, errors.New("e is not a usable RSA exponent")
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(exponent.Int64())}, nil
}

// statedKeyIDs are the kids that a text may stand for: its own bytes, and the
// bytes that it is in base64. The empty text stands for none.
func statedKeyIDs(kid string) ([][]byte, error) {
	if kid == "" {
		return nil, nil
	}
	if len(kid) > maxStatedKeyID {
		return nil, fmt.Errorf("kid has %d bytes, at most %d are allowed", len(kid), maxStatedKeyID)
	}
	ids := [][]byte{[]byte(kid)}
	bare := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(kid, "="))
	if b, err := base64.RawURLEncoding.Strict().DecodeString(bare); err == nil && len(b) > 0 {
		ids = append(ids, b)
	}
	return ids, nil
}

// number is a member in base64url without padding, as RFC 7518 writes numbers.
func (o object) number(member string) ([]byte, error) {
	s, err := o.text(member)
	if err != nil {
		return nil, err
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) == 0 {
		return nil, fmt.Errorf("%s is missing or not base64url", member)
	}
	return b, nil
}

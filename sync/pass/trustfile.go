package pass

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// maxTrust bounds a trust file, in bytes.
const maxTrust = 1 << 20

// ReadTrust reads a file of issuers' keys that somebody chooses to trust for
// one call. What a reader must know to be safe: nothing signs such a file, and
// its keys may sign for any issuer.
//
// It takes one of
//
//   - PEM: one or more CERTIFICATE (RFC 5280) and PUBLIC KEY (RFC 5280
//     SubjectPublicKeyInfo) blocks;
//   - a JWK or a JWK set (RFC 7517), keys with "use":"enc" left out;
//   - a DID document (W3C DID Core), whose verificationMethod entries have a
//     publicKeyJwk or an Ed25519 publicKeyMultibase;
//
// with keys of Ed25519, ECDSA P-256 and RSA of 2048 to 8192 bits. It returns
// one Key for every kid by which a key could be known: the native kid (RSA
// keys: the first 8 bytes of SHA-256 of the SubjectPublicKeyInfo), for
// certificates the first 8 bytes of SHA-256 of the DER, as in HC1:, and what a
// JWK or a DID document calls it, as text and as base64 of bytes. The period of
// a key from a certificate is the certificate's.
//
// One wrong entry fails the whole file, and the error names it, counting from 1.
func ReadTrust(data []byte) ([]Key, error) {
	if len(data) > maxTrust {
		return nil, fmt.Errorf("read trust file: it has %d bytes, at most %d go", len(data), maxTrust)
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	var keys []Key
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("{")):
		keys, err = readJSON(data)
	case bytes.Contains(data, pemBegin):
		keys, err = readPEM(data)
	default:
		err = errors.New("it is neither PEM nor a JWK, a JWK set or a DID document")
	}
	if err == nil && len(keys) == 0 {
		err = errors.New("it holds no key")
	}
	if err != nil {
		return nil, fmt.Errorf("read trust file: %w", err)
	}
	return keys, nil
}

var pemBegin = []byte("-----BEGIN ")

func readPEM(data []byte) ([]Key, error) {
	var keys []Key
	want := bytes.Count(data, pemBegin)
	for n := 1; n <= want; n++ {
		block, rest := pem.Decode(data)
		// pem.Decode passes over a block that it cannot read; then fewer are left.
		if block == nil || bytes.Count(rest, pemBegin) != want-n {
			return nil, fmt.Errorf("entry %d is damaged PEM", n)
		}
		known, err := keysOfBlock(block)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", n, err)
		}
		keys = append(keys, known...)
		data = rest
	}
	return keys, nil
}

func keysOfBlock(block *pem.Block) ([]Key, error) {
	switch block.Type {
	case "CERTIFICATE":
		return keysOfCertificate(block.Bytes)
	case "PUBLIC KEY":
		pub, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, err
		}
		return keysOf(Key{Public: pub})
	default:
		return nil, fmt.Errorf("a %q block is neither CERTIFICATE nor PUBLIC KEY", block.Type)
	}
}

func keysOfCertificate(der []byte) ([]Key, error) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	name := c.Subject.CommonName
	if checkText("name", name, maxName) != nil {
		name = ""
	}
	sum := sha256.Sum256(der)
	return keysOf(Key{
		IssuerName: name,
		Public:     c.PublicKey,
		From:       c.NotBefore,
		To:         c.NotAfter.Add(time.Second), // NotAfter is the last second of it
	}, sum[:8])
}

// keysOf repeats k for the kid that follows from the key itself and for the
// kids that were stated.
func keysOf(k Key, stated ...[]byte) ([]Key, error) {
	own, err := ownKeyID(k.Public)
	if err != nil {
		return nil, err
	}
	var keys []Key
	seen := map[string]bool{}
	for _, id := range append([][]byte{own}, stated...) {
		if !seen[string(id)] {
			seen[string(id)] = true
			k.ID = id
			keys = append(keys, k)
		}
	}
	return keys, nil
}

// ownKeyID is the kid that follows from a key. It refuses keys that verify nothing here.
func ownKeyID(pub crypto.PublicKey) ([]byte, error) {
	const least, most = 2048, 8192
	switch pub := pub.(type) {
	case ed25519.PublicKey:
		return KeyID(pub)
	case *ecdsa.PublicKey:
		if pub.Curve != elliptic.P256() {
			return nil, fmt.Errorf("curve %s is not supported, only P-256", pub.Curve.Params().Name)
		}
		return KeyID(pub)
	case *rsa.PublicKey:
		if bits := pub.N.BitLen(); bits < least || bits > most {
			return nil, fmt.Errorf("an RSA key of %d bits is not supported, only %d to %d", bits, least, most)
		}
		der, err := x509.MarshalPKIXPublicKey(pub)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(der)
		return sum[:8], nil
	}
	return nil, fmt.Errorf("a key of type %T is not supported", pub)
}

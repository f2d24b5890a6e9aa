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
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
)

// maxTrust bounds a trust file, in bytes.
const maxTrust = 1 << 20

// ReadTrust reads a file of issuers' keys that the caller chooses to trust. Such a
// file is not signed, and its keys may sign for any issuer.
//
// It takes one of
//
//   - PEM: one or more CERTIFICATE (RFC 5280) and PUBLIC KEY (RFC 5280
//     SubjectPublicKeyInfo) blocks;
//   - lines of base64, each a certificate in DER;
//   - the trust list of the EU DCC Gateway, a list of {"kid", "rawData": base64
//     of a certificate}, or an object that has it as "certificates";
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
// Uses are those of a certificate's extended key usage, also where the
// certificate is in a JWK as x5c. A certificate's key may also be on P-384 or
// P-521. A CA's key verifies the certificates inside VDS-NC.
//
// For a damaged entry or a private key ReadTrust returns an error and no keys. An
// entry that is not supported, such as a key on another curve, is left out: the
// error wraps ErrLeftOut, and the keys of all other entries are returned with it.
// If no key is left, there is only an error. Errors name entries by their
// numbers, counting from 1.
func ReadTrust(data []byte) ([]Key, error) {
	if len(data) > maxTrust {
		return nil, fmt.Errorf("read trust file: it has %d bytes, at most %d are allowed", len(data), maxTrust)
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	var t trustFile
	err := t.read(data)
	switch {
	case err != nil:
	case len(t.keys) == 0 && len(t.leftOut) > 0:
		err = errors.Join(t.leftOut...)
	case len(t.keys) == 0:
		err = errors.New("it holds no key")
	case len(t.leftOut) > 0:
		return t.keys, fmt.Errorf("read trust file: %w: %w", ErrLeftOut, errors.Join(t.leftOut...))
	default:
		return t.keys, nil
	}
	return nil, fmt.Errorf("read trust file: %w", err)
}

// ErrLeftOut says that some entries of a trust file are of a kind that is not supported.
var ErrLeftOut = errors.New("some keys were left out")

// errUnsupported is in the error of such an entry.
var errUnsupported = errors.New("not supported")

// trustFile has the keys of a file so far, and the errors of entries left out.
type trustFile struct {
	keys    []Key
	leftOut []error
}

func (t *trustFile) read(data []byte) error {
	switch {
	case bytes.HasPrefix(data, []byte("{")), bytes.HasPrefix(data, []byte("[")):
		return t.readJSON(data)
	case bytes.Contains(data, pemBegin):
		return t.readPEM(data)
	case isBase64Lines(data):
		return t.readLines(data)
	default:
		return errors.New("it is neither PEM nor a JWK, a JWK set or a DID document")
	}
}

// add adds the keys of one entry. Its error ends the reading of the file, unless
// it wraps errUnsupported.
func (t *trustFile) add(entry string, keys []Key, err error) error {
	if err != nil {
		err = fmt.Errorf("%s: %w", entry, err)
		if !errors.Is(err, errUnsupported) {
			return err
		}
		t.leftOut = append(t.leftOut, err)
		return nil
	}
	t.keys = append(t.keys, keys...)
	return nil
}

var pemBegin = []byte("-----BEGIN ")

func (t *trustFile) readPEM(data []byte) error {
	want := bytes.Count(data, pemBegin)
	for n := 1; n <= want; n++ {
		block, rest := pem.Decode(data)
		// pem.Decode skips a block that it cannot read; then too few are left.
		if block == nil || bytes.Count(rest, pemBegin) != want-n {
			return fmt.Errorf("entry %d is damaged PEM", n)
		}
		keys, err := keysOfBlock(block)
		if err := t.add(fmt.Sprintf("entry %d", n), keys, err); err != nil {
			return err
		}
		data = rest
	}
	return nil
}

// isBase64Lines reports whether a file is a list of certificates: its first line
// begins like base64 of a DER sequence.
func isBase64Lines(data []byte) bool {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	return bytes.HasPrefix(first, []byte("MI")) && len(first) > 100
}

func (t *trustFile) readLines(data []byte) error {
	n := 0
	for line := range bytes.FieldsSeq(data) {
		n++
		der, err := base64.StdEncoding.DecodeString(string(line))
		if err != nil {
			return fmt.Errorf("entry %d is damaged base64", n)
		}
		keys, err := keysOfCertificate(der)
		if err := t.add(fmt.Sprintf("entry %d", n), keys, err); err != nil {
			return err
		}
	}
	return nil
}

func keysOfBlock(block *pem.Block) ([]Key, error) {
	switch block.Type {
	case "CERTIFICATE":
		return keysOfCertificate(block.Bytes)
	case "PUBLIC KEY":
		pub, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errUnsupported, err)
		}
		return keysOf(Key{Public: pub})
	default:
		return nil, fmt.Errorf("a %q block is neither CERTIFICATE nor PUBLIC KEY", block.Type)
	}
}

// keysOf is k once for each of its kids: the one made from the key, and those that
// the file states.
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

// ownKeyID is the kid made from a key. It refuses keys of kinds that are not
// supported.
func ownKeyID(pub crypto.PublicKey) ([]byte, error) {
	const least, most = 2048, 8192
	switch pub := pub.(type) {
	case ed25519.PublicKey:
		return KeyID(pub)
	case *ecdsa.PublicKey:
		if pub.Curve != elliptic.P256() {
			return nil, fmt.Errorf("curve %s is %w, only P-256", pub.Curve.Params().Name, errUnsupported)
		}
		return KeyID(pub)
	case *rsa.PublicKey:
		if bits := pub.N.BitLen(); bits < least || bits > most {
			return nil, fmt.Errorf("an RSA key of %d bits is %w, only %d to %d", bits, errUnsupported, least, most)
		}
		der, err := x509.MarshalPKIXPublicKey(pub)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(der)
		return sum[:8], nil
	}
	return nil, fmt.Errorf("a key of type %T is %w", pub, errUnsupported)
}

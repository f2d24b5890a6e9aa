package cose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // ES256, PS256
	_ "crypto/sha512" // ES384, ES512, PS384, PS512
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// The further algorithms of foreign issuers (RFC 9053 section 2.1, RFC 8230).
const (
	ES384 = -35
	ES512 = -36
	PS256 = -37
	PS384 = -38
	PS512 = -39
)

// ErrEncrypted says that a message is COSE_Encrypt0 or COSE_Encrypt.
var ErrEncrypted = errors.New("the message is encrypted")

// Foreign is a COSE_Sign1 message of another issuer, read but not yet verified. The
// caller must not believe anything in it before [Foreign.Verify] is true for a key
// that it trusts.
type Foreign struct {
	KeyID     []byte // nil where absent; of the protected header if that has one
	KeyIDText bool   // the kid was text, not bytes
	KeyIDFree bool   // the kid was only in the unprotected header, which is not signed
	Algorithm int    // as the protected header says; 0 where it says nothing
	Type      string // typ of the protected header (RFC 9596), "" where absent
	Protected []byte // as it is signed: an empty map is signed as no bytes
	Payload   []byte
	Signature []byte // may be empty: then nothing verifies it
}

// The tags of RFC 9052 section 2 and RFC 8392 section 6.
const (
	tagEncrypt0 = 16
	tagSign1    = 18
	tagCWT      = 61
	tagEncrypt  = 96
	tagSelf     = 55799 // this is CBOR: RFC 8949 section 3.4.6
)

// ParseForeign reads a message in any form that issuers write:
//
//	[61(] [18(] 84
//	  bstr( {? 1: alg, ? 4: kid …} ) protected; may be empty
//	  {? 1: alg, ? 4: kid …}         unprotected; not signed
//	  bstr                           payload
//	  bstr                           signature
//
// kid is read from the protected header, else from the other. The trusted key
// decides the algorithm. If the protected header names one, it must be that.
func ParseForeign(b []byte) (*Foreign, error) {
	b, err := untag(b)
	if err != nil {
		return nil, fmt.Errorf("read cose message: %w", err)
	}
	v, err := Value(b)
	if err != nil {
		return nil, fmt.Errorf("read cose message: %w", err)
	}
	parts, _ := v.([]any)
	if isEncrypted(parts) {
		return nil, ErrEncrypted
	}
	m, ok := sign1(parts)
	if !ok {
		return nil, errors.New("read cose message: it is not a COSE_Sign1")
	}
	unprotected, _ := parts[1].(map[string]any)
	if err := m.headers(unprotected); err != nil {
		return nil, fmt.Errorf("read cose header: %w", err)
	}
	return m, nil
}

// untag removes the tags that a COSE_Sign1 may have.
func untag(b []byte) ([]byte, error) {
	for range 3 {
		major, _, n, rest, err := looseHead(b)
		if err != nil {
			return nil, err
		}
		if major != majorTag {
			return b, nil
		}
		switch n {
		case tagCWT, tagSign1, tagSelf:
			b = rest
		case tagEncrypt0, tagEncrypt:
			return nil, ErrEncrypted
		default:
			return nil, fmt.Errorf("tag %d is not of a signed message", n)
		}
	}
	return nil, errDepth
}

// isEncrypted reports whether parts are of an untagged COSE_Encrypt0 (RFC 9052
// section 5.2).
func isEncrypted(parts []any) bool {
	if len(parts) != 3 {
		return false
	}
	_, header := parts[0].([]byte)
	_, unprotected := parts[1].(map[string]any)
	_, ciphertext := parts[2].([]byte)
	return header && unprotected && ciphertext
}

func sign1(parts []any) (*Foreign, bool) {
	if len(parts) != 4 {
		return nil, false
	}
	protected, ok0 := parts[0].([]byte)
	_, ok1 := parts[1].(map[string]any)
	payload, ok2 := parts[2].([]byte)
	signature, ok3 := parts[3].([]byte)
	return &Foreign{Protected: protected, Payload: payload, Signature: signature}, ok0 && ok1 && ok2 && ok3
}

// The header parameters that are read (RFC 9052 section 3.1, RFC 9596), as Value names them.
const (
	nameAlgorithm = "1"
	nameCritical  = "2"
	nameKeyID     = "4"
	nameType      = "16"
)

func (m *Foreign) headers(unprotected map[string]any) error {
	protected := map[string]any{}
	if len(m.Protected) > 0 {
		v, err := Value(m.Protected)
		if err != nil {
			return err
		}
		var ok bool
		if protected, ok = v.(map[string]any); !ok {
			return errors.New("the protected header is not a map")
		}
	}
	if len(protected) == 0 {
		m.Protected = nil
	}
	if _, ok := protected[nameCritical]; ok {
		return errors.New("it has critical parameters, of which none is known here")
	}
	m.Type, _ = protected[nameType].(string)
	if err := m.algorithm(protected[nameAlgorithm]); err != nil {
		return err
	}
	kid, ok := protected[nameKeyID]
	if !ok {
		kid, m.KeyIDFree = unprotected[nameKeyID], true
	}
	return m.keyID(kid)
}

func (m *Foreign) algorithm(v any) error {
	switch v := v.(type) {
	case nil:
	case float64:
		if same, ok := withCurves[v]; ok {
			v = same
		}
		if slices.Contains(readAlgorithms, v) {
			m.Algorithm = int(v)
		}
	case string:
		m.Algorithm = algorithmNames[v]
	default:
		return errors.New("alg is neither number nor text")
	}
	if v != nil && m.Algorithm == 0 {
		return fmt.Errorf("alg %v is not known", v)
	}
	return nil
}

// readAlgorithms are those that a header may name. A message with another one is
// an error of ParseForeign, so that it is not called forged.
var readAlgorithms = []float64{EdDSA, Ed25519, ES256, ES384, ES512, PS256, PS384, PS512}

// withCurves are the algorithms that also fix the curve, with the same algorithm
// without a curve (RFC 9864, section 2.1).
var withCurves = map[float64]float64{-9: ES256, -51: ES384, -52: ES512}

var algorithmNames = map[string]int{"EdDSA": EdDSA, "ES256": ES256, "ES384": ES384, "ES512": ES512, "PS256": PS256, "PS384": PS384, "PS512": PS512}

func (m *Foreign) keyID(v any) error {
	const most = 256
	switch v := v.(type) {
	case nil:
		return nil
	case []byte:
		m.KeyID = v
	case string:
		m.KeyID, m.KeyIDText = []byte(v), true
	default:
		return errors.New("kid is neither bytes nor text")
	}
	if len(m.KeyID) > most {
		return fmt.Errorf("kid has %d bytes, at most %d are allowed", len(m.KeyID), most)
	}
	return nil
}

// Signed is what the signature is over, the Sig_structure of RFC 9052 section 4.4.
func (m *Foreign) Signed() []byte { return toBeSigned(m.Protected, m.Payload) }

// Verify reports whether pub signed m: Ed25519 as EdDSA, P-256, P-384 and P-521
// as ES256, ES384 or ES512, RSA as PS256, PS384 or PS512. ECDSA signatures are r
// and s in full, never DER. An empty signature verifies under no key.
func (m *Foreign) Verify(pub crypto.PublicKey) bool {
	if len(m.Signature) == 0 {
		return false
	}
	switch pub := pub.(type) {
	case ed25519.PublicKey:
		return m.allows(EdDSA, Ed25519) && len(pub) == ed25519.PublicKeySize &&
			ed25519.Verify(pub, m.Signed(), m.Signature)
	case *ecdsa.PublicKey:
		hash := m.hashFor(pub)
		return hash != 0 && VerifyECDSA(pub, digest(hash, m.Signed()), m.Signature)
	case *rsa.PublicKey:
		exact := rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		hash := pssHash(m.Algorithm)
		return pub != nil && hash != 0 && rsa.VerifyPSS(pub, hash, digest(hash, m.Signed()), m.Signature, &exact) == nil
	}
	return false
}

// allows reports whether the protected header names one of these algorithms or none.
func (m *Foreign) allows(algorithms ...int) bool {
	for _, a := range algorithms {
		if m.Algorithm == a {
			return true
		}
	}
	return m.Algorithm == 0
}

// pssHash is the hash of an RSA signature; PS256 where the protected header names none.
func pssHash(algorithm int) crypto.Hash {
	switch algorithm {
	case 0, PS256:
		return crypto.SHA256
	case PS384:
		return crypto.SHA384
	case PS512:
		return crypto.SHA512
	}
	return 0
}

// hashFor is the hash of an ECDSA signature by pub, 0 where there is none. The
// three algorithms differ only in their hash, and each may be used with all three
// curves (RFC 9053 section 2.1): Spain signed ES256 with P-384. If the protected
// header names no algorithm, it is the usual one of the curve.
func (m *Foreign) hashFor(pub *ecdsa.PublicKey) crypto.Hash {
	hashes := map[int]crypto.Hash{ES256: crypto.SHA256, ES384: crypto.SHA384, ES512: crypto.SHA512}
	if pub == nil {
		return 0
	}
	meant := 0
	switch pub.Curve {
	case elliptic.P256():
		meant = ES256
	case elliptic.P384():
		meant = ES384
	case elliptic.P521():
		meant = ES512
	default:
		return 0
	}
	if m.Algorithm != 0 {
		return hashes[m.Algorithm]
	}
	return hashes[meant]
}

func digest(hash crypto.Hash, message []byte) []byte {
	h := hash.New()
	h.Write(message)
	return h.Sum(nil)
}

// VerifyECDSA verifies a signature that is r and s, each as long as the curve's
// order (RFC 9053 section 2.1, RFC 7518 section 3.4).
func VerifyECDSA(pub *ecdsa.PublicKey, digest, signature []byte) bool {
	size := (pub.Curve.Params().N.BitLen() + 7) / 8
	if len(signature) != 2*size {
		return false
	}
	r := new(big.Int).SetBytes(signature[:size])
	s := new(big.Int).SetBytes(signature[size:])
	return ecdsa.Verify(pub, digest, r, s)
}

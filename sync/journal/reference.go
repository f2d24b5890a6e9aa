package journal

import (
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// maxIdentity is the longest identity of a pass that can be sealed within
// MaxRef: sealing adds an encapsulated key of 32 bytes and a tag of 16.
const maxIdentity = MaxRef - 32 - 16

// NewTag marks the pass with this identity (pass.Pass.Identity: iss and cti,
// each length-prefixed) under one day's tag key.
func NewTag(key, identity []byte) Tag {
	mac := hmac.New(sha256.New, key)
	mac.Write(identity)
	return Tag(mac.Sum(nil)[:len(Tag{})])
}

// SealRef seals a pass's identity to the authority's tracing key, which alone
// opens it: HPKE base mode, one shot (RFC 9180 section 6.1), DHKEM(X25519),
// HKDF-SHA256, AES-256-GCM, with
//
//	info = "postern/ref/1" || length of gate, 4 bytes big-endian || gate || seq, 8 bytes big-endian
//
// and no additional data; the result is the encapsulated key, 32 bytes, and
// the ciphertext. Two references to one pass have nothing in common.
func SealRef(to *ecdh.PublicKey, gate string, seq uint64, identity []byte) ([]byte, error) {
	if len(identity) > maxIdentity {
		return nil, fmt.Errorf("seal reference: the identity has %d bytes, at most %d are allowed", len(identity), maxIdentity)
	}
	if to == nil {
		return nil, errors.New("seal reference: the trust list has no tracing key")
	}
	pub, err := hpke.NewDHKEMPublicKey(to)
	if err != nil {
		return nil, fmt.Errorf("seal reference: %w", err)
	}
	ref, err := hpke.Seal(pub, hpke.HKDFSHA256(), hpke.AES256GCM(), refInfo(gate, seq), identity)
	if err != nil {
		return nil, fmt.Errorf("seal reference: %w", err)
	}
	return ref, nil
}

// OpenRef gives back the identity that SealRef sealed for this gate and seq.
func OpenRef(key *ecdh.PrivateKey, gate string, seq uint64, ref []byte) ([]byte, error) {
	private, err := hpke.NewDHKEMPrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("open reference: %w", err)
	}
	identity, err := hpke.Open(private, hpke.HKDFSHA256(), hpke.AES256GCM(), refInfo(gate, seq), ref)
	if err != nil {
		return nil, fmt.Errorf("open reference: it is not sealed to this key for entry %d of this gate: %w", seq, err)
	}
	return identity, nil
}

func refInfo(gate string, seq uint64) []byte {
	info := appendPrefixed([]byte("postern/ref/1"), []byte(gate))
	return binary.BigEndian.AppendUint64(info, seq)
}

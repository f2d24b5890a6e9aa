package pass

import (
	"crypto"
	"encoding/binary"
	"time"
)

// Key is one issuer key of the trust list.
type Key struct {
	Issuer     string           // the iss it may sign for; "" lets it sign for any, which only an explicit --trust file does
	IssuerName string           // for people
	ID         []byte           // kid; for native keys the first 4 bytes of SHA-256(raw public key)
	Public     crypto.PublicKey // ed25519.PublicKey, *ecdsa.PublicKey (P-256), *rsa.PublicKey (foreign formats)
	From, To   time.Time        // iat must lie in [From, To); zero is open
	Withdrawn  bool             // kept in the list so that its passes can be named as such
}

// Keyring finds issuer keys. The zero Keyring has none. It is immutable and safe for concurrent use.
type Keyring struct {
	byID map[string][]Key
}

// NewKeyring collects keys.
func NewKeyring(keys []Key) *Keyring {
	r := &Keyring{byID: make(map[string][]Key, len(keys))}
	for _, k := range keys {
		r.byID[string(k.ID)] = append(r.byID[string(k.ID)], k)
	}
	return r
}

// Find returns every key with this kid; the caller sorts out the issuer.
func (r *Keyring) Find(kid []byte) []Key {
	if r == nil {
		return nil
	}
	return r.byID[string(kid)]
}

func lengthPrefixed(dst, b []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(b)))
	return append(dst, b...)
}

// signsFor reports whether the key may sign for an issuer.
func (k *Key) signsFor(issuer string) bool {
	return k.Issuer == "" || k.Issuer == issuer
}

// validAt reports whether t lies in [From, To).
func (k *Key) validAt(t time.Time) bool {
	return (k.From.IsZero() || !t.Before(k.From)) && (k.To.IsZero() || t.Before(k.To))
}

package pass

import (
	"bytes"
	"crypto"
	"crypto/x509"
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
	Withdrawn  bool             // kept in the list so that its passes are ErrWithdrawn and not ErrNoKey

	Format      Format            // the one format it may sign; "" lets it sign any
	Uses        Uses              // what it may certify in HC1:; none set lets it certify all
	Certificate *x509.Certificate // where the key came in one; that of a CA (CSCA) verifies the certificates inside VDS-NC
}

// Uses are the kinds of EU certificate that a key may sign, as the extended
// key usage of its certificate says (EU DCC, volume 1, section 3.3.3). A key
// with none may sign all.
type Uses uint8

// Uses.
const (
	UseTest Uses = 1 << iota
	UseVaccination
	UseRecovery
)

// allow reports whether a key with uses u may sign a card with entries of these
// kinds. It must be allowed one of them. The other entries do not count; see
// [Pass.Certified].
func (u Uses) allow(entries Uses) bool { return u == 0 || entries == 0 || u&entries != 0 }

// Keyring finds issuer keys. The zero Keyring has none. It is immutable and safe for concurrent use.
type Keyring struct {
	byID    map[string][]Key
	each    []Key           // every key once for each period and use, for formats whose passes name no key
	anchors []Key           // keys of CA certificates, each certificate once
	gone    map[string]bool // withdrawn keys, in DER
}

// NewKeyring makes a keyring of keys.
func NewKeyring(keys []Key) *Keyring {
	r := &Keyring{byID: make(map[string][]Key, len(keys)), gone: map[string]bool{}}
	seen := make(map[string]bool, len(keys))
	for _, k := range keys {
		r.byID[string(k.ID)] = append(r.byID[string(k.ID)], k)
		der, err := x509.MarshalPKIXPublicKey(k.Public)
		if err != nil {
			continue
		}
		if k.Withdrawn {
			r.gone[string(der)] = true
		}
		name := k.nameAmongEach(der)
		if !seen[name] || k.Withdrawn {
			seen[name] = true
			r.each = append(r.each, k)
		}
		// A CA renewed under its old key has certificates of several periods.
		if c := k.Certificate; c != nil && c.IsCA && (k.Withdrawn || !seen[name+string(c.Raw)]) {
			seen[name+string(c.Raw)] = true
			r.anchors = append(r.anchors, k)
		}
	}
	return r
}

// nameAmongEach tells k from other entries of its public key, whose DER this is: a
// list may give the key back for a second period, or for other uses.
func (k *Key) nameAmongEach(der []byte) string {
	b := append(lengthPrefixed(lengthPrefixed(nil, der), []byte(k.Issuer)), byte(k.Uses))
	b = binary.BigEndian.AppendUint64(b, uint64(k.From.Unix()))
	b = binary.BigEndian.AppendUint64(b, uint64(k.To.Unix()))
	return string(b) + string(k.Format)
}

// withdrew reports whether a key is withdrawn in the list, for whatever issuer.
func (r *Keyring) withdrew(pub crypto.PublicKey) bool {
	if r == nil || len(r.gone) == 0 {
		return false
	}
	der, err := x509.MarshalPKIXPublicKey(pub)
	return err == nil && r.gone[string(der)]
}

// all returns every key that may sign a format. Passes of that format name no key.
func (r *Keyring) all(f Format) []Key {
	if r == nil {
		return nil
	}
	var keys []Key
	for _, k := range r.each {
		if k.signsFormat(f) {
			keys = append(keys, k)
		}
	}
	return keys
}

// mostTried bounds how many keys are tried for a pass that names none. Each try
// costs a verification, and a forger can choose to name no key.
const mostTried = 256

// some are the first mostTried keys of all.
func (r *Keyring) some(f Format) []Key {
	keys := r.all(f)
	return keys[:min(len(keys), mostTried)]
}

// issuersOf returns the CAs that have the name of a certificate's issuer.
func (r *Keyring) issuersOf(c *x509.Certificate) []Key {
	if r == nil {
		return nil
	}
	var keys []Key
	for _, k := range r.anchors {
		if bytes.Equal(k.Certificate.RawSubject, c.RawIssuer) {
			keys = append(keys, k)
		}
	}
	return keys
}

// Find returns every key with this kid. The caller must check the issuer.
func (r *Keyring) Find(kid []byte) []Key {
	if r == nil {
		return nil
	}
	return r.byID[string(kid)]
}

// find returns the keys with this kid that may sign a format. Kids such as "1" or
// "key-1" are used by many issuers.
func (r *Keyring) find(kid []byte, f Format) []Key {
	var keys []Key
	for _, k := range r.Find(kid) {
		if k.signsFormat(f) {
			keys = append(keys, k)
		}
	}
	return keys
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

// endsBefore reports whether the period of k ends before that of other.
func (k *Key) endsBefore(other *Key) bool {
	return !k.To.IsZero() && (other.To.IsZero() || k.To.Before(other.To))
}

// signsFormat reports whether the key may sign passes of a format.
func (k *Key) signsFormat(f Format) bool { return k.Format == "" || k.Format == f }

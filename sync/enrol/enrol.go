// Package enrol has what a gate is enrolled with: the code that is printed for
// it, its request, the authority's countersignature, and the envelope with its
// place, policy and keys.
//
// `postern-hub gate add` prints a [Code]. The gate makes an [Identity] and sends
// a [Request]. `postern-hub gate countersign` reads the request on standard
// input and writes the answer ([EncodeAnswer]: certificate and first envelope)
// to standard output. The hub keeps the certificate and passes the envelope on.
// On a USB stick, request and answer are files with the same bytes.
//
// The code carries a one-time secret: whoever scans it first enrols as this
// gate, and then it is used up. A hub only carries requests and envelopes. It
// cannot enrol a gate itself, and cannot read an envelope.
package enrol

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"time"
)

// Code is what `postern-hub gate add` prints, as PE1: + base45 of deterministic CBOR
// {1: hub, 2: SHA-256 of the root metadata, 3: place, 4: secret, 5: expiry}.
type Code struct {
	Hub    string   // base URL
	Root   [32]byte // SHA-256 of the bytes of 1.root.json (or the newest root at printing)
	Place  string
	Secret [16]byte
	Expiry time.Time
}

// GateID names the gate that this code makes: lower-case hex of the first 8
// bytes of SHA-256("postern/gate/1" || secret). The secret cannot be told from it.
func (c Code) GateID() string { return gateID(c.Secret) }

// Identity is a gate's ID and private keys. It never leaves the gate.
type Identity struct {
	Gate  string // GateID of the code
	Hub   string
	Place string
	Root  [32]byte
	Sign  ed25519.PrivateKey
	Box   *ecdh.PrivateKey // X25519
}

// Request carries the gate's public keys to the authority, authenticated by the code's secret:
// deterministic CBOR {1: gate, 2: sign key, 3: box key, 4: HMAC-SHA256(secret, "postern/enrol/1" || deterministic CBOR of {1,2,3})}.
type Request struct {
	Gate string
	Sign ed25519.PublicKey
	Box  []byte // X25519, 32 bytes
	MAC  [32]byte
}

// Certificate is the authority's countersignature on a gate's keys: COSE_Sign1 by the envelope role over
// deterministic CBOR {1: gate, 2: sign key, 3: box key, 4: place, 5: time}, without kid.
type Certificate struct {
	Gate  string
	Sign  ed25519.PublicKey
	Box   []byte
	Place string
	Time  time.Time
}

// Envelope is what the authority tells one gate. On the wire: COSE_Sign1 by the envelope role over deterministic CBOR
// {1: gate, 2: version, 3: sealed}, so that a hub can serve it by version; sealed is the encapsulated key and the
// ciphertext of one-shot HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM; info "postern/envelope/1" || gate; no aad)
// over the deterministic CBOR map below. Times are Unix seconds.
type Envelope struct {
	Gate      string            // 1
	Version   uint64            // 2; replaces a lower one
	Made      time.Time         // 3
	Place     string            // 4
	Direction string            // 5: in, out or both
	Policy    string            // 6: name of the policy target
	Epochs    map[uint64][]byte // 7: epoch number -> 32-byte key for status, foreign and look-up files
	TagKeys   map[uint64][]byte // 8: day (Unix/86400) -> 32-byte key, the next 30 days
	Pull      time.Duration     // 9: seconds between pulls
	Suspended bool              // 10: the gate stops admitting
	Wipe      bool              // 11: the gate forgets everything but unsent entries

	Delegation []byte // 15: pass.Delegation under which the gate signs slips; nil: it signs none
	PIN        *PIN   // 16: the supervisor's; nil: there is none, and nobody can act as supervisor

	Places map[string]string // 17: names of the place by language, where Place is not for everybody; nil: there are none
}

package enrol

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"errors"
	"fmt"
	"time"

	"postern/sync/internal/cose"
	"postern/sync/policy"
)

// KeySize is the size in bytes of epoch keys and tag keys.
const KeySize = 32

// Limits of an envelope.
const (
	MaxEpochs  = 8
	MaxTagKeys = 64
	MaxPlaces  = 8 // names of the place in further languages

	MaxDelegation = 2048 // bytes
	MaxPull       = 7 * 24 * time.Hour
)

// ErrBox says that an envelope was sealed to another gate's key.
var ErrBox = errors.New("it was not sealed to this gate's key")

// outerWire is the signed payload: what the hub may read, and the sealed rest
// (encapsulated key || ciphertext).
type outerWire struct {
	Gate    string `cbor:"1,keyasint"`
	Version uint64 `cbor:"2,keyasint"`
	Sealed  []byte `cbor:"3,keyasint"`
}

type envelopeWire struct {
	Gate      string            `cbor:"1,keyasint"`
	Version   uint64            `cbor:"2,keyasint"`
	Made      int64             `cbor:"3,keyasint"`
	Place     string            `cbor:"4,keyasint"`
	Direction string            `cbor:"5,keyasint"`
	Policy    string            `cbor:"6,keyasint"`
	Epochs    map[uint64][]byte `cbor:"7,keyasint"`
	TagKeys   map[uint64][]byte `cbor:"8,keyasint"`
	Pull      uint64            `cbor:"9,keyasint"`
	Suspended bool              `cbor:"10,keyasint"`
	Wipe      bool              `cbor:"11,keyasint"`

	Delegation []byte `cbor:"15,keyasint,omitempty"`
	PIN        *PIN   `cbor:"16,keyasint,omitempty"`

	Places map[string]string `cbor:"17,keyasint,omitempty"`
}

func (e Envelope) check() error {
	switch {
	case !ValidGate(e.Gate):
		return fmt.Errorf("%q is not the name of a gate", e.Gate)
	case e.Version == 0:
		return errors.New("version 0 cannot replace anything")
	case e.Direction != "in" && e.Direction != "out" && e.Direction != "both":
		return fmt.Errorf("direction is %q; it can be in, out or both", e.Direction)
	case !policy.ValidName(e.Policy):
		return fmt.Errorf("%q cannot name a policy", e.Policy)
	case e.Pull < time.Second || e.Pull > MaxPull || e.Pull%time.Second != 0:
		return fmt.Errorf("pull every %v; whole seconds to %v are possible", e.Pull, MaxPull)
	case len(e.Epochs) > MaxEpochs || len(e.TagKeys) > MaxTagKeys:
		return fmt.Errorf("%d epoch keys and %d tag keys, at most %d and %d fit", len(e.Epochs), len(e.TagKeys), MaxEpochs, MaxTagKeys)
	case len(e.Delegation) > MaxDelegation:
		return fmt.Errorf("its delegation has %d bytes, at most %d fit", len(e.Delegation), MaxDelegation)
	}
	for _, keys := range []map[uint64][]byte{e.Epochs, e.TagKeys} {
		for n, k := range keys {
			if len(k) != KeySize {
				return fmt.Errorf("key %d has %d bytes, want %d", n, len(k), KeySize)
			}
		}
	}
	return errors.Join(checkTime(e.Made), checkPlace(e.Place), CheckPlaces(e.Places), e.PIN.check())
}

func (e Envelope) wire() envelopeWire {
	// A nil map would be CBOR null. An empty map is the one form for "none".
	if e.Epochs == nil {
		e.Epochs = map[uint64][]byte{}
	}
	if e.TagKeys == nil {
		e.TagKeys = map[uint64][]byte{}
	}
	return envelopeWire{
		e.Gate, e.Version, e.Made.Unix(), e.Place, e.Direction, e.Policy,
		e.Epochs, e.TagKeys, uint64(e.Pull / time.Second), e.Suspended, e.Wipe, e.Delegation, e.PIN, e.Places,
	}
}

func (w envelopeWire) envelope() (Envelope, error) {
	if w.Epochs == nil || w.TagKeys == nil {
		return Envelope{}, errForm // null, where an empty map has its own form
	}
	if w.Pull > uint64(MaxPull/time.Second) {
		return Envelope{}, fmt.Errorf("pull every %d seconds; at most %v is possible", w.Pull, MaxPull)
	}
	e := Envelope{
		Gate: w.Gate, Version: w.Version, Made: fromUnix(w.Made), Place: w.Place, Direction: w.Direction, Policy: w.Policy,
		Epochs: w.Epochs, TagKeys: w.TagKeys, Pull: time.Duration(w.Pull) * time.Second, Suspended: w.Suspended, Wipe: w.Wipe,
		Delegation: w.Delegation, PIN: w.PIN, Places: w.Places,
	}
	return e, e.check()
}

func sealInfo(gate string) []byte { return []byte("postern/envelope/1" + gate) }

// SealEnvelope seals e to a gate's box key (X25519, 32 bytes) and signs it with the key of the envelope role.
func SealEnvelope(e Envelope, box []byte, key crypto.Signer) ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("seal envelope: %w", err)
	}
	plain, err := cose.Encoding.Marshal(e.wire())
	if err != nil {
		return nil, fmt.Errorf("seal envelope: %w", err)
	}
	to, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(box)
	if err != nil {
		return nil, fmt.Errorf("seal envelope: box key: %w", err)
	}
	sealed, err := hpke.Seal(to, hpke.HKDFSHA256(), hpke.AES256GCM(), sealInfo(e.Gate), plain)
	if err != nil {
		return nil, fmt.Errorf("seal envelope: %w", err)
	}
	payload, err := cose.Encoding.Marshal(outerWire{e.Gate, e.Version, sealed})
	if err != nil {
		return nil, fmt.Errorf("seal envelope: %w", err)
	}
	b, err := cose.Sign(key, nil, payload)
	if err == nil && len(b) > MaxBytes {
		err = fmt.Errorf("it has %d bytes, at most %d are read", len(b), MaxBytes)
	}
	if err != nil {
		return nil, fmt.Errorf("seal envelope: %w", err)
	}
	return b, nil
}

// OpenEnvelope verifies that key, of the envelope role, signed b, and opens it
// with id's box key. The caller must check that its Version is higher than that
// of the envelope it has.
func OpenEnvelope(b []byte, key ed25519.PublicKey, id Identity) (Envelope, error) {
	payload, err := signed(b, key)
	if err != nil {
		return Envelope{}, fmt.Errorf("open envelope: %w", err)
	}
	outer, err := exact[outerWire](payload)
	if err != nil {
		return Envelope{}, fmt.Errorf("open envelope: %w", err)
	}
	if outer.Gate != id.Gate {
		return Envelope{}, fmt.Errorf("open envelope: %w: it is for gate %q", ErrBox, outer.Gate)
	}
	e, err := unseal(outer, id)
	if err != nil {
		return Envelope{}, fmt.Errorf("open envelope: %w", err)
	}
	return e, nil
}

func unseal(outer outerWire, id Identity) (Envelope, error) {
	if id.Box == nil {
		return Envelope{}, errors.New("the identity has no box key")
	}
	key, err := hpke.NewDHKEMPrivateKey(id.Box)
	if err != nil {
		return Envelope{}, err
	}
	plain, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.AES256GCM(), sealInfo(outer.Gate), outer.Sealed)
	if err != nil {
		return Envelope{}, fmt.Errorf("%w: %v", ErrBox, err)
	}
	inner, err := exact[envelopeWire](plain)
	if err != nil {
		return Envelope{}, err
	}
	if inner.Gate != outer.Gate || inner.Version != outer.Version {
		return Envelope{}, errors.New("its inside names another gate or version than its outside")
	}
	return inner.envelope()
}

// EnvelopeVersion reads the part that a hub may know. It verifies nothing.
func EnvelopeVersion(b []byte) (gate string, version uint64, err error) {
	if len(b) > MaxBytes {
		return "", 0, fmt.Errorf("read envelope: it has %d bytes, at most %d are read", len(b), MaxBytes)
	}
	m, err := cose.Parse(b)
	if err != nil {
		return "", 0, fmt.Errorf("read envelope: %w", err)
	}
	outer, err := exact[outerWire](m.Payload)
	if err != nil {
		return "", 0, fmt.Errorf("read envelope: %w", err)
	}
	if !ValidGate(outer.Gate) {
		return "", 0, fmt.Errorf("read envelope: %q is not the name of a gate", outer.Gate)
	}
	return outer.Gate, outer.Version, nil
}

package enrol

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"postern/sync/internal/cose"
)

// identityWire is an identity at rest: deterministic CBOR
// {1: gate, 2: hub, 3: place, 4: root, 5: seed of the sign key, 6: box key}.
type identityWire struct {
	Gate  string `cbor:"1,keyasint"`
	Hub   string `cbor:"2,keyasint"`
	Place string `cbor:"3,keyasint"`
	Root  []byte `cbor:"4,keyasint"`
	Sign  []byte `cbor:"5,keyasint"`
	Box   []byte `cbor:"6,keyasint"`
}

// requestWire is a Request. The MAC is over the same map without member 4.
type requestWire struct {
	Gate string `cbor:"1,keyasint"`
	Sign []byte `cbor:"2,keyasint"`
	Box  []byte `cbor:"3,keyasint"`
	MAC  []byte `cbor:"4,keyasint,omitempty"`
}

// NewIdentity makes a gate's keys for the place that c names, from 64 bytes of random.
func NewIdentity(c Code, random io.Reader) (Identity, error) {
	var seed [64]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return Identity{}, fmt.Errorf("make gate identity: %w", err)
	}
	box, err := ecdh.X25519().NewPrivateKey(seed[32:])
	if err != nil {
		return Identity{}, fmt.Errorf("make gate identity: %w", err)
	}
	return Identity{
		Gate: c.GateID(), Hub: c.Hub, Place: c.Place, Root: c.Root,
		Sign: ed25519.NewKeyFromSeed(seed[:32]), Box: box,
	}, nil
}

// Marshal writes i for the gate's own database. It holds both private keys.
func (i Identity) Marshal() ([]byte, error) {
	if len(i.Sign) != ed25519.PrivateKeySize || i.Box == nil {
		return nil, errors.New("write gate identity: it has no keys")
	}
	return cose.Encoding.Marshal(identityWire{i.Gate, i.Hub, i.Place, i.Root[:], i.Sign.Seed(), i.Box.Bytes()})
}

// ParseIdentity reads what Marshal wrote.
func ParseIdentity(b []byte) (Identity, error) {
	w, err := exact[identityWire](b)
	if err != nil {
		return Identity{}, fmt.Errorf("read gate identity: %w", err)
	}
	if !ValidGate(w.Gate) || len(w.Root) != 32 || len(w.Sign) != ed25519.SeedSize {
		return Identity{}, errors.New("read gate identity: its name, root hash or sign key is damaged; enrol the gate again")
	}
	if err := errors.Join(checkHub(w.Hub), checkPlace(w.Place)); err != nil {
		return Identity{}, fmt.Errorf("read gate identity: %w", err)
	}
	box, err := ecdh.X25519().NewPrivateKey(w.Box)
	if err != nil {
		return Identity{}, fmt.Errorf("read gate identity: box key: %w", err)
	}
	return Identity{
		Gate: w.Gate, Hub: w.Hub, Place: w.Place, Root: [32]byte(w.Root),
		Sign: ed25519.NewKeyFromSeed(w.Sign), Box: box,
	}, nil
}

// Request asks the authority to countersign i's public keys; secret is that of the code.
func (i Identity) Request(secret [16]byte) ([]byte, error) {
	if gateID(secret) != i.Gate {
		return nil, errors.New("write enrolment request: the secret is that of another code")
	}
	if len(i.Sign) != ed25519.PrivateKeySize || i.Box == nil {
		return nil, errors.New("write enrolment request: the identity has no keys")
	}
	w := requestWire{Gate: i.Gate, Sign: i.Sign.Public().(ed25519.PublicKey), Box: i.Box.PublicKey().Bytes()}
	w.MAC = requestMAC(w, secret)
	return cose.Encoding.Marshal(w)
}

// ParseRequest reads a request. The caller must not believe it before
// [Request.Authentic] is true.
func ParseRequest(b []byte) (Request, error) {
	w, err := exact[requestWire](b)
	if err != nil {
		return Request{}, fmt.Errorf("read enrolment request: %w", err)
	}
	if len(w.MAC) != sha256.Size {
		return Request{}, errors.New("read enrolment request: its proof has the wrong length")
	}
	if err := checkKeys(w.Gate, w.Sign, w.Box); err != nil {
		return Request{}, fmt.Errorf("read enrolment request: %w", err)
	}
	return Request{Gate: w.Gate, Sign: w.Sign, Box: w.Box, MAC: [32]byte(w.MAC)}, nil
}

// Authentic reports whether whoever made r knew the secret of the code of r.Gate.
func (r Request) Authentic(secret [16]byte) bool {
	want := requestMAC(requestWire{Gate: r.Gate, Sign: r.Sign, Box: r.Box}, secret)
	return gateID(secret) == r.Gate && hmac.Equal(want, r.MAC[:])
}

func requestMAC(w requestWire, secret [16]byte) []byte {
	w.MAC = nil
	b, err := cose.Encoding.Marshal(w)
	if err != nil {
		panic(err) // texts and bytes only
	}
	h := hmac.New(sha256.New, secret[:])
	h.Write([]byte("postern/enrol/1"))
	h.Write(b)
	return h.Sum(nil)
}

func checkKeys(gate string, sign, box []byte) error {
	if !ValidGate(gate) {
		return fmt.Errorf("%q is not the name of a gate", gate)
	}
	if len(sign) != ed25519.PublicKeySize {
		return fmt.Errorf("the sign key has %d bytes, want %d", len(sign), ed25519.PublicKeySize)
	}
	if _, err := ecdh.X25519().NewPublicKey(box); err != nil {
		return fmt.Errorf("box key: %w", err)
	}
	return nil
}

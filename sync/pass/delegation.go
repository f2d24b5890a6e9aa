package pass

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/internal/cose"
)

// MaxDelegation is the longest life of a delegation, and of a slip under it.
const MaxDelegation = 48 * time.Hour

// Bounds of what a delegation says.
const (
	gateIDSize  = 8   // bytes; gates are named by their 16 hexadecimal digits
	maxPlace    = 120 // bytes, as in enrolment
	maxKinds    = 8
	maxPolicies = 16
	minSlipLife = time.Minute
)

// SlipKind says what a slip stands in for.
type SlipKind uint8

// Kinds of slip, as in PROTOCOL.md.
const (
	Visitor     SlipKind = 1 + iota // somebody who has no pass
	Replacement                     // somebody whose own pass cannot be shown
	Medical                         // an emergency
	maxSlipKind SlipKind = 63
)

// SlipKinds are those that have a name.
var SlipKinds = []SlipKind{Visitor, Replacement, Medical}

// String is the kind's word; "other" for one that this version has no word for.
func (k SlipKind) String() string {
	switch k {
	case Visitor:
		return "visitor"
	case Replacement:
		return "replacement"
	case Medical:
		return "medical"
	}
	return "other"
}

// Delegation lets one gate sign slips for an issuer. It is no pass itself, and a
// gate cannot delegate further.
type Delegation struct {
	Issuer   string
	ID       []byte    // CWT 7, cti, 8 bytes
	IssuedAt time.Time // a slip's time of issue must lie in [IssuedAt, Expires), which is at most MaxDelegation long
	Expires  time.Time
	Key      ed25519.PublicKey // the gate's sign key
	Status   *StatusRef        // by which the authority can revoke it; nil where absent
	Scope
}

// Scope is what slips under a delegation may be. A slip cannot widen it.
type Scope struct {
	Gate     string        // 16 hexadecimal digits
	Place    string        // for people, 1 to 120 bytes
	Kinds    []SlipKind    // ascending, 1 to 8
	Life     time.Duration // the longest of a slip, in whole seconds, from a minute to MaxDelegation
	Policies []string      // slips count at places with one of these policies, at most 16; nil: everywhere
}

// wireDelegation is the payload of a delegation: a CWT (RFC 8392) in
// deterministic CBOR, and nothing but this.
//
//	{
//	  1: iss, 4: exp, 6: iat, 7: cti                  as in a pass
//	  8: {1: {1: 1, -1: 6, -2: x}}                    the gate's sign key, COSE_Key on Ed25519
//	  9: bstr( {                                      scope (RFC 8693 section 4.2, RFC 9200)
//	    1: gate                                       8 bytes
//	    2: place                                      text, 1 to 120 bytes
//	    3: [kind, …]                                  1 to 8, ascending
//	    4: longest life of a slip                     seconds, 60 to 172,800
//	    5: [name of a policy, …]                      optional, 1 to 16
//	  } )
//	  65535: {"status_list": {"idx": uint, "uri": text}}   optional
//	}
type wireDelegation struct {
	Issuer   string          `cbor:"1,keyasint"`
	Expires  uint64          `cbor:"4,keyasint"`
	IssuedAt uint64          `cbor:"6,keyasint"`
	ID       cbor.ByteString `cbor:"7,keyasint"`
	Confirm  wireGateConfirm `cbor:"8,keyasint"`
	Scope    cbor.ByteString `cbor:"9,keyasint"`
	Status   *wireStatus     `cbor:"65535,keyasint,omitempty"`
}

type wireGateConfirm struct {
	Key wireGateKey `cbor:"1,keyasint"`
}

type wireGateKey struct {
	Type  int             `cbor:"1,keyasint"`  // 1, OKP
	Curve int             `cbor:"-1,keyasint"` // 6, Ed25519
	X     cbor.ByteString `cbor:"-2,keyasint"`
}

type wireScope struct {
	Gate     cbor.ByteString `cbor:"1,keyasint"`
	Place    string          `cbor:"2,keyasint"`
	Kinds    []uint64        `cbor:"3,keyasint"`
	Life     uint64          `cbor:"4,keyasint"`
	Policies []string        `cbor:"5,keyasint,omitempty"`
}

const (
	keyOKP       = 1
	curveEd25519 = 6
)

// Seal signs d for its gate, as an untagged COSE_Sign1. An empty Issuer becomes
// the signer's. Times are cut to whole seconds.
func (d Delegation) Seal(s *Signer) ([]byte, error) {
	if d.Issuer == "" {
		d.Issuer = s.issuer
	}
	if d.Issuer != s.issuer {
		return nil, fmt.Errorf("seal delegation: the signer signs for issuer %q, not for %q", s.issuer, d.Issuer)
	}
	payload, err := d.encode()
	if err != nil {
		return nil, fmt.Errorf("seal delegation: %w", err)
	}
	if _, err := parseDelegation(payload); err != nil {
		return nil, fmt.Errorf("seal delegation: %w", err)
	}
	message, err := cose.Sign(s.key, s.kid, payload)
	if err != nil {
		return nil, fmt.Errorf("seal delegation: %w", err)
	}
	return message, nil
}

func (d Delegation) encode() ([]byte, error) {
	gate, err := hex.DecodeString(d.Gate)
	if err != nil || len(gate) != gateIDSize || hex.EncodeToString(gate) != d.Gate {
		return nil, fmt.Errorf("%q is not the name of a gate", d.Gate)
	}
	if d.Life%time.Second != 0 {
		return nil, fmt.Errorf("the longest life of a slip, %v, is not in whole seconds", d.Life)
	}
	scope := wireScope{Gate: cbor.ByteString(gate), Place: d.Place, Kinds: []uint64{}, Life: uint64(d.Life / time.Second), Policies: d.Policies}
	for _, k := range d.Kinds {
		scope.Kinds = append(scope.Kinds, uint64(k))
	}
	inner, err := cose.Encoding.Marshal(scope)
	if err != nil {
		return nil, err
	}
	w := wireDelegation{
		Issuer: d.Issuer, Expires: uint64(d.Expires.Unix()), IssuedAt: uint64(d.IssuedAt.Unix()), ID: cbor.ByteString(d.ID),
		Confirm: wireGateConfirm{wireGateKey{Type: keyOKP, Curve: curveEd25519, X: cbor.ByteString(d.Key)}},
		Scope:   cbor.ByteString(inner),
	}
	if d.Status != nil {
		w.Status = &wireStatus{&wireStatusList{Index: d.Status.Index, URI: d.Status.URI}}
	}
	return cose.Encoding.Marshal(w)
}

// OpenDelegation reads a delegation and verifies it against keys, by the same
// rules and with the same errors as [Open] does a pass.
func OpenDelegation(b []byte, keys *Keyring) (*Delegation, error) {
	m, err := cose.Parse(b)
	if err != nil {
		return nil, malformed(fmt.Errorf("delegation: %w", err))
	}
	d, _, err := openDelegation(m, keys)
	return d, err
}

func openDelegation(m *cose.Message, keys *Keyring) (*Delegation, *Key, error) {
	if len(m.KeyID) != keyIDSize {
		return nil, nil, malformed(fmt.Errorf("delegation: kid has %d bytes, want %d", len(m.KeyID), keyIDSize))
	}
	candidates := keys.Find(m.KeyID)
	d, err := parseDelegation(m.Payload)
	if err != nil {
		return nil, nil, unreadable(m, candidates, fmt.Errorf("delegation: %w", err))
	}
	key, err := signerOf(m, candidates, d.Issuer, d.IssuedAt)
	if err != nil {
		return nil, nil, fmt.Errorf("open pass: %w: delegation of issuer %q to gate %s, key %x", err, d.Issuer, d.Gate, m.KeyID)
	}
	return d, key, nil
}

// parseDelegation reads a payload. It verifies nothing.
func parseDelegation(payload []byte) (*Delegation, error) {
	w, err := exactly[wireDelegation](payload)
	if err != nil {
		return nil, err
	}
	claims := wireClaims{Issuer: w.Issuer, Expires: w.Expires, IssuedAt: w.IssuedAt, ID: w.ID}
	if err := claims.check(); err != nil {
		return nil, err
	}
	d := &Delegation{Issuer: w.Issuer, ID: []byte(w.ID), IssuedAt: seconds(w.IssuedAt), Expires: seconds(w.Expires)}
	if life := d.Expires.Sub(d.IssuedAt); life <= 0 || life > MaxDelegation {
		return nil, fmt.Errorf("it lasts %v, at most %v are possible", life, MaxDelegation)
	}
	if k := w.Confirm.Key; k.Type != keyOKP || k.Curve != curveEd25519 || len(k.X) != ed25519.PublicKeySize {
		return nil, errors.New("the gate's key is not an Ed25519 key")
	}
	d.Key = ed25519.PublicKey(w.Confirm.Key.X)
	if d.Status, err = w.Status.reference(); err != nil {
		return nil, err
	}
	d.Scope, err = parseScope([]byte(w.Scope))
	return d, err
}

func parseScope(b []byte) (Scope, error) {
	w, err := exactly[wireScope](b)
	if err != nil {
		return Scope{}, fmt.Errorf("scope: %w", err)
	}
	s := Scope{Gate: hex.EncodeToString([]byte(w.Gate)), Place: w.Place, Policies: w.Policies}
	switch {
	case len(w.Gate) != gateIDSize:
		return Scope{}, fmt.Errorf("scope: the gate's name has %d bytes, want %d", len(w.Gate), gateIDSize)
	case w.Life < uint64(minSlipLife/time.Second) || w.Life > uint64(MaxDelegation/time.Second):
		return Scope{}, fmt.Errorf("scope: slips last %d seconds, want %v to %v", w.Life, minSlipLife, MaxDelegation)
	case len(w.Kinds) == 0 || len(w.Kinds) > maxKinds:
		return Scope{}, fmt.Errorf("scope: it has %d kinds of slip, want 1 to %d", len(w.Kinds), maxKinds)
	case len(w.Policies) > maxPolicies:
		return Scope{}, fmt.Errorf("scope: it names %d policies, at most %d are allowed", len(w.Policies), maxPolicies)
	}
	if err := checkText("scope: place", w.Place, maxPlace); err != nil {
		return Scope{}, err
	}
	s.Life = time.Duration(w.Life) * time.Second
	last := uint64(0)
	for _, k := range w.Kinds {
		if k <= last || k > uint64(maxSlipKind) {
			return Scope{}, fmt.Errorf("scope: kind of slip %d has no meaning or stands out of order", k)
		}
		last = k
		s.Kinds = append(s.Kinds, SlipKind(k))
	}
	for _, name := range w.Policies {
		if err := checkText("scope: policy", name, maxIssuer); err != nil {
			return Scope{}, err
		}
	}
	return s, nil
}

// exactly decodes b into a T. It refuses b unless it is the encoding of that T to
// the byte, so nothing may be unknown, missing, repeated or encoded otherwise.
func exactly[T any](b []byte) (T, error) {
	var v T
	if err := decode(b, &v); err != nil {
		return v, err
	}
	again, err := cose.Encoding.Marshal(v)
	if err != nil {
		return v, err
	}
	if !bytes.Equal(again, b) {
		return v, errors.New("it holds something that is unknown here, or lacks something")
	}
	return v, nil
}

package pass

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
)

const prefixSlip = "PT1:"

// Slip has what only slips have. A slip is a temporary pass that a gate signed.
type Slip struct {
	Kind  SlipKind
	Scope // of the delegation that it was signed under
}

// CountsAt reports whether the slip counts at places with this policy.
func (s *Slip) CountsAt(policy string) bool {
	return len(s.Policies) == 0 || slices.Contains(s.Policies, policy)
}

// wireSlip is the payload of a slip, in deterministic CBOR, and nothing but
// this. A gate cannot vouch for a test, a dose or a colour. A slip is printed, so
// it has no holder's key.
//
//	{
//	  4: exp, 6: iat                                  seconds
//	  7: cti                                          8 random bytes
//	  -70001: {1: masked name, 5: birth year}         optional, as is each member
//	  -70004: kind
//	  -70005: COSE_Sign1 of the delegation
//	}
type wireSlip struct {
	Expires    uint64          `cbor:"4,keyasint"`
	IssuedAt   uint64          `cbor:"6,keyasint"`
	ID         cbor.ByteString `cbor:"7,keyasint"`
	Health     *wireHealth     `cbor:"-70001,keyasint,omitempty"`
	Kind       uint64          `cbor:"-70004,keyasint"`
	Delegation cbor.ByteString `cbor:"-70005,keyasint"`
}

// Delegate is a gate that may sign slips. It is immutable and safe for concurrent use.
type Delegate struct {
	Delegation
	message []byte
	key     crypto.Signer
}

// NewDelegate opens a delegation for the gate whose sign key it names. It does not
// check whether the delegation has ended; Seal does.
func NewDelegate(delegation []byte, key crypto.Signer, keys *Keyring) (*Delegate, error) {
	d, err := OpenDelegation(delegation, keys)
	if err != nil {
		return nil, err
	}
	if key == nil || !d.Key.Equal(key.Public()) {
		return nil, errors.New("open delegation: it is for another gate's key")
	}
	return &Delegate{Delegation: *d, message: bytes.Clone(delegation), key: key}, nil
}

// Seal signs a slip into a PT1: text. Of c it takes ID, IssuedAt, Expires, Name
// and BirthYear; all else must be empty. It masks the name if it is not masked
// yet. A slip that the delegation does not allow is refused with the error that
// [Open] would return.
func (d *Delegate) Seal(kind SlipKind, c Claims) (string, error) {
	if c.Issuer != "" || !c.NotBefore.IsZero() || c.Status != nil || c.Confirm != nil || c.Colour != ColourNone || c.Tests != nil || c.Doses != nil {
		return "", errors.New("seal slip: a slip says no more than its times, a name and a year of birth")
	}
	c.Name = maskName(c.Name, "")
	payload, err := cose.Encoding.Marshal(wireSlip{
		Expires: uint64(c.Expires.Unix()), IssuedAt: uint64(c.IssuedAt.Unix()), ID: cbor.ByteString(c.ID),
		Health: healthOf(&c), Kind: uint64(kind), Delegation: cbor.ByteString(d.message),
	})
	if err != nil {
		return "", fmt.Errorf("seal slip: %w", err)
	}
	if _, err := parseSlip(payload); err != nil {
		return "", fmt.Errorf("seal slip: %w", err)
	}
	if err := d.allows(kind, c.IssuedAt.Truncate(time.Second), c.Expires.Truncate(time.Second)); err != nil {
		return "", fmt.Errorf("seal slip: %w", err)
	}
	message, err := cose.Sign(d.key, nil, payload)
	if err != nil {
		return "", fmt.Errorf("seal slip: %w", err)
	}
	return prefixSlip + base45.Encode(message), nil
}

// allows is the error of a slip that the delegation does not allow.
func (d *Delegation) allows(kind SlipKind, issued, expires time.Time) error {
	switch {
	case issued.Before(d.IssuedAt) || !issued.Before(d.Expires):
		return fmt.Errorf("%w: the delegation of gate %s holds from %s to %s", ErrKeyPeriod,
			d.Gate, d.IssuedAt.Format(time.RFC3339), d.Expires.Format(time.RFC3339))
	case expires.Sub(issued) > d.Life:
		return fmt.Errorf("%w: gate %s may sign slips for %v at most", ErrKeyUse, d.Gate, d.Life)
	case !slices.Contains(d.Kinds, kind):
		return fmt.Errorf("%w: gate %s may not sign slips of kind %d, %s", ErrKeyUse, d.Gate, kind, kind)
	}
	return nil
}

// openSlip opens the message of a PT1: text. It opens the delegation first, since
// that names the gate's key and what it may sign.
func openSlip(m *cose.Message, keys *Keyring) (*Pass, error) {
	if len(m.KeyID) > 0 {
		return nil, malformed(errors.New("slip: it names a key, which its delegation does"))
	}
	w, err := parseSlip(m.Payload)
	if err != nil {
		return nil, malformed(fmt.Errorf("slip: %w", err))
	}
	inner, err := cose.Parse([]byte(w.Delegation))
	if err != nil {
		return nil, malformed(fmt.Errorf("delegation: %w", err))
	}
	d, key, err := openDelegation(inner, keys)
	if err != nil {
		return nil, err
	}
	if !m.Verify(d.Key) {
		return nil, fmt.Errorf("open pass: %w: gate %s did not sign this slip", ErrForged, d.Gate)
	}
	return w.pass(d, key, inner.KeyID)
}

// pass is the slip as a pass, or the error of allows. Its issuer is that of the
// delegation. Its identifier is the gate's 8 bytes and the slip's 8, so that no
// gate can make a slip with the identity of another pass.
func (w *wireSlip) pass(d *Delegation, key *Key, kid []byte) (*Pass, error) {
	gate, err := hex.DecodeString(d.Gate)
	if err != nil {
		return nil, malformed(err)
	}
	p := &Pass{Format: TemporarySlip, IssuerName: key.IssuerName, KeyID: kid, Slip: &Slip{SlipKind(w.Kind), d.Scope}, genuine: true}
	p.Issuer, p.ID, p.Status = d.Issuer, append(gate, w.ID...), d.Status
	p.IssuedAt, p.Expires = seconds(w.IssuedAt), seconds(w.Expires)
	if err := w.Health.into(&p.Claims); err != nil {
		return nil, malformed(err)
	}
	if err := d.allows(p.Slip.Kind, p.IssuedAt, p.Expires); err != nil {
		return nil, fmt.Errorf("open pass: %w", err)
	}
	return p, nil
}

// parseSlip reads a payload. It verifies nothing.
func parseSlip(payload []byte) (*wireSlip, error) {
	w, err := exactly[wireSlip](payload)
	if err != nil {
		return nil, err
	}
	switch h := w.Health; {
	case len(w.ID) != idSize:
		return nil, fmt.Errorf("identifier has %d bytes, want %d", len(w.ID), idSize)
	case w.IssuedAt == 0 || w.IssuedAt > maxSeconds || w.Expires > maxSeconds || w.Expires <= w.IssuedAt:
		return nil, errors.New("its times are out of range or out of order")
	case w.Kind == 0 || w.Kind > uint64(maxSlipKind):
		return nil, fmt.Errorf("kind of slip %d has no meaning", w.Kind)
	case h != nil && (h.Colour != ColourNone || h.Tests != nil || h.Doses != nil || h.Name == "" && h.BirthYear == 0):
		return nil, errors.New("it says more of health than a slip can")
	}
	return &w, w.Health.into(&Claims{})
}

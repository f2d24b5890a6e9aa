package pass

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"time"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
)

// presentation is the payload that the holder's key signs.
//
//	{6: time, seconds since 1970; -70003: the COSE_Sign1 of the pass}
type presentation struct {
	Time uint64          `cbor:"6,keyasint"`
	Pass cbor.ByteString `cbor:"-70003,keyasint"`
}

// Present makes the PH1: text of a pass at a time, signed by the holder's key. It
// is an error if the pass names another key or none. It does not verify the
// issuer's signature; Open does.
func Present(text string, holder *ecdsa.PrivateKey, at time.Time) (string, error) {
	message, claims, err := unsigned(text)
	if err != nil {
		return "", fmt.Errorf("present pass: %w", err)
	}
	if claims.Confirm == nil || holder == nil || !claims.Confirm.Equal(&holder.PublicKey) {
		return "", errors.New("present pass: it was not issued to this holder's key")
	}
	if at.Unix() <= 0 || at.Unix() > maxSeconds {
		return "", fmt.Errorf("present pass: time %s is out of range", at.Format(time.RFC3339))
	}
	payload, err := cose.Encoding.Marshal(presentation{Time: uint64(at.Unix()), Pass: cbor.ByteString(message)})
	if err != nil {
		return "", fmt.Errorf("present pass: %w", err)
	}
	signed, err := cose.Sign(holder, nil, payload)
	if err != nil {
		return "", fmt.Errorf("present pass: %w", err)
	}
	return prefixPresented + base45.Encode(signed), nil
}

// openPresented opens the outer message of a PH1: text. It opens the pass before
// it verifies the holder's signature, since the pass names the holder's key.
func openPresented(outer *cose.Message, keys *Keyring) (*Pass, error) {
	var outside presentation
	if err := decode(outer.Payload, &outside); err != nil {
		return nil, malformed(fmt.Errorf("presentation: %w", err))
	}
	if outside.Time == 0 || outside.Time > maxSeconds {
		return nil, malformed(errors.New("presentation: its time is missing or out of range"))
	}
	inner, err := cose.Parse([]byte(outside.Pass))
	if err != nil {
		return nil, malformed(fmt.Errorf("presentation: %w", err))
	}
	p, err := openPass(inner, keys)
	if err != nil {
		return nil, err
	}
	if p.Confirm == nil {
		return nil, malformed(errors.New("presentation: the pass names no holder's key"))
	}
	if !outer.Verify(p.Confirm) {
		return nil, fmt.Errorf("open pass: %w: the holder's key did not sign this presentation", ErrForged)
	}
	p.Presented = seconds(outside.Time)
	return p, nil
}

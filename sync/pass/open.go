package pass

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
)

// The prefixes of native presentations. White space around the text is ignored,
// since scanners append line ends. Anything else must be exact.
const (
	prefixPass      = "PP1:"
	prefixPresented = "PH1:"
	whiteSpace      = " \t\r\n\v\f"
)

// keyIDSize is the length of a native kid, in bytes.
const keyIDSize = 4

// Open reads a presentation and verifies it against keys. It returns either a
// pass whose signature verified, or an error that wraps one of this package.
//
//	PP1: base45( COSE_Sign1 { kid } ( claims ) )
//	PH1: base45( COSE_Sign1 by the holder's key ( {6: time, -70003: COSE_Sign1 of the pass} ) )
//	PT1: base45( COSE_Sign1 by a gate's key ( {claims, -70005: COSE_Sign1 of the delegation} ) )
//
// Open tries every key that has the pass's kid and issuer. If there is none, the
// error is ErrNoKey: the pass may be genuine or forged. A withdrawn key opens no
// pass. The time of issue must lie in the key's period; the present time need
// not. If the claims cannot be read, the issuer is unknown and every key with
// the kid is tried. If one of them verifies, the issuer signed something that
// this version cannot read (ErrMalformed), else somebody altered it (ErrForged).
//
// The inner pass of a PH1: must name a holder's key, and that key must have
// signed the outer message. Package verdict judges how old that signature may
// be; see Pass.Presented.
//
// For a PT1: the issuer must have delegated to the gate's key, by the same rules.
// A slip outside the delegation's time is ErrKeyPeriod. A slip of a kind, or for
// longer, than the delegation allows is ErrKeyUse.
//
// Passes of other issuers are opened in the formats that [Format] lists. Any
// other text is ErrForeign.
func Open(text string, keys *Keyring) (*Pass, error) {
	text = strings.Trim(text, whiteSpace)
	if most := longest(text); len(text) > most {
		return nil, fmt.Errorf("open pass: %w: %d bytes, at most %d", ErrTooLong, len(text), most)
	}
	if body, ok := strings.CutPrefix(text, prefixPass); ok {
		return openText(body, keys, openPass)
	}
	if body, ok := strings.CutPrefix(text, prefixPresented); ok {
		return openText(body, keys, openPresented)
	}
	if body, ok := strings.CutPrefix(text, prefixSlip); ok {
		return openText(body, keys, openSlip)
	}
	return openForeign(text, keys)
}

// openText opens the base45 text of a COSE message.
func openText(text string, keys *Keyring, open func(*cose.Message, *Keyring) (*Pass, error)) (*Pass, error) {
	b, err := base45.Decode(text)
	if err != nil {
		return nil, malformed(err)
	}
	m, err := cose.Parse(b)
	if err != nil {
		return nil, malformed(err)
	}
	return open(m, keys)
}

func openPass(m *cose.Message, keys *Keyring) (*Pass, error) {
	if len(m.KeyID) != keyIDSize {
		return nil, malformed(fmt.Errorf("kid has %d bytes, want %d", len(m.KeyID), keyIDSize))
	}
	candidates := keys.Find(m.KeyID)
	claims, err := parseClaims(m.Payload)
	if err != nil {
		return nil, unreadable(m, candidates, err)
	}
	key, err := signerOf(m, candidates, claims.Issuer, claims.IssuedAt)
	if err != nil {
		return nil, fmt.Errorf("open pass: %w: issuer %q, key %x", err, claims.Issuer, m.KeyID)
	}
	return &Pass{
		Claims:     *claims,
		Format:     Native,
		IssuerName: key.IssuerName,
		KeyID:      m.KeyID,
		genuine:    true,
	}, nil
}

// signerOf finds the key that signed m, or returns why there is none. It tries
// all candidates even after one verified: two entries may have the same key, and
// if one of them is withdrawn the key opens no pass.
func signerOf(m *cose.Message, candidates []Key, issuer string, issued time.Time) (*Key, error) {
	var signer *Key
	known, outside := false, false
	for i := range candidates {
		k := &candidates[i]
		if !k.signsFormat(Native) || !k.signsFor(issuer) {
			continue
		}
		known = true
		switch {
		case !m.Verify(k.Public):
		case k.Withdrawn:
			return nil, ErrWithdrawn
		case !k.validAt(issued):
			outside = true
		case signer == nil:
			signer = k
		}
	}
	switch {
	case signer != nil:
		return signer, nil
	case outside:
		return nil, ErrKeyPeriod
	case known:
		return nil, ErrForged
	default:
		return nil, ErrNoKey
	}
}

// unreadable is the error of a message whose claims cannot be read because of
// cause: ErrMalformed, ErrForged or ErrNoKey, as [Open] describes.
func unreadable(m *cose.Message, candidates []Key, cause error) error {
	known := false
	for i := range candidates {
		if !candidates[i].signsFormat(Native) {
			continue
		}
		known = true
		if m.Verify(candidates[i].Public) {
			return malformed(cause)
		}
	}
	err := ErrForged
	if !known {
		err = ErrNoKey
	}
	return fmt.Errorf("open pass: %w: key %x, %v", err, m.KeyID, cause)
}

func malformed(cause error) error {
	return fmt.Errorf("open pass: %w: %v", ErrMalformed, cause)
}

// unsigned reads the claims of a PP1: text and verifies nothing. Present calls it;
// a gate must never judge by it.
func unsigned(text string) (message []byte, claims *Claims, err error) {
	body, ok := strings.CutPrefix(strings.Trim(text, whiteSpace), prefixPass)
	if !ok || len(body) > MaxText {
		return nil, nil, errors.New("it is not a PP1: text")
	}
	if message, err = base45.Decode(body); err != nil {
		return nil, nil, err
	}
	m, err := cose.Parse(message)
	if err != nil {
		return nil, nil, err
	}
	claims, err = parseClaims(m.Payload)
	return message, claims, err
}

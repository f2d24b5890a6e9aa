package pass

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"postern/sync/internal/cose"
)

// maxForeign bounds a foreign issuer's name and a foreign identifier, in bytes.
const maxForeign = 256

// credential is a foreign pass whose signer has not been found yet.
type credential struct {
	pass     Pass   // as it was read; not genuine yet
	entries  Uses   // the kinds of entry on an EU card
	bound    bool   // the key must be of the issuer that the credential names
	nameless bool   // it names no key, so that it is not called forged where no key fits
	signed   []byte // the bytes that the signature is over
	verify   func(crypto.PublicKey) bool
}

// open finds the key among candidates that signed c, and makes c a pass. Its
// errors are those of signer.
func (c *credential) open(candidates []Key) (*Pass, error) {
	key, err := c.signer(candidates)
	if err != nil {
		return nil, fmt.Errorf("open pass: %w: issuer %q, key %x", err, c.pass.Issuer, c.pass.KeyID)
	}
	p := c.pass
	if key.Issuer != "" {
		p.Issuer = key.Issuer
	}
	p.IssuerName, p.KeyID, p.genuine = key.IssuerName, key.ID, true
	if p.IssuedAt.IsZero() {
		p.within(key)
	}
	if key.Uses != 0 && c.entries&^key.Uses != 0 {
		p.certify(key.Uses)
	}
	if len(p.ID) == 0 || len(p.ID) > maxForeign {
		sum := sha256.Sum256(c.signed)
		p.ID = sum[:]
	}
	return &p, nil
}

// signer tries every candidate, as signerOf does. If a withdrawn key signed c,
// the error is ErrWithdrawn, even if another entry has the same key.
func (c *credential) signer(candidates []Key) (*Key, error) {
	var signer *Key
	known, outside, misused := false, false, false
	for i := range candidates {
		k := &candidates[i]
		if !k.signsFormat(c.pass.Format) || c.bound && !k.signsFor(c.pass.Issuer) {
			continue
		}
		known = true
		switch {
		case !c.verify(k.Public):
		case k.Withdrawn:
			return nil, ErrWithdrawn
		case !k.Uses.allow(c.entries):
			misused = true
		case !c.inPeriod(k):
			outside = true
		case signer == nil || c.pass.IssuedAt.IsZero() && signer.endsBefore(k):
			signer = k
		}
	}
	switch {
	case signer != nil:
		return signer, nil
	case misused:
		return nil, ErrKeyUse
	case outside:
		return nil, ErrKeyPeriod
	case known && !c.nameless:
		return nil, ErrForged
	default:
		return nil, ErrNoKey
	}
}

// within limits a pass without a time of issue to the period of its key.
// Otherwise whoever finds a key that is no longer used could sign with it for
// ever.
func (p *Pass) within(k *Key) {
	if k.From.After(p.NotBefore) {
		p.NotBefore = k.From
	}
	if to := k.To; !to.IsZero() && (p.Expires.IsZero() || to.Before(p.Expires)) {
		p.Expires = to
	}
}

// inPeriod reports whether the time of issue lies in the key's period. It is true
// for a pass without one, which within limits.
func (c *credential) inPeriod(k *Key) bool {
	return c.pass.IssuedAt.IsZero() || k.validAt(c.pass.IssuedAt)
}

// unreadable is the error of a credential whose content cannot be read because of
// cause. It is ErrMalformed if a candidate signed it: the issuer wrote something
// that this version does not know.
func (c *credential) unreadable(candidates []Key, cause error) error {
	known := false
	for i := range candidates {
		if !candidates[i].signsFormat(c.pass.Format) {
			continue
		}
		known = true
		if c.verify(candidates[i].Public) {
			return malformed(cause)
		}
	}
	err := ErrForged
	if !known || c.nameless {
		err = ErrNoKey
	}
	return fmt.Errorf("open pass: %w: key %x, %v", err, c.pass.KeyID, cause)
}

// ofMessage is the credential in a COSE message. The caller reads its claims.
func ofMessage(m *cose.Foreign, f Format) *credential {
	return &credential{
		pass:     Pass{Format: f, KeyID: m.KeyID, signature: m.Signature},
		nameless: len(m.KeyID) == 0,
		signed:   m.Signed(),
		verify:   m.Verify,
	}
}

// candidatesOf are the keys that may have signed a COSE message: those with its
// kid; else, if the kid is text, those with the kid that it is in base64; or some
// of every kid where it names none.
func candidatesOf(m *cose.Foreign, keys *Keyring, f Format) []Key {
	if len(m.KeyID) == 0 {
		return keys.some(f)
	}
	found := keys.find(m.KeyID, f)
	if len(found) > 0 || !isPrintable(m.KeyID) {
		return found
	}
	bare := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(string(m.KeyID), "="))
	if id, err := base64.RawURLEncoding.Strict().DecodeString(bare); err == nil {
		return keys.find(id, f)
	}
	return nil
}

func isPrintable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// numericDate reads a NumericDate (RFC 8392 section 2): seconds since 1970,
// with or without a fraction. Absent is the zero time.
func numericDate(v any) (time.Time, error) {
	if v == nil {
		return time.Time{}, nil
	}
	f, ok := v.(float64)
	if !ok || math.IsNaN(f) {
		return time.Time{}, errors.New("a date is not a number of seconds")
	}
	f = min(max(f, -maxSeconds), maxSeconds) // so that it can be converted
	whole := int64(math.Floor(f))
	return time.Unix(whole, int64((f-float64(whole))*1e9)).UTC(), nil
}

// dates sets the three dates of a credential from NumericDates.
func (c *credential) dates(issued, begins, expires any) error {
	for _, d := range []struct {
		from any
		into *time.Time
		name string
	}{
		{issued, &c.pass.IssuedAt, "time of issue"},
		{begins, &c.pass.NotBefore, "start of validity"},
		{expires, &c.pass.Expires, "time of expiry"},
	} {
		at, err := numericDate(d.from)
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		*d.into = at
	}
	if c.pass.IssuedAt.Unix() < 0 && !c.pass.IssuedAt.IsZero() {
		return errors.New("time of issue: it lies before 1970")
	}
	return nil
}

// issuer sets the issuer's name from v, which may be nil.
func (c *credential) issuer(v any) error {
	if v == nil {
		return nil
	}
	s, ok := v.(string)
	if !ok {
		return errors.New("issuer is not text")
	}
	c.pass.Issuer = s
	return checkText("issuer", s, maxForeign)
}

// status sets the reference to a status list from v, which may be nil (IETF Token
// Status List, sections 6.1 and 6.2):
//
//	{"status_list": {"idx": uint, "uri": text}}
func (c *credential) status(v any) error {
	if v == nil {
		return nil
	}
	mechanisms, isMap := v.(map[string]any)
	ref, named := mechanisms["status_list"]
	if isMap && !named {
		return nil // another mechanism
	}
	index, ok := member(ref, "idx").(float64)
	uri := text(ref, "uri")
	if !ok || index < 0 || index > maxForeignIndex || index != math.Trunc(index) || uri == "" {
		return errors.New("its status list reference has no idx and uri")
	}
	c.pass.Status = &StatusRef{URI: uri, Index: uint64(index)}
	return checkText("uri of the status list", uri, maxStatusURI)
}

const (
	maxForeignIndex = 1 << 48
	maxStatusURI    = 512 // bytes
)

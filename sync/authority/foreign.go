package authority

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"slices"

	"postern/sync/pass"
	"postern/sync/snapshot"
)

// Errors of changes to the trust list.
var (
	ErrOwnIssuer = errors.New("this is the authority's own issuer, whose keys keygen makes")
	ErrNoKey     = errors.New("no such key in the trust list")
)

// ForeignKeys are keys that another issuer signs with, all of one issuer.
type ForeignKeys struct {
	Issuer string     // as its passes name it, or a country's code
	Name   string     // for people; "" keeps the name that is there, or else is the issuer's
	Keys   []pass.Key // their Issuer and IssuerName are not looked at
}

// Import puts other issuers' keys into the trust list, all or none. A key
// that is there already takes its new period, format and uses; one that was
// withdrawn stays withdrawn.
func (t *TrustList) Import(ctx context.Context, imports []ForeignKeys) (added, known int, err error) {
	own, err := setting(ctx, t.ledger, settingIssuer)
	if err != nil {
		return 0, 0, fmt.Errorf("import keys: %w", err)
	}
	err = t.Edit(ctx, func(list *snapshot.Trust) error {
		for _, f := range imports {
			if f.Issuer == string(own) {
				return fmt.Errorf("issuer %s: %w", f.Issuer, ErrOwnIssuer)
			}
			issuer := issuerIn(list, f)
			for _, k := range f.Keys {
				k.Withdrawn = k.Withdrawn || withdrawnIn(list, k.Public)
				if putKey(issuer, k) {
					added++
				} else {
					known++
				}
			}
		}
		return nil
	})
	return added, known, err
}

// issuerIn finds or makes the issuer of f, and names it.
func issuerIn(t *snapshot.Trust, f ForeignKeys) *snapshot.Issuer {
	i := slices.IndexFunc(t.Issuers, func(i snapshot.Issuer) bool { return i.ID == f.Issuer })
	if i < 0 {
		i = len(t.Issuers)
		t.Issuers = append(t.Issuers, snapshot.Issuer{ID: f.Issuer, Name: f.Issuer})
	}
	if f.Name != "" {
		t.Issuers[i].Name = f.Name
	}
	return &t.Issuers[i]
}

// putKey puts k among the issuer's keys and reports whether it is new.
func putKey(i *snapshot.Issuer, k pass.Key) bool {
	k.Issuer, k.IssuerName = i.ID, i.Name
	if k.Certificate != nil && !k.Certificate.IsCA {
		k.Certificate = nil // only that of a CA is needed later
	}
	for n := range i.Keys {
		if !sameKey(i.Keys[n].Public, k.Public) {
			continue
		}
		k.Withdrawn = k.Withdrawn || i.Keys[n].Withdrawn // also where the kid is new
		if bytes.Equal(i.Keys[n].ID, k.ID) {
			i.Keys[n] = k
			return false
		}
	}
	i.Keys = append(i.Keys, k)
	return true
}

// withdrawnIn reports whether a key was withdrawn, under any issuer's name.
func withdrawnIn(t *snapshot.Trust, public crypto.PublicKey) bool {
	for _, i := range t.Issuers {
		for _, k := range i.Keys {
			if k.Withdrawn && sameKey(k.Public, public) {
				return true
			}
		}
	}
	return false
}

func sameKey(a, b crypto.PublicKey) bool {
	key, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && key.Equal(b)
}

// WithdrawKey marks an issuer's key withdrawn, under every kid that it has, so
// that its passes open nowhere, whatever their date. A withdrawn key never comes
// back; the issuer needs a new one.
func (t *TrustList) WithdrawKey(ctx context.Context, issuer string, kid []byte) error {
	return t.Edit(ctx, func(list *snapshot.Trust) error {
		public := keyIn(list, issuer, kid)
		if public == nil {
			return fmt.Errorf("%w: issuer %s, kid %x", ErrNoKey, issuer, kid)
		}
		for i := range list.Issuers {
			for n := range list.Issuers[i].Keys {
				if k := &list.Issuers[i].Keys[n]; sameKey(k.Public, public) {
					k.Withdrawn = true
				}
			}
		}
		return nil
	})
}

// keyIn finds an issuer's key by its kid; nil where there is none.
func keyIn(t *snapshot.Trust, issuer string, kid []byte) crypto.PublicKey {
	for _, i := range t.Issuers {
		for _, k := range i.Keys {
			if i.ID == issuer && bytes.Equal(k.ID, kid) {
				return k.Public
			}
		}
	}
	return nil
}

// RemoveIssuer takes another issuer and all its keys out of the trust list, so
// that its passes are those of an unknown issuer. A stolen key is withdrawn
// instead. An issuer with withdrawn keys cannot be removed: the list must
// remember that they were.
func (t *TrustList) RemoveIssuer(ctx context.Context, issuer string) error {
	own, err := setting(ctx, t.ledger, settingIssuer)
	if err != nil {
		return fmt.Errorf("remove issuer: %w", err)
	}
	return t.Edit(ctx, func(list *snapshot.Trust) error {
		at := slices.IndexFunc(list.Issuers, func(i snapshot.Issuer) bool { return i.ID == issuer })
		switch {
		case issuer == string(own):
			return ErrOwnIssuer
		case at < 0:
			return fmt.Errorf("%w: issuer %s", ErrNoKey, issuer)
		case slices.ContainsFunc(list.Issuers[at].Keys, func(k pass.Key) bool { return k.Withdrawn }):
			return fmt.Errorf("issuer %s has withdrawn keys, which must stay known as such; withdraw the others too", issuer)
		}
		list.Issuers = slices.Delete(list.Issuers, at, at+1)
		return nil
	})
}

package authority

import (
	"context"
	"crypto/ecdsa"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"postern/sync/pass"
	"postern/sync/sheet"
	"postern/sync/status"
)

// Issued is one pass.
type Issued struct {
	Number string
	Name   string // masked
	ID     []byte // cti
	Text   string // PP1:…
}

// IssueOptions says what passes carry besides what is in the ledger. The zero
// value makes passes for paper, valid as long as the roster says.
type IssueOptions struct {
	Holders map[string]*ecdsa.PublicKey // by number: the holder's P-256 key, for dynamic codes
	Expires time.Time                   // where that is before the roster's valid_until; zero: the roster's
}

// Issue makes the passes of these numbers, in their order; nil means
// everybody's, by index. A person's passes keep their pseudonym and index,
// however often they are issued.
func (r *Roster) Issue(ctx context.Context, numbers []string, o IssueOptions) ([]Issued, error) {
	var all []Issued
	err := r.IssueEach(ctx, numbers, o, func(i Issued) error {
		all = append(all, i)
		return nil
	})
	return all, err
}

// IssueEach is Issue for more passes than memory holds.
func (r *Roster) IssueEach(ctx context.Context, numbers []string, o IssueOptions, each func(Issued) error) error {
	if err := r.issueEach(ctx, numbers, o, each); err != nil {
		return fmt.Errorf("issue passes: %w", err)
	}
	return nil
}

func (r *Roster) issueEach(ctx context.Context, numbers []string, o IssueOptions, each func(Issued) error) error {
	signer, err := passSigner(ctx, r.ledger, r.keys)
	if err != nil {
		return err
	}
	return r.holders(ctx, numbers, func(h holder) error {
		text, err := pass.Seal(h.claims(o, r.clock.now()), signer)
		if err != nil {
			return fmt.Errorf("%s: %w", h.number, err)
		}
		return each(Issued{Number: h.number, Name: h.name, ID: h.cti, Text: text})
	})
}

// passSigner gives what signs passes and delegations.
func passSigner(ctx context.Context, q querier, keys *keyFolder) (*pass.Signer, error) {
	key, err := keys.signer(keyIssuer)
	if err != nil {
		return nil, err
	}
	name, err := setting(ctx, q, settingIssuer)
	if err != nil {
		return nil, err
	}
	return pass.NewSigner(string(name), key)
}

// holder is a person with all that their pass shows.
type holder struct {
	person
	index      uint64
	cti        []byte
	testMinute int64
	testKind   pass.Kind
	testResult pass.Result
}

const holderColumns = "SELECT number, name, birth_year, status, valid_until, idx, cti, test_minute, test_kind, test_result FROM person "

// holders gives the persons of these numbers, or everybody, to f.
func (r *Roster) holders(ctx context.Context, numbers []string, f func(holder) error) error {
	if numbers == nil {
		rows, err := r.ledger.QueryContext(ctx, holderColumns+"ORDER BY idx")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			h, err := scanHolder(rows.Scan)
			if err == nil {
				err = f(h)
			}
			if err != nil {
				return err
			}
		}
		return rows.Err()
	}
	find, err := r.ledger.PrepareContext(ctx, holderColumns+"WHERE number = ?")
	if err != nil {
		return err
	}
	defer find.Close()
	for _, number := range numbers {
		canonical, err := sheet.ParseNumber(number)
		if err != nil {
			return fmt.Errorf("%q: %w", number, err)
		}
		h, err := scanHolder(find.QueryRowContext(ctx, canonical).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: %s", ErrNoPerson, number)
		}
		if err == nil {
			err = f(h)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func scanHolder(scan func(...any) error) (h holder, err error) {
	err = scan(&h.number, &h.name, &h.birthYear, &h.status, &h.validUntil, &h.index, &h.cti, &h.testMinute, &h.testKind, &h.testResult)
	return h, err
}

func (h holder) claims(o IssueOptions, now time.Time) pass.Claims {
	c := pass.Claims{
		ID: h.cti, IssuedAt: now, Expires: time.Unix(h.validUntil, 0).UTC(),
		Status: &pass.StatusRef{URI: listURI, Index: h.index}, Confirm: o.Holders[h.number],
		Name: h.name, Colour: colourOf(h.status), BirthYear: h.birthYear,
	}
	if !o.Expires.IsZero() && o.Expires.Before(c.Expires) {
		c.Expires = o.Expires
	}
	if h.testMinute > 0 {
		c.Tests = []pass.Test{{Kind: h.testKind, Result: h.testResult, At: time.Unix(h.testMinute*60, 0).UTC()}}
	}
	return c
}

// colourOf is the colour that a pass shows of the status at its issue. Gates go
// by the status list.
func colourOf(v status.Value) pass.Colour {
	switch v {
	case status.Good:
		return pass.Green
	case status.Suspended:
		return pass.Amber
	case status.Barred:
		return pass.Red
	}
	return pass.ColourNone
}

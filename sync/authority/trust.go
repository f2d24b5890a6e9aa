package authority

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"postern/sync/journal"
	"postern/sync/pass"
	"postern/sync/snapshot"
)

// trustOf is what the first trust list is made from.
type trustOf struct {
	city         map[string]string
	issuer, name string
	receipt      []ed25519.PublicKey
}

// ownTrust makes version 1 of the trust list, with the authority's own issuer.
func (a *folder) ownTrust(o trustOf) (*snapshot.Trust, error) {
	issuer, err := a.keys.signer(keyIssuer)
	if err != nil {
		return nil, err
	}
	kid, err := pass.KeyID(issuer.Public())
	if err != nil {
		return nil, err
	}
	tracing, err := a.keys.tracing()
	if err != nil {
		return nil, err
	}
	day := a.now().Truncate(24 * time.Hour)
	return &snapshot.Trust{
		Version: 1, City: o.city, Receipt: o.receipt, Tracing: tracing.PublicKey(),
		Issuers: []snapshot.Issuer{{ID: o.issuer, Name: o.name, Keys: []pass.Key{{ID: kid, Public: issuer.Public(), From: day}}}},
	}, nil
}

func putTrust(ctx context.Context, q querier, t *snapshot.Trust) error {
	b, err := snapshot.EncodeTrust(t)
	if err != nil {
		return err
	}
	return putSetting(ctx, q, settingTrust, b)
}

// Get is the trust list that the next Publish carries.
func (a *TrustList) Get(ctx context.Context) (*snapshot.Trust, error) {
	b, err := setting(ctx, a.ledger, settingTrust)
	if err != nil {
		return nil, fmt.Errorf("read trust list: %w", err)
	}
	return snapshot.ParseTrust(b)
}

// Edit changes the trust list: issuers, their keys, withdrawals, receipt
// keys. It raises the version, and needs the passphrase. Publish carries it out.
func (a *TrustList) Edit(ctx context.Context, edit func(*snapshot.Trust) error) error {
	err := a.resign(ctx, func(tx *sql.Tx) error {
		b, err := setting(ctx, tx, settingTrust)
		if err != nil {
			return err
		}
		t, err := snapshot.ParseTrust(b)
		if err != nil {
			return err
		}
		if err := edit(t); err != nil {
			return err
		}
		t.Version++
		return putTrust(ctx, tx, t)
	})
	if err != nil {
		return fmt.Errorf("edit trust list: %w", err)
	}
	return nil
}

func putPolicy(ctx context.Context, q querier, name string, body []byte) error {
	_, err := q.ExecContext(ctx, "INSERT INTO policy VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body", name, body)
	return err
}

// policies gives all policies by name.
func policies(ctx context.Context, q querier) (map[string][]byte, error) {
	rows, err := q.QueryContext(ctx, "SELECT name, body FROM policy")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := make(map[string][]byte)
	for rows.Next() {
		var name string
		var body []byte
		if err := rows.Scan(&name, &body); err != nil {
			return nil, err
		}
		all[name] = body
	}
	return all, rows.Err()
}

// resign changes what the targets role signs and signs it anew. The key is
// loaded first: nobody waits for the ledger while a person types.
func (a *folder) resign(ctx context.Context, change func(tx *sql.Tx) error) error {
	if _, err := a.keys.signer(keyTargets); err != nil {
		return err
	}
	return a.change(ctx, func(tx *sql.Tx) error {
		if err := change(tx); err != nil {
			return err
		}
		return a.signTargets(ctx, tx)
	})
}

// Trace names who stands behind a journal entry's sealed reference: the
// pass's identity, and the number in the roster where the pass is this
// authority's ("" otherwise). It needs the passphrase; every use is for the
// record of whoever asks.
func (a *Authority) Trace(ctx context.Context, gate string, seq uint64, ref []byte) (number string, identity []byte, err error) {
	var key *ecdh.PrivateKey
	if key, err = a.keys.tracing(); err != nil {
		return "", nil, fmt.Errorf("trace entry: %w", err)
	}
	if identity, err = journal.OpenRef(key, gate, seq, ref); err != nil {
		return "", nil, fmt.Errorf("trace entry: %w", err)
	}
	issuer, cti, ok := parseIdentity(identity)
	own, err := setting(ctx, a.ledger, settingIssuer)
	if err != nil || !ok || issuer != string(own) {
		return "", identity, err
	}
	err = a.ledger.QueryRowContext(ctx, "SELECT number FROM person WHERE cti = ?", cti).Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return number, identity, err
}

// parseIdentity parts what pass.Pass.Identity joined.
func parseIdentity(b []byte) (issuer string, cti []byte, ok bool) {
	var parts [2][]byte
	for i := range parts {
		if len(b) < 4 {
			return "", nil, false
		}
		n := uint64(binary.BigEndian.Uint32(b))
		if n > uint64(len(b)-4) {
			return "", nil, false
		}
		parts[i], b = b[4:4+n], b[4+n:]
	}
	return string(parts[0]), parts[1], len(b) == 0
}

package authority

import (
	"context"
	"database/sql"
	"fmt"

	"postern/sync/snapshot"
)

// TrustList is the trust list: issuers' keys, hubs' receipt keys and the tracing
// key, as the next Publish carries it. Every change needs the passphrase.
type TrustList struct {
	ledger  *ledger
	offline *offline
}

// Get reads the trust list.
func (t *TrustList) Get(ctx context.Context) (*snapshot.Trust, error) {
	return trustList(ctx, t.ledger)
}

func trustList(ctx context.Context, q querier) (*snapshot.Trust, error) {
	b, err := setting(ctx, q, settingTrust)
	if err != nil {
		return nil, fmt.Errorf("read trust list: %w", err)
	}
	return snapshot.ParseTrust(b)
}

// Edit lets edit change the trust list: issuers, their keys, withdrawals,
// receipt keys. It raises the version.
func (t *TrustList) Edit(ctx context.Context, edit func(*snapshot.Trust) error) error {
	err := t.offline.change(ctx, func(tx *sql.Tx) error {
		list, err := trustList(ctx, tx)
		if err != nil {
			return err
		}
		if err := edit(list); err != nil {
			return err
		}
		list.Version++
		return putTrust(ctx, tx, list)
	})
	if err != nil {
		return fmt.Errorf("edit trust list: %w", err)
	}
	return nil
}

func putTrust(ctx context.Context, q querier, t *snapshot.Trust) error {
	b, err := snapshot.EncodeTrust(t)
	if err != nil {
		return err
	}
	return putSetting(ctx, q, settingTrust, b)
}

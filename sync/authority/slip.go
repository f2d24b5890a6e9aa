package authority

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"postern/sync/pass"
	"postern/sync/snapshot"
	"postern/sync/status"
)

// A permission to sign slips has an index of its own in the status list. The
// index is never used again, so that slips stay revoked when their gate gets
// another permission.
const slipSchema = `
CREATE TABLE IF NOT EXISTS slips (
	idx      INTEGER PRIMARY KEY,
	gate     TEXT NOT NULL REFERENCES gate (id),
	life     INTEGER NOT NULL,           -- of a slip at most, seconds
	policies TEXT NOT NULL,              -- at whose places slips count, one a line; empty: all
	ended    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS slips_of ON slips (gate) WHERE NOT ended;
`

// AllowSlips lets a gate sign slips that last for life at most. They count at
// places with these policies; where none is named, at all places. Slips that
// the gate signed under an earlier permission stay good.
func (g *Gates) AllowSlips(ctx context.Context, id string, life time.Duration, policies []string) error {
	err := g.ledger.change(ctx, func(tx *sql.Tx) error { return g.allowSlips(ctx, tx, id, life, policies) })
	if err != nil {
		return fmt.Errorf("allow slips: %w", err)
	}
	return nil
}

func (g *Gates) allowSlips(ctx context.Context, tx *sql.Tx, id string, life time.Duration, names []string) error {
	if life < time.Minute || life > pass.MaxDelegation || life%time.Second != 0 {
		return fmt.Errorf("slips that last %v are not possible; whole seconds from a minute to %v are", life, pass.MaxDelegation)
	}
	for _, name := range names { // a policy's name holds no line's end, so that a line each is enough
		if err := knownPolicy(ctx, tx, name); err != nil {
			return err
		}
	}
	if found, err := gatesWhere(ctx, tx, "id = ?", id); err != nil || len(found) == 0 {
		return errors.Join(fmt.Errorf("%w: %s", ErrNoGate, id), err)
	}
	list := strings.Join(names, "\n")
	done, err := tx.ExecContext(ctx, "UPDATE slips SET life = ?, policies = ? WHERE gate = ? AND NOT ended", int64(life/time.Second), list, id)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n > 0 {
		return err
	}
	places, err := newPlaces(ctx, tx, g.random, 1)
	if err != nil {
		return err
	}
	index, err := places.take()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO slips (idx, gate, life, policies) VALUES (?, ?, ?, ?)", index, id, int64(life/time.Second), list)
	return err
}

// StopSlips takes a gate's permission back. From the next Publish on every slip
// that it has signed is revoked, at gates that have the new snapshot.
func (g *Gates) StopSlips(ctx context.Context, id string) error {
	done, err := g.ledger.ExecContext(ctx, "UPDATE slips SET ended = 1 WHERE gate = ? AND NOT ended", id)
	if err != nil {
		return fmt.Errorf("stop slips: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fmt.Errorf("stop slips: gate %q signs none", id), err)
	}
	return nil
}

// slipEntries sets the status of every permission: a gate's slips are
// suspended with it, and revoked with a gate that is wiped.
func slipEntries(ctx context.Context, q querier, list *snapshot.List) error {
	rows, err := q.QueryContext(ctx, "SELECT s.idx, s.ended OR g.wipe, g.suspended FROM slips AS s JOIN gate AS g ON g.id = s.gate WHERE s.idx < ?", len(list.Entries))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var index int
		var ended, suspended bool
		if err := rows.Scan(&index, &ended, &suspended); err != nil {
			return err
		}
		switch {
		case ended:
			list.Entries[index] = status.Entry(status.Invalid)
		case suspended:
			list.Entries[index] = status.Entry(status.Suspended)
		}
	}
	return rows.Err()
}

// permission is what a gate may sign.
type permission struct {
	index    uint64
	life     time.Duration
	policies []string
}

// permissions gives those that are in force, by gate.
func permissions(ctx context.Context, q querier) (map[string]permission, error) {
	rows, err := q.QueryContext(ctx, "SELECT s.gate, s.idx, s.life, s.policies FROM slips AS s JOIN gate AS g ON g.id = s.gate WHERE NOT (s.ended OR g.wipe OR g.suspended)")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]permission{}
	for rows.Next() {
		var gate, names string
		var p permission
		var seconds int64
		if err := rows.Scan(&gate, &p.index, &seconds, &names); err != nil {
			return nil, err
		}
		p.life = time.Duration(seconds) * time.Second
		if names != "" {
			p.policies = strings.Split(names, "\n")
		}
		all[gate] = p
	}
	return all, rows.Err()
}

package authority

import (
	"context"
	"database/sql"
	"fmt"

	"postern/sync/policy"
)

// Policies are the rules of places, by name, as the next Publish carries them.
type Policies struct {
	ledger  *ledger
	offline *offline
}

// Set puts the policy in b, JSON, in the place of the one of its name or
// beside the others. It needs the passphrase.
func (p *Policies) Set(ctx context.Context, b []byte) error {
	parsed, err := policy.Parse(b)
	if err != nil {
		return fmt.Errorf("set policy: %w", err)
	}
	err = p.offline.change(ctx, func(tx *sql.Tx) error { return putPolicy(ctx, tx, parsed.Name, b) })
	if err != nil {
		return fmt.Errorf("set policy %s: %w", parsed.Name, err)
	}
	return nil
}

// All gives the JSON of every policy by its name.
func (p *Policies) All(ctx context.Context) (map[string][]byte, error) {
	all, err := policies(ctx, p.ledger)
	if err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	return all, nil
}

func putPolicy(ctx context.Context, q querier, name string, body []byte) error {
	_, err := q.ExecContext(ctx, "INSERT INTO policy VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body", name, body)
	return err
}

// policies gives the JSON of every policy by its name.
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

// knownPolicy gives [ErrNoPolicy] where there is no policy of this name.
func knownPolicy(ctx context.Context, q querier, name string) error {
	var there bool
	if err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM policy WHERE name = ?)", name).Scan(&there); err != nil {
		return err
	}
	if !there {
		return fmt.Errorf("%w: %q", ErrNoPolicy, name)
	}
	return nil
}

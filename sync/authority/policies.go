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

// Set puts policies, JSON, in the place of those of their names or beside the
// others, all or none. It needs the passphrase.
func (p *Policies) Set(ctx context.Context, bodies ...[]byte) error {
	byName := make(map[string][]byte, len(bodies))
	for _, b := range bodies {
		parsed, err := policy.Parse(b)
		if err != nil {
			return fmt.Errorf("set policy: %w", err)
		}
		if byName[parsed.Name] != nil {
			return fmt.Errorf("set policy: two are called %q; leave one out", parsed.Name)
		}
		byName[parsed.Name] = b
	}
	err := p.offline.change(ctx, func(tx *sql.Tx) error {
		for name, b := range byName {
			if err := putPolicy(ctx, tx, name, b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("set policy: %w", err)
	}
	return nil
}

// Unlock asks for the passphrase and loads the key that signs policies, so that
// a Set later in the same command cannot fail for want of it.
func (p *Policies) Unlock() error {
	if _, err := p.offline.keys.signer(keyTargets); err != nil {
		return fmt.Errorf("set policy: %w", err)
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

package authority

import (
	"context"
	"database/sql"
	"fmt"

	"postern/sync/policy"
)

// Set puts the policy in b, JSON, in the place of the one of its name or
// beside the others. It needs the passphrase. Publish carries it out.
func (a *Policies) Set(ctx context.Context, b []byte) error {
	p, err := policy.Parse(b)
	if err != nil {
		return fmt.Errorf("set policy: %w", err)
	}
	if err := a.resign(ctx, func(tx *sql.Tx) error { return putPolicy(ctx, tx, p.Name, b) }); err != nil {
		return fmt.Errorf("set policy %s: %w", p.Name, err)
	}
	return nil
}

// All gives the JSON of all policies by name, as the next Publish carries them.
func (a *Policies) All(ctx context.Context) (map[string][]byte, error) {
	all, err := policies(ctx, a.ledger)
	if err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	return all, nil
}

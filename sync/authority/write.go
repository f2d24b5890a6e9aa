package authority

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"postern/sync/snapshot"
)

// writeStatus writes the whole, and the delta from the version before where one leads there.
func (p *Publisher) writeStatus(ctx context.Context, e *edition) error {
	c, err := contentOf(ctx, p.ledger, *e)
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	e.digest = c.Digest()
	plain, err := snapshot.EncodeFull(c)
	if err != nil {
		return err
	}
	if err := p.addStatus(e, snapshot.CustomOf(c, 0, e.number), plain); err != nil {
		return err
	}
	before, err := p.lastContent(ctx, *e)
	if before == nil || err != nil {
		return err
	}
	plain, err = snapshot.EncodeDelta(before, c)
	if errors.Is(err, snapshot.ErrNoDelta) {
		return nil
	}
	if err != nil {
		return err
	}
	return p.addStatus(e, snapshot.CustomOf(c, before.Version, e.number), plain)
}

// addStatus writes one status target.
func (p *Publisher) addStatus(e *edition, c snapshot.Custom, plain []byte) error {
	name := snapshot.FullTarget(c.Version)
	if c.From != 0 {
		name = snapshot.DeltaTarget(c.From, c.Version)
	}
	return p.addTarget(e, name, c, plain)
}

// addTarget encrypts and writes one target of the online role.
func (p *Publisher) addTarget(e *edition, name string, c snapshot.Custom, plain []byte) error {
	b, err := snapshot.SealFile(plain, name, e.key, p.random)
	if err != nil {
		return err
	}
	custom, err := c.Encode()
	if err != nil {
		return err
	}
	t := newTarget(name, b)
	t.version, t.delta, t.custom = c.Version, c.From != 0, string(custom)
	e.targets = append(e.targets, t)
	return p.repository.put("targets/"+filepath.ToSlash(t.file()), b)
}

// writeOffline writes what the offline keys signed; most of it is there already.
func (p *Publisher) writeOffline(ctx context.Context, _ *edition) error {
	targets, err := offlineTargets(ctx, p.ledger)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if err := p.repository.putOnce("targets/"+filepath.ToSlash(t.file()), t.body); err != nil {
			return err
		}
	}
	for _, role := range []string{metadata.ROOT, metadata.TARGETS} {
		all, err := roles(ctx, p.ledger, role)
		if err != nil {
			return err
		}
		if role == metadata.TARGETS {
			all = all[len(all)-1:] // of roots a gate needs every one
		}
		for _, r := range all {
			if err := p.repository.putOnce(r.file(), r.body); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeForeign writes the lists where they changed since they were written, or
// their file is under a key that new gates do not get.
func (p *Publisher) writeForeign(ctx context.Context, e *edition) error {
	lists, err := p.revoked.forGates(ctx, e.made)
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	digest := lists.Digest()
	there, err := p.carriesForeign(ctx, *e, digest, len(lists) == 0)
	if err != nil || there {
		return err
	}
	plain, err := snapshot.EncodeForeign(lists)
	if err != nil {
		return err
	}
	c := snapshot.Custom{Version: e.version, Digest: digest, Made: e.made, Key: e.number, Entries: lists.Size()}
	return p.addTarget(e, snapshot.ForeignTarget(e.version), c, plain)
}

// carriesForeign reports whether the newest foreign target holds what has this
// digest under the key of e. Nothing at all carries no lists.
func (p *Publisher) carriesForeign(ctx context.Context, e edition, digest [32]byte, none bool) (bool, error) {
	var t target
	err := p.ledger.QueryRowContext(ctx, "SELECT path, sha256, custom FROM target WHERE path LIKE 'foreign/%' ORDER BY version DESC LIMIT 1").
		Scan(&t.path, &t.sha256, &t.custom)
	if errors.Is(err, sql.ErrNoRows) {
		return none, nil
	}
	if err != nil {
		return false, err
	}
	c, err := snapshot.ParseCustom([]byte(t.custom))
	return err == nil && c.Digest == digest && c.Key == e.number && p.repository.has("targets/"+t.file()), nil
}

// writeEnvelopes seals every enrolled gate's envelope anew: gates/<id>.envelope.
func (p *Publisher) writeEnvelopes(ctx context.Context, _ *edition) error {
	key, err := p.keys.signer(keyEnvelope)
	if err != nil {
		return err
	}
	var enrolled []Gate
	var seal func(Gate) ([]byte, error)
	err = p.ledger.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE gate SET version = version + 1 WHERE sign IS NOT NULL"); err != nil {
			return err
		}
		if seal, err = p.envelopes.sealer(ctx, tx, key); err != nil {
			return err
		}
		enrolled, err = gatesWhere(ctx, tx, "sign IS NOT NULL")
		return err
	})
	if err != nil {
		return err
	}
	for _, g := range enrolled {
		b, err := seal(g)
		if err != nil {
			return fmt.Errorf("gate %s: %w", g.ID, err)
		}
		if err := p.repository.step("gates/" + g.ID); err != nil {
			return err
		}
		if err := putFile(p.repository.path("gates/"+g.ID+".envelope"), b, 0o644); err != nil {
			return err
		}
	}
	return syncDir(p.repository.path("gates"))
}

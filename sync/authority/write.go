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

// writeStatus writes the whole content, and the delta from the version before
// where there can be one.
func (p *Publisher) writeStatus(ctx context.Context, rel *release) error {
	c, err := contentOf(ctx, p.ledger, *rel)
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	rel.digest = c.Digest()
	plain, err := snapshot.EncodeFull(c)
	if err != nil {
		return err
	}
	if err := p.addStatus(rel, snapshot.CustomOf(c, 0, rel.number), plain); err != nil {
		return err
	}
	before, err := p.lastContent(ctx, *rel)
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
	return p.addStatus(rel, snapshot.CustomOf(c, before.Version, rel.number), plain)
}

// addStatus adds the whole content or a delta to the release.
func (p *Publisher) addStatus(rel *release, c snapshot.Custom, plain []byte) error {
	name := snapshot.FullTarget(c.Version)
	if c.From != 0 {
		name = snapshot.DeltaTarget(c.From, c.Version)
	}
	return p.addTarget(rel, name, c, plain)
}

// addTarget encrypts and writes one target of the online role, and adds it to the release.
func (p *Publisher) addTarget(rel *release, name string, c snapshot.Custom, plain []byte) error {
	b, err := snapshot.SealFile(plain, name, rel.key, p.random)
	if err != nil {
		return err
	}
	custom, err := c.Encode()
	if err != nil {
		return err
	}
	t := newTarget(name, b)
	t.version, t.delta, t.custom = c.Version, c.From != 0, string(custom)
	rel.targets = append(rel.targets, t)
	return p.repository.put("targets/"+filepath.ToSlash(t.file()), b)
}

// writeOffline writes what the offline keys signed, where it is not there already.
func (p *Publisher) writeOffline(ctx context.Context, _ *release) error {
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
			all = all[len(all)-1:] // a gate needs the newest only; of roots it needs every one
		}
		for _, r := range all {
			if err := p.repository.putOnce(r.file(), r.body); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeForeign writes other issuers' lists where they have changed, and where
// the last file is encrypted under a key that new gates do not get.
func (p *Publisher) writeForeign(ctx context.Context, rel *release) error {
	lists, err := p.revoked.forGates(ctx, rel.made)
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	digest := lists.Digest()
	there, err := p.carriesForeign(ctx, *rel, digest, len(lists) == 0)
	if err != nil || there {
		return err
	}
	plain, err := snapshot.EncodeForeign(lists)
	if err != nil {
		return err
	}
	c := snapshot.Custom{Version: rel.version, Digest: digest, Made: rel.made, Key: rel.number, Entries: lists.Size()}
	return p.addTarget(rel, snapshot.ForeignTarget(rel.version), c, plain)
}

// carriesForeign reports whether the newest foreign target holds the lists of
// this digest, encrypted under the key of rel. Where there is no such target it
// reports whether there are no lists either.
func (p *Publisher) carriesForeign(ctx context.Context, rel release, digest [32]byte, none bool) (bool, error) {
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
	return err == nil && c.Digest == digest && c.Key == rel.number && p.repository.has("targets/"+t.file()), nil
}

// writeEnvelopes seals every enrolled gate's envelope anew: gates/<id>.envelope.
func (p *Publisher) writeEnvelopes(ctx context.Context, _ *release) error {
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
		// Not put: the folder is made durable once, after all of them.
		if err := putFile(p.repository.path("gates/"+g.ID+".envelope"), b, 0o644); err != nil {
			return err
		}
	}
	return syncDir(p.repository.path("gates"))
}

package authority

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// release is one version while it is being published.
type release struct {
	version uint64
	made    time.Time
	epoch   time.Time
	number  uint64 // of the epoch, and of its key
	key     []byte // of the epoch
	online  ed25519.PrivateKey
	digest  [32]byte
	targets []target // new status and foreign targets
}

// Publisher makes versions out of the ledger, and copies them to where hubs serve them.
type Publisher struct {
	// ClockIsRight lets Publish go on where the last version was made later
	// than the clock says, or very long before.
	ClockIsRight bool

	ledger     *ledger
	keys       *keyFolder
	clock      *Clock
	random     io.Reader
	lock       *lock
	revoked    *RevokedLists
	envelopes  *envelopes
	repository *repository
}

// Publish makes the next version of everything out of the ledger, in the
// folder repository: the whole content, the delta from the version before, the
// trust list, policies, every gate's envelope, and the metadata. It needs no
// passphrase. The folder serves the version before until the last step, which
// renames timestamp.json. After a crash it still does, and Publish starts
// again with the next number.
func (p *Publisher) Publish(ctx context.Context) (uint64, error) {
	var rel release
	err := p.lock.hold(ctx, func() (err error) {
		rel, err = p.publish(ctx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("publish: %w", err)
	}
	return rel.version, nil
}

func (p *Publisher) publish(ctx context.Context) (release, error) {
	rel, err := p.begin(ctx)
	if err != nil {
		return rel, err
	}
	if err := p.repository.makeFolders(); err != nil {
		return rel, err
	}
	for _, step := range []func(context.Context, *release) error{
		p.writeStatus, p.writeForeign, p.writeOffline, p.writeEnvelopes, p.record, p.stamp, p.removeOld,
	} {
		if err := step(ctx, &rel); err != nil {
			return rel, err
		}
	}
	return rel, nil
}

// begin takes the next version number. A number that was taken before a crash
// is never used again.
func (p *Publisher) begin(ctx context.Context) (rel release, err error) {
	if rel.online, err = p.keys.signer(keyOnline); err != nil {
		return rel, err
	}
	rel.made = p.clock.now()
	rel.epoch = epochOf(rel.made)
	rel.number = epochNumber(rel.epoch)
	err = p.ledger.change(ctx, func(tx *sql.Tx) error {
		var last uint64
		var made int64
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(version), 0), coalesce(max(made), 0) FROM version").Scan(&last, &made); err != nil {
			return err
		}
		if err := p.plausible(rel.made, last, time.Unix(made, 0).UTC()); err != nil {
			return err
		}
		rel.version = last + 1
		if err := ensureKeys(ctx, tx, p.random, rel.made); err != nil {
			return err
		}
		keys, err := secrets(ctx, tx, secretEpoch)
		if err != nil {
			return err
		}
		rel.key = keys[rel.number]
		_, err = tx.ExecContext(ctx, "INSERT INTO version (version, made, epoch) VALUES (?, ?, ?)", rel.version, rel.made.Unix(), rel.number)
		return err
	})
	return rel, err
}

// longestPause is the longest time between two versions that Publish takes for granted.
const longestPause = 180 * 24 * time.Hour

// plausible refuses a time that a wrong clock seems to give: a version from
// the far future would make gates distrust their own clocks. ClockIsRight goes
// past it, for a true pause, and after a version that was made by a wrong clock.
func (p *Publisher) plausible(made time.Time, last uint64, before time.Time) error {
	if last == 0 || p.ClockIsRight || !made.Before(before) && made.Sub(before) <= longestPause {
		return nil
	}
	return fmt.Errorf("the clock says %s, but version %d was made at %s; set the clock right, or publish with --clock-is-right if it is",
		made.Format(time.RFC3339), last, before.Format(time.RFC3339))
}

// record writes the metadata of the version, except the timestamp, and notes in
// the ledger that it is published.
func (p *Publisher) record(ctx context.Context, rel *release) error {
	n := int64(rel.version)
	return p.ledger.change(ctx, func(tx *sql.Tx) error {
		for _, t := range rel.targets {
			if err := putTarget(ctx, tx, t); err != nil {
				return err
			}
		}
		if err := dropOldTargets(ctx, tx); err != nil {
			return err
		}
		all, err := statusTargets(ctx, tx)
		if err != nil {
			return err
		}
		online := roleFile{name: roleOnline, version: n}
		if online.body, err = signOnline(rel.online, n, rel.made.Add(onlineLife), all); err != nil {
			return err
		}
		snap, err := p.snapshotRole(ctx, tx, *rel, online)
		if err != nil {
			return err
		}
		for _, r := range []roleFile{online, snap} {
			if err := p.repository.put(r.file(), r.body); err != nil {
				return err
			}
		}
		if err := p.repository.step("record"); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE version SET published = 1, digest = ? WHERE version = ?", rel.digest[:], rel.version)
		return err
	})
}

// snapshotRole signs which versions of the online and the targets role belong together.
func (p *Publisher) snapshotRole(ctx context.Context, q querier, rel release, online roleFile) (roleFile, error) {
	targets, err := newestRole(ctx, q, metadata.TARGETS)
	if err != nil {
		return roleFile{}, err
	}
	// A policy may have been signed since writeOffline looked.
	if _, err := os.Stat(p.repository.path(targets.file())); err != nil {
		return roleFile{}, fmt.Errorf("the trust list or a policy changed meanwhile; publish again: %w", err)
	}
	s := roleFile{name: metadata.SNAPSHOT, version: int64(rel.version)}
	s.body, err = signSnapshot(rel.online, s.version, rel.made.Add(onlineLife), targets, online)
	return s, err
}

// stamp signs and writes the timestamp. From then on gates see the version.
func (p *Publisher) stamp(_ context.Context, rel *release) error {
	snap := roleFile{name: metadata.SNAPSHOT, version: int64(rel.version)}
	var err error
	if snap.body, err = os.ReadFile(p.repository.path(snap.file())); err != nil {
		return err
	}
	b, err := signTimestamp(rel.online, snap.version, rel.made.Add(timestampLife), snap)
	if err != nil {
		return err
	}
	return p.repository.put(timestampFile, b)
}

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

// edition is one version on its way out.
type edition struct {
	version uint64
	made    time.Time
	epoch   time.Time
	number  uint64 // of the epoch, and of its key
	key     []byte // of the epoch
	online  ed25519.PrivateKey
	digest  [32]byte
	targets []target // new status and foreign targets
}

// Publisher makes versions out of the ledger, and gives them out.
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
// folder repository: the whole, the delta from the version before, trust list,
// policies, every gate's envelope, and the metadata. It needs the online keys
// only. What was published before can be served until the last step, which
// renames timestamp.json; a crash anywhere leaves it so, and the next Publish
// goes on from there.
func (p *Publisher) Publish(ctx context.Context) (uint64, error) {
	var e edition
	err := p.lock.hold(ctx, func() (err error) {
		e, err = p.publish(ctx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("publish: %w", err)
	}
	return e.version, nil
}

func (p *Publisher) publish(ctx context.Context) (edition, error) {
	e, err := p.begin(ctx)
	if err != nil {
		return e, err
	}
	if err := p.repository.makeFolders(); err != nil {
		return e, err
	}
	for _, step := range []func(context.Context, *edition) error{
		p.writeStatus, p.writeForeign, p.writeOffline, p.writeEnvelopes, p.record, p.stamp, p.removeOld,
	} {
		if err := step(ctx, &e); err != nil {
			return e, err
		}
	}
	return e, nil
}

// begin takes the next version number, for good: one that a crash leaves
// behind is never used for anything else.
func (p *Publisher) begin(ctx context.Context) (e edition, err error) {
	if e.online, err = p.keys.signer(keyOnline); err != nil {
		return e, err
	}
	e.made = p.clock.now()
	e.epoch = epochOf(e.made)
	e.number = epochNumber(e.epoch)
	err = p.ledger.change(ctx, func(tx *sql.Tx) error {
		var last uint64
		var made int64
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(version), 0), coalesce(max(made), 0) FROM version").Scan(&last, &made); err != nil {
			return err
		}
		if err := p.plausible(e.made, last, time.Unix(made, 0).UTC()); err != nil {
			return err
		}
		e.version = last + 1
		if err := ensureKeys(ctx, tx, p.random, e.made); err != nil {
			return err
		}
		keys, err := secrets(ctx, tx, secretEpoch)
		if err != nil {
			return err
		}
		e.key = keys[e.number]
		_, err = tx.ExecContext(ctx, "INSERT INTO version (version, made, epoch) VALUES (?, ?, ?)", e.version, e.made.Unix(), e.number)
		return err
	})
	return e, err
}

// longestPause is the longest time between two versions that nobody asks about.
const longestPause = 180 * 24 * time.Hour

// plausible refuses a time that only a wrong clock can give: a version of the
// far future would make gates distrust their own clocks. ClockIsRight is the
// way on, also after a version that was made under a wild clock.
func (p *Publisher) plausible(made time.Time, last uint64, before time.Time) error {
	if last == 0 || p.ClockIsRight || !made.Before(before) && made.Sub(before) <= longestPause {
		return nil
	}
	return fmt.Errorf("the clock says %s, but version %d was made at %s; set the clock right, or publish with --clock-is-right if it is",
		made.Format(time.RFC3339), last, before.Format(time.RFC3339))
}

// record writes the metadata under the version's own names, and the ledger.
func (p *Publisher) record(ctx context.Context, e *edition) error {
	n := int64(e.version)
	return p.ledger.change(ctx, func(tx *sql.Tx) error {
		for _, t := range e.targets {
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
		if online.body, err = signOnline(e.online, n, e.made.Add(onlineLife), all); err != nil {
			return err
		}
		snap, err := p.snapshotRole(ctx, tx, *e, online)
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
		_, err = tx.ExecContext(ctx, "UPDATE version SET published = 1, digest = ? WHERE version = ?", e.digest[:], e.version)
		return err
	})
}

// snapshotRole names online and the targets role that was signed last.
func (p *Publisher) snapshotRole(ctx context.Context, q querier, e edition, online roleFile) (roleFile, error) {
	targets, err := newestRole(ctx, q, metadata.TARGETS)
	if err != nil {
		return roleFile{}, err
	}
	// A policy may have been signed since writeOffline looked.
	if _, err := os.Stat(p.repository.path(targets.file())); err != nil {
		return roleFile{}, fmt.Errorf("the trust list or a policy changed meanwhile; publish again: %w", err)
	}
	s := roleFile{name: metadata.SNAPSHOT, version: int64(e.version)}
	s.body, err = signSnapshot(e.online, s.version, e.made.Add(onlineLife), targets, online)
	return s, err
}

// stamp makes the version the newest: the one step that gates can see.
func (p *Publisher) stamp(_ context.Context, e *edition) error {
	snap := roleFile{name: metadata.SNAPSHOT, version: int64(e.version)}
	var err error
	if snap.body, err = os.ReadFile(p.repository.path(snap.file())); err != nil {
		return err
	}
	b, err := signTimestamp(e.online, snap.version, e.made.Add(timestampLife), snap)
	if err != nil {
		return err
	}
	return p.repository.put(timestampFile, b)
}

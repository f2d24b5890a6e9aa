package authority

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"postern/sync/snapshot"
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

// publisher makes one version of what gates pull, out of the ledger into the folder repository.
type publisher struct {
	files
	gates *Gates
}

// Publish makes the next version of everything out of the ledger, in the
// folder repository: the whole, the delta from the version before, trust list,
// policies, every gate's envelope, and the metadata. It needs the online keys
// only. What was published before can be served until the last step, which
// renames timestamp.json; a crash anywhere leaves it so, and the next Publish
// goes on from there.
func (a *Authority) Publish(ctx context.Context) (uint64, error) {
	var e edition
	err := a.locked(ctx, func() (err error) {
		e, err = (&publisher{files{a.folder}, &a.Gates}).publish(ctx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("publish: %w", err)
	}
	return e.version, nil
}

func (a *publisher) publish(ctx context.Context) (edition, error) {
	e, err := a.begin(ctx)
	if err != nil {
		return e, err
	}
	for _, step := range []func(context.Context, *edition) error{
		a.makeFolders, a.writeStatus, a.writeForeign, a.writeOffline, a.gates.writeEnvelopes, a.record, a.stamp, a.prune,
	} {
		if err := step(ctx, &e); err != nil {
			return e, err
		}
	}
	return e, nil
}

// begin takes the next version number, for good: one that a crash leaves
// behind is never used for anything else.
func (a *publisher) begin(ctx context.Context) (e edition, err error) {
	if e.online, err = a.keys.signer(keyOnline); err != nil {
		return e, err
	}
	e.made = a.now()
	e.epoch = epochOf(e.made)
	e.number = epochNumber(e.epoch)
	err = a.change(ctx, func(tx *sql.Tx) error {
		var last uint64
		var made int64
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(version), 0), coalesce(max(made), 0) FROM version").Scan(&last, &made); err != nil {
			return err
		}
		if err := a.plausible(e.made, last, time.Unix(made, 0).UTC()); err != nil {
			return err
		}
		e.version = last + 1
		if err := a.ensureKeys(ctx, tx, e.made); err != nil {
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
func (a *publisher) plausible(made time.Time, last uint64, before time.Time) error {
	if last == 0 || a.ClockIsRight || !made.Before(before) && made.Sub(before) <= longestPause {
		return nil
	}
	return fmt.Errorf("the clock says %s, but version %d was made at %s; set the clock right, or publish with --clock-is-right if it is",
		made.Format(time.RFC3339), last, before.Format(time.RFC3339))
}

// writeStatus writes the whole, and the delta from the version before where one leads there.
func (a *publisher) writeStatus(ctx context.Context, e *edition) error {
	c, err := a.content(ctx, *e)
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	e.digest = c.Digest()
	plain, err := snapshot.EncodeFull(c)
	if err != nil {
		return err
	}
	if err := a.addStatus(e, snapshot.CustomOf(c, 0, e.number), plain); err != nil {
		return err
	}
	before, err := a.published(ctx, *e)
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
	return a.addStatus(e, snapshot.CustomOf(c, before.Version, e.number), plain)
}

// addStatus writes one status target.
func (a *publisher) addStatus(e *edition, c snapshot.Custom, plain []byte) error {
	name := snapshot.FullTarget(c.Version)
	if c.From != 0 {
		name = snapshot.DeltaTarget(c.From, c.Version)
	}
	return a.addTarget(e, name, c, plain)
}

// addTarget encrypts and writes one target of the online role.
func (a *publisher) addTarget(e *edition, name string, c snapshot.Custom, plain []byte) error {
	b, err := snapshot.SealFile(plain, name, e.key, a.random)
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
	return a.put("targets/"+filepath.ToSlash(t.file()), b)
}

// writeOffline writes what the offline keys signed; most of it is there already.
func (a *publisher) writeOffline(ctx context.Context, _ *edition) error {
	targets, err := offlineTargets(ctx, a.ledger)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if err := a.putOnce("targets/"+filepath.ToSlash(t.file()), t.body); err != nil {
			return err
		}
	}
	for _, role := range []string{metadata.ROOT, metadata.TARGETS} {
		all, err := roles(ctx, a.ledger, role)
		if err != nil {
			return err
		}
		if role == metadata.TARGETS {
			all = all[len(all)-1:] // of roots a gate needs every one
		}
		for _, r := range all {
			if err := a.putOnce(r.file(), r.body); err != nil {
				return err
			}
		}
	}
	return nil
}

// file is the name of the role's version below the repository.
func (r roleFile) file() string {
	return "metadata/" + strconv.FormatInt(r.version, 10) + "." + r.name + ".json"
}

// record writes the metadata under the version's own names, and the ledger.
func (a *publisher) record(ctx context.Context, e *edition) error {
	n := int64(e.version)
	return a.change(ctx, func(tx *sql.Tx) error {
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
		snap, err := a.snapshotRole(ctx, tx, *e, online)
		if err != nil {
			return err
		}
		for _, r := range []roleFile{online, snap} {
			if err := a.put(r.file(), r.body); err != nil {
				return err
			}
		}
		if err := a.step("record"); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE version SET published = 1, digest = ? WHERE version = ?", e.digest[:], e.version)
		return err
	})
}

// snapshotRole names online and the targets role that was signed last.
func (a *publisher) snapshotRole(ctx context.Context, q querier, e edition, online roleFile) (roleFile, error) {
	targets, err := newestRole(ctx, q, metadata.TARGETS)
	if err != nil {
		return roleFile{}, err
	}
	// A policy may have been signed since writeOffline looked.
	if _, err := os.Stat(filepath.Join(a.repository(), filepath.FromSlash(targets.file()))); err != nil {
		return roleFile{}, fmt.Errorf("the trust list or a policy changed meanwhile; publish again: %w", err)
	}
	s := roleFile{name: metadata.SNAPSHOT, version: int64(e.version)}
	s.body, err = signSnapshot(e.online, s.version, e.made.Add(onlineLife), targets, online)
	return s, err
}

// stamp makes the version the newest: the one step that gates can see.
func (a *publisher) stamp(_ context.Context, e *edition) error {
	snap := roleFile{name: metadata.SNAPSHOT, version: int64(e.version)}
	var err error
	if snap.body, err = os.ReadFile(filepath.Join(a.repository(), filepath.FromSlash(snap.file()))); err != nil {
		return err
	}
	b, err := signTimestamp(e.online, snap.version, e.made.Add(timestampLife), snap)
	if err != nil {
		return err
	}
	return a.put(timestampFile, b)
}

const timestampFile = "metadata/timestamp.json"

func ignoreNoRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

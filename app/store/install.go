package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"postern/app/gate"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/snapshot"
)

const snapshotPrefix = "snapshot-"

// The steps of an install, at each of which the power may go. Until
// stepCommitted the old version is what a restart finds, from it on the new one.
const (
	stepBegin     = "begin"
	stepBuilt     = "snapshot built"
	stepCommitted = "committed"
	stepPublished = "published"
	stepSwept     = "old snapshot deleted"
)

// Installed says what is there. A snapshot with damage in it counts as none,
// so that the next pull brings the whole.
func (s *Store) Installed(ctx context.Context) (client.Installed, error) {
	s.pulling.Lock()
	defer s.pulling.Unlock()
	facts, err := s.facts.all(ctx)
	if err != nil {
		return client.Installed{}, explain(err)
	}
	i, err := installed(facts)
	if err == nil && s.hasProblem(gate.SnapshotDamaged) {
		i.Snapshot, i.Made, i.Digest, i.Foreign = 0, time.Time{}, [32]byte{}, [32]byte{}
	}
	return i, err
}

// Content reads the installed snapshot back. Where that finds damage, there is
// none, and the view says so.
func (s *Store) Content(ctx context.Context) (*snapshot.Content, error) {
	s.pulling.Lock()
	defer s.pulling.Unlock()
	s.mu.RLock()
	current := s.snapshot
	s.mu.RUnlock()
	if current == nil || s.hasProblem(gate.SnapshotDamaged) {
		return &snapshot.Content{}, nil
	}
	c, err := current.content(ctx)
	if errors.Is(err, errDamaged) {
		s.setProblem(gate.SnapshotDamaged, true)
		return &snapshot.Content{}, nil
	}
	return c, err
}

// Install makes everything that is set in u current at once. The new snapshot
// is built beside the old one while checks go on; one transaction of gate.db
// then names it together with everything else.
func (s *Store) Install(ctx context.Context, u client.Update) error {
	if s.readOnly {
		return fmt.Errorf("install: %w", ErrReadOnly)
	}
	s.pulling.Lock()
	defer s.pulling.Unlock()
	if err := s.install(ctx, u); err != nil {
		return fmt.Errorf("install: %w", explain(err))
	}
	return nil
}

func (s *Store) install(ctx context.Context, u client.Update) error {
	if err := s.step(stepBegin); err != nil {
		return err
	}
	s.sweepSnapshots()
	facts, err := s.facts.all(ctx)
	if err != nil {
		return err
	}
	was, err := installed(facts)
	if err != nil {
		return err
	}
	parts, err := s.accept(u, was)
	if err != nil {
		return err
	}
	if parts.Wiped() {
		return s.wipe(ctx, was, u, parts)
	}
	changes, err := changesOf(u, was, parts)
	if err != nil {
		return err
	}
	file := s.snapshot // only install changes it, and it is under its lock
	if s.changesSnapshot(u) {
		if file, err = s.buildSnapshot(ctx, u, changes); err != nil {
			return err
		}
	}
	return s.commit(ctx, changes, parts, file)
}

var errNoRoom = errors.New("the disk is nearly full, and what is left is for recording; delete something else from it")

// accept holds u against what is there and puts the parts of the new view together.
func (s *Store) accept(u client.Update, was client.Installed) (gate.Parts, error) {
	parts := s.parts
	if parts.Identity.Gate == "" {
		return parts, ErrNoGate
	}
	if (u.Envelope == nil) != (u.Opened == nil) {
		return parts, errors.New("the envelope must come with what it says, and the other way round")
	}
	if e := u.Opened; e != nil {
		if e.Gate != parts.Identity.Gate {
			return parts, fmt.Errorf("the envelope is for gate %s, this is %s", e.Gate, parts.Identity.Gate)
		}
		if was.Opened != nil && e.Version < was.Opened.Version {
			return parts, fmt.Errorf("envelope %d: %w (%d)", e.Version, ErrOlder, was.Opened.Version)
		}
		parts.Envelope = withoutPastKeys(*e, s.today(e.Made))
	}
	if u.Content != nil && u.Content.Version < was.Snapshot {
		return parts, fmt.Errorf("snapshot %d: %w (%d)", u.Content.Version, ErrOlder, was.Snapshot)
	}
	if u.Trust != nil {
		parts.Trust = u.Trust
	}
	if u.Policy != nil {
		parts.Policy = u.Policy
	}
	if !u.Pulled.IsZero() {
		parts.Pulled = u.Pulled.UTC()
	}
	_, err := gate.NewView(parts)
	return parts, err
}

// changesOf says u in facts. Versions only rise.
func changesOf(u client.Update, was client.Installed, parts gate.Parts) (change, error) {
	c := change{}
	for role, file := range u.Metadata {
		c[factMetadata+role] = file
	}
	for role, version := range u.Versions {
		c[factVersion+role] = strconv.AppendInt(nil, max(version, was.Versions[role]), 10)
	}
	for name, value := range map[string][]byte{factTrust: u.Trust, factPolicy: u.Policy, factEnvelope: u.Envelope} {
		if value != nil {
			c[name] = value
		}
	}
	if u.Opened != nil {
		b, err := json.Marshal(parts.Envelope)
		if err != nil {
			return nil, err
		}
		c[factOpened] = b
		if len(parts.Envelope.TagKeys) < len(u.Opened.TagKeys) {
			c[factEnvelope] = nil // it holds keys that are to be forgotten
		}
	}
	if !u.Pulled.IsZero() {
		c[factPulled] = []byte(u.Pulled.UTC().Format(time.RFC3339))
	}
	return c, nil
}

// changesSnapshot is false where u brings what the gate goes by, undamaged.
func (s *Store) changesSnapshot(u client.Update) bool {
	if u.Content == nil && u.Foreign == nil {
		return false
	}
	if s.snapshot == nil || s.hasProblem(gate.SnapshotDamaged) {
		return true
	}
	about := s.snapshot.about
	return u.Content != nil && (u.Content.Version != about.Version || u.Digest != about.Digest) ||
		u.Foreign != nil && u.ForeignDigest != about.Foreign
}

// buildSnapshot builds and opens u's snapshot and names it in changes. What
// room there is on a disk without its reserve is the journal's.
func (s *Store) buildSnapshot(ctx context.Context, u client.Update, changes change) (*snapshotFile, error) {
	if s.tendReserve(); s.hasProblem(gate.DiskNearlyFull) {
		return nil, errNoRoom
	}
	c, i, err := s.filling(ctx, u)
	if err != nil {
		return nil, err
	}
	i.File = s.freeName(i.Version)
	path := filepath.Join(s.dir, i.File)
	if err := buildSnapshot(ctx, path, c, i); err != nil {
		return nil, err
	}
	if err := s.step(stepBuilt); err != nil {
		return nil, errors.Join(err, removeIfThere(path))
	}
	f, err := openSnapshot(ctx, s.dir, i)
	if err != nil {
		return nil, errors.Join(err, removeIfThere(path))
	}
	if changes[factSnapshot], err = json.Marshal(i); err != nil {
		return nil, errors.Join(err, f.close(), removeIfThere(path))
	}
	return f, nil
}

// filling is what the next file is made of: what u brings, and the rest out of
// the file that is there.
func (s *Store) filling(ctx context.Context, u client.Update) (c filling, i installedSnapshot, err error) {
	if s.snapshot != nil {
		i = s.snapshot.about
	}
	if c.content = u.Content; c.content != nil {
		i.Version, i.Made, i.Epoch, i.Digest = u.Content.Version, u.Content.Made.UTC(), u.Content.Epoch.UTC(), u.Digest
	} else if s.snapshot == nil {
		return c, i, errors.New("the lists of other issuers came without a snapshot")
	} else if c.content, err = s.snapshot.content(ctx); err != nil {
		return c, i, err
	}
	switch {
	case u.Foreign != nil:
		c.foreign, i.Foreign = *u.Foreign, u.ForeignDigest
	case s.snapshot != nil:
		c.foreign, err = s.snapshot.foreign(ctx)
	}
	if errors.Is(err, errDamaged) {
		s.setProblem(gate.SnapshotDamaged, true) // the next pull brings both
	}
	return c, i, err
}

// freeName is snapshot-<n>.db, or snapshot-<n>.<k>.db where a damaged one of
// the same version is still in use.
func (s *Store) freeName(version uint64) string {
	name := fmt.Sprintf("%s%d.db", snapshotPrefix, version)
	for k := 1; exists(filepath.Join(s.dir, name)); k++ {
		name = fmt.Sprintf("%s%d.%d.db", snapshotPrefix, version, k)
	}
	return name
}

// commit names the new state in gate.db, then goes by it.
func (s *Store) commit(ctx context.Context, c change, parts gate.Parts, file *snapshotFile) error {
	if err := s.facts.write(ctx, c); err != nil {
		if file != nil && file != s.snapshot {
			err = errors.Join(err, file.close()) // the file itself is swept later, once gate.db surely does not name it
		}
		return err
	}
	if err := s.step(stepCommitted); err != nil {
		return err
	}
	old, err := s.publish(parts, file)
	if err != nil {
		return err
	}
	if err := s.step(stepPublished); err != nil {
		return err
	}
	if old == nil || old == file {
		return nil
	}
	// The new state stands; an old file that cannot be deleted now is swept later.
	_ = errors.Join(old.close(), removeIfThere(old.path))
	return s.step(stepSwept)
}

// sweepSnapshots deletes what a broken install left: every snapshot file that
// gate.db does not name.
func (s *Store) sweepSnapshots() {
	s.mu.RLock()
	current := s.snapshot
	s.mu.RUnlock()
	if current == nil && s.hasProblem(gate.SnapshotDamaged) {
		return // it stays for an expert until the next is there
	}
	names, _ := filepath.Glob(filepath.Join(escapeGlob(s.dir), snapshotPrefix+"*"))
	for _, path := range names {
		if current == nil || filepath.Base(path) != current.about.File {
			_ = os.Remove(path)
		}
	}
}

var globMarks = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

func escapeGlob(dir string) string {
	if filepath.Separator == '\\' {
		return dir // no escapes there; * and ? are in no name, [ is rare
	}
	return globMarks.Replace(dir)
}

const secondsOfDay = 24 * 60 * 60

// today is the day (Unix/86400) by trusted time, at least that of t: a wild
// clock must not make the gate forget keys.
func (s *Store) today(t time.Time) uint64 {
	if trusted := s.Trusted(); trusted.After(t) {
		t = trusted
	}
	return uint64(max(t.Unix(), 0)) / secondsOfDay
}

// withoutPastKeys drops the tag keys of days before yesterday, which a window
// that reaches back over midnight still asks for.
func withoutPastKeys(e enrol.Envelope, today uint64) *enrol.Envelope {
	keys := make(map[uint64][]byte, len(e.TagKeys))
	for day, key := range e.TagKeys {
		if day+1 >= today {
			keys[day] = key
		}
	}
	e.TagKeys = keys
	return &e
}

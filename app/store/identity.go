package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"postern/app/gate"
	"postern/sync/client"
	"postern/sync/enrol"
)

// SaveIdentity makes this the folder of gate id. Where it was another gate's,
// all that the other had pulled is forgotten, versions too: they were another
// authority's. What it recorded stays, in a chain of its own.
func (s *Store) SaveIdentity(ctx context.Context, id enrol.Identity) error {
	if s.readOnly {
		return fmt.Errorf("save identity: %w", ErrReadOnly)
	}
	s.pulling.Lock()
	defer s.pulling.Unlock()
	if err := s.saveIdentity(ctx, id); err != nil {
		return fmt.Errorf("save identity: %w", plain(err))
	}
	return nil
}

func (s *Store) saveIdentity(ctx context.Context, id enrol.Identity) error {
	b, err := id.Marshal()
	if err != nil {
		return err
	}
	changes, parts := change{}, s.parts
	if parts.Identity.Gate != id.Gate {
		if changes, err = s.everything(ctx); err != nil {
			return err
		}
		parts = gate.Parts{}
	}
	changes[factIdentity] = b
	changes[factEnrolling] = nil
	parts.Identity = id
	if err := s.facts.write(ctx, changes); err != nil {
		return err
	}
	file := s.snapshot
	if parts.Trust == nil {
		file = nil
	}
	if err := s.goBy(parts, file); err != nil {
		return err
	}
	s.setProblem(gate.DatabaseSetAside, false)
	return s.beginChain(ctx, false)
}

// everything is the change that forgets all.
func (s *Store) everything(ctx context.Context) (change, error) {
	facts, err := s.facts.all(ctx)
	if err != nil {
		return nil, err
	}
	c := change{}
	for name := range facts {
		c[name] = nil
	}
	return c, nil
}

// goBy publishes and deletes the file of a snapshot that is no longer current.
func (s *Store) goBy(parts gate.Parts, file *snapshotFile) error {
	old, err := s.publish(parts, file)
	if err != nil || old == nil || old == file {
		return err
	}
	return errors.Join(old.close(), removeIfThere(old.path))
}

// wipe obeys an envelope that says so: the gate forgets at once whom it would
// let in and all keys but its own, which sign what is still unsent; when that
// has its receipt, finishWipe forgets the rest. Versions stay until then, so
// that no older envelope brings the gate back.
func (s *Store) wipe(ctx context.Context, was client.Installed, u client.Update, parts gate.Parts) error {
	e := enrol.Envelope{Gate: parts.Envelope.Gate, Version: parts.Envelope.Version, Made: parts.Envelope.Made, Place: parts.Envelope.Place, Wipe: true}
	parts = gate.Parts{Identity: parts.Identity, Trust: parts.Trust, Envelope: &e}
	changes, err := changesOf(client.Update{Metadata: u.Metadata, Versions: u.Versions, Trust: u.Trust, Opened: &e, Pulled: u.Pulled}, was, parts)
	if err != nil {
		return err
	}
	for _, name := range []string{factPolicy, factEnvelope, factSnapshot} {
		changes[name] = nil
	}
	if err := s.facts.write(ctx, changes); err != nil {
		return err
	}
	if err := s.goBy(parts, nil); err != nil {
		return err
	}
	s.forgetReceipted(ctx)
	return s.finishWipeLocked(ctx)
}

// finishWipe forgets the rest of a wiped gate once nothing is unsent.
func (s *Store) finishWipe(ctx context.Context) error {
	s.pulling.Lock()
	defer s.pulling.Unlock()
	return s.finishWipeLocked(ctx)
}

func (s *Store) finishWipeLocked(ctx context.Context) error {
	if !s.parts.Wiped() {
		return nil
	}
	if n, err := s.Unsent(ctx); err != nil || n > 0 {
		return err
	}
	changes, err := s.everything(ctx)
	if err != nil {
		return err
	}
	if err := s.facts.write(ctx, changes); err != nil {
		return fmt.Errorf("wipe: %w", err)
	}
	if err := s.goBy(gate.Parts{}, nil); err != nil {
		return err
	}
	if err := s.journal.erase(ctx); err != nil {
		return fmt.Errorf("wipe: %w", err)
	}
	return s.beginChain(ctx, false)
}

// erase begins an empty file.
func (j *journalFile) erase(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.db.Close(); err != nil {
		return err
	}
	for _, path := range []string{j.path, j.path + "-wal"} {
		if err := removeIfThere(path); err != nil {
			return err
		}
	}
	return j.open(ctx)
}

// dropTagKeys forgets the tag keys of days that are over. The envelope as it
// came holds them too, so that it goes with them; the next pull brings one.
func (s *Store) dropTagKeys(ctx context.Context) error {
	s.pulling.Lock()
	defer s.pulling.Unlock()
	was := s.parts.Envelope
	if was == nil {
		return nil
	}
	e := withoutPastKeys(*was, s.today(was.Made))
	if len(e.TagKeys) == len(was.TagKeys) {
		return nil
	}
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := s.facts.write(ctx, change{factOpened: b, factEnvelope: nil}); err != nil {
		return err
	}
	parts := s.parts
	parts.Envelope = e
	return s.goBy(parts, s.snapshot)
}

package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"postern/app/gate"
	"postern/sync/client"
	"postern/sync/enrol"
)

// ErrUnsent says that this folder may not become another gate's yet: only the
// gate that is here can sign what it recorded.
var ErrUnsent = errors.New("entries of the gate that is here are not sent yet, and no other can send them; connect it to its hub first, or enrol in another folder")

// SaveIdentity makes this the folder of gate id. Where it was another gate's,
// all that the other had pulled is forgotten, versions too: they were another
// authority's. What it recorded stays, in a chain of its own; while some of
// that waits for its receipt, it refuses with ErrUnsent, unless that gate never
// pulled.
func (s *Store) SaveIdentity(ctx context.Context, id enrol.Identity) error {
	if s.readOnly {
		return fmt.Errorf("save identity: %w", ErrReadOnly)
	}
	s.pulling.Lock()
	defer s.pulling.Unlock()
	if err := s.saveIdentity(ctx, id); err != nil {
		return fmt.Errorf("save identity: %w", explain(err))
	}
	return nil
}

// saveIdentity holds the journal's lock, so that no check is recorded for the old
// gate once its entries are counted. The caller holds pulling.
func (s *Store) saveIdentity(ctx context.Context, id enrol.Identity) error {
	loss := s.loss()
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	if err := s.mayBecome(ctx, id.Gate); err != nil {
		return err
	}
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
	if err := s.makeCurrent(parts, file); err != nil {
		return err
	}
	s.setProblem(gate.DatabaseSetAside, false)
	return s.beginChainLocked(ctx, loss, false)
}

// mayBecome refuses another gate while entries wait for their receipt. A gate
// that never had a trust list can believe no receipt and admitted nobody: it
// (one enrolled in the wrong city, say) may be left, and what it recorded is
// stranded. The caller holds the journal's lock.
func (s *Store) mayBecome(ctx context.Context, name string) error {
	if present := s.parts.Identity.Gate; present == "" || present == name || s.parts.Trust == nil {
		return nil
	}
	if err := s.journal.reopen(ctx); err != nil {
		return err
	}
	n, err := s.journal.unsent(ctx)
	if err == nil && n > 0 {
		err = fmt.Errorf("%d %w", n, ErrUnsent)
	}
	return err
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
	s.mu.Lock()
	s.noted = time.Time{}
	s.mu.Unlock()
	return c, nil
}

// makeCurrent publishes parts and file, and deletes the file of a snapshot that is no longer current.
func (s *Store) makeCurrent(parts gate.Parts, file *snapshotFile) error {
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
	if err := s.makeCurrent(parts, nil); err != nil {
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

// finishWipeLocked holds the journal's lock from counting to the end: a check that
// comes meanwhile is recorded after it. gate.db goes last, so that whatever is
// cut off is done again at the next start. The caller holds pulling.
func (s *Store) finishWipeLocked(ctx context.Context) error {
	if !s.parts.Wiped() {
		return nil
	}
	j := s.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.reopen(ctx); err != nil {
		return err
	}
	if n, err := j.unsent(ctx); err != nil || n > 0 {
		return err
	}
	j.gate = "" // the new file does not name it
	if err := s.forgetAll(ctx); err != nil {
		j.gate, j.unsure = s.parts.Identity.Gate, true
		return fmt.Errorf("wipe: %w", err)
	}
	return s.beginChainLocked(ctx, gate.Draft{}, false)
}

func (s *Store) forgetAll(ctx context.Context) error {
	if err := s.removeLeftovers(); err != nil {
		return err
	}
	if err := s.facts.write(ctx, change{factChain: nil}); err != nil { // no loss that a start would tell of
		return err
	}
	if err := s.journal.erase(ctx); err != nil {
		return err
	}
	changes, err := s.everything(ctx)
	if err != nil {
		return err
	}
	was := s.parts.Wipe()
	if changes[factWiped], err = json.Marshal(was); err != nil {
		return err
	}
	if err := s.facts.write(ctx, changes); err != nil {
		return err
	}
	return s.makeCurrent(gate.Parts{WasWiped: was}, nil)
}

// leftovers are what a wiped gate leaves beside its databases: files that were
// set aside hold keys and entries, and pulls that were cut off hold a city's.
var leftovers = []string{"*.damaged-*", fetchDir, oldFetchDir, snapshotPrefix + "*"}

func (s *Store) removeLeftovers() error {
	var errs []error
	for _, pattern := range leftovers {
		paths, err := filepath.Glob(filepath.Join(escapeGlob(s.dir), pattern))
		errs = append(errs, err)
		for _, path := range paths {
			errs = append(errs, os.RemoveAll(path))
		}
	}
	return errors.Join(errs...)
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
	return s.makeCurrent(parts, s.snapshot)
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"postern/app/gate"
	"postern/sync/journal"
)

// ReasonSetAside is the reason of the first entry of a chain that began because the journal file was damaged or lost.
const ReasonSetAside = "journal_set_aside"

// Append numbers, seals and chains an entry, and is back when it is on the
// disk. On a full disk it makes room first: entries that the hub has, then the
// reserve. A journal that turns out to be damaged is set aside and the entry
// goes into a new one.
func (s *Store) Append(ctx context.Context, d gate.Draft) (journal.Entry, error) {
	if s.readOnly {
		return journal.Entry{}, fmt.Errorf("record: %w", ErrReadOnly)
	}
	chain := s.journal.chainID()
	e, err := s.journal.append(ctx, d)
	for _, makeRoom := range []func(context.Context){s.forgetReceipted, s.useReserve} {
		if err == nil || !isFullDisk(err) {
			break
		}
		makeRoom(ctx)
		e, err = s.journal.append(ctx, d)
	}
	if err != nil && isCorrupt(err) {
		if err = s.replaceJournal(ctx, chain); err == nil {
			e, err = s.journal.append(ctx, d)
		}
	}
	if err != nil {
		return journal.Entry{}, fmt.Errorf("record: %w", explain(err))
	}
	return e, nil
}

// openJournal opens journal.db; a damaged one is set aside.
func (s *Store) openJournal(ctx context.Context) error {
	path := filepath.Join(s.dir, journalName)
	j, err := s.newJournal(ctx, path)
	if isCorrupt(err) {
		if err := setAside(path, s.now()); err != nil {
			return err
		}
		s.problems[gate.JournalSetAside] = true
		j, err = s.newJournal(ctx, path)
	}
	s.journal = j
	return explain(err)
}

// beginChain goes on with the gate's newest chain, or begins one. A chain that
// gate.db knows and the journal does not was lost with its file: the new
// chain's first entry says so.
func (s *Store) beginChain(ctx context.Context, lost bool) error {
	loss := s.loss()
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return s.beginChainLocked(ctx, loss, lost)
}

// beginChainLocked is beginChain under the journal's lock, which the caller
// holds; loss is the entry for a chain that was lost.
func (s *Store) beginChainLocked(ctx context.Context, loss gate.Draft, lost bool) error {
	j := s.journal
	j.gate, j.unsure, j.chain = s.parts.Identity.Gate, true, chainHead{}
	facts, err := s.facts.all(ctx)
	if err != nil {
		return err
	}
	began, err := j.settle(ctx)
	switch {
	case isCorrupt(err):
		lost, err = true, j.replace(ctx, s.now(), loss)
	case err == nil && (lost || began && facts[factChain] != nil):
		lost, j.lost = true, &loss
		_, err = j.settle(ctx)
	}
	if lost {
		s.setProblem(gate.JournalSetAside, true)
	}
	if err == nil {
		err = s.countStranded(ctx)
	}
	if err != nil || j.gate == "" || string(facts[factChain]) == string(j.chain.id[:]) {
		return err
	}
	return s.facts.write(ctx, change{factChain: j.chain.id[:]})
}

// countStranded puts into the view how many entries of other gates can never be
// sent. The caller holds the journal's lock.
func (s *Store) countStranded(ctx context.Context) error {
	n, err := s.journal.stranded(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stranded, s.problems[gate.RecordsStranded] = n, n > 0
	s.view = s.view.With(s.listProblems(), n)
	return nil
}

// loss is the first entry of a chain that begins because the one before was lost.
func (s *Store) loss() gate.Draft {
	return gate.Draft{
		Entry:   journal.Entry{Time: s.now(), Kind: journal.Start, Reason: ReasonSetAside, Version: s.View().Snapshot.Version},
		Trusted: s.Trusted(),
	}
}

// replaceJournal sets a damaged journal aside while the gate is at work, unless
// another call just did. gate.db learns of the new chain at the next
// start: that there was one is all it must know.
func (s *Store) replaceJournal(ctx context.Context, damaged journal.ChainID) error {
	loss := s.loss()
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	if s.journal.chain.id != damaged {
		return nil
	}
	s.setProblem(gate.JournalSetAside, true)
	return s.journal.replace(context.WithoutCancel(ctx), s.now(), loss)
}

func (j *journalFile) chainID() journal.ChainID {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.chain.id
}

// Recent gives the newest entries first.
func (s *Store) Recent(ctx context.Context, limit int) ([]journal.Entry, error) {
	if s.readOnly {
		return nil, fmt.Errorf("read recent entries: %w", ErrReadOnly)
	}
	var rows []row
	err := s.journal.use(ctx, func() (err error) {
		rows, err = s.journal.rows(ctx, "SELECT id, body, ref FROM entries ORDER BY id DESC LIMIT ?", max(limit, 0))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read recent entries: %w", explain(err))
	}
	entries := make([]journal.Entry, 0, len(rows))
	for _, r := range rows {
		e, err := r.entry()
		if err != nil {
			return entries, fmt.Errorf("read recent entries: %w", err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// Seen says when a pass with this tag was last admitted here, since the given
// time, and which way it went; zero: not. Times are trusted ones, and the
// device's where there was none.
func (s *Store) Seen(ctx context.Context, tag journal.Tag, since time.Time) (time.Time, journal.Way, error) {
	at, way, err := s.seen(ctx, tag, since)
	if err != nil {
		return time.Time{}, 0, fmt.Errorf("look for an earlier admission: %w", err)
	}
	return at, way, nil
}

func (s *Store) seen(ctx context.Context, tag journal.Tag, since time.Time) (time.Time, journal.Way, error) {
	if s.readOnly {
		return time.Time{}, 0, ErrReadOnly
	}
	var at int64
	var body []byte
	err := s.journal.use(ctx, func() error {
		return s.journal.db.QueryRowContext(ctx, `SELECT coalesce(trusted, at), body FROM entries
			WHERE admitted = ? AND coalesce(trusted, at) >= ? ORDER BY 1 DESC, id DESC LIMIT 1`, tag[:], since.UnixMilli()).Scan(&at, &body)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, 0, nil
	}
	if err != nil {
		return time.Time{}, 0, err
	}
	e, err := journal.ParseEntry(body)
	if err != nil {
		return time.Time{}, 0, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return time.UnixMilli(at).UTC(), e.Way, nil
}

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
		return journal.Entry{}, fmt.Errorf("record: %w", plain(err))
	}
	return e, nil
}

// openJournal opens journal.db; a damaged one is set aside.
func (s *Store) openJournal(ctx context.Context) error {
	path := filepath.Join(s.dir, journalName)
	j, err := openJournal(ctx, path)
	if isCorrupt(err) {
		if err := setAside(path, s.now()); err != nil {
			return err
		}
		s.problems[gate.JournalSetAside] = true
		j, err = openJournal(ctx, path)
	}
	s.journal = j
	return plain(err)
}

// beginChain goes on with the gate's newest chain, or begins one. A chain that
// gate.db knows and the journal does not was lost with its file: the new
// chain's first entry says so.
func (s *Store) beginChain(ctx context.Context, lost bool) error {
	facts, err := s.facts.all(ctx)
	if err != nil {
		return err
	}
	name := s.parts.Identity.Gate
	id, began, err := s.journal.follow(ctx, name, s.random)
	if isCorrupt(err) {
		if err := s.journal.replace(ctx, s.now()); err != nil {
			return err
		}
		lost = true
		id, began, err = s.journal.follow(ctx, name, s.random)
	}
	if err != nil {
		return err
	}
	lost = lost || began && facts[factChain] != nil
	if string(facts[factChain]) != string(id[:]) && name != "" {
		if err := s.facts.write(ctx, change{factChain: id[:]}); err != nil {
			return err
		}
	}
	if lost {
		return s.recordLoss(ctx)
	}
	return nil
}

func (s *Store) recordLoss(ctx context.Context) error {
	s.setProblem(gate.JournalSetAside, true)
	_, err := s.journal.append(ctx, gate.Draft{
		Entry:   journal.Entry{Time: s.now(), Kind: journal.Start, Reason: ReasonSetAside, Version: s.View().Snapshot.Version},
		Trusted: s.Trusted(),
	})
	return err
}

// replaceJournal sets a damaged journal aside while the gate is at work,
// unless somebody else just did.
func (s *Store) replaceJournal(ctx context.Context, damaged journal.ChainID) error {
	s.pulling.Lock()
	defer s.pulling.Unlock()
	if s.journal.chainID() != damaged {
		return nil
	}
	if err := s.journal.replace(ctx, s.now()); err != nil {
		return err
	}
	return s.beginChain(ctx, true)
}

// replace sets the file aside and opens an empty one, which follows no chain yet.
func (j *journalFile) replace(ctx context.Context, now time.Time) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	_ = j.db.Close() // it may complain about the damage
	if err := setAside(j.path, now); err != nil {
		return err
	}
	return j.open(ctx)
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
	s.journal.mu.Lock()
	rows, err := s.journal.rows(ctx, "SELECT id, body, ref FROM entries ORDER BY id DESC LIMIT ?", max(limit, 0))
	s.journal.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("read recent entries: %w", err)
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
// time, by the device's clock; zero: not.
func (s *Store) Seen(ctx context.Context, tag journal.Tag, since time.Time) (time.Time, error) {
	if s.readOnly {
		return time.Time{}, fmt.Errorf("look for an earlier admission: %w", ErrReadOnly)
	}
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	var at sql.NullInt64
	err := s.journal.db.QueryRowContext(ctx, "SELECT max(at) FROM entries WHERE admitted = ? AND at >= ?", tag[:], since.UnixMilli()).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("look for an earlier admission: %w", err)
	}
	if !at.Valid {
		return time.Time{}, nil
	}
	return time.UnixMilli(at.Int64).UTC(), nil
}

// chainRow is one chain with its newest entry and its newest receipt.
type chainRow struct {
	number  int64
	gate    string
	id      journal.ChainID
	newest  uint64 // seq; 0 where there are no entries
	through uint64
}

func (c chainRow) unsent() uint64 { return max(c.newest, c.through) - c.through }

// chains lists all chains, oldest first. The caller holds the lock.
func (j *journalFile) chains(ctx context.Context) ([]chainRow, error) {
	found, err := j.db.QueryContext(ctx, fmt.Sprintf(`SELECT number, gate, id, through, coalesce((
		SELECT max(e.id) FROM entries e WHERE e.id >= number << %d AND e.id < (number + 1) << %d), 0) FROM chains ORDER BY number`, seqBits, seqBits))
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var all []chainRow
	for found.Next() {
		var c chainRow
		var id []byte
		var newest int64
		if err := found.Scan(&c.number, &c.gate, &id, &c.through, &newest); err != nil {
			return nil, err
		}
		copy(c.id[:], id)
		c.newest = row{id: newest}.seq()
		all = append(all, c)
	}
	return all, found.Err()
}

// Unsent counts this gate's entries past the last receipt.
func (s *Store) Unsent(ctx context.Context) (int, error) {
	if s.readOnly {
		return 0, fmt.Errorf("count unsent entries: %w", ErrReadOnly)
	}
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	n, err := s.journal.unsent(ctx)
	if err != nil {
		return 0, fmt.Errorf("count unsent entries: %w", err)
	}
	return n, nil
}

func (j *journalFile) unsent(ctx context.Context) (int, error) {
	chains, err := j.chains(ctx)
	if err != nil {
		return 0, err
	}
	var n uint64
	for _, c := range chains {
		if c.gate == j.gate && c.gate != "" {
			n += c.unsent()
		}
	}
	return int(n), nil
}

// batchBytes is about how much of the journal goes into one batch.
const batchBytes = 512 << 10

// Backlog gives the oldest entries past the last receipt, of one chain, in
// order. What is sent is held against its hashes first.
func (s *Store) Backlog(ctx context.Context, limit int) (journal.Batch, error) {
	if s.readOnly {
		return journal.Batch{}, fmt.Errorf("read backlog: %w", ErrReadOnly)
	}
	if limit < 1 || limit > journal.MaxEntries {
		limit = journal.MaxEntries
	}
	chain := s.journal.chainID()
	b, err := s.journal.backlog(ctx, limit)
	if errors.Is(err, errDamaged) || err != nil && isCorrupt(err) {
		return journal.Batch{}, errors.Join(fmt.Errorf("read backlog: %w", err), s.replaceJournal(ctx, chain))
	}
	if err != nil {
		return journal.Batch{}, fmt.Errorf("read backlog: %w", err)
	}
	return b, nil
}

func (j *journalFile) backlog(ctx context.Context, limit int) (journal.Batch, error) {
	c, rows, err := j.oldestUnsent(ctx, limit)
	if err != nil || len(rows) == 0 {
		return journal.Batch{}, err
	}
	b := journal.Batch{Gate: c.gate, Chain: c.id}
	size := 0
	for _, r := range rows {
		size += len(r.body) + len(r.ref)
		if size > batchBytes && len(b.Entries) > 0 {
			break
		}
		e, err := r.entry()
		if err == nil && len(b.Entries) > 0 && e.Prev != b.Head {
			// Which of the two changed cannot be told; the one before may be the one.
			err = fmt.Errorf("entry %d does not follow: %w", e.Seq, errDamaged)
			b.Entries = b.Entries[:len(b.Entries)-1]
			if n := len(b.Entries); n > 0 {
				b.Head = b.Entries[n-1].Hash()
			}
		}
		if err != nil && len(b.Entries) == 0 {
			return journal.Batch{}, err
		}
		if err != nil {
			break // what stands before the damage is sent
		}
		if len(b.Entries) == 0 {
			b.First, b.Prev = e.Seq, e.Prev
		}
		b.Entries = append(b.Entries, e)
		b.Head = r.hash()
	}
	return b, nil
}

// oldestUnsent reads under the lock, as little as it can: a check may wait for it.
func (j *journalFile) oldestUnsent(ctx context.Context, limit int) (chainRow, []row, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	chains, err := j.chains(ctx)
	if err != nil {
		return chainRow{}, nil, err
	}
	for _, c := range chains {
		if c.gate != j.gate || c.gate == "" || c.unsent() == 0 {
			continue
		}
		rows, err := j.rows(ctx, "SELECT id, body, ref FROM entries WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
			entryID(c.number, c.through), entryID(c.number, c.newest), limit)
		if err == nil && (len(rows) == 0 || rows[0].seq() != c.through+1) {
			err = fmt.Errorf("entry %d is gone: %w", c.through+1, errDamaged)
		}
		return c, rows, err
	}
	return chainRow{}, nil, nil
}

// Acknowledge moves the mark of r's chain to r.Through, never back. It refuses
// a receipt for a history that is not this gate's.
func (s *Store) Acknowledge(ctx context.Context, r journal.Receipt) error {
	if s.readOnly {
		return fmt.Errorf("take receipt: %w", ErrReadOnly)
	}
	if err := s.journal.acknowledge(ctx, r); err != nil {
		return fmt.Errorf("take receipt: %w", err)
	}
	if s.hasProblem(gate.DiskNearlyFull) {
		s.tendReserve()
	}
	return s.finishWipe(ctx)
}

func (j *journalFile) acknowledge(ctx context.Context, r journal.Receipt) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	chains, err := j.chains(ctx)
	if err != nil {
		return err
	}
	for _, c := range chains {
		if c.id != r.Chain || c.gate != r.Gate || c.gate != j.gate {
			continue
		}
		if r.Through <= c.through {
			return nil
		}
		if r.Through > c.newest {
			return fmt.Errorf("the hub has %d entries of chain %s, this gate only %d: an old copy of its folder may be at work", r.Through, r.Chain, c.newest)
		}
		rows, err := j.rows(ctx, "SELECT id, body, ref FROM entries WHERE id = ?", entryID(c.number, r.Through))
		if err != nil {
			return err
		}
		if len(rows) == 0 || rows[0].hash() != r.Head {
			return fmt.Errorf("the hub's entry %d of chain %s is not this gate's: a copy of this gate may be at work", r.Through, r.Chain)
		}
		_, err = j.db.ExecContext(ctx, "UPDATE chains SET through = ?, head = ?, receipt = ? WHERE number = ? AND through < ?",
			int64(r.Through), r.Head[:], r.Time.Unix(), c.number, int64(r.Through))
		return err
	}
	return fmt.Errorf("it is for chain %s of gate %s, which is not in this journal", r.Chain, r.Gate)
}

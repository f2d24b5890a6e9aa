package store

import (
	"context"
	"errors"
	"fmt"

	"postern/app/gate"
	"postern/sync/journal"
)

// chainRow is one chain with its newest entry and its newest receipt.
type chainRow struct {
	number  int64
	gate    string
	id      journal.ChainID
	newest  uint64 // seq; 0 where there are no entries
	through uint64
}

func (c chainRow) unsent() uint64 { return max(c.newest, c.through) - c.through }

// chains lists all chains, oldest first. The caller holds the lock, and the file is open.
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
	n := 0
	err := s.journal.use(ctx, func() (err error) {
		n, err = s.journal.unsent(ctx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count unsent entries: %w", explain(err))
	}
	return n, nil
}

// unsent counts this gate's entries past their receipts. The caller holds the
// lock, and the file is open.
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

// stranded counts entries that nobody here can sign any more: their gate's key
// went with a damaged gate.db. The caller holds the lock, and the file is open.
func (j *journalFile) stranded(ctx context.Context) (int, error) {
	chains, err := j.chains(ctx)
	var n uint64
	for _, c := range chains {
		if c.gate != j.gate && c.gate != "" {
			n += c.unsent()
		}
	}
	return int(n), err
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
	var c chainRow
	var rows []row
	err := j.use(ctx, func() (err error) {
		c, rows, err = j.oldestUnsent(ctx, limit)
		return err
	})
	if err != nil || len(rows) == 0 {
		return journal.Batch{}, err
	}
	return batchOf(c, rows)
}

// batchOf puts entries that follow each other into a batch, up to its size or
// to where they are damaged; an error where that is at once.
func batchOf(c chainRow, rows []row) (journal.Batch, error) {
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

// Reread gives entries that a receipt covered already, for a hub that lost
// them; first is the number of the first. It fails where they are pruned.
func (s *Store) Reread(ctx context.Context, chain journal.ChainID, first uint64, limit int) (journal.Batch, error) {
	if s.readOnly {
		return journal.Batch{}, fmt.Errorf("read journal again: %w", ErrReadOnly)
	}
	if limit < 1 || limit > journal.MaxEntries {
		limit = journal.MaxEntries
	}
	var c chainRow
	var rows []row
	err := s.journal.use(ctx, func() (err error) {
		c, rows, err = s.journal.from(ctx, chain, first, limit)
		return err
	})
	if err == nil && len(rows) == 0 {
		err = fmt.Errorf("entry %d of chain %s is no longer here", first, chain)
	}
	if err != nil {
		return journal.Batch{}, fmt.Errorf("read journal again: %w", err)
	}
	return batchOf(c, rows)
}

// from reads entries of one of this gate's chains, where first is still there.
// It runs under use.
func (j *journalFile) from(ctx context.Context, chain journal.ChainID, first uint64, limit int) (chainRow, []row, error) {
	chains, err := j.chains(ctx)
	if err != nil {
		return chainRow{}, nil, err
	}
	for _, c := range chains {
		if c.id != chain || c.gate != j.gate || first > c.newest {
			continue
		}
		rows, err := j.rows(ctx, "SELECT id, body, ref FROM entries WHERE id >= ? AND id <= ? ORDER BY id LIMIT ?",
			entryID(c.number, first), entryID(c.number, c.newest), limit)
		if err == nil && len(rows) > 0 && rows[0].seq() != first {
			rows = nil
		}
		return c, rows, err
	}
	return chainRow{}, nil, nil
}

// oldestUnsent runs under use, and reads as little as it can: a check may wait for it.
func (j *journalFile) oldestUnsent(ctx context.Context, limit int) (chainRow, []row, error) {
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
	if err := s.journal.use(ctx, func() error { return s.journal.acknowledge(ctx, r) }); err != nil {
		return fmt.Errorf("take receipt: %w", err)
	}
	if s.hasProblem(gate.DiskNearlyFull) {
		s.tendReserve()
	}
	return s.finishWipe(ctx)
}

// acknowledge runs under use.
func (j *journalFile) acknowledge(ctx context.Context, r journal.Receipt) error {
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

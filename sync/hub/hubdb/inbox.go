package hubdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"postern/sync/hub"
)

// maxGroup is how many appends share one commit at most.
const maxGroup = 64

// maxForks is how many forks of one gate are kept: enough to see what
// happened, and too few to fill a disk.
const maxForks = 16

var errClosed = errors.New("hub database is closed")

// pending is an append that waits for its commit.
type pending struct {
	from   hub.Head
	batch  hub.Batch
	result chan error // buffered, since Append may have returned
}

// Append hands b to the one goroutine that commits, and waits for its result. If
// ctx ends first, b may still be stored.
func (db *DB) Append(ctx context.Context, from hub.Head, b hub.Batch) error {
	p := &pending{from: from, batch: b, result: make(chan error, 1)}
	select {
	case db.queue <- p:
	case <-db.quit:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-p.result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// commitAll runs in the goroutine that Open starts, until Close. It commits the
// appends that wait in groups, because an fsync costs the same for one as for
// sixty.
func (db *DB) commitAll() {
	for {
		select {
		case <-db.quit:
			return
		case p := <-db.queue:
			group := append(make([]*pending, 0, maxGroup), p)
			for more := true; more && len(group) < maxGroup; {
				select {
				case p := <-db.queue:
					group = append(group, p)
				default:
					more = false
				}
			}
			db.commit(group)
		}
	}
}

// commit stores a group in one transaction. A conflict is the result of that one
// append. Any other error is the result of all, since nothing was stored.
func (db *DB) commit(group []*pending) {
	results := make([]error, len(group))
	err := db.inTx(func(tx *sql.Tx) error {
		for i, p := range group {
			err := appendBatch(tx, p)
			if err != nil && !errors.Is(err, hub.ErrConflict) {
				return err
			}
			results[i] = err
		}
		return nil
	})
	for i, p := range group {
		if err != nil {
			results[i] = fmt.Errorf("store batch: %w", err)
		}
		p.result <- results[i]
	}
}

func (db *DB) inTx(f func(*sql.Tx) error) error {
	tx, err := db.writer.Begin()
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// appendBatch moves the head and stores the batch. The statement that sets the
// head also compares it, so that two requests, or two hubs on one file, cannot
// both move it from the same place.
func appendBatch(tx *sql.Tx, p *pending) error {
	b, from := &p.batch, &p.from
	var moved sql.Result
	var err error
	if from.Through == 0 {
		moved, err = tx.Exec(`INSERT INTO heads (gate, chain, through, hash, moved)
			SELECT ?1, ?2, ?3, ?4, ?5 WHERE (SELECT count(*) FROM heads WHERE gate = ?1) < ?6
			ON CONFLICT DO NOTHING`,
			b.Gate, b.Chain[:], int64(b.Last), b.Head[:], b.Received.Unix(), hub.MaxChains)
	} else {
		moved, err = tx.Exec(`UPDATE heads SET through = ?3, hash = ?4, moved = ?5
			WHERE gate = ?1 AND chain = ?2 AND through = ?6 AND hash = ?7`,
			b.Gate, b.Chain[:], int64(b.Last), b.Head[:], b.Received.Unix(), int64(from.Through), from.Hash[:])
	}
	if err != nil {
		return err
	}
	if n, err := moved.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, hub.ErrConflict)
	}
	_, err = tx.Exec("INSERT INTO inbox (gate, chain, first, last, head, received, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
		b.Gate, b.Chain[:], int64(b.First), int64(b.Last), b.Head[:], b.Received.Unix(), b.Body)
	return err
}

// Refuse keeps a batch of another history.
func (db *DB) Refuse(ctx context.Context, b hub.Batch) error {
	_, err := db.writer.ExecContext(ctx, `INSERT INTO forks (gate, chain, first, last, head, received, body)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE (SELECT count(*) FROM forks WHERE gate = ?1) < ?8
		ON CONFLICT DO NOTHING`,
		b.Gate, b.Chain[:], int64(b.First), int64(b.Last), b.Head[:], b.Received.Unix(), b.Body, maxForks)
	if err != nil {
		return fmt.Errorf("store fork: %w", err)
	}
	return nil
}

// Batches reads the inbox.
func (db *DB) Batches(ctx context.Context, q hub.Query) iter.Seq2[hub.Batch, error] {
	return rowsOf(ctx, db.reader, "inbox", q)
}

// Forks reads the batches that were refused, in the order of Batches.
func (db *DB) Forks(ctx context.Context, q hub.Query) iter.Seq2[hub.Batch, error] {
	return rowsOf(ctx, db.reader, "forks", q)
}

func rowsOf(ctx context.Context, db *sql.DB, table string, q hub.Query) iter.Seq2[hub.Batch, error] {
	text := "SELECT gate, chain, first, last, head, received, body FROM " + table + " WHERE last >= ?"
	args := []any{int64(q.From)}
	if q.Gate != "" {
		text, args = text+" AND gate = ?", append(args, q.Gate)
	}
	if q.Chain != (hub.Query{}).Chain {
		text, args = text+" AND chain = ?", append(args, q.Chain[:])
	}
	return func(yield func(hub.Batch, error) bool) {
		rows, err := db.QueryContext(ctx, text+" ORDER BY gate, chain, last", args...)
		if err != nil {
			yield(hub.Batch{}, fmt.Errorf("read %s: %w", table, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			if !yield(scanBatch(rows)) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(hub.Batch{}, fmt.Errorf("read %s: %w", table, err))
		}
	}
}

func scanBatch(rows *sql.Rows) (hub.Batch, error) {
	var b hub.Batch
	var chain, head []byte
	var received int64
	if err := rows.Scan(&b.Gate, &chain, &b.First, &b.Last, &head, &received, &b.Body); err != nil {
		return hub.Batch{}, fmt.Errorf("read batch: %w", err)
	}
	if !fill(b.Chain[:], chain) || !fill(b.Head[:], head) {
		return hub.Batch{}, fmt.Errorf("read batch: that of gate %s to entry %d is damaged", b.Gate, b.Last)
	}
	b.Received = time.Unix(received, 0).UTC()
	return b, nil
}

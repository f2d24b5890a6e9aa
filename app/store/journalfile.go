package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"postern/app/gate"
	"postern/sync/journal"
	"postern/sync/verdict"
)

const (
	journalName = "journal.db"
	// verified is how many entries are hashed again at a start; the rest is
	// when it is sent.
	verified = 64
)

// journalSchema: id = number of the chain << 40 | seq, so that rows are only
// ever added at the end. at and trusted are Unix milliseconds. admitted is the
// tag of an entry that admitted a pass, for Seen. through, head and receipt
// (its time, Unix seconds) are the newest receipt's.
const journalSchema = `
CREATE TABLE IF NOT EXISTS chains (
	number  INTEGER PRIMARY KEY,
	gate    TEXT NOT NULL,
	id      BLOB NOT NULL UNIQUE,
	through INTEGER NOT NULL DEFAULT 0,
	head    BLOB,
	receipt INTEGER
);
CREATE TABLE IF NOT EXISTS entries (
	id       INTEGER PRIMARY KEY,
	at       INTEGER NOT NULL,
	trusted  INTEGER,
	admitted BLOB,
	body     BLOB NOT NULL,
	ref      BLOB
);
CREATE INDEX IF NOT EXISTS admissions ON entries (admitted, at) WHERE admitted IS NOT NULL`

// notesSchema is what stays beside some entries and is never sent; id is the
// entry's. seq and prev are of the check after which it was done, detail is JSON
// of the numbers of its reason. Notes go with their entries.
const notesSchema = `;
CREATE TABLE IF NOT EXISTS notes (
	id     INTEGER PRIMARY KEY,
	seq    INTEGER,
	prev   BLOB,
	detail TEXT
);
CREATE INDEX IF NOT EXISTS notes_after ON notes (prev) WHERE prev IS NOT NULL;
CREATE TRIGGER IF NOT EXISTS notes_go AFTER DELETE ON entries BEGIN DELETE FROM notes WHERE id = OLD.id; END`

// journalVersion counts layouts. It is written at every start: only a write
// takes the lock that keeps a second program out.
const journalVersion = "PRAGMA user_version = 1"

const seqBits = 40

func entryID(chain int64, seq uint64) int64 { return chain<<seqBits | int64(seq) }

// journalFile is journal.db with its one connection, which holds the file's
// lock for as long as it is open.
type journalFile struct {
	path   string
	random io.Reader               // for the IDs of chains
	step   func(name string) error // tests stage failures and races here

	mu        sync.Mutex
	db        *sql.DB
	insert    *sql.Stmt
	gate      string
	chain     chainHead
	last      time.Time   // trusted time of the newest entry that has one
	lastCheck time.Time   // of the newest check in this run, for gaps
	unsure    bool        // something failed: what the file holds must be read anew
	shut      bool        // the file is not open: it was replaced, and opening the new one failed
	lost      *gate.Draft // the entry that a chain must begin with, since the one before was lost
}

// chainHead is where a chain ends.
type chainHead struct {
	number int64
	id     journal.ChainID
	seq    uint64
	head   journal.Hash
}

func (s *Store) newJournal(ctx context.Context, path string) (*journalFile, error) {
	j := &journalFile{path: path, random: s.random, step: s.step}
	if err := j.open(ctx); err != nil {
		return nil, err
	}
	return j, nil
}

func (j *journalFile) open(ctx context.Context) error {
	db, err := openDatabase(j.path, nil,
		"locking_mode(EXCLUSIVE)", // before WAL: then there is no shared memory, and no second writer
		"busy_timeout(1000)", "journal_mode(WAL)", "synchronous(FULL)", "journal_size_limit(4194304)")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if _, err = db.ExecContext(ctx, journalSchema+notesSchema+tallySchema+";"+journalVersion); err == nil {
		j.insert, err = db.PrepareContext(ctx, "INSERT INTO entries (id, at, trusted, admitted, body, ref) VALUES (?, ?, ?, ?, ?, ?)")
	}
	if err != nil {
		return errors.Join(fmt.Errorf("open %s: %w", journalName, err), db.Close())
	}
	j.db, j.shut = db, false
	return nil
}

func (j *journalFile) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.db == nil {
		return nil
	}
	return j.db.Close()
}

func (j *journalFile) trusted() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last
}

// reload reads where the chain ends; sql.ErrNoRows where the gate has none.
func (j *journalFile) reload(ctx context.Context) error {
	var c chainHead
	var id []byte
	if err := j.db.QueryRowContext(ctx, "SELECT number, id FROM chains WHERE gate = ? ORDER BY number DESC LIMIT 1", j.gate).Scan(&c.number, &id); err != nil {
		return err
	}
	if copy(c.id[:], id) != len(id) || len(id) != len(c.id) {
		return fmt.Errorf("read chain %d: %w", c.number, errDamaged)
	}
	rows, err := j.rows(ctx, "SELECT id, body, ref FROM entries WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?",
		entryID(c.number, 0), entryID(c.number+1, 0)-1, verified)
	if err != nil {
		return err
	}
	if c.seq, c.head, err = checkTail(rows, journal.Genesis(j.gate, c.id)); err != nil {
		return fmt.Errorf("read chain %d: %w", c.number, err)
	}
	var last sql.NullInt64
	if err := j.db.QueryRowContext(ctx, "SELECT trusted FROM entries WHERE trusted IS NOT NULL ORDER BY id DESC LIMIT 1").Scan(&last); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if last.Valid {
		j.last = time.UnixMilli(last.Int64).UTC()
	}
	j.chain, j.unsure = c, false
	return nil
}

// row is an entry as it stands in the file.
type row struct {
	id   int64
	body []byte
	ref  []byte
}

func (r row) seq() uint64 { return uint64(r.id) & (1<<seqBits - 1) }

func (r row) hash() journal.Hash { return sha256.Sum256(r.body) }

func (r row) entry() (journal.Entry, error) {
	e, err := journal.ParseEntry(r.body)
	if err != nil || e.Seq != r.seq() {
		return e, fmt.Errorf("entry %d: %w", r.seq(), errors.Join(errDamaged, err))
	}
	e.Ref = r.ref
	if r.ref != nil && sha256.Sum256(r.ref) != e.RefHash {
		return e, fmt.Errorf("entry %d: its reference: %w", r.seq(), errDamaged)
	}
	return e, nil
}

func (j *journalFile) rows(ctx context.Context, query string, args ...any) ([]row, error) {
	found, err := j.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var all []row
	for found.Next() {
		var r row
		if err := found.Scan(&r.id, &r.body, &r.ref); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, found.Err()
}

// checkTail holds the newest entries, newest first, against each other.
func checkTail(rows []row, genesis journal.Hash) (seq uint64, head journal.Hash, err error) {
	if len(rows) == 0 {
		return 0, genesis, nil
	}
	next := journal.Entry{Seq: rows[0].seq() + 1, Prev: rows[0].hash()}
	for _, r := range rows {
		e, err := r.entry()
		if err != nil {
			return 0, head, err
		}
		if e.Seq+1 != next.Seq || r.hash() != next.Prev {
			return 0, head, fmt.Errorf("entry %d does not follow entry %d: %w", next.Seq, e.Seq, errDamaged)
		}
		next = e
	}
	if next.Seq == 1 && next.Prev != genesis {
		return 0, head, fmt.Errorf("entry 1 does not begin the chain: %w", errDamaged)
	}
	return rows[0].seq(), rows[0].hash(), nil
}

// append writes one entry. The insert itself cannot be cancelled: it takes a
// millisecond, and nobody could tell whether it happened.
func (j *journalFile) append(ctx context.Context, d gate.Draft) (journal.Entry, error) {
	if err := ctx.Err(); err != nil {
		return journal.Entry{}, err
	}
	ctx = context.WithoutCancel(ctx)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.unsure {
		if _, err := j.settle(ctx); err != nil {
			return journal.Entry{}, err
		}
	}
	return j.add(ctx, d)
}

// add is append under the lock.
func (j *journalFile) add(ctx context.Context, d gate.Draft) (journal.Entry, error) {
	e := d.Entry
	e.Time = e.Time.UTC().Truncate(time.Millisecond)
	e.Seq, e.Prev = j.chain.seq+1, j.chain.head
	e.Ref, e.RefHash = nil, journal.Hash{}
	if d.Seal != nil {
		ref, err := d.Seal(e.Seq)
		if err != nil {
			return journal.Entry{}, fmt.Errorf("seal reference: %w", err)
		}
		e.Ref, e.RefHash = ref, sha256.Sum256(ref)
	}
	body, err := e.Encode()
	if err != nil {
		return journal.Entry{}, err
	}
	if err := j.write(ctx, e, d, body); err != nil {
		j.unsure = true
		return journal.Entry{}, err
	}
	if e.Kind == journal.Check {
		j.lastCheck = e.Time
	}
	j.chain.seq, j.chain.head = e.Seq, sha256.Sum256(body)
	if !d.Trusted.IsZero() {
		j.last = d.Trusted
	}
	return e, nil
}

// write puts an entry and what it counts into the file, both or neither.
func (j *journalFile) write(ctx context.Context, e journal.Entry, d gate.Draft, body []byte) error {
	var admitted, trusted, ref any // NULL where there is none
	if (e.Kind == journal.Check || e.Kind == journal.Confirm) && e.Outcome == verdict.Admit && e.Tag != (journal.Tag{}) {
		admitted = e.Tag[:]
	}
	if !d.Trusted.IsZero() {
		trusted = d.Trusted.UnixMilli()
	}
	if e.Ref != nil {
		ref = e.Ref
	}
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	_, err = tx.StmtContext(ctx, j.insert).ExecContext(ctx, entryID(j.chain.number, e.Seq), e.Time.UnixMilli(), trusted, admitted, body, ref)
	if err == nil {
		err = addNote(ctx, tx, entryID(j.chain.number, e.Seq), d)
	}
	if err == nil {
		err = j.count(ctx, tx, e, d)
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

// use runs f with the lock held and the file open: it may have been set aside
// while opening the new one failed. Every call from outside that reads or marks
// the file goes this way, but append, which settles more than that.
func (j *journalFile) use(ctx context.Context, f func() error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.reopen(ctx); err != nil {
		return err
	}
	return f()
}

// reopen opens the file where it is not open. The caller holds the lock.
func (j *journalFile) reopen(ctx context.Context) error {
	if !j.shut {
		return nil
	}
	_, err := j.settle(ctx)
	return err
}

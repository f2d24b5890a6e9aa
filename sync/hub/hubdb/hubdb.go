// Package hubdb keeps a hub's gates and journals in one SQLite file.
//
// The file is in WAL mode with synchronous=FULL: when a method has returned nil,
// its work survives a power cut. Appends that wait at the same time share one
// commit. The files beside it (-wal, -shm) belong to it, so it may be moved or
// copied only while no hub has it open.
package hubdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"postern/sync/hub"
)

const schema = `
CREATE TABLE IF NOT EXISTS gates (
	id          TEXT PRIMARY KEY,
	sign        BLOB NOT NULL,
	certificate BLOB NOT NULL,
	envelope    BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS heads (
	gate    TEXT NOT NULL,
	chain   BLOB NOT NULL,
	through INTEGER NOT NULL,
	hash    BLOB NOT NULL,
	moved   INTEGER NOT NULL, -- Unix seconds
	PRIMARY KEY (gate, chain)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inbox ( -- batches as they came, evidence
	id       INTEGER PRIMARY KEY,
	gate     TEXT NOT NULL,
	chain    BLOB NOT NULL,
	first    INTEGER NOT NULL,
	last     INTEGER NOT NULL,
	head     BLOB NOT NULL,
	received INTEGER NOT NULL, -- Unix seconds
	body     BLOB NOT NULL,
	UNIQUE (gate, chain, last)
) STRICT;
CREATE TABLE IF NOT EXISTS forks ( -- batches that were refused, evidence
	id       INTEGER PRIMARY KEY,
	gate     TEXT NOT NULL,
	chain    BLOB NOT NULL,
	first    INTEGER NOT NULL,
	last     INTEGER NOT NULL,
	head     BLOB NOT NULL,
	received INTEGER NOT NULL,
	body     BLOB NOT NULL,
	UNIQUE (gate, head)
) STRICT;
CREATE TABLE IF NOT EXISTS ready (one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL) STRICT;
INSERT INTO ready VALUES (1, 0) ON CONFLICT DO NOTHING;
PRAGMA user_version = 1;
`

// version is that of the schema. A file with a higher one was written by a newer program.
const version = 1

// DB is a hub.Store. Make it with Open; Close it when no request uses it any more.
type DB struct {
	writer *sql.DB // one connection: SQLite has one writer
	reader *sql.DB
	queue  chan *pending
	quit   chan struct{}
	done   sync.WaitGroup
}

var _ hub.Store = (*DB)(nil)

// Open opens the file, or makes it, readable by its owner only. Its folder must exist.
func Open(path string) (*DB, error) {
	db, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("open hub database %s: %w", path, err)
	}
	return db, nil
}

func open(path string) (*DB, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	writer, err := sql.Open("sqlite", source(path, "immediate"))
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", source(path, "deferred"))
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(8)
	db := &DB{writer: writer, reader: reader, queue: make(chan *pending), quit: make(chan struct{})}
	if err := db.migrate(); err != nil {
		return nil, errors.Join(err, writer.Close(), reader.Close())
	}
	db.done.Go(db.commitAll)
	return db, nil
}

// source is the driver's name of the file, with the settings of every connection.
func source(path, lock string) string {
	path = filepath.ToSlash(path)
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	u.RawQuery = url.Values{
		"_txlock": {lock},
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"},
	}.Encode()
	return u.String()
}

func (db *DB) migrate() error {
	var have int
	if err := db.writer.QueryRow("PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	if have > version {
		return fmt.Errorf("it has schema %d, this program knows %d; run the newer program", have, version)
	}
	_, err := db.writer.Exec(schema)
	return err
}

// Close ends the goroutine that Open started and closes the file. Appends that
// still wait get an error.
func (db *DB) Close() error {
	close(db.quit)
	db.done.Wait()
	return errors.Join(db.reader.Close(), db.writer.Close())
}

// Ready commits a number that nothing reads, to prove that the file can be written.
func (db *DB) Ready(ctx context.Context) error {
	if _, err := db.writer.ExecContext(ctx, "UPDATE ready SET count = count + 1"); err != nil {
		return fmt.Errorf("write hub database: %w", err)
	}
	return nil
}

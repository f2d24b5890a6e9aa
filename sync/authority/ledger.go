package authority

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite" // also the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const ledgerFile = "ledger.db"

// ledgerForm is the user_version of the schema below.
const ledgerForm = 1

// The ledger holds masked names, and of tests only the latest, so that no more
// can be stolen with it.
const schema = `
CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE list (uri TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE person (
	idx         INTEGER PRIMARY KEY,  -- in the status list
	number      TEXT NOT NULL UNIQUE, -- of the identity card
	cti         BLOB NOT NULL UNIQUE, -- pseudonym in passes, 8 random bytes
	name        TEXT NOT NULL,        -- masked
	birth_year  INTEGER NOT NULL,     -- 0: unknown
	district    TEXT NOT NULL,
	status      INTEGER NOT NULL,     -- status.Value
	valid_until INTEGER NOT NULL,     -- Unix seconds: the first at which a pass is no longer valid
	test_minute INTEGER NOT NULL DEFAULT 0, -- Unix minutes; 0: no test
	test_kind   INTEGER NOT NULL DEFAULT 0,
	test_result INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE gate (
	id          TEXT PRIMARY KEY,
	hub         TEXT NOT NULL,
	place       TEXT NOT NULL,
	direction   TEXT NOT NULL,
	policy      TEXT NOT NULL,
	secret      BLOB NOT NULL,
	expiry      INTEGER NOT NULL,           -- of the code, Unix seconds
	sign        BLOB,                       -- NULL until it is countersigned
	box         BLOB,
	certificate BLOB,
	version     INTEGER NOT NULL DEFAULT 0, -- of its newest envelope
	suspended   INTEGER NOT NULL DEFAULT 0,
	wipe        INTEGER NOT NULL DEFAULT 0,
	pin         BLOB                        -- JSON of enrol.PIN; NULL: none
) STRICT;

CREATE TABLE policy (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE role (name TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (name, version)) STRICT, WITHOUT ROWID;

CREATE TABLE secret (kind TEXT NOT NULL, number INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, number)) STRICT, WITHOUT ROWID;

CREATE TABLE version (
	version   INTEGER PRIMARY KEY,
	made      INTEGER NOT NULL, -- Unix seconds
	epoch     INTEGER NOT NULL, -- number of the month, and of its key
	digest    BLOB,             -- NULL until it is published
	published INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE target (
	path    TEXT PRIMARY KEY,
	version INTEGER NOT NULL, -- that it leads to
	delta   INTEGER NOT NULL,
	length  INTEGER NOT NULL,
	sha256  BLOB NOT NULL,
	custom  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`

const (
	settingIssuer = "issuer"
	settingTrust  = "trust"

	secretEpoch = "epoch"
	secretTag   = "tag"

	listURI = "s:1"
)

// ledger is the authority's database.
type ledger struct{ *sql.DB }

// openLedger opens or makes the ledger at path.
func openLedger(ctx context.Context, path string) (*ledger, error) {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(30000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-65536)", "secure_delete(1)",
	}}
	db, err := sql.Open("sqlite", fileURI(path, q))
	if err != nil {
		return nil, err
	}
	if err := prepareLedger(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("open ledger %s: %w", path, err), db.Close())
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &ledger{db}, nil
}

func prepareLedger(ctx context.Context, db *sql.DB) error {
	var form int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&form); err != nil {
		return err
	}
	switch form {
	case ledgerForm:
		_, err := db.ExecContext(ctx, slipSchema+revocationSchema+placeSchema)
		return err
	case 0:
		_, err := db.ExecContext(ctx, fmt.Sprintf("BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT", schema+slipSchema+revocationSchema+placeSchema, ledgerForm))
		return err
	}
	return fmt.Errorf("it has form %d, this program knows %d; use the newer program", form, ledgerForm)
}

// removeLedger removes what a crashed creation left.
func removeLedger(path string) error {
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// querier is a ledger or a transaction on it.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// change runs f in one transaction. What f did counts only where f returns no error.
func (l *ledger) change(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := l.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func setting(ctx context.Context, q querier, name string) (value []byte, err error) {
	err = q.QueryRowContext(ctx, "SELECT value FROM setting WHERE name = ?", name).Scan(&value)
	return value, err
}

func putSetting(ctx context.Context, q querier, name string, value []byte) error {
	_, err := q.ExecContext(ctx, "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", name, value)
	return err
}

// ignoreNoRows makes nothing of the error that says that a query found nothing.
func ignoreNoRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// resultCode is SQLite's primary result code of an error (https://www.sqlite.org/rescode.html);
// SQLITE_OK where the error is not one of SQLite's.
func resultCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return sqlite3.SQLITE_OK
}

// fileURI names a database file with its options, whatever characters its path has.
func fileURI(path string, q url.Values) string {
	path = filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		path = "/" + path // file:/C:/…
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

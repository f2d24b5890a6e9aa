package authority

import (
	"context"
	"database/sql"
	"errors"
	"os"

	sqlite3 "modernc.org/sqlite/lib"
)

// staging keeps the lines of one import until all have been read. It is a
// database file of its own, attached to one connection of the ledger, so that
// memory stays bounded and the ledger is not locked while a long file is read.
type staging struct {
	conn *sql.Conn
	path string
	put  *sql.Stmt
}

// newStaging makes a staging in dir with one table, called line. The caller closes it.
func newStaging(ctx context.Context, l *ledger, dir, columns string) (*staging, error) {
	f, err := os.CreateTemp(dir, ".import-*.db")
	if err != nil {
		return nil, err
	}
	s := &staging{path: f.Name()}
	if err := f.Close(); err != nil {
		return nil, errors.Join(err, os.Remove(s.path))
	}
	if s.conn, err = l.Conn(ctx); err != nil {
		return nil, errors.Join(err, os.Remove(s.path))
	}
	if err := s.prepare(ctx, columns); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *staging) prepare(ctx context.Context, columns string) error {
	if _, err := s.conn.ExecContext(ctx, "ATTACH ? AS staging", s.path); err != nil {
		return err
	}
	for _, statement := range []string{
		"PRAGMA staging.journal_mode = MEMORY", "PRAGMA staging.synchronous = OFF",
		"CREATE TABLE staging.line (" + columns + ") STRICT, WITHOUT ROWID",
		"BEGIN DEFERRED", // an immediate one would lock the ledger too
	} {
		if _, err := s.conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// prepareInsert readies the statement that put runs.
func (s *staging) prepareInsert(ctx context.Context, statement string) (err error) {
	s.put, err = s.conn.PrepareContext(ctx, statement)
	return err
}

// filled ends the reading. After it inLedger can see what was put.
func (s *staging) filled(ctx context.Context) error {
	_, err := s.conn.ExecContext(ctx, "COMMIT")
	return err
}

// close gives the connection back as it was and removes the file. It has no
// context, since it must work after that of the import has ended.
func (s *staging) close() error {
	ctx := context.Background()
	var err error
	if s.put != nil {
		err = s.put.Close()
	}
	_, rollback := s.conn.ExecContext(ctx, "ROLLBACK")
	if resultCode(rollback) != sqlite3.SQLITE_ERROR { // which says that there is nothing to roll back
		err = errors.Join(err, rollback)
	}
	_, detach := s.conn.ExecContext(ctx, "DETACH staging")
	return errors.Join(err, detach, s.conn.Close(), os.Remove(s.path))
}

// inLedger runs f in a transaction that sees ledger and staging.
func (s *staging) inLedger(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// count runs a statement and says how many rows it changed.
func count(ctx context.Context, q querier, statement string, args ...any) (int, error) {
	r, err := q.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}

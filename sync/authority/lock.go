package authority

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// lock keeps all processes but one from publishing and exporting. It is an
// empty database, whose write lock works on every system and ends with the
// process that holds it, however that ends.
type lock struct {
	path string
	wait time.Duration // how long hold waits for another process
}

func newLock(dir string) *lock {
	return &lock{path: filepath.Join(dir, "publish.lock"), wait: 30 * time.Second}
}

// hold runs f while no other process holds the lock. It gives [ErrBusy] where
// another still holds it after the wait.
func (l *lock) hold(ctx context.Context, f func() error) (err error) {
	timeout := fmt.Sprintf("busy_timeout(%d)", l.wait.Milliseconds())
	db, err := sql.Open("sqlite", fileURI(l.path, url.Values{"_pragma": {timeout}}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err == nil {
		defer conn.Close()
		_, err = conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	}
	switch {
	case err == nil:
		return f()
	case ctx.Err() != nil:
		return ctx.Err()
	case resultCode(err) == sqlite3.SQLITE_BUSY:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return fmt.Errorf("lock %s: %w; the file holds nothing and may be deleted", l.path, err)
}

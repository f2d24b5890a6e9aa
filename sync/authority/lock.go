package authority

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
)

// lockFile is an empty database. Its write lock is one that every system has,
// and that ends with the process that holds it, however it ends.
const lockFile = "publish.lock"

// locked runs f while no other process publishes or exports in dir, an
// authority's folder. It gives [ErrBusy] after half a minute of waiting.
func locked(ctx context.Context, dir string, f func() error) (err error) {
	db, err := sql.Open("sqlite", fileURI(filepath.Join(dir, lockFile), url.Values{"_pragma": {"busy_timeout(30000)"}}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: %v", ErrBusy, err)
	}
	return f()
}

// fileURI names a database file with its options, whatever characters its path has.
func fileURI(path string, q url.Values) string {
	path = filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		path = "/" + path // file:/C:/…
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dataSource names a database file for the driver. Files stand in folders
// that people name, so that everything but letters may occur in path.
func dataSource(path string, query url.Values) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	slashed := filepath.ToSlash(abs)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a drive letter
	}
	u := url.URL{Scheme: "file", Path: slashed, RawQuery: query.Encode()}
	return u.String(), nil
}

// openDatabase opens a file with pragmas that hold for each connection, and
// makes it where it is not there, for its owner alone: SQLite gives its side
// files the same mode.
func openDatabase(path string, uri map[string]string, pragmas ...string) (*sql.DB, error) {
	name, err := dataSource(path, pragmaQuery(uri, pragmas))
	if err == nil && uri["mode"] != "ro" {
		err = ownFile(path)
	}
	if err != nil {
		return nil, err
	}
	return sql.Open("sqlite", name)
}

func pragmaQuery(uri map[string]string, pragmas []string) url.Values {
	query := url.Values{"_pragma": pragmas}
	for k, v := range uri {
		query.Set(k, v)
	}
	return query
}

// ownFile makes an empty file, which SQLite takes for a new database, or takes
// one that is there from everybody else. It never opens one that is there: with
// the closing of any handle the system drops all locks that this program has
// on a file.
func ownFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Chmod(path, 0o600)
}

// code is SQLite's extended result code of an error; 0 where it is not one of SQLite's.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// primary is the result code without what extends it (https://www.sqlite.org/rescode.html).
func primary(err error) int { return code(err) & 0xff }

// isCorrupt covers a statement that does not fit as well: all are constants
// here, so that the tables must be another program's.
func isCorrupt(err error) bool {
	c := primary(err)
	return c == sqlite3.SQLITE_CORRUPT || c == sqlite3.SQLITE_NOTADB || c == sqlite3.SQLITE_ERROR || errors.Is(err, errDamaged)
}

func isBusy(err error) bool {
	c := primary(err)
	return c == sqlite3.SQLITE_BUSY || c == sqlite3.SQLITE_LOCKED
}

func isReadOnly(err error) bool { return primary(err) == sqlite3.SQLITE_READONLY }

// isFullDisk covers what SQLite and the system say where no space is left.
func isFullDisk(err error) bool {
	switch code(err) {
	case sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_WRITE:
		return true
	}
	return primary(err) == sqlite3.SQLITE_FULL || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// errDamaged says that a file holds what this program did not write.
var errDamaged = errors.New("the file is damaged")

// setAside renames a damaged database and its side files, so that an expert
// can look at them and a new one can begin.
func setAside(path string, now time.Time) error {
	stamp := ".damaged-" + now.UTC().Format("20060102T150405Z")
	to := path + stamp
	for n := 2; exists(to); n++ {
		to = fmt.Sprintf("%s%s-%d", path, stamp, n)
	}
	if err := os.Rename(path, to); err != nil {
		return fmt.Errorf("set aside damaged file: %w", err)
	}
	for _, side := range []string{"-wal", "-journal", "-shm"} {
		if err := os.Rename(path+side, to+side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("set aside damaged file: %w", err)
		}
	}
	return syncDir(filepath.Dir(path))
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// syncDir makes renames in a folder durable. Where a system cannot (Windows),
// the file system's own journal does.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

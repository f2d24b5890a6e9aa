package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"

	"postern/sync/snapshot"
	"postern/sync/status"
)

const (
	pageSize  = 4096
	entrySize = 4
	blockSize = snapshot.Block * entrySize

	// mapped is how much of the file SQLite may map; more than the largest snapshot.
	mapped = 1 << 30
	// readers is how many look-ups go on at once.
	readers = 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// snapshotSchema is the layout of snapshot-<n>.db. A row of blocks fills a
// page: 1,008 entries of 4 bytes, little-endian, the last of a list fewer.
// sum is the CRC-32C of data, since a byte that a worn card changed must not
// turn barred into good.
const snapshotSchema = `
CREATE TABLE about  (version INTEGER NOT NULL, made INTEGER NOT NULL, epoch INTEGER NOT NULL, digest BLOB NOT NULL);
CREATE TABLE lists  (number INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE, count INTEGER NOT NULL);
CREATE TABLE blocks (id INTEGER PRIMARY KEY, data BLOB NOT NULL, sum INTEGER NOT NULL); -- id = list<<32 | block`

// snapshotFile is an open snapshot-<n>.db. It never changes, so that SQLite
// takes no locks on it and maps it whole.
type snapshotFile struct {
	path  string
	about installedSnapshot
	db    *sql.DB
	look  *sql.Stmt
	lists map[string]listHead
}

type listHead struct {
	number int64
	count  uint64
}

func (l listHead) block(index uint64) (id int64, size int) {
	block := index / snapshot.Block
	left := l.count - block*snapshot.Block
	return l.number<<32 | int64(block), int(min(left, snapshot.Block)) * entrySize
}

// buildSnapshot writes a new file and makes it durable. The file has its last
// name only when it is whole; path must not exist.
func buildSnapshot(ctx context.Context, path string, c *snapshot.Content, i installedSnapshot) error {
	draft := path + ".new"
	if err := os.Remove(draft); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("build snapshot: %w", err)
	}
	err := fillSnapshot(ctx, draft, c, i)
	if err == nil {
		err = syncFile(draft)
	}
	if err == nil {
		err = os.Rename(draft, path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("build snapshot: %w", err), removeIfThere(draft))
	}
	return nil
}

// fillSnapshot needs no journal and no sync: half a file is thrown away.
func fillSnapshot(ctx context.Context, path string, c *snapshot.Content, i installedSnapshot) (err error) {
	db, err := openDatabase(path, nil, fmt.Sprintf("page_size(%d)", pageSize), "journal_mode(OFF)", "synchronous(OFF)", "locking_mode(EXCLUSIVE)")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, snapshotSchema); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "INSERT INTO about VALUES (?, ?, ?, ?)", int64(i.Version), i.Made.Unix(), i.Epoch.Unix(), i.Digest[:]); err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, "INSERT INTO blocks VALUES (?, ?, ?)")
	if err != nil {
		return err
	}
	for n, l := range c.Lists {
		if _, err := tx.ExecContext(ctx, "INSERT INTO lists VALUES (?, ?, ?)", n, l.URI, len(l.Entries)); err != nil {
			return err
		}
		if err := fillList(ctx, insert, int64(n), l.Entries); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func fillList(ctx context.Context, insert *sql.Stmt, number int64, entries []status.Entry) error {
	data := make([]byte, 0, blockSize)
	for block := int64(0); len(entries) > 0; block++ {
		n := min(len(entries), snapshot.Block)
		data = data[:0]
		for _, e := range entries[:n] {
			data = binary.LittleEndian.AppendUint32(data, uint32(e))
		}
		entries = entries[n:]
		if _, err := insert.ExecContext(ctx, number<<32|block, data, int64(crc32.Checksum(data, castagnoli))); err != nil {
			return err
		}
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// openSnapshot opens the file that gate.db names and holds it against what
// gate.db says. SQLite refuses a file that is shorter than its header says;
// the blocks are held against their sums when they are read.
func openSnapshot(ctx context.Context, dir string, want installedSnapshot) (*snapshotFile, error) {
	if want.File != filepath.Base(want.File) || !strings.HasPrefix(want.File, snapshotPrefix) {
		return nil, fmt.Errorf("open snapshot: %q is no name of a snapshot: %w", want.File, errDamaged)
	}
	f := &snapshotFile{path: filepath.Join(dir, want.File), about: want, lists: map[string]listHead{}}
	var err error
	f.db, err = openDatabase(f.path, map[string]string{"mode": "ro", "immutable": "1"}, fmt.Sprintf("mmap_size(%d)", mapped), "query_only(ON)")
	if err != nil {
		return nil, fmt.Errorf("open snapshot: %w", err)
	}
	f.db.SetMaxOpenConns(readers)
	f.db.SetMaxIdleConns(readers)
	if err = f.inspect(ctx); err == nil {
		f.look, err = f.db.PrepareContext(ctx, "SELECT data, sum FROM blocks WHERE id = ?")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open snapshot: %w", err), f.db.Close())
	}
	return f, nil
}

func (f *snapshotFile) inspect(ctx context.Context) error {
	want := f.about
	var version, made, epoch int64
	var digest []byte
	if err := f.db.QueryRowContext(ctx, "SELECT version, made, epoch, digest FROM about").Scan(&version, &made, &epoch, &digest); err != nil {
		return err
	}
	if uint64(version) != want.Version || made != want.Made.Unix() || epoch != want.Epoch.Unix() || string(digest) != string(want.Digest[:]) {
		return fmt.Errorf("it is not version %d as it was installed: %w", want.Version, errDamaged)
	}
	rows, err := f.db.QueryContext(ctx, "SELECT number, uri, count FROM lists")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var uri string
		var l listHead
		if err := rows.Scan(&l.number, &uri, &l.count); err != nil {
			return err
		}
		f.lists[uri] = l
	}
	return rows.Err()
}

func (f *snapshotFile) close() error { return f.db.Close() }

// entry finds one entry; errDamaged where its block is not what was written.
func (f *snapshotFile) entry(uri string, index uint64) (status.Entry, error) {
	l, ok := f.lists[uri]
	if !ok || index >= l.count {
		return 0, status.ErrNoEntry
	}
	id, size := l.block(index)
	rows, err := f.look.Query(id)
	if err != nil {
		return 0, damageOf(err)
	}
	defer rows.Close()
	var data sql.RawBytes
	var sum int64
	if !rows.Next() {
		return 0, fmt.Errorf("block %#x of the snapshot is not there: %w", id, errors.Join(errDamaged, rows.Err()))
	}
	if err := rows.Scan(&data, &sum); err != nil {
		return 0, damageOf(err)
	}
	if len(data) != size || int64(crc32.Checksum(data, castagnoli)) != sum {
		return 0, fmt.Errorf("block %#x of the snapshot: %w", id, errDamaged)
	}
	e := status.Entry(binary.LittleEndian.Uint32(data[index%snapshot.Block*entrySize:]))
	if !e.Valid() {
		return 0, fmt.Errorf("entry %d of %s: %w", index, uri, errDamaged)
	}
	return e, nil
}

func damageOf(err error) error {
	if isCorrupt(err) {
		return fmt.Errorf("read snapshot: %w: %w", errDamaged, err)
	}
	return fmt.Errorf("read snapshot: %w", err)
}

// content reads the whole file back, in the order of its lists.
func (f *snapshotFile) content(ctx context.Context) (*snapshot.Content, error) {
	c := &snapshot.Content{Version: f.about.Version, Made: f.about.Made.UTC(), Epoch: f.about.Epoch.UTC(), Lists: make([]snapshot.List, len(f.lists))}
	for uri, l := range f.lists {
		if l.number < 0 || l.number >= int64(len(c.Lists)) || l.count > snapshot.MaxEntries {
			return nil, fmt.Errorf("list %s: %w", uri, errDamaged)
		}
		c.Lists[l.number] = snapshot.List{URI: uri, Entries: make([]status.Entry, 0, l.count)}
	}
	rows, err := f.db.QueryContext(ctx, "SELECT id, data, sum FROM blocks ORDER BY id")
	if err != nil {
		return nil, damageOf(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, sum int64
		var data sql.RawBytes
		if err := rows.Scan(&id, &data, &sum); err != nil {
			return nil, damageOf(err)
		}
		if err := appendBlock(c.Lists, id, data, sum); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, damageOf(err)
	}
	for uri, l := range f.lists {
		if uint64(len(c.Lists[l.number].Entries)) != l.count {
			return nil, fmt.Errorf("list %s is not whole: %w", uri, errDamaged)
		}
	}
	return c, nil
}

func appendBlock(lists []snapshot.List, id int64, data []byte, sum int64) error {
	number := id >> 32
	if number < 0 || number >= int64(len(lists)) || len(data)%entrySize != 0 || int64(crc32.Checksum(data, castagnoli)) != sum {
		return fmt.Errorf("block %#x of the snapshot: %w", id, errDamaged)
	}
	l := &lists[number]
	if len(l.Entries) != int(id&0xffffffff)*snapshot.Block || len(l.Entries)+len(data)/entrySize > cap(l.Entries) {
		return fmt.Errorf("block %#x of the snapshot: %w", id, errDamaged)
	}
	for ; len(data) > 0; data = data[entrySize:] {
		l.Entries = append(l.Entries, status.Entry(binary.LittleEndian.Uint32(data)))
	}
	return nil
}

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
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// snapshotSchema is the layout of snapshot-<n>.db. A row of blocks fills a
// page: 1,008 entries of 4 bytes, little-endian, the last of a list fewer, and
// the CRC-32C of these bytes, since a byte that a worn card changed must not
// turn barred into good. Other issuers' lists are drawn at foreignSchema.
const snapshotSchema = `
CREATE TABLE about  (version INTEGER NOT NULL, made INTEGER NOT NULL, epoch INTEGER NOT NULL, digest BLOB NOT NULL);
CREATE TABLE lists  (number INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE, count INTEGER NOT NULL);
CREATE TABLE blocks (id INTEGER PRIMARY KEY, data BLOB NOT NULL); -- id = list<<32 | block
` + foreignSchema

// sumSize is the length of a CRC-32C behind what it is over.
const sumSize = 4

func withSum(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// cutSum gives what withSum was given; false where it is not that any more.
func cutSum(b []byte) ([]byte, bool) {
	if len(b) < sumSize {
		return nil, false
	}
	data := b[:len(b)-sumSize]
	return data, crc32.Checksum(data, castagnoli) == binary.LittleEndian.Uint32(b[len(data):])
}

// filling is what a snapshot file is made of.
type filling struct {
	content *snapshot.Content
	foreign snapshot.Foreign
}

// snapshotFile is an open snapshot-<n>.db. It never changes, so that SQLite
// takes no locks on it and maps it whole.
type snapshotFile struct {
	path    string
	about   installedSnapshot
	db      *sql.DB
	readers readers
	lists   map[string]listHead
	heads   map[string][]status.Head // of other issuers' lists, by issuer
	numbers map[status.Head]int64    // of the same, in the file
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
func buildSnapshot(ctx context.Context, path string, c filling, i installedSnapshot) error {
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
func fillSnapshot(ctx context.Context, path string, c filling, i installedSnapshot) (err error) {
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
	insert, err := tx.PrepareContext(ctx, "INSERT INTO blocks VALUES (?, ?)")
	if err != nil {
		return err
	}
	for n, l := range c.content.Lists {
		if _, err := tx.ExecContext(ctx, "INSERT INTO lists VALUES (?, ?, ?)", n, l.URI, len(l.Entries)); err != nil {
			return err
		}
		if err := fillList(ctx, insert, int64(n), l.Entries); err != nil {
			return err
		}
	}
	if err := fillForeign(ctx, tx, c.foreign); err != nil {
		return err
	}
	return tx.Commit()
}

func fillList(ctx context.Context, insert *sql.Stmt, number int64, entries []status.Entry) error {
	data := make([]byte, 0, blockSize+sumSize)
	for block := int64(0); len(entries) > 0; block++ {
		n := min(len(entries), snapshot.Block)
		data = data[:0]
		for _, e := range entries[:n] {
			data = binary.LittleEndian.AppendUint32(data, uint32(e))
		}
		entries = entries[n:]
		if _, err := insert.ExecContext(ctx, number<<32|block, withSum(data)); err != nil {
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
	f.db, err = openDatabase(f.path, readURI, readPragmas...)
	if err != nil {
		return nil, fmt.Errorf("open snapshot: %w", err)
	}
	if f.readers, err = newReaders(f.path); err == nil {
		err = f.inspect(ctx)
	}
	if err == nil {
		err = f.inspectForeign(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open snapshot: %w", err), f.close())
	}
	return f, nil
}

// How a snapshot is read.
var (
	readURI     = map[string]string{"mode": "ro", "immutable": "1"}
	readPragmas = []string{fmt.Sprintf("mmap_size(%d)", mapped), "query_only(ON)"}
)

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

func (f *snapshotFile) close() error { return errors.Join(f.readers.close(), f.db.Close()) }

// entry finds one entry; errDamaged where its block is not what was written.
func (f *snapshotFile) entry(uri string, index uint64) (e status.Entry, err error) {
	l, ok := f.lists[uri]
	if !ok || index >= l.count {
		return 0, status.ErrNoEntry
	}
	r, err := f.readers.take()
	if err != nil {
		return 0, damageOf(err)
	}
	defer func() { err = errors.Join(err, f.readers.give(r)) }()
	id, size := l.block(index)
	row, err := r.block(id)
	if err != nil {
		return 0, damageOf(err)
	}
	data, ok := cutSum(row)
	if !ok || len(data) != size {
		return 0, fmt.Errorf("block %#x of the snapshot: %w", id, errDamaged)
	}
	e = status.Entry(binary.LittleEndian.Uint32(data[index%snapshot.Block*entrySize:]))
	if !e.Valid() {
		return 0, fmt.Errorf("entry %d of %s: %w", index, uri, errDamaged)
	}
	return e, nil
}

func damageOf(err error) error {
	if err == nil {
		return nil
	}
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
	rows, err := f.db.QueryContext(ctx, "SELECT id, data FROM blocks ORDER BY id")
	if err != nil {
		return nil, damageOf(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var row sql.RawBytes
		if err := rows.Scan(&id, &row); err != nil {
			return nil, damageOf(err)
		}
		if err := appendBlock(c.Lists, id, row); err != nil {
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

func appendBlock(lists []snapshot.List, id int64, row []byte) error {
	number := id >> 32
	data, ok := cutSum(row)
	if !ok || number < 0 || number >= int64(len(lists)) || len(data)%entrySize != 0 {
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

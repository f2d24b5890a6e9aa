package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"postern/sync/pass"
	"postern/sync/snapshot"
	"postern/sync/status"
)

// foreignSchema is the layout of other issuers' lists. A row of pages holds
// what status.Foreign.Pages cuts, and its CRC-32C; the row in which an entry
// stands is the last whose first is not above it. The whole is held against
// its signed digest when the file is opened.
const foreignSchema = `
CREATE TABLE foreign_lists (number INTEGER PRIMARY KEY, issuer TEXT NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL,
	bits INTEGER NOT NULL, until INTEGER NOT NULL, size INTEGER NOT NULL); -- until: Unix seconds, 0: never
CREATE TABLE foreign_pages (list INTEGER NOT NULL, first BLOB NOT NULL, data BLOB NOT NULL, PRIMARY KEY (list, first)) WITHOUT ROWID;`

func fillForeign(ctx context.Context, tx *sql.Tx, lists snapshot.Foreign) error {
	insert, err := tx.PrepareContext(ctx, "INSERT INTO foreign_pages VALUES (?, ?, ?)")
	if err != nil {
		return err
	}
	for n := range lists {
		h, until := lists[n].Head, int64(0)
		if !h.Until.IsZero() {
			until = h.Until.Unix()
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO foreign_lists VALUES (?, ?, ?, ?, ?, ?, ?)", n, h.Issuer, h.Kind, h.Name, h.Bits, until, h.Size)
		if err != nil {
			return err
		}
		for first, page := range lists[n].Pages() {
			if _, err := insert.ExecContext(ctx, n, first, withSum(append([]byte(nil), page...))); err != nil {
				return err
			}
		}
	}
	return nil
}

// foreign reads all lists back; errDamaged where they are not what was installed.
func (f *snapshotFile) foreign(ctx context.Context) (snapshot.Foreign, error) {
	if f.about.Foreign == [32]byte{} {
		return nil, nil
	}
	rows, err := f.db.QueryContext(ctx, "SELECT issuer, kind, name, bits, until, size FROM foreign_lists ORDER BY number")
	if err != nil {
		return nil, damageOf(err)
	}
	defer rows.Close()
	lists := snapshot.Foreign{}
	for left := snapshot.MaxForeign; rows.Next(); {
		var h status.Head
		var until int64
		if err := rows.Scan(&h.Issuer, &h.Kind, &h.Name, &h.Bits, &until, &h.Size); err != nil {
			return nil, damageOf(err)
		}
		if until != 0 {
			h.Until = time.Unix(until, 0).UTC()
		}
		if h.Size < 0 || h.Size > left {
			return nil, fmt.Errorf("list of %s: %w", h.Issuer, errDamaged)
		}
		left -= h.Size
		lists = append(lists, status.Foreign{Head: h, Data: make([]byte, 0, h.Size)})
	}
	if err := rows.Err(); err != nil {
		return nil, damageOf(err)
	}
	if err := f.foreignPages(ctx, lists); err != nil {
		return nil, err
	}
	if lists.Digest() != f.about.Foreign {
		return nil, fmt.Errorf("the lists of other issuers: %w", errDamaged)
	}
	return lists, nil
}

// foreignPages fills in the data of lists.
func (f *snapshotFile) foreignPages(ctx context.Context, lists snapshot.Foreign) error {
	rows, err := f.db.QueryContext(ctx, "SELECT list, data FROM foreign_pages ORDER BY list, first")
	if err != nil {
		return damageOf(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		var row sql.RawBytes
		if err := rows.Scan(&n, &row); err != nil {
			return damageOf(err)
		}
		page, ok := cutSum(row)
		if !ok || n < 0 || n >= len(lists) || len(lists[n].Data)+len(page) > lists[n].Size {
			return fmt.Errorf("a page of other issuers' lists: %w", errDamaged)
		}
		lists[n].Data = append(lists[n].Data, page...)
	}
	if err := rows.Err(); err != nil {
		return damageOf(err)
	}
	return nil
}

// inspectForeign holds the lists against their digest and learns what there is.
func (f *snapshotFile) inspectForeign(ctx context.Context) error {
	lists, err := f.foreign(ctx)
	if err != nil {
		return err
	}
	f.heads, f.numbers = map[string][]status.Head{}, map[status.Head]int64{}
	for n := range lists {
		if err := lists[n].Check(); err != nil {
			return errors.Join(err, errDamaged)
		}
		h := lists[n].Head
		f.heads[h.Issuer] = append(f.heads[h.Issuer], h)
		f.numbers[h] = int64(n)
	}
	return nil
}

// find looks a pass up in its issuer's lists.
func (f *snapshotFile) find(p *pass.Pass) (found status.Finding, err error) {
	r, err := f.readers.take()
	if err != nil {
		return status.Finding{}, damageOf(err)
	}
	defer func() { err = errors.Join(err, f.readers.give(r)) }()
	return status.Find(p, listReader{f, r})
}

// listReader is the lists of a file, by one of its connections.
type listReader struct {
	*snapshotFile
	reader *reader
}

func (s listReader) Heads(issuer string) []status.Head { return s.heads[issuer] }

func (s listReader) Page(of status.Head, key []byte) ([]byte, error) {
	row, err := s.reader.page(s.numbers[of], key)
	if err != nil || row == nil {
		return nil, damageOf(err)
	}
	page, ok := cutSum(row)
	if !ok {
		return nil, fmt.Errorf("a page of the list of %s: %w", of.Issuer, errDamaged)
	}
	return page, nil
}

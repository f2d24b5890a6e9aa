package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"modernc.org/sqlite"
)

// maxReaders is how many look-ups go on at once.
const maxReaders = 4

// readers are connections to a snapshot for look-ups, straight on the driver:
// what database/sql would do for each (pools, contexts, conversions) costs
// more than the look-up itself. Others than the first are opened when they are
// needed.
type readers chan *reader

// newReaders opens the first connection.
func newReaders(path string) (readers, error) {
	name, err := dataSource(path, pragmaQuery(readURI, readPragmas))
	if err != nil {
		return nil, err
	}
	r := &reader{name: name}
	if err := r.open(); err != nil {
		return nil, err
	}
	all := make(readers, maxReaders)
	all <- r
	for range maxReaders - 1 {
		all <- &reader{name: name}
	}
	return all, nil
}

// take waits for a connection, which the caller gives back.
func (r readers) take() (*reader, error) {
	one := <-r
	if err := one.open(); err != nil {
		r <- one
		return nil, err
	}
	return one, nil
}

func (r readers) give(one *reader) error {
	err := one.done()
	r <- one
	return err
}

// close waits for the look-ups that go on.
func (r readers) close() error {
	var errs []error
	for range cap(r) {
		one := <-r
		errs = append(errs, one.close())
	}
	return errors.Join(errs...)
}

// reader is one connection with its two statements. One goroutine uses it at a time.
type reader struct {
	name   string
	conn   driver.Conn // nil: not open yet
	blocks statement
	pages  statement
	rows   driver.Rows // of the last look-up
}

// statement is prepared; its arguments and the row are used again.
type statement struct {
	driver.Stmt
	args []driver.NamedValue
	row  [1]driver.Value
}

func (r *reader) open() error {
	if r.conn != nil {
		return nil
	}
	conn, err := new(sqlite.Driver).Open(r.name)
	if err != nil {
		return err
	}
	r.conn = conn
	err = r.blocks.prepare(r.conn, "SELECT data FROM blocks WHERE id = ?1", 1)
	if err == nil {
		err = r.pages.prepare(r.conn, "SELECT data FROM foreign_pages WHERE list = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1", 2)
	}
	if err != nil {
		return errors.Join(err, r.close())
	}
	return nil
}

func (s *statement) prepare(c driver.Conn, query string, n int) error {
	for i := range n {
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1})
	}
	prepared, err := c.Prepare(query)
	if err != nil {
		return err
	}
	s.Stmt = prepared
	return nil
}

// block is the row of blocks with this id; errDamaged where it is not there.
func (r *reader) block(id int64) ([]byte, error) {
	r.blocks.args[0].Value = id
	row, err := r.one(&r.blocks)
	if err == nil && row == nil {
		err = fmt.Errorf("block %#x of the snapshot is not there: %w", id, errDamaged)
	}
	return row, err
}

// page is the last page of a list whose first key is not above key; nil where there is none.
func (r *reader) page(list int64, key []byte) ([]byte, error) {
	r.pages.args[0].Value, r.pages.args[1].Value = list, key
	return r.one(&r.pages)
}

// one is the only column of the first row, nil where there is none; good until
// the next query. It has no caller's context: a look-up takes microseconds, and
// the driver would start a goroutine for each to watch for its end.
func (r *reader) one(s *statement) ([]byte, error) {
	if err := r.done(); err != nil {
		return nil, err
	}
	var err error
	if r.rows, err = s.Stmt.(driver.StmtQueryContext).QueryContext(context.Background(), s.args); err != nil {
		r.rows = nil
		return nil, err
	}
	switch err := r.rows.Next(s.row[:]); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, err
	}
	b, ok := s.row[0].([]byte)
	if !ok {
		return nil, errDamaged
	}
	return b, nil
}

// done ends the last query.
func (r *reader) done() error {
	if r.rows == nil {
		return nil
	}
	err := r.rows.Close()
	r.rows = nil
	return err
}

func (r *reader) close() error {
	if r.conn == nil {
		return nil
	}
	err := r.done()
	for _, s := range []*statement{&r.blocks, &r.pages} {
		if s.Stmt != nil {
			err = errors.Join(err, s.Stmt.Close())
		}
		*s = statement{}
	}
	err = errors.Join(err, r.conn.Close())
	r.conn = nil
	return err
}

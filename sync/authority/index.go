package authority

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"postern/sync/snapshot"
)

// listStep is what lists grow in multiples of.
const listStep = 65536

// listSize is the number of entries of the status list.
func listSize(ctx context.Context, q querier) (size int, err error) {
	err = q.QueryRowContext(ctx, "SELECT size FROM list WHERE uri = ?", listURI).Scan(&size)
	if errors.Is(err, sql.ErrNoRows) {
		return listStep, nil
	}
	return size, err
}

// grown is the size that a list of size must take for so many used entries. A
// list is at most three quarters full, so that new indexes stay random. It grows
// by half at least, so that its size says little about how many people there are.
func grown(size, used int) int {
	for used > size/4*3 {
		size = (size + size/2 + listStep - 1) / listStep * listStep
	}
	return size
}

// addPersons adds the people of the staging who are new, each with an index and
// a pseudonym. It makes room for all of them before it places the first, so that
// the indexes do not show the order of the roster.
func (r *Roster) addPersons(ctx context.Context, tx *sql.Tx) (added int, err error) {
	const fresh = "FROM staging.line AS l WHERE NOT EXISTS (SELECT 1 FROM person WHERE person.number = l.number)"
	if err := tx.QueryRowContext(ctx, "SELECT count(*) "+fresh).Scan(&added); err != nil || added == 0 {
		return 0, err
	}
	places, err := newPlaces(ctx, tx, r.random, added)
	if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, "CREATE TABLE staging.fresh AS SELECT number, name, birth_year, district, status, valid_until "+fresh); err != nil {
		return 0, err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO person (idx, cti, number, name, birth_year, district, status, valid_until)
		SELECT ?, ?, number, name, birth_year, district, status, valid_until FROM staging.fresh WHERE rowid = ? ON CONFLICT (cti) DO NOTHING`)
	if err != nil {
		return 0, err
	}
	defer insert.Close()
	for row := 1; row <= added; row++ {
		if err := places.insert(ctx, insert, row); err != nil {
			return 0, err
		}
	}
	return added, nil
}

// places gives out free indexes of the status list, at random.
type places struct {
	used   []uint64 // a bit for each
	size   int
	random *bufio.Reader
}

// newPlaces makes room in the list for more people, or for gates that sign slips.
func newPlaces(ctx context.Context, tx *sql.Tx, random io.Reader, more int) (*places, error) {
	size, err := listSize(ctx, tx)
	if err != nil {
		return nil, err
	}
	var there int
	if err := tx.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM slips)").Scan(&there); err != nil {
		return nil, err
	}
	if size = grown(size, there+more); size > snapshot.MaxEntries {
		return nil, fmt.Errorf("%d persons and gates are more than a list holds", there+more)
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO list VALUES (?, ?) ON CONFLICT DO UPDATE SET size = excluded.size", listURI, size); err != nil {
		return nil, err
	}
	p := &places{used: make([]uint64, (size+63)/64), size: size, random: bufio.NewReaderSize(random, 4096)}
	rows, err := tx.QueryContext(ctx, "SELECT idx FROM person UNION ALL SELECT idx FROM slips")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var index int
		if err := rows.Scan(&index); err != nil {
			return nil, err
		}
		p.used[index/64] |= 1 << (index % 64)
	}
	return p, rows.Err()
}

// take gives a free index, each as likely as any other.
func (p *places) take() (int, error) {
	size := uint64(p.size)
	for {
		var b [8]byte
		if _, err := io.ReadFull(p.random, b[:]); err != nil {
			return 0, err
		}
		n := binary.BigEndian.Uint64(b[:])
		if n >= -size%size { // without this the low indexes would be likelier than the others
			n %= size
			if p.used[n/64]&(1<<(n%64)) == 0 {
				p.used[n/64] |= 1 << (n % 64)
				return int(n), nil
			}
		}
	}
}

// insert adds one person. It draws a pseudonym again that somebody has already.
func (p *places) insert(ctx context.Context, insert *sql.Stmt, row int) error {
	index, err := p.take()
	if err != nil {
		return err
	}
	for range 8 {
		var cti [8]byte
		if _, err := io.ReadFull(p.random, cti[:]); err != nil {
			return err
		}
		r, err := insert.ExecContext(ctx, index, cti[:], row)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 1 {
			return err
		}
	}
	return errors.New("the source of randomness repeats itself")
}

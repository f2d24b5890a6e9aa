package authority

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"postern/sync/sheet"
	"postern/sync/status"
)

// Columns of a roster.
var rosterColumns = []string{"number", "name", "birth_year", "district", "status", "valid_until"}

const (
	maxNameBytes     = 200 // in the roster; a mask is shorter
	maxDistrictBytes = 64
)

// Roster is the people of the city: who they are, their places in the status
// list, and the latest test of each.
type Roster struct {
	ledger *ledger
	keys   *keyFolder // for Trace
	clock  *Clock
	random io.Reader
	dir    string // where an import keeps its files until it ends
}

// person is one line of a roster.
type person struct {
	number, name, district string
	birthYear              int
	status                 status.Value
	validUntil             int64
}

// Import reads a roster, CSV with the columns
// number,name,birth_year,district,status,valid_until in any order. People who
// are new get an index and a pseudonym; others are brought up to date; those
// who are not in the file stay as they are. With bad lines the error is
// *[sheet.BadLines] and nothing changes.
func (r *Roster) Import(ctx context.Context, from io.Reader) (sheet.Report, error) {
	report, err := r.importTable(ctx, from, tableKind{
		columns: rosterColumns,
		staged: `number TEXT PRIMARY KEY, line INTEGER NOT NULL, name TEXT NOT NULL, birth_year INTEGER NOT NULL,
			district TEXT NOT NULL, status INTEGER NOT NULL, valid_until INTEGER NOT NULL`,
		insert: "INSERT INTO staging.line VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		put:    r.putPerson,
		merge:  r.mergePeople,
	})
	if err != nil {
		return sheet.Report{}, fmt.Errorf("import roster: %w", err)
	}
	return report, nil
}

// putPerson puts one row of a roster into the staging.
func (r *Roster) putPerson(ctx context.Context, s *staging, row sheet.Row) error {
	p, err := r.parsePerson(row)
	if err != nil {
		return err
	}
	done, err := s.put.ExecContext(ctx, p.number, row.Line, p.name, p.birthYear, p.district, p.status, p.validUntil)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	var first int
	if err := s.conn.QueryRowContext(ctx, "SELECT line FROM staging.line WHERE number = ?", p.number).Scan(&first); err != nil {
		return err
	}
	return sheet.Bad(fmt.Errorf("number %s stands on line %d already", p.number, first))
}

// mergePeople brings the people of the ledger up to date and adds those who are new.
func (r *Roster) mergePeople(ctx context.Context, tx *sql.Tx, report *sheet.Report) (err error) {
	report.Changed, err = count(ctx, tx, `UPDATE person SET name = l.name, birth_year = l.birth_year, district = l.district,
		status = l.status, valid_until = l.valid_until FROM staging.line AS l WHERE person.number = l.number
		AND (person.name, person.birth_year, person.district, person.status, person.valid_until)
		  <> (l.name, l.birth_year, l.district, l.status, l.valid_until)`)
	if err != nil {
		return err
	}
	report.Added, err = r.addPersons(ctx, tx)
	return err
}

// parsePerson reads one row, and says everything that is wrong with it. It masks
// the name; nothing keeps the name itself.
func (r *Roster) parsePerson(row sheet.Row) (p person, err error) {
	var wrong []error
	p.number, err = sheet.ParseNumber(row.Field(0))
	wrong = append(wrong, err)
	name, err := sheet.ParseLabel("name", row.Field(1), maxNameBytes)
	wrong = append(wrong, err)
	if p.name = sheet.Mask(name); p.name == "" && err == nil {
		wrong = append(wrong, errors.New("the name is empty"))
	}
	p.birthYear, err = sheet.ParseBirthYear(row.Field(2), r.clock.now())
	wrong = append(wrong, err)
	p.district, err = sheet.ParseLabel("district", row.Field(3), maxDistrictBytes)
	wrong = append(wrong, err)
	p.status, err = sheet.ParseStatus(row.Field(4))
	wrong = append(wrong, err)
	until, err := sheet.ParseUntil(row.Field(5), r.clock.Zone)
	wrong = append(wrong, err)
	p.validUntil = until.Unix()
	return p, sheet.Bad(wrong...)
}

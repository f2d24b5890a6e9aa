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
	keys   *keyFolder // of which Trace uses one
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
// number,name,birth_year,district,status,valid_until in any order. Persons who
// are new get an index and a pseudonym; others are brought up to date; those
// who are not in it stay as they are. With bad lines the error is *[sheet.BadLines]
// and nothing changes.
func (r *Roster) Import(ctx context.Context, from io.Reader) (sheet.Report, error) {
	report, err := r.importPeople(ctx, from)
	if err != nil {
		return sheet.Report{}, fmt.Errorf("import roster: %w", err)
	}
	return report, nil
}

func (r *Roster) importPeople(ctx context.Context, from io.Reader) (report sheet.Report, err error) {
	sh, err := sheet.Open(ctx, from, r.dir, rosterColumns...)
	if err != nil {
		return report, err
	}
	defer sh.Close()
	s, err := newStaging(ctx, r.ledger, r.dir, `number TEXT PRIMARY KEY, line INTEGER NOT NULL, name TEXT NOT NULL, birth_year INTEGER NOT NULL,
		district TEXT NOT NULL, status INTEGER NOT NULL, valid_until INTEGER NOT NULL`)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	report.Notes = sh.Notes()
	if report.Rows, err = r.stageRoster(ctx, sh, s); err != nil {
		return report, err
	}
	if err := s.filled(ctx); err != nil {
		return report, err
	}
	err = s.inLedger(ctx, func(tx *sql.Tx) error {
		if report.Changed, err = count(ctx, tx, `UPDATE person SET name = l.name, birth_year = l.birth_year, district = l.district,
			status = l.status, valid_until = l.valid_until FROM staging.line AS l WHERE person.number = l.number
			AND (person.name, person.birth_year, person.district, person.status, person.valid_until)
			  <> (l.name, l.birth_year, l.district, l.status, l.valid_until)`); err != nil {
			return err
		}
		report.Added, err = r.addPersons(ctx, tx)
		return err
	})
	return report, err
}

func (r *Roster) stageRoster(ctx context.Context, sh *sheet.Table, s *staging) (int, error) {
	if err := s.prepareInsert(ctx, "INSERT INTO staging.line VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"); err != nil {
		return 0, err
	}
	return sh.Each(ctx, func(row sheet.Row) error {
		p, err := r.parsePerson(row)
		if err != nil {
			return err
		}
		put, err := s.put.ExecContext(ctx, p.number, row.Line, p.name, p.birthYear, p.district, p.status, p.validUntil)
		if err != nil {
			return err
		}
		if n, err := put.RowsAffected(); err != nil || n == 1 {
			return err
		}
		var first int
		if err := s.conn.QueryRowContext(ctx, "SELECT line FROM staging.line WHERE number = ?", p.number).Scan(&first); err != nil {
			return err
		}
		return sheet.Bad(fmt.Errorf("number %s stands on line %d already", p.number, first))
	})
}

// parsePerson reads one line, and says everything that is wrong with it. The
// name is masked here; nothing else sees it.
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

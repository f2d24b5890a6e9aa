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
// who are not in it stay as they are. With bad lines the error is *[BadLines]
// and nothing changes.
func (a *Roster) Import(ctx context.Context, r io.Reader) (sheet.Report, error) {
	report, err := a.importRoster(ctx, r)
	if err != nil {
		return sheet.Report{}, fmt.Errorf("import roster: %w", err)
	}
	return report, nil
}

func (a *Roster) importRoster(ctx context.Context, r io.Reader) (report sheet.Report, err error) {
	rs, done, err := a.seekable(ctx, r)
	if err != nil {
		return report, err
	}
	defer done()
	sh, err := sheet.Open(rs, rosterColumns)
	if err != nil {
		return report, err
	}
	s, err := a.stage(ctx, `number TEXT PRIMARY KEY, line INTEGER NOT NULL, name TEXT NOT NULL, birth_year INTEGER NOT NULL,
		district TEXT NOT NULL, status INTEGER NOT NULL, valid_until INTEGER NOT NULL`)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	report.Notes = sh.Notes()
	if report.Rows, err = a.stageRoster(ctx, sh, s); err != nil {
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
		report.Added, err = a.addPersons(ctx, tx)
		return err
	})
	return report, err
}

func (a *Roster) stageRoster(ctx context.Context, sh *sheet.Table, s *staging) (int, error) {
	if err := s.prepareInsert(ctx, "INSERT INTO staging.line VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"); err != nil {
		return 0, err
	}
	return fill(ctx, sh, func(row []string) error {
		p, err := a.parsePerson(sh, row)
		if err != nil {
			return sheet.LineError{Cause: err}
		}
		r, err := s.put.ExecContext(ctx, p.number, sh.Line, p.name, p.birthYear, p.district, p.status, p.validUntil)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 1 {
			return err
		}
		var first int
		if err := s.conn.QueryRowContext(ctx, "SELECT line FROM staging.line WHERE number = ?", p.number).Scan(&first); err != nil {
			return err
		}
		return sheet.LineError{Cause: fmt.Errorf("number %s stands on line %d already", p.number, first)}
	})
}

// parsePerson reads one line, and says everything that is wrong with it. The
// name is masked here; nothing else sees it.
func (a *Roster) parsePerson(sh *sheet.Table, row []string) (p person, err error) {
	var wrong sheet.Faults
	p.number, err = sheet.ParseNumber(sh.Field(row, 0))
	wrong.Add(err)
	name, err := sheet.ParseLabel("name", sh.Field(row, 1), maxNameBytes)
	wrong.Add(err)
	if p.name = sheet.Mask(name); p.name == "" && err == nil {
		wrong.Add(errors.New("the name is empty"))
	}
	p.birthYear, err = sheet.ParseBirthYear(sh.Field(row, 2), a.now())
	wrong.Add(err)
	p.district, err = sheet.ParseLabel("district", sh.Field(row, 3), maxDistrictBytes)
	wrong.Add(err)
	p.status, err = sheet.ParseStatus(sh.Field(row, 4))
	wrong.Add(err)
	until, err := sheet.ParseUntil(sh.Field(row, 5), a.Zone)
	wrong.Add(err)
	p.validUntil = until.Unix()
	return p, wrong.Err()
}

package authority

import (
	"context"
	"database/sql"
	"errors"
	"io"

	"postern/sync/sheet"
)

// tableKind is what one kind of table needs to get into the ledger: a roster or
// results.
type tableKind struct {
	columns []string
	staged  string // SQL: the columns of staging.line
	insert  string // SQL: puts a row there
	put     func(context.Context, *staging, sheet.Row) error
	merge   func(context.Context, *sql.Tx, *sheet.Report) error // from the staging into the ledger
}

// importTable reads the whole table into a staging, and only then changes the
// ledger, in one transaction: all rows are taken or none.
func (r *Roster) importTable(ctx context.Context, from io.Reader, k tableKind) (report sheet.Report, err error) {
	sh, err := sheet.Open(ctx, from, r.dir, k.columns...)
	if err != nil {
		return report, err
	}
	defer sh.Close()
	s, err := newStaging(ctx, r.ledger, r.dir, k.staged)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.prepareInsert(ctx, k.insert); err != nil {
		return report, err
	}
	report.Notes = sh.Notes()
	report.Rows, err = sh.Each(ctx, func(row sheet.Row) error { return k.put(ctx, s, row) })
	if err != nil {
		return report, err
	}
	if err := s.filled(ctx); err != nil {
		return report, err
	}
	err = s.inLedger(ctx, func(tx *sql.Tx) error { return k.merge(ctx, tx, &report) })
	return report, err
}

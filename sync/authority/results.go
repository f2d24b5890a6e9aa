package authority

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"time"

	"postern/sync/pass"
	"postern/sync/sheet"
)

// Columns of laboratory results.
var resultColumns = []string{"number", "kind", "result", "taken_at"}

// clockSlack is how far ahead of the authority's clock a laboratory's may be.
const clockSlack = time.Hour

// ImportResults reads laboratory results, CSV with the columns
// number,kind,result,taken_at in any order. Of each person the latest test
// counts; of several in one minute the one that asks for most care. Results of
// numbers that are not in the roster are left out and noted: a laboratory tests
// visitors too, and the rest of its file must not wait for them. With bad lines
// the error is *[sheet.BadLines] and nothing changes.
func (r *Roster) ImportResults(ctx context.Context, from io.Reader) (sheet.Report, error) {
	report, err := r.importTable(ctx, from, tableKind{
		columns: resultColumns,
		staged: `number TEXT PRIMARY KEY, line INTEGER NOT NULL, minute INTEGER NOT NULL,
			kind INTEGER NOT NULL, result INTEGER NOT NULL, care INTEGER NOT NULL`,
		insert: `INSERT INTO staging.line VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
			SET line = excluded.line, minute = excluded.minute, kind = excluded.kind, result = excluded.result, care = excluded.care
			WHERE (excluded.minute, excluded.care) > (line.minute, line.care)`,
		put:   r.putTest,
		merge: mergeTests,
	})
	if err != nil {
		return sheet.Report{}, fmt.Errorf("import results: %w", err)
	}
	return report, nil
}

// putTest puts one row of results into the staging.
func (r *Roster) putTest(ctx context.Context, s *staging, row sheet.Row) error {
	number, t, err := r.parseTest(row)
	if err != nil {
		return err
	}
	_, err = s.put.ExecContext(ctx, number, row.Line, t.At.Unix()/60, t.Kind, t.Result, care(t.Result))
	return err
}

// mergeTests gives the people of the ledger their newer tests.
func mergeTests(ctx context.Context, tx *sql.Tx, report *sheet.Report) (err error) {
	report.Changed, err = count(ctx, tx, `UPDATE person SET test_minute = l.minute, test_kind = l.kind, test_result = l.result
		FROM staging.line AS l WHERE person.number = l.number
		AND (l.minute, l.care) > (person.test_minute, `+careOf("person.test_result")+`)`)
	if err != nil {
		return err
	}
	note, err := strangers(ctx, tx)
	if note != "" {
		report.Notes = append(report.Notes, note)
	}
	return err
}

// care orders results by the care that they ask for: negative, inconclusive,
// positive. What has no meaning counts as positive.
func care(r pass.Result) int {
	switch r {
	case pass.Negative:
		return 0
	case pass.Inconclusive:
		return 1
	}
	return 2
}

// careOf is care in SQL, of the result in a column.
func careOf(column string) string {
	return fmt.Sprintf("CASE %s WHEN %d THEN 0 WHEN %d THEN 1 ELSE 2 END", column, pass.Negative, pass.Inconclusive)
}

// parseTest reads one line, and says everything that is wrong with it.
func (r *Roster) parseTest(row sheet.Row) (number string, t pass.Test, err error) {
	var wrong []error
	number, err = sheet.ParseNumber(row.Field(0))
	wrong = append(wrong, err)
	t.Kind, err = sheet.ParseKind(row.Field(1))
	wrong = append(wrong, err)
	t.Result, err = sheet.ParseResult(row.Field(2))
	wrong = append(wrong, err)
	switch t.At, err = sheet.ParseMinute(row.Field(3), r.clock.Zone); {
	case err != nil:
		wrong = append(wrong, fmt.Errorf("taken_at: %w", err))
	case t.At.After(r.clock.Now().Add(clockSlack)):
		wrong = append(wrong, fmt.Errorf("taken_at: %s has not come yet; is the time zone right?", row.Field(3)))
	}
	return number, t, sheet.Bad(wrong...)
}

// strangers says how many numbers are not in the roster, and where the first of them stand.
func strangers(ctx context.Context, q querier) (string, error) {
	const unknown = "FROM staging.line AS l WHERE NOT EXISTS (SELECT 1 FROM person WHERE person.number = l.number)"
	var n int
	if err := q.QueryRowContext(ctx, "SELECT count(*) "+unknown).Scan(&n); err != nil || n == 0 {
		return "", err
	}
	rows, err := q.QueryContext(ctx, "SELECT l.line "+unknown+" ORDER BY l.line LIMIT 10")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	note := fmt.Sprintf("results of %d numbers that are not in the roster were left out; lines", n)
	for rows.Next() {
		var line int
		if err := rows.Scan(&line); err != nil {
			return "", err
		}
		note += fmt.Sprintf(" %d", line)
	}
	if n > 10 {
		note += " …"
	}
	return note, rows.Err()
}

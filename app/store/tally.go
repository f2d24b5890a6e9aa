package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"postern/app/gate"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// tallySchema is what is counted with each entry, in its transaction: it
// stays when entries are forgotten, and a day's numbers need no look at its
// entries. quarter is the device's time, Unix seconds / 900; see gate.Tally.
// counted holds the trusted time of each override of the quota, Unix milliseconds.
const tallySchema = `;
CREATE TABLE IF NOT EXISTS counts (
	quarter INTEGER NOT NULL,
	kind    INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	reason  TEXT NOT NULL,
	n       INTEGER NOT NULL,
	PRIMARY KEY (quarter, kind, outcome, reason)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passages (
	quarter INTEGER PRIMARY KEY,
	came    INTEGER NOT NULL,
	went    INTEGER NOT NULL,
	stayed  INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS gaps (
	quarter INTEGER NOT NULL,
	step    INTEGER NOT NULL,
	n       INTEGER NOT NULL,
	PRIMARY KEY (quarter, step)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS traffic (month TEXT PRIMARY KEY, down INTEGER NOT NULL, up INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counted (at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS counted_at ON counted (at)`

const quarterSeconds = int64(gate.Quarter / time.Second)

// quarterOf rounds down, before 1970 too.
func quarterOf(t time.Time) int64 {
	s := t.Unix()
	return (s - ((s%quarterSeconds)+quarterSeconds)%quarterSeconds) / quarterSeconds
}

func quarterTime(q int64) time.Time { return time.Unix(q*quarterSeconds, 0).UTC() }

// count brings the tables up to an entry that the transaction has just written.
func (j *journalFile) count(ctx context.Context, tx *sql.Tx, e journal.Entry, d gate.Draft) error {
	q := quarterOf(e.Time)
	_, err := tx.ExecContext(ctx, `INSERT INTO counts VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1`,
		q, e.Kind, e.Outcome, gate.CountedReason(e))
	if err == nil && e.Kind == journal.Headcount {
		_, err = tx.ExecContext(ctx, "DELETE FROM passages")
	}
	if err == nil && gate.Passes(e) {
		err = countPassage(ctx, tx, q, e.Way)
	}
	if step, waited := gate.Gap(j.lastCheck, e.Time); err == nil && e.Kind == journal.Check && waited {
		_, err = tx.ExecContext(ctx, "INSERT INTO gaps VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1", q, step)
	}
	if err == nil && d.Counted {
		at := d.Trusted
		if at.IsZero() {
			at = e.Time
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO counted VALUES (?)", at.UnixMilli())
	}
	return err
}

func countPassage(ctx context.Context, tx *sql.Tx, quarter int64, w journal.Way) error {
	in, out := 0, 0
	if w == journal.In {
		in = 1
	} else {
		out = 1
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO passages VALUES (?1, ?2, ?3, ?2) ON CONFLICT DO UPDATE
		SET came = came + ?2, went = went + ?3, stayed = max(stayed + ?2 - ?3, 0)`, quarter, in, out)
	return err
}

// Tally gives the counts of [from, to).
func (s *Store) Tally(ctx context.Context, from, to time.Time) (t gate.Tally, err error) {
	if s.readOnly {
		return t, fmt.Errorf("count entries: %w", ErrReadOnly)
	}
	err = s.journal.use(ctx, func() error { return s.journal.tally(ctx, quarterOf(from), quarterOf(to), &t) })
	if err != nil {
		return gate.Tally{}, fmt.Errorf("count entries: %w", explain(err))
	}
	return t, nil
}

func (j *journalFile) tally(ctx context.Context, from, to int64, t *gate.Tally) error {
	err := j.each(ctx, "SELECT quarter, kind, outcome, reason, n FROM counts WHERE quarter >= ? AND quarter < ? ORDER BY 1, 2, 3, 4", from, to, func(r *sql.Rows) error {
		var c gate.Count
		var q int64
		err := r.Scan(&q, &c.Kind, &c.Outcome, &c.Reason, &c.N)
		if c.Outcome > verdict.Refuse {
			err = errDamaged
		}
		c.Quarter = quarterTime(q)
		t.Counts = append(t.Counts, c)
		return err
	})
	if err == nil {
		err = j.each(ctx, "SELECT quarter, came, went, stayed FROM passages WHERE quarter >= ? AND quarter < ? ORDER BY 1", from, to, func(r *sql.Rows) error {
			var p gate.Passage
			var q int64
			err := r.Scan(&q, &p.In, &p.Out, &p.Stayed)
			p.Quarter = quarterTime(q)
			t.Passages = append(t.Passages, p)
			return err
		})
	}
	if err == nil {
		err = j.each(ctx, "SELECT step, sum(n) FROM gaps WHERE quarter >= ? AND quarter < ? GROUP BY step", from, to, func(r *sql.Rows) error {
			var step, n int
			if err := r.Scan(&step, &n); err != nil || step < 0 || step >= len(t.Gaps) {
				return err
			}
			t.Gaps[step] = n
			return nil
		})
	}
	return err
}

// each runs f on every row. It runs under use.
func (j *journalFile) each(ctx context.Context, query string, from, to int64, f func(*sql.Rows) error) error {
	rows, err := j.db.QueryContext(ctx, query, from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Overrides counts those of the quota after a trusted time.
func (s *Store) Overrides(ctx context.Context, since time.Time) (n int, err error) {
	if s.readOnly {
		return 0, fmt.Errorf("count overrides: %w", ErrReadOnly)
	}
	err = s.journal.use(ctx, func() error {
		return s.journal.db.QueryRowContext(ctx, "SELECT count(*) FROM counted WHERE at > ?", since.UnixMilli()).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count overrides: %w", explain(err))
	}
	return n, nil
}

// Traffic gives what AddTraffic added up for a month.
func (s *Store) Traffic(ctx context.Context, month string) (t gate.Traffic, err error) {
	if s.readOnly {
		return t, fmt.Errorf("read traffic: %w", ErrReadOnly)
	}
	err = s.journal.use(ctx, func() error {
		return s.journal.db.QueryRowContext(ctx, "SELECT down, up FROM traffic WHERE month = ?", month).Scan(&t.Down, &t.Up)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return gate.Traffic{}, fmt.Errorf("read traffic: %w", explain(err))
	}
	return t, nil
}

// AddTraffic adds up, and drops months that are long over.
func (s *Store) AddTraffic(ctx context.Context, month string, t gate.Traffic) error {
	if s.readOnly {
		return fmt.Errorf("count traffic: %w", ErrReadOnly)
	}
	ctx = context.WithoutCancel(ctx)
	err := s.journal.use(ctx, func() error {
		_, err := s.journal.db.ExecContext(ctx, `INSERT INTO traffic VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET down = down + ?2, up = up + ?3;
			DELETE FROM traffic WHERE month NOT IN (SELECT month FROM traffic ORDER BY month DESC LIMIT 12)`, month, t.Down, t.Up)
		return err
	})
	if err != nil {
		return fmt.Errorf("count traffic: %w", explain(err))
	}
	return nil
}

// keepCounts is how long counts stay: longer than any policy's quota asks.
const keepCounts = 9 * 24 * time.Hour

// pruneCounts drops counts that nobody asks for any more. now is trusted time:
// that of a device whose clock is ahead comes later, never earlier.
func (j *journalFile) pruneCounts(ctx context.Context, now time.Time) error {
	return j.use(ctx, func() error {
		before := quarterOf(now.Add(-keepCounts))
		for _, table := range []string{"counts", "passages", "gaps"} {
			if _, err := j.db.ExecContext(ctx, "DELETE FROM "+table+" WHERE quarter < ?", before); err != nil {
				return err
			}
		}
		_, err := j.db.ExecContext(ctx, "DELETE FROM counted WHERE at < ?", now.Add(-keepCounts).UnixMilli())
		return err
	})
}

// Duty gives what SaveDuty kept.
func (s *Store) Duty(ctx context.Context) (d gate.Duty, err error) {
	b, err := s.facts.one(ctx, factDuty)
	if err == nil && b != nil {
		err = json.Unmarshal(b, &d)
	}
	if err != nil {
		return gate.Duty{}, fmt.Errorf("read who is on duty: %w", explain(err))
	}
	return d, nil
}

// SaveDuty keeps d. It waits for no install.
func (s *Store) SaveDuty(ctx context.Context, d gate.Duty) error {
	if s.readOnly {
		return fmt.Errorf("save who is on duty: %w", ErrReadOnly)
	}
	b, err := json.Marshal(d)
	if err == nil {
		err = s.facts.write(ctx, change{factDuty: b})
	}
	if err != nil {
		return fmt.Errorf("save who is on duty: %w", explain(err))
	}
	return nil
}

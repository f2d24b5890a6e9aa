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

// detail is a verdict.Detail as notes hold it; what a policy says is not kept.
type detail struct {
	Ago   time.Duration `json:"ago,omitempty"`
	Asked time.Duration `json:"asked,omitempty"`
	At    time.Time     `json:"at,omitzero"`
	Rule  string        `json:"rule,omitempty"`
}

// addNote writes what stays beside an entry, where there is anything.
func addNote(ctx context.Context, tx *sql.Tx, id int64, d gate.Draft) error {
	var seq, prev, text any // NULL where there is none
	if d.After != (gate.EntryID{}) {
		seq, prev = int64(d.After.Seq), d.After.Prev[:]
	}
	if kept := (detail{d.Detail.Ago, d.Detail.Asked, d.Detail.At.UTC(), d.Detail.Rule}); kept != (detail{}) {
		b, err := json.Marshal(kept)
		if err != nil {
			return err
		}
		text = string(b)
	}
	if seq == nil && text == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO notes VALUES (?, ?, ?, ?)", id, seq, prev, text)
	return err
}

// Trail gives what belongs to an entry.
func (s *Store) Trail(ctx context.Context, e journal.Entry) (t gate.Trail, err error) {
	if s.readOnly {
		return t, fmt.Errorf("read trail: %w", ErrReadOnly)
	}
	err = s.journal.use(ctx, func() error {
		t, err = s.journal.trail(ctx, gate.EntryID{Seq: e.Seq, Prev: e.Prev})
		return err
	})
	if err != nil {
		return gate.Trail{}, fmt.Errorf("read trail: %w", explain(err))
	}
	return t, nil
}

// trail runs under use.
func (j *journalFile) trail(ctx context.Context, asked gate.EntryID) (gate.Trail, error) {
	n, ok, err := j.noted(ctx, asked)
	if err != nil || !ok {
		return gate.Trail{}, err
	}
	if n.after != (gate.EntryID{}) {
		if n, ok, err = j.noted(ctx, n.after); err != nil || !ok {
			return gate.Trail{}, err
		}
	}
	t := gate.Trail{Entry: n.entry, Detail: n.detail}
	rows, err := j.rows(ctx, "SELECT e.id, e.body, e.ref FROM notes AS n JOIN entries AS e ON e.id = n.id WHERE n.prev = ? ORDER BY n.id LIMIT ?", n.entry.Prev[:], gate.MaxDone)
	for _, r := range rows {
		e, err := r.entry()
		if err != nil {
			return t, err
		}
		t.Done = append(t.Done, e)
	}
	return t, err
}

// noted is an entry with its note.
type noted struct {
	entry  journal.Entry
	after  gate.EntryID
	detail verdict.Detail
}

// noted finds an entry in whichever chain has it. The few chains are tried by its
// number: the entry before tells which.
func (j *journalFile) noted(ctx context.Context, id gate.EntryID) (noted, bool, error) {
	rows, err := j.rows(ctx, "SELECT e.id, e.body, e.ref FROM chains AS c JOIN entries AS e ON e.id = (c.number << ?) + ?", seqBits, int64(id.Seq))
	if err != nil {
		return noted{}, false, err
	}
	for _, r := range rows {
		e, err := r.entry()
		if err != nil {
			return noted{}, false, err
		}
		if e.Prev == id.Prev {
			n, err := j.note(ctx, r.id)
			n.entry = e
			return n, true, err
		}
	}
	return noted{}, false, nil
}

// note reads the note of a row; empty where it has none.
func (j *journalFile) note(ctx context.Context, id int64) (n noted, err error) {
	var seq sql.NullInt64
	var prev []byte
	var text sql.NullString
	err = j.db.QueryRowContext(ctx, "SELECT seq, prev, detail FROM notes WHERE id = ?", id).Scan(&seq, &prev, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return n, nil
	}
	if err == nil && text.Valid {
		var d detail
		err = json.Unmarshal([]byte(text.String), &d)
		n.detail = verdict.Detail{Ago: d.Ago, Asked: d.Asked, At: d.At, Rule: d.Rule}
	}
	if err == nil && seq.Valid {
		n.after.Seq = uint64(seq.Int64)
		if copy(n.after.Prev[:], prev) != len(n.after.Prev) {
			err = errDamaged
		}
	}
	return n, err
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"time"

	"postern/app/gate"
	"postern/sync/journal"
)

// stepJournalGone is where the journal file was set aside or deleted, and no
// new one is open yet; tests stage failures and races there.
const stepJournalGone = "journal gone"

// settle makes appending possible: it opens the file where it is not open,
// goes on with the gate's newest chain or begins one, and records a loss first.
// What fails here is tried again by the next append. The caller holds the lock.
func (j *journalFile) settle(ctx context.Context) (began bool, err error) {
	j.unsure = true
	if j.shut {
		if err := j.open(ctx); err != nil {
			return false, err
		}
	}
	if began, err = j.follow(ctx); err != nil {
		return began, err
	}
	if j.lost != nil && j.chain.seq == 0 {
		if _, err := j.add(ctx, *j.lost); err != nil {
			j.unsure = true
			return began, err
		}
	}
	j.lost = nil
	return began, nil
}

// follow goes on with the newest chain of the gate, or begins one. It holds
// the end of the chain against its hashes. The caller holds the lock.
func (j *journalFile) follow(ctx context.Context) (began bool, err error) {
	if err = j.reload(ctx); !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	var id journal.ChainID
	if _, err := io.ReadFull(j.random, id[:]); err != nil {
		return false, err
	}
	if _, err := j.db.ExecContext(ctx, "INSERT INTO chains (gate, id) VALUES (?, ?)", j.gate, id[:]); err != nil {
		return false, err
	}
	return true, j.reload(ctx)
}

// replace sets a damaged file aside and begins a chain in an empty one, whose
// first entry is lost. Nothing that was known of the old file counts any more,
// however far this gets. The caller holds the lock, so that no check comes in
// between.
func (j *journalFile) replace(ctx context.Context, now time.Time, lost gate.Draft) error {
	j.forget()
	_ = j.db.Close() // it may complain about the damage
	j.lost = &lost
	if err := setAside(j.path, now); err != nil {
		return err
	}
	return j.openAnew(ctx)
}

// erase begins an empty file, and a chain in it. The caller holds the lock.
func (j *journalFile) erase(ctx context.Context) error {
	j.forget()
	if err := j.db.Close(); err != nil {
		return err
	}
	for _, path := range []string{j.path, j.path + "-wal"} {
		if err := removeIfThere(path); err != nil {
			return err
		}
	}
	return j.openAnew(ctx)
}

// forget is what comes before the file goes; settle makes it good.
func (j *journalFile) forget() {
	j.shut, j.unsure, j.chain, j.lost = true, true, chainHead{}, nil
}

func (j *journalFile) openAnew(ctx context.Context) error {
	if err := j.step(stepJournalGone); err != nil {
		return err
	}
	_, err := j.settle(ctx)
	return err
}

package store

import (
	"context"
	"fmt"
)

// Steps are the places of an install at which tests stage a failure.
var Steps = []string{stepBegin, stepBuilt, stepCommitted, stepPublished, stepSwept}

// Committed is the first step from which the new version counts.
const Committed = stepCommitted

// JournalGone is the step at which the journal file is away and no new one is open.
const JournalGone = stepJournalGone

// SetFault stages failures; f is called at every step.
func (s *Store) SetFault(f func(step string) error) { s.fault = f }

// Hurry lets appends go without a sync, to fill a journal; Unhurry ends that.
func (s *Store) Hurry(ctx context.Context) error   { return s.synchronous(ctx, "OFF") }
func (s *Store) Unhurry(ctx context.Context) error { return s.synchronous(ctx, "FULL") }

func (s *Store) synchronous(ctx context.Context, level string) error {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	_, err := s.journal.db.ExecContext(ctx, "PRAGMA synchronous="+level)
	return err
}

// Notes counts what stays beside entries.
func (s *Store) Notes(ctx context.Context) (n int, err error) {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	err = s.journal.db.QueryRowContext(ctx, "SELECT count(*) FROM notes").Scan(&n)
	return n, err
}

// LimitJournal makes the journal file full at its present size and a few pages more.
func (s *Store) LimitJournal(ctx context.Context, more int) error {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	var pages int
	if err := s.journal.db.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return err
	}
	_, err := s.journal.db.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count(%d)", pages+more))
	return err
}

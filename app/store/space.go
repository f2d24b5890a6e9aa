package store

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"postern/app/gate"
)

// reserveSize is what the file called reserve holds back from the rest of the
// disk: about 30,000 entries.
const reserveSize = 16 << 20

// reserve is a file of real blocks that is deleted when the disk is full, so
// that recording is the last thing to stop.
type reserve struct {
	mu   sync.Mutex
	path string
}

// restore makes the file where it is not whole. It asks for twice the space
// and gives half of it back, so that a disk at its edge is not filled again.
func (r *reserve) restore() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if info, err := os.Stat(r.path); err == nil && info.Size() == reserveSize {
		return nil
	}
	draft := r.path + ".new"
	f, err := os.OpenFile(draft, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = allocate(f, 2*reserveSize)
	if err == nil {
		err = f.Truncate(reserveSize)
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(draft, r.path)
	}
	if err != nil {
		return errors.Join(err, removeIfThere(draft))
	}
	return nil
}

func (r *reserve) release() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return removeIfThere(r.path)
}

// fill takes blocks by writing them, with bytes that no file system makes smaller.
func writeBlocks(f *os.File, size int64) error {
	chunk := make([]byte, 1<<20)
	x := uint64(0x9e3779b97f4a7c15)
	for i := range chunk { // xorshift: any noise will do
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		chunk[i] = byte(x >> 24)
	}
	for at := int64(0); at < size; at += int64(len(chunk)) {
		if _, err := f.WriteAt(chunk[:min(int64(len(chunk)), size-at)], at); err != nil {
			return err
		}
	}
	return f.Sync()
}

// tendReserve restores the reserve, or raises the problem that it is missing.
func (s *Store) tendReserve() {
	s.setProblem(gate.DiskNearlyFull, s.reserve.restore() != nil)
}

// forgetReceipted makes room inside the journal: it drops every entry that the
// hub has, and empties the write-ahead log. On a full disk either may fail;
// the append that follows will tell.
func (s *Store) forgetReceipted(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	_ = s.journal.checkpoint(ctx)
	_ = s.journal.prune(ctx, forever)
	_ = s.journal.checkpoint(ctx)
}

// useReserve gives the reserve to the journal.
func (s *Store) useReserve(ctx context.Context) {
	s.setProblem(gate.DiskNearlyFull, true)
	_ = s.reserve.release()
	s.forgetReceipted(ctx)
}

// checkpoint moves the write-ahead log into the file and cuts it to nothing.
func (j *journalFile) checkpoint(ctx context.Context) error {
	return j.use(ctx, func() error {
		_, err := j.db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		return err
	})
}

// forever is later than every entry, in milliseconds.
const forever = 1<<63 - 1

// pruneStep bounds how long one deletion holds the journal.
const pruneStep = 500

// prune drops entries that were made before a time (Unix milliseconds, trusted
// where there was trusted time) and that nobody needs: the hub has them, or
// the gate was not enrolled and they can never be sent. The newest of each
// chain stays, since the next one follows it. Checks go on in between.
func (j *journalFile) prune(ctx context.Context, before int64) error {
	for more := true; more; {
		err := j.use(ctx, func() (err error) {
			more, err = j.pruneSome(ctx, before)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// pruneSome runs under use.
func (j *journalFile) pruneSome(ctx context.Context, before int64) (more bool, err error) {
	chains, err := j.chains(ctx)
	if err != nil {
		return false, err
	}
	for _, c := range chains {
		through := c.through
		if c.gate == "" {
			through = c.newest
		}
		if c.newest == 0 {
			continue
		}
		done, err := j.db.ExecContext(ctx, `DELETE FROM entries WHERE coalesce(trusted, at) < ? AND id IN (
			SELECT id FROM entries WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)`,
			before, entryID(c.number, 0), entryID(c.number, min(through, c.newest-1)), pruneStep)
		if err != nil {
			return false, err
		}
		if n, err := done.RowsAffected(); err == nil && n == pruneStep {
			more = true
		}
	}
	return more, nil
}

// tendEvery is how often the store does what may wait.
const tendEvery = 10 * time.Minute

// startTending tends the store until Close, whose part it does too: the time
// that was trusted last is noted for programs that only look. ctx is that of
// Open, and may end long before the store does.
func (s *Store) startTending(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	tending, stop := context.WithCancel(ctx)
	s.stop = stop
	s.done.Go(func() {
		tick := time.NewTicker(tendEvery)
		defer tick.Stop()
		for {
			select {
			case <-tending.Done():
				_ = s.tendTrusted(ctx) // the journal has it too
				return
			case <-tick.C:
				_ = s.Tend(tending) // it is tried again; what fails for good shows in the view
			}
		}
	})
}

// Tend does what may wait, and what an open store does by itself every ten
// minutes: it drops receipted entries that no screen shows any more, forgets
// the tag keys of days that are over, and restores the reserve.
func (s *Store) Tend(ctx context.Context) error {
	if s.readOnly {
		return nil
	}
	s.tendReserve()
	var errs []error
	if trusted := s.Trusted(); !trusted.IsZero() {
		errs = append(errs, s.journal.prune(ctx, trusted.Add(-s.keep).UnixMilli()), s.journal.pruneCounts(ctx, trusted))
	}
	return errors.Join(append(errs, s.tendTrusted(ctx), s.dropTagKeys(ctx), s.finishWipe(ctx))...)
}

func (s *Store) tendTrusted(ctx context.Context) error {
	s.pulling.Lock()
	defer s.pulling.Unlock()
	return s.noteTrusted(ctx)
}

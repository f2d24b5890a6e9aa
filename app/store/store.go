// Package store is a gate's folder: who the gate is, what it pulled, and what
// it recorded, in SQLite files.
//
// An entry is on the disk when Append returns nil, and an update is current
// wholly or not at all, wherever the power goes. One program at a time may write
// to a folder; a second one gets ErrBusy. Nothing here verifies a signature:
// whoever calls Install has done so. Damage is never silent: a damaged file is
// set aside or its parts are refused, and the view's Problems say so.
//
//	gate.db            identity, verified metadata, trust list, policy, envelope, versions
//	journal.db         entries and receipts, and notes on entries that are never sent; beside it journal.db-wal
//	snapshot-<n>.db    status, tests and other issuers' lists, never changed once it is there
//	reserve            16 MiB that are given up when the disk is full
//	*.damaged-<time>   what was set aside, for an expert's eye
//	relay.json         what opens the barrier, where somebody wrote it: see app/relay
//	fetching           what a client keeps of a pull that was cut off
//
// Everything but gate.db and journal.db may be deleted while no program uses
// the folder. gate.db holds the gate's private keys. All are for their owner
// alone (mode 0600), and a wipe takes all.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"postern/app/gate"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/pass"
	"postern/sync/status"
	"postern/sync/verdict"
)

// Why a folder or a call was refused. Match with errors.Is.
var (
	ErrBusy     = errors.New("another program is using this gate folder; close it first")
	ErrReadOnly = errors.New("the gate folder cannot be written; make it writable and start again")
	ErrNoGate   = errors.New("there is no gate in this folder; enrol one first")
	ErrOlder    = errors.New("it is older than what is installed")
)

// Options of a store; the zero Options will do.
type Options struct {
	Now      func() time.Time // for retention and the names of files set aside; nil is time.Now
	Keep     time.Duration    // how long receipted entries stay for the screens; 0 is two days
	ReadOnly bool             // open for looking only, beside a program that is using the folder
	Random   io.Reader        // for the IDs of chains; nil is crypto/rand
}

// Store is an open gate folder. Its methods may be called from any goroutine.
type Store struct {
	dir      string
	now      func() time.Time
	keep     time.Duration
	random   io.Reader
	readOnly bool

	facts   *factFile
	journal *journalFile // nil where readOnly
	reserve reserve

	pulling sync.Mutex // orders Install, SaveIdentity and what else changes facts

	mu       sync.RWMutex // guards what follows; Status holds it while it reads
	parts    gate.Parts
	view     *gate.View
	snapshot *snapshotFile // nil: blind
	proven   time.Time     // newest time that was verified: of the snapshot or the envelope
	problems map[gate.Problem]bool
	stranded int       // entries that can never be sent
	noted    time.Time // trusted time as gate.db has it, for programs that only look

	fault func(step string) error // tests stage failures here; nil otherwise

	stop context.CancelFunc
	done sync.WaitGroup
}

var (
	_ gate.Store      = (*Store)(nil)
	_ client.Store    = (*Store)(nil)
	_ client.Rereader = (*Store)(nil)
)

// Open opens the gate in a folder, and makes an empty one where there is
// none. A damaged file does not make it fail: see the view's Problems. Nor
// does a folder that cannot be written, where there is a gate in it: then
// Append refuses. Its errors are for people.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	s := &Store{
		dir: dir, now: o.Now, keep: o.Keep, random: o.Random, readOnly: o.ReadOnly,
		view: &gate.View{}, problems: map[gate.Problem]bool{},
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.keep == 0 {
		s.keep = 48 * time.Hour
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	s.reserve.path = filepath.Join(dir, "reserve")
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open gate folder %s: %w", dir, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if !s.readOnly && !writable(s.dir) {
		s.readOnly = true
		s.problems[gate.ReadOnly] = true
	}
	if s.readOnly {
		return s.openForLooking(ctx)
	}
	// The journal first: its lock keeps a second program out before anything is touched.
	if err := s.openJournal(ctx); err != nil {
		return err
	}
	if err := s.openFacts(ctx); err != nil {
		return err
	}
	if err := s.load(ctx); err != nil {
		return err
	}
	if err := s.beginChain(ctx, s.problems[gate.JournalSetAside]); err != nil {
		return err
	}
	s.tendReserve()
	s.sweepSnapshots()
	s.sweepOldFetchDir()
	s.startTending(ctx)
	return s.finishWipe(ctx)
}

func (s *Store) openForLooking(ctx context.Context) error {
	path := filepath.Join(s.dir, factsName)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return ErrNoGate
	}
	f, err := openFacts(ctx, path, true)
	if err != nil {
		return err
	}
	s.facts = f
	return s.load(ctx)
}

// writable makes and removes a file in dir. A full disk counts as writable: room
// can be made there.
func writable(dir string) bool {
	if os.MkdirAll(dir, 0o700) != nil {
		return false
	}
	f, err := os.CreateTemp(dir, ".write-*")
	if err != nil {
		return isFullDisk(err)
	}
	f.Close()
	return os.Remove(f.Name()) == nil
}

// Close ends the store. What was appended stays; it needs no Close.
func (s *Store) Close() error {
	if s.stop != nil {
		s.stop()
		s.done.Wait()
	}
	s.pulling.Lock()
	defer s.pulling.Unlock()
	var errs []error
	if s.journal != nil {
		errs = append(errs, s.journal.close())
	}
	if s.facts != nil {
		errs = append(errs, s.facts.close())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.snapshot != nil {
		errs = append(errs, s.snapshot.close())
		s.snapshot = nil
	}
	return errors.Join(errs...)
}

// Names of the folder of half-fetched files: today's, and that of programs before it.
const (
	fetchDir    = "fetching"
	oldFetchDir = "partial"
)

// FetchDir is the folder in which a client keeps what came of a pull that was
// cut off. It may not be there; a wipe takes it along.
func (s *Store) FetchDir() string { return filepath.Join(s.dir, fetchDir) }

// sweepOldFetchDir removes a leftover. Half a pull is no loss: what cannot be
// removed now is tried again at the next start.
func (s *Store) sweepOldFetchDir() { _ = os.RemoveAll(filepath.Join(s.dir, oldFetchDir)) }

// View is what the gate currently goes by.
func (s *Store) View() *gate.View {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.view
}

// Status reads one entry of the installed snapshot. A block that is damaged
// gives an error, never an entry, and its damage becomes a Problem.
func (s *Store) Status(uri string, index uint64) (status.Entry, error) {
	e, err := s.lookUp(uri, index)
	if errors.Is(err, errDamaged) {
		s.setProblem(gate.SnapshotDamaged, true)
	}
	return e, err
}

func (s *Store) lookUp(uri string, index uint64) (status.Entry, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.snapshot == nil {
		return 0, status.ErrNoEntry
	}
	return s.snapshot.entry(uri, index)
}

// Foreign looks a pass up in the installed lists of its issuer. Damage is as with Status.
func (s *Store) Foreign(p *pass.Pass) (status.Finding, error) {
	f, err := s.find(p)
	if errors.Is(err, errDamaged) {
		s.setProblem(gate.SnapshotDamaged, true)
	}
	return f, err
}

func (s *Store) find(p *pass.Pass) (status.Finding, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.snapshot == nil {
		return status.Find(p, status.Lists(nil))
	}
	return s.snapshot.find(p)
}

// Trusted is the trusted time of the last entry, or the time of the newest
// snapshot or envelope, whichever is later. A store that is open for looking only
// cannot read the journal, and goes by what gate.db noted of it at most ten
// minutes before.
func (s *Store) Trusted() time.Time {
	s.mu.RLock()
	t, noted := s.proven, s.noted
	s.mu.RUnlock()
	if s.readOnly && noted.After(t) {
		return noted
	}
	if s.journal != nil {
		if last := s.journal.trusted(); last.After(t) {
			return last
		}
	}
	return t
}

// Identity is who this gate is; false where it is not enrolled.
func (s *Store) Identity(context.Context) (enrol.Identity, bool, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.parts.Identity, s.parts.Identity.Gate != "", nil
}

// publish makes parts and a snapshot (nil: none) current, and returns the
// snapshot that was current before, which nobody reads any more. An error
// changes nothing.
func (s *Store) publish(parts gate.Parts, file *snapshotFile) (old *snapshotFile, err error) {
	parts.Snapshot = verdict.Snapshot{}
	if file != nil {
		parts.Snapshot = file.about.verdict()
	}
	view, err := gate.NewView(parts)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, s.snapshot = s.snapshot, file
	s.parts = parts
	s.proven = parts.Snapshot.Made
	if e := parts.Envelope; e != nil && e.Made.After(s.proven) {
		s.proven = e.Made
	}
	if old != file {
		s.problems[gate.SnapshotDamaged] = false
	}
	s.view = view.With(s.listProblems(), s.stranded)
	return old, nil
}

// setProblem raises or ends a problem, which the next View shows.
func (s *Store) setProblem(p gate.Problem, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.problems[p] == on {
		return
	}
	s.problems[p] = on
	s.view = s.view.With(s.listProblems(), s.stranded)
}

func (s *Store) hasProblem(p gate.Problem) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.problems[p]
}

func (s *Store) listProblems() []gate.Problem {
	var all []gate.Problem
	for p, there := range s.problems {
		if there {
			all = append(all, p)
		}
	}
	slices.Sort(all)
	return all
}

func (s *Store) step(name string) error {
	if s.fault == nil {
		return nil
	}
	return s.fault(name)
}

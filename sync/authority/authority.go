// Package authority turns a roster and laboratory results into passes and
// signed snapshots, and countersigns gates.
//
// This is the only package that loads issuer or metadata keys. Its folder is
// the city's: who copies it can sign passes and publish statuses, and who also
// knows the passphrase can replace trust list and policies. The folder holds
//
//	ledger.db          persons by ID number, gates with their secrets, epoch and tag keys; SQLite
//	keys/              root1-3, targets, tracing: wrapped by the passphrase; issuer, online, envelope: plain, mode 0600
//	repository/        what was published; Publish can make it again
//	publish.lock       empty; may be deleted
//
// All but the last two must be backed up.
//
// Importing changes the ledger only. Nothing reaches a gate before Publish, and
// nothing leaves the machine before Export.
package authority

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"postern/sync/policy/ready"
	"postern/sync/snapshot"
)

// Errors that callers match.
var (
	ErrExists     = errors.New("there is an authority in this folder already")
	ErrNone       = errors.New("there is no authority in this folder")
	ErrPassphrase = errors.New("the passphrase is wrong")
	ErrNoPerson   = errors.New("no such number in the roster")
	ErrNoGate     = errors.New("no such gate")
	ErrUsed       = errors.New("this enrolment code enrolled another device already")
	ErrExpired    = errors.New("this enrolment code has expired")
	ErrRequest    = errors.New("this is no enrolment request")
	ErrNotProven  = errors.New("the request does not prove the secret of its code")
	ErrNoPolicy   = errors.New("no such policy")
	ErrBusy       = errors.New("another program publishes or exports at this moment; try again")
)

// Options is what an authority works with. Open takes no notice of the first four.
type Options struct {
	City       map[string]string   // its name by language: zh, en
	Issuer     string              // iss of its passes
	IssuerName string              // for people; empty: the city's name
	ReceiptKey []ed25519.PublicKey // of the hubs

	Passphrase Passphrase       // asked for when a wrapped key is needed, once
	WorkFactor int              // logarithm of scrypt's cost for wrapped keys; 0: 18
	Rand       io.Reader        // nil: crypto/rand
	Now        func() time.Time // nil: time.Now
	Zone       *time.Location   // of times in rosters and results that name none; nil: time.Local
}

// Check says what is wrong with the options of a new authority, before anything is made.
func (o Options) Check() error {
	if o.Issuer == "" {
		return errors.New("the issuer has no name; give one with --issuer")
	}
	if o.WorkFactor < 0 || o.WorkFactor > maxWorkFactor {
		return fmt.Errorf("a work factor of %d is not possible; 0 to %d are, and 0 is the usual", o.WorkFactor, maxWorkFactor)
	}
	return nil
}

// Passphrase gives the passphrase when it is needed.
type Passphrase func() (string, error)

// Phrase is a passphrase that is known already.
func Phrase(s string) Passphrase { return func() (string, error) { return s, nil } }

// Authority is one open folder, by what it keeps. Its methods and those of its
// parts may be called from several processes at once, not from several goroutines.
type Authority struct {
	*folder

	Roster   Roster       // people, their tests and their passes
	Trust    TrustList    // whose signatures gates believe
	Revoked  RevokedLists // what other issuers revoke
	Policies Policies     // what places ask
	Gates    Gates        // who checks, and what each gate alone is told
}

// folder is what the parts of an authority share: its ledger, its keys and its clock.
type folder struct {
	Now  func() time.Time
	Zone *time.Location

	// ClockIsRight lets Publish go on where the last version was made after
	// Now, or very long before it.
	ClockIsRight bool

	dir    string
	ledger *sql.DB
	keys   *keyFolder
	random io.Reader
	step   func(name string) error // tests end a publish or export after any step
}

// The parts of an authority.
type (
	Roster       struct{ *folder }
	TrustList    struct{ *folder }
	RevokedLists struct{ *folder }
	Policies     struct{ *folder }
	Gates        struct{ *folder }
)

// Create makes an authority in dir, which must hold none: keys, ledger, trust
// list and the ready policies, signed. Publish makes the first snapshot.
func Create(ctx context.Context, dir string, o Options) (*Authority, error) {
	a, err := create(ctx, dir, o)
	if err != nil {
		return nil, fmt.Errorf("create authority: %w", err)
	}
	return a, nil
}

func create(ctx context.Context, dir string, o Options) (*Authority, error) {
	if Exists(dir) {
		return nil, fmt.Errorf("%w: %s", ErrExists, dir)
	}
	if err := o.Check(); err != nil {
		return nil, err
	}
	a := newAuthority(dir, o)
	if err := a.keys.create(); err != nil {
		return nil, err
	}
	// The ledger comes into being under another name: a folder with a ledger is whole.
	making := filepath.Join(dir, ledgerFile+".new")
	if err := a.found(ctx, making, o); err != nil {
		return nil, err
	}
	if err := os.Rename(making, filepath.Join(dir, ledgerFile)); err != nil {
		return nil, err
	}
	if err := a.keys.made(); err != nil {
		return nil, err
	}
	var err error
	a.ledger, err = openLedger(ctx, filepath.Join(dir, ledgerFile))
	return a, err
}

// Exists reports whether there is an authority in dir.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ledgerFile))
	return err == nil
}

// found fills a new ledger and signs root, trust list and policies.
func (a *folder) found(ctx context.Context, path string, o Options) (err error) {
	if err := removeLedger(path); err != nil {
		return err
	}
	if a.ledger, err = openLedger(ctx, path); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.ledger.Close()) }()
	t, err := a.firstTrust(o)
	if err != nil {
		return err
	}
	tx, err := a.ledger.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, name := range ready.Names {
		if err := putPolicy(ctx, tx, name, ready.Policy(name)); err != nil {
			return err
		}
	}
	if err := errors.Join(putTrust(ctx, tx, t), putSetting(ctx, tx, settingIssuer, []byte(o.Issuer))); err != nil {
		return err
	}
	root, err := a.signRoot()
	if err != nil {
		return err
	}
	if err := putRole(ctx, tx, roleFile{name: "root", version: 1, body: root}); err != nil {
		return err
	}
	if err := a.signTargets(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Open opens the authority in dir. The caller closes it.
func Open(ctx context.Context, dir string, o Options) (*Authority, error) {
	if !Exists(dir) {
		return nil, fmt.Errorf("open authority: %w: %s; make one with keygen", ErrNone, dir)
	}
	a := newAuthority(dir, o)
	var err error
	if a.ledger, err = openLedger(ctx, filepath.Join(dir, ledgerFile)); err != nil {
		return nil, fmt.Errorf("open authority: %w", err)
	}
	return a, nil
}

func newAuthority(dir string, o Options) *Authority {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	f := &folder{
		Now: o.Now, Zone: o.Zone, dir: dir, random: o.Rand,
		keys: &keyFolder{
			dir: filepath.Join(dir, "keys"), passphrase: o.Passphrase, workFactor: o.WorkFactor, random: o.Rand,
			held: make(map[string]crypto.PrivateKey),
		},
		step: func(string) error { return nil },
	}
	return &Authority{f, Roster{f}, TrustList{f}, RevokedLists{f}, Policies{f}, Gates{f}}
}

// Close closes the ledger.
func (a *Authority) Close() error { return a.ledger.Close() }

// now is the time of what is signed: UTC, whole seconds.
func (a *folder) now() time.Time { return a.Now().UTC().Truncate(time.Second) }

func (a *folder) firstTrust(o Options) (*snapshot.Trust, error) {
	name := o.IssuerName
	for _, language := range []string{"zh", "en"} {
		if name == "" {
			name = o.City[language]
		}
	}
	if name == "" {
		name = o.Issuer
	}
	return a.ownTrust(trustOf{city: o.City, issuer: o.Issuer, name: name, receipt: o.ReceiptKey})
}

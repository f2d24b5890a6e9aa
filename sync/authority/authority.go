// Package authority turns a roster and laboratory results into passes and
// signed snapshots, and countersigns gates.
//
// This is the only package that loads issuer or metadata keys. Whoever copies
// an authority's folder can sign passes and publish statuses; whoever also
// knows the passphrase can replace the trust list and the policies. The folder
// holds
//
//	ledger.db          people by ID number, gates with their secrets, epoch and tag keys; SQLite
//	keys/              root1-3, targets, tracing: wrapped by the passphrase; issuer, online, envelope: plain, mode 0600
//	repository/        what was published; Publish can make it again
//	publish.lock       empty; may be deleted
//
// All but the last two must be backed up.
//
// An open [Authority] has a part for each thing that the ledger keeps: the
// Roster, the Trust list, the Revoked lists of other issuers, the Policies and
// the Gates. What these change stays in the ledger. Nothing reaches a gate
// before Publish, and nothing leaves the machine before Export.
package authority

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"postern/sync/pass"
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

// Options is what an authority works with. Open does not look at the first four.
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

// CheckNew says what would keep Create from making an authority in dir, before
// anything is written. It asks for the passphrase.
func CheckNew(dir string, o Options) error {
	if Exists(dir) {
		return fmt.Errorf("%w: %s", ErrExists, dir)
	}
	if err := o.checkNames(); err != nil {
		return err
	}
	if o.WorkFactor < 0 || o.WorkFactor > maxWorkFactor {
		return fmt.Errorf("a work factor of %d is not possible; 0 to %d are, and 0 is the usual", o.WorkFactor, maxWorkFactor)
	}
	return newKeyFolder(dir, o).check()
}

// checkNames tries the names in a pass's signer and in a trust list, which bound them.
func (o Options) checkNames() error {
	if o.Issuer == "" {
		return errors.New("the issuer has no name; give one with --issuer")
	}
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // signs nothing
	if _, err := pass.NewSigner(o.Issuer, key); err != nil {
		return err
	}
	_, err := snapshot.EncodeTrust(&snapshot.Trust{
		Version: 1, City: o.City, Receipt: o.ReceiptKey, Issuers: []snapshot.Issuer{{ID: o.Issuer, Name: o.issuerName()}},
	})
	return err
}

// Passphrase gives the passphrase when it is needed.
type Passphrase func() (string, error)

// Phrase is a passphrase that is known already.
func Phrase(s string) Passphrase { return func() (string, error) { return s, nil } }

// Authority is one open folder. Several processes may have it open at once;
// within one, its methods and those of its parts are called from one goroutine
// at a time.
type Authority struct {
	Roster   *Roster       // people, their tests and their passes
	Trust    *TrustList    // whose signatures gates believe
	Revoked  *RevokedLists // what other issuers revoke
	Policies *Policies     // what places ask
	Gates    *Gates        // who checks, and what each gate alone is told

	*Publisher
	*Clock

	ledger *ledger
}

// Clock is the time that all parts go by.
type Clock struct {
	Now  func() time.Time
	Zone *time.Location // of times in tables that name none
}

// now is the time of what is signed: UTC, whole seconds.
func (c *Clock) now() time.Time { return c.Now().UTC().Truncate(time.Second) }

// Create makes an authority in dir, which must hold none: keys, ledger, trust
// list and the ready policies, signed. Publish makes the first snapshot.
func Create(ctx context.Context, dir string, o Options) (*Authority, error) {
	a, err := create(ctx, dir, o.withDefaults())
	if err != nil {
		return nil, fmt.Errorf("create authority: %w", err)
	}
	return a, nil
}

func create(ctx context.Context, dir string, o Options) (*Authority, error) {
	if o.Passphrase != nil {
		o.Passphrase = sync.OnceValues(o.Passphrase) // CheckNew asks for it too
	}
	if err := CheckNew(dir, o); err != nil {
		return nil, err
	}
	keys := newKeyFolder(dir, o)
	if err := keys.create(); err != nil {
		return nil, err
	}
	// The ledger is made under another name: a folder that has a ledger is complete.
	making := filepath.Join(dir, ledgerFile+".new")
	if err := found(ctx, making, keys, o); err != nil {
		return nil, err
	}
	if err := os.Rename(making, filepath.Join(dir, ledgerFile)); err != nil {
		return nil, err
	}
	if err := keys.made(); err != nil {
		return nil, err
	}
	return openWith(ctx, dir, keys, o)
}

// Exists reports whether there is an authority in dir.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ledgerFile))
	return err == nil
}

// found makes the ledger at path, with a signed root, trust list and policies in it.
func found(ctx context.Context, path string, keys *keyFolder, o Options) (err error) {
	if err := removeLedger(path); err != nil {
		return err
	}
	l, err := openLedger(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	f := &offline{ledger: l, keys: keys, clock: &Clock{Now: o.Now}}
	trust, err := f.firstTrust(o)
	if err != nil {
		return err
	}
	root, err := f.signRoot()
	if err != nil {
		return err
	}
	return l.change(ctx, func(tx *sql.Tx) error {
		for _, name := range ready.Names {
			if err := putPolicy(ctx, tx, name, ready.Policy(name)); err != nil {
				return err
			}
		}
		return errors.Join(
			putTrust(ctx, tx, trust),
			putSetting(ctx, tx, settingIssuer, []byte(o.Issuer)),
			putRole(ctx, tx, roleFile{name: metadata.ROOT, version: 1, body: root}),
			f.signTargets(ctx, tx),
		)
	})
}

// Open opens the authority in dir. The caller closes it.
func Open(ctx context.Context, dir string, o Options) (*Authority, error) {
	if !Exists(dir) {
		return nil, fmt.Errorf("open authority: %w: %s; make one with keygen", ErrNone, dir)
	}
	o = o.withDefaults()
	a, err := openWith(ctx, dir, newKeyFolder(dir, o), o)
	if err != nil {
		return nil, fmt.Errorf("open authority: %w", err)
	}
	return a, nil
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	return o
}

// openWith opens the ledger in dir and gives every part what it works with.
func openWith(ctx context.Context, dir string, keys *keyFolder, o Options) (*Authority, error) {
	l, err := openLedger(ctx, filepath.Join(dir, ledgerFile))
	if err != nil {
		return nil, err
	}
	clock := &Clock{Now: o.Now, Zone: o.Zone}
	signed := &offline{ledger: l, keys: keys, clock: clock}
	revoked := &RevokedLists{ledger: l}
	envelopes := &envelopes{keys: keys, clock: clock, random: o.Rand}
	return &Authority{
		Clock:    clock,
		Roster:   &Roster{ledger: l, keys: keys, clock: clock, random: o.Rand, dir: dir},
		Trust:    &TrustList{ledger: l, offline: signed},
		Revoked:  revoked,
		Policies: &Policies{ledger: l, offline: signed},
		Gates:    &Gates{ledger: l, clock: clock, random: o.Rand, envelopes: envelopes},
		Publisher: &Publisher{
			ledger: l, keys: keys, clock: clock, random: o.Rand, revoked: revoked, envelopes: envelopes,
			lock: newLock(dir), repository: newRepository(filepath.Join(dir, "repository")),
		},
		ledger: l,
	}, nil
}

// Close closes the ledger.
func (a *Authority) Close() error { return a.ledger.Close() }

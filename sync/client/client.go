// Package client is how a gate talks to its hub: it pulls snapshots and pushes
// the journal.
//
// The client installs only what it has verified against metadata that begins
// with the root pinned at enrolment. If the connection breaks at any byte, the
// installed snapshot stays whole.
package client

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/snapshot"
)

// Store is where a gate keeps what it pulled and what it must push. Every
// method may be called again after any failure. Each does its work wholly and
// durably, or not at all. One client uses a Store at a time, while the gate goes
// on checking with it.
type Store interface {
	// Installed is what the gate has; the zero Installed where it has nothing yet.
	Installed(ctx context.Context) (Installed, error)
	// Content reads the whole installed snapshot, to apply a delta to; the zero Content where there is none.
	Content(ctx context.Context) (*snapshot.Content, error)
	// Install makes everything that is set in u current at once.
	Install(ctx context.Context, u Update) error
	// Backlog gives the oldest entries past the last receipt, of one chain, at
	// most limit and at most about 512 KiB; First 0 where there are none.
	Backlog(ctx context.Context, limit int) (journal.Batch, error)
	// Acknowledge records that the hub holds all entries to r.Through. A lower
	// number than before changes nothing.
	Acknowledge(ctx context.Context, r journal.Receipt) error
}

// Installed is what a gate has. Metadata holds the newest verified metadata
// file per role, and Versions the highest version ever verified per role;
// both are in the gate's database, so that damaged files cannot lower them.
type Installed struct {
	Metadata map[string][]byte // role -> file: root, timestamp, snapshot, targets, online …; root.N for every root since the pinned one
	Versions map[string]int64
	Trust    []byte          // target trust/list as it came
	Policy   []byte          // target policy/<name> as it came
	Envelope []byte          // as it came
	Opened   *enrol.Envelope // Envelope, opened when it was verified; nil: none yet. Keys of past days may have been deleted from it
	Snapshot uint64          // version; 0 is none
	Made     time.Time
	Digest   [32]byte
	Foreign  [32]byte  // digest of the installed lists of other issuers; zero: none
	Pulled   time.Time // when a pull last succeeded, by the gate's clock; for people only
}

// Update is what one pull changes. Members that are nil or zero change nothing.
type Update struct {
	Metadata map[string][]byte
	Versions map[string]int64
	Trust    []byte
	Policy   []byte
	Envelope []byte
	Opened   *enrol.Envelope // of Envelope; set together with it, since only the client knows the key that signed it
	Content  *snapshot.Content
	Digest   [32]byte // of Content
	Pulled   time.Time

	Foreign       *snapshot.Foreign // other issuers' lists, all of them
	ForeignDigest [32]byte          // of Foreign
}

// Client talks to one hub for one gate. Only one goroutine may use it at a time:
// either call Pull and Push, or let Run call them.
type Client struct {
	Identity enrol.Identity
	Store    Store
	Now      func() time.Time // nil: time.Now

	// Dir holds files that were fetched in part, so that the next pull goes on
	// where this one broke off. Only the client writes there, and its files may
	// be deleted at any time. "": they are not kept.
	Dir  string
	HTTP *http.Client   // nil: see newHTTP
	Log  *slog.Logger   // nil: no log; it never names a person
	Rand func() float64 // for jitter, in [0, 1); nil: math/rand/v2

	// Traffic, where it is set, is called after each call to the hub with the
	// bytes of its bodies, as far as they came, from the goroutine that uses the
	// client.
	Traffic func(ctx context.Context, down, up int64)

	progress func(done, total int64) // of the files of a pull
	limit    int                     // entries in the next batch; 0: journal.MaxEntries
}

func (c *Client) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c *Client) random() float64 {
	if c.Rand == nil {
		return rand.Float64()
	}
	return c.Rand()
}

func (c *Client) log() *slog.Logger {
	if c.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.Log
}

// Package hub is the server: it serves what the authority published, carries
// enrolments, takes journals and gives receipts for them.
//
// The hub is trusted only to keep what it signed a receipt for. It has no
// issuer, metadata or envelope key. It verifies each batch with the gate's own
// key before it looks into it, and stores it durably before it gives a receipt.
// Two histories of one gate are never joined: the second is refused, kept as
// evidence and logged as an error.
package hub

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"golang.org/x/time/rate"
)

// Limits of what is done at once. A request beyond them is refused before any
// work is done on it.
const (
	maxInFlight   = 1024 // requests of all kinds
	maxJournals   = 64   // batches being verified and stored
	maxUploads    = 256  // batches being received, 1 MiB of memory each
	maxPerGate    = 2    // of them from one gate: the second may be the first, sent again
	maxEnrolments = 2    // countersignatures, a process each
	enrolRate     = 5    // a second, for all gates together
	enrolBurst    = 20
)

// Options is the parts and settings of a hub. Countersign, Log, Now and Version may be left out.
type Options struct {
	Store   Store
	Files   fs.FS              // metadata/ and targets/ as published, gates/ for envelopes; files must be io.ReadSeekers
	Receipt ed25519.PrivateKey // signs receipts; its public half is in the trust list
	// Countersign takes a gate's enrolment request to the authority and returns
	// the certificate and the first envelope. Its error wraps [ErrRefused] where
	// the authority refuses, and [ErrWaiting] where it has not decided yet. It
	// may be called any number of times with the same request. With nil every
	// enrolment waits.
	Countersign func(ctx context.Context, request []byte) (certificate, envelope []byte, err error)
	Log         *slog.Logger
	Now         func() time.Time
	Version     string // of the program, for /healthz
}

// Hub is an http.Handler. Make it with New. It starts no goroutine and needs no
// closing.
type Hub struct {
	Options
	mux        *http.ServeMux
	inFlight   limiter
	journals   limiter
	uploads    uploads
	enrolments limiter
	enrolRate  *rate.Limiter
	health     health
}

// New makes a hub.
func New(o Options) (*Hub, error) {
	if o.Store == nil || o.Files == nil || len(o.Receipt) != ed25519.PrivateKeySize {
		return nil, errors.New("make hub: it needs a store, files and a receipt key")
	}
	if o.Countersign == nil {
		o.Countersign = func(context.Context, []byte) ([]byte, []byte, error) { return nil, nil, ErrWaiting }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &Hub{
		Options: o, mux: http.NewServeMux(),
		inFlight: make(limiter, maxInFlight), journals: make(limiter, maxJournals), enrolments: make(limiter, maxEnrolments),
		enrolRate: rate.NewLimiter(enrolRate, enrolBurst),
	}
	h.routes()
	return h, nil
}

// handler responds to a request, or returns an error before it has written anything.
type handler func(w http.ResponseWriter, r *http.Request) error

func (h *Hub) routes() {
	for pattern, f := range map[string]handler{
		"GET /v1/metadata/{file}":         h.serveMetadata,
		"GET /v1/targets/{path...}":       h.serveTarget,
		"GET /v1/gates/{gate}/envelope":   h.serveEnvelope,
		"GET /v1/gates/{gate}/receipt":    h.serveReceipt,
		"POST /v1/gates/{gate}/enrolment": h.takeEnrolment,
		"POST /v1/gates/{gate}/journal":   h.takeJournal,
		"GET /healthz":                    h.serveHealth,
		"/":                               func(http.ResponseWriter, *http.Request) error { return errNoRoute },
	} {
		h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := f(w, r); err != nil {
				h.fail(w, r, err)
			}
		})
	}
}

// ServeHTTP serves one request.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.inFlight.enter() {
		shed(w)
		return
	}
	defer h.inFlight.leave()
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler {
				h.Log.Error("request panicked", "route", r.Pattern, "panic", p, "stack", string(debug.Stack()))
			}
			panic(http.ErrAbortHandler) // whatever was written is not whole
		}
	}()
	h.mux.ServeHTTP(w, r)
}

// limiter bounds how many requests do something at the same time.
type limiter chan struct{}

func (l limiter) enter() bool {
	select {
	case l <- struct{}{}:
		return true
	default:
		return false
	}
}

func (l limiter) full() bool { return len(l) == cap(l) }

func (l limiter) leave() { <-l }

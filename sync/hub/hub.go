// Package hub is the other end of the wire: it serves what the authority
// published, carries enrolments, takes journals and answers receipts.
//
// The hub is trusted with nothing but keeping what it signed a receipt for. It
// holds no issuer, metadata or envelope key; it verifies each batch with the
// gate's own key before it looks into it, and stores it durably before it
// answers. Two histories of one gate are never joined: the second is refused,
// kept as evidence and raised in the log.
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

// Limits of what is taken at once. Beyond them a request is shed before any
// work is done on it.
const (
	maxInFlight   = 1024 // requests of all kinds
	maxJournals   = 64   // batches at work
	maxUploads    = 256  // batches on their way in, 1 MiB of memory each
	maxPerGate    = 2    // of them from one gate: the second may be the first, sent again
	maxEnrolments = 2    // countersignatures, a process each
	enrolRate     = 5    // a second, for all gates together
	enrolBurst    = 20
)

// Options is what a hub is made of. Countersign, Log, Now and Version may be left out.
type Options struct {
	Store   Store
	Files   fs.FS              // metadata/ and targets/ as published, gates/ for envelopes; files must be io.ReadSeekers
	Receipt ed25519.PrivateKey // signs receipts; its public half stands in the trust list
	// Countersign takes a gate's enrolment request to the authority and brings
	// back the certificate and the first envelope. [ErrRefused] says that the
	// authority will not, [ErrWaiting] that it has not yet; the same request
	// may come any number of times. Nil: everything waits.
	Countersign func(ctx context.Context, request []byte) (certificate, envelope []byte, err error)
	Log         *slog.Logger
	Now         func() time.Time
	Version     string // of the program, for /healthz
}

// Hub is an http.Handler. Make it with New; it holds no goroutine.
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

// handler answers a request, or returns an error having written nothing.
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

// ServeHTTP answers one request.
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

// limiter counts what is in flight.
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

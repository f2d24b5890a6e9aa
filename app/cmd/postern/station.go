package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"postern/app/gate"
	"postern/app/station"
	"postern/app/store"
	"postern/sync/client"
)

// enrolTime is how long an enrolment waits for the authority's
// countersignature. Asking again later goes on with the same keys.
const enrolTime = 2 * time.Minute

// patienceTime is how long an enrolment may take before it says what it waits for.
const patienceTime = 3 * time.Second

// openStation opens the gate in a folder for a command, and enrols it first
// where the folder has no gate yet and there is a code. The caller closes it.
func (p *program) openStation(ctx context.Context, command, folder, code string) (*station.Station, error) {
	h := &hubProblem{out: p.stderr, command: command}
	s, err := station.Open(ctx, folder, station.Options{
		Program: command, Now: p.now, EnrolTime: enrolTime,
		Log:       slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Exchanged: h.exchanged,
	})
	if err != nil {
		return nil, err
	}
	h.wiped = s.Wiped
	if err := p.enrolWhereNew(ctx, s, command, folder, code); err != nil {
		return nil, errors.Join(err, s.Close(ctx))
	}
	return s, nil
}

func (p *program) enrolWhereNew(ctx context.Context, s *station.Station, command, folder, code string) error {
	switch _, enrolled, err := s.Identity(ctx); {
	case err != nil:
		return err
	case enrolled: // where it was wiped, what it recorded is still on its way, and the exchange says why
		return nil
	case code == "" && s.Wiped() != nil:
		return fmt.Errorf("open gate %s: %w", folder, wipedError(s.Wiped()))
	case code == "":
		return fmt.Errorf("open gate %s: %w; give it a code with --enrol", folder, store.ErrNoGate)
	}
	patience := time.AfterFunc(patienceTime, func() {
		fmt.Fprintf(p.stderr, "postern %s: waiting for the hub and its authority to answer the enrolment, %v at most\n", command, enrolTime)
	})
	defer patience.Stop()
	return s.Enrol(ctx, code)
}

// wipedError says that the authority took this gate back, and when.
func wipedError(w *gate.Wiped) error {
	by := "its authority"
	if city := w.City["en"]; city != "" {
		by += " (" + city + ")"
	}
	return fmt.Errorf("%s took the gate of %q out of service on %s and had it forget everything; to use this device again, ask for a new enrolment code and give it with --enrol",
		by, w.Place, w.At.Format("2006-01-02 15:04 UTC"))
}

// hubProblem says on standard error when the exchange with the hub begins to
// fail, when it fails for another reason, and when it works again; and once that
// the authority took the gate back. Only the goroutine of the exchange uses it.
type hubProblem struct {
	out     io.Writer
	command string
	code    client.Code // of the problem that was said last; empty: all is well
	wiped   func() *gate.Wiped
	told    bool // of the wipe
}

func (h *hubProblem) exchanged(s client.Status) {
	if w := h.wiped(); w != nil && !h.told {
		h.told = true
		fmt.Fprintf(h.out, "postern %s: %v\n", h.command, wipedError(w))
	}
	if s.LastError.Code == h.code {
		return
	}
	if h.code = s.LastError.Code; h.code == "" {
		fmt.Fprintf(h.out, "postern %s: the exchange with the hub works again\n", h.command)
		return
	}
	fmt.Fprintf(h.out, "postern %s: %s\n", h.command, s.LastError.Text)
}

package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"postern/sync/enrol"
)

// Enrol sends the gate's keys to the hub of code, waits while the authority
// has not countersigned them, and returns the first envelope. The identity
// must be stored before: the code works once, for these keys, and whoever asks
// again with them gets the answer again.
//
// The envelope is not verified yet, and need not be kept: the first Pull
// checks the root by its hash in code and fetches the envelope once more. A
// nil hc is one that suits a gate.
func Enrol(ctx context.Context, hc *http.Client, code enrol.Code, id enrol.Identity) (envelope []byte, err error) {
	c := &Client{Identity: id, HTTP: hc}
	body, err := id.Request(code.Secret)
	if err != nil {
		return nil, fmt.Errorf("enrol gate: %w", err)
	}
	for {
		a, err := c.call(ctx, request{
			method: http.MethodPost, path: c.gatePath("enrolment"), body: body, limit: maxEnvelope, stall: enrolTime,
		})
		if err == nil {
			envelope, err = enrolAnswer(a, id.Gate)
		}
		var busy *BusyError
		if !errors.As(err, &busy) {
			if err != nil {
				return nil, fmt.Errorf("enrol gate: %w", err)
			}
			return envelope, nil
		}
		if sleep(ctx, busy.After) != nil {
			return nil, fmt.Errorf("enrol gate: %w: %w", ErrWaiting, ctx.Err())
		}
	}
}

func enrolAnswer(a *answer, gate string) ([]byte, error) {
	switch a.code {
	case http.StatusOK, http.StatusCreated:
		if id, _, err := enrol.EnvelopeVersion(a.body); err != nil || id != gate {
			return nil, fmt.Errorf("%w: it sent no envelope of this gate", ErrGarbage)
		}
		return a.body, nil
	case http.StatusAccepted:
		return nil, &BusyError{retryAfter(a.header)}
	case http.StatusNotFound:
		return nil, fmt.Errorf("%w: it does not enrol gates", ErrGarbage)
	}
	return nil, problemOf(a)
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

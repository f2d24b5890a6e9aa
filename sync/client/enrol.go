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
// has not countersigned them, and returns the first envelope. The caller must
// store the identity before: the code works once, for these keys, and with the
// same keys Enrol may be called again.
//
// The envelope is not verified yet and need not be kept. The first Pull checks
// the root by its hash in code, and fetches the envelope again. With a nil hc it
// uses a client made for gates.
func Enrol(ctx context.Context, hc *http.Client, code enrol.Code, id enrol.Identity) (envelope []byte, err error) {
	c := &Client{Identity: id, HTTP: hc}
	body, err := id.Request(code.Secret)
	if err != nil {
		return nil, fmt.Errorf("enrol gate: %w", err)
	}
	for {
		reply, err := c.call(ctx, request{
			method: http.MethodPost, path: c.gatePath("enrolment"), body: body, limit: maxEnvelope, stall: enrolTime,
		})
		if err == nil {
			envelope, err = enrolReply(reply, id.Gate)
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

func enrolReply(reply *reply, gate string) ([]byte, error) {
	switch reply.code {
	case http.StatusOK, http.StatusCreated:
		if id, _, err := enrol.EnvelopeVersion(reply.body); err != nil || id != gate {
			return nil, fmt.Errorf("%w: it sent no envelope of this gate", ErrGarbage)
		}
		return reply.body, nil
	case http.StatusAccepted:
		return nil, &BusyError{retryAfter(reply.header)}
	case http.StatusNotFound:
		return nil, fmt.Errorf("%w: it does not enrol gates", ErrGarbage)
	}
	return nil, problemOf(reply)
}

// sleep waits for d. If ctx ends first, it returns the error of ctx.
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

package client

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"
)

// beginProbing notes that the hub is away, and plans the first probe.
func (r *runner) beginProbing() {
	r.away, r.probing.fails = true, 0
	r.probeLater(time.Now())
}

// probe asks a hub that is away, and reports whether it can be asked for something
// now. If at least one probe before was in vain, everything that failed is tried
// again at once.
func (r *runner) probe(ctx context.Context) bool {
	began := time.Now()
	err := r.c.probe(ctx)
	var busy *BusyError
	if ctx.Err() != nil {
		return false
	}
	if err != nil && !errors.Is(err, ErrBusy) {
		r.probing.fails++
		r.reportFailure(ctx, err)
		r.probeLater(began)
		return false
	}
	r.away = false
	for _, t := range []*task{&r.push, &r.pull} {
		if r.probing.fails > 0 && t.fails > 0 {
			*t = task{at: time.Now()}
		}
	}
	if errors.As(err, &busy) {
		r.holdFor(busy)
	}
	r.status.Reachable = true
	r.report(r.status)
	return r.free()
}

// probeLater plans the next probe after one that began at from.
func (r *runner) probeLater(from time.Time) {
	if r.status.Backlog > 0 {
		r.probing.at = from.Add(r.c.jitter(probeMin, probeMax))
	} else {
		r.probing.at = from.Add(r.backoff(r.probing.fails, backoffCap))
	}
}

// probe asks the hub for the smallest file of a pull. A reply that is no JSON is
// ErrGarbage: a network's login page responds to every request.
func (c *Client) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	reply, err := c.call(ctx, request{method: http.MethodGet, path: "/v1/metadata/timestamp.json", limit: maxTimestamp})
	if errors.Is(err, context.DeadlineExceeded) {
		return ErrUnreachable
	}
	if err != nil {
		return err
	}
	switch {
	case reply.code >= 500, reply.code == http.StatusTooManyRequests:
		return problemOf(reply)
	case (reply.code == http.StatusOK || reply.code == http.StatusNotFound) && bytes.HasPrefix(reply.body, []byte("{")):
		return nil
	}
	return ErrGarbage
}

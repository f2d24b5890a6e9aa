package client

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"
)

// beginProbing notes that the hub is away.
func (r *runner) beginProbing() {
	r.away, r.probing.fails = true, 0
	r.probeLater(time.Now())
}

// probe asks whether a hub that was away answers again. After probes in vain it
// was truly away: then everything that failed is due at once.
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

// probe asks the hub for the smallest file that every pull asks for. A login
// page that answers to everything is not the hub.
func (c *Client) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	a, err := c.call(ctx, request{method: http.MethodGet, path: "/v1/metadata/timestamp.json", limit: maxTimestamp})
	if errors.Is(err, context.DeadlineExceeded) {
		return ErrUnreachable
	}
	if err != nil {
		return err
	}
	switch {
	case a.code >= 500, a.code == http.StatusTooManyRequests:
		return problemOf(a)
	case (a.code == http.StatusOK || a.code == http.StatusNotFound) && bytes.HasPrefix(a.body, []byte("{")):
		return nil
	}
	return ErrGarbage
}

package client_test

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
)

// sized counts the bodies that really go over the wire.
type sized struct {
	http.RoundTripper
	down, up atomic.Int64
}

func (s *sized) RoundTrip(r *http.Request) (*http.Response, error) {
	s.up.Add(max(r.ContentLength, 0))
	answer, err := s.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(answer.Body, counter{&s.down}), answer.Body}
	}
	return answer, err
}

type counter struct{ n *atomic.Int64 }

func (c counter) Write(b []byte) (int, error) {
	c.n.Add(int64(len(b)))
	return len(b), nil
}

func TestTraffic(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	wire := &sized{RoundTripper: g.HTTP.Transport}
	g.HTTP = &http.Client{Transport: wire}
	var down, up int64
	g.Traffic = func(_ context.Context, d, u int64) { down, up = down+d, up+u }
	r := g.mustPull(t)
	if down < r.Bytes || down == 0 || down != wire.down.Load() || up != 0 {
		t.Errorf("a pull of %d bytes of files: %d down, %d up; the wire had %d", r.Bytes, down, up, wire.down.Load())
	}
	g.store.record(100, "x")
	if _, err := g.Push(t.Context()); err != nil {
		t.Fatal(err)
	}
	if up == 0 || up != wire.up.Load() || down != wire.down.Load() {
		t.Errorf("after a push: %d down, %d up; the wire had %d and %d", down, up, wire.down.Load(), wire.up.Load())
	}
}

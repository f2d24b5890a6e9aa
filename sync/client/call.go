package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
)

// Time-outs of a call. If no byte moves for stallTime, the hub counts as
// unreachable. As long as bytes move, a call may take any time.
const (
	dialTime   = 4 * time.Second
	stallTime  = 10 * time.Second
	enrolTime  = time.Minute     // a countersignature starts a process
	maxBusy    = 5 * time.Minute // the longest Retry-After that is obeyed, since a proxy may send any
	maxProblem = 4 << 10         // bytes of a reply that is an error
)

var errNotFound = errors.New("the hub has no such file")

// newHTTP makes a client for one hub: no proxy from the environment and no
// cookies, since a gate talks to the hub of its code and to nobody else; no
// compression, so that lengths are what was signed; few connections.
var newHTTP = sync.OnceValue(func() *http.Client {
	dialer := &net.Dialer{Timeout: dialTime, KeepAlive: 15 * time.Second}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    2 * dialTime,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        time.Minute,
			MaxResponseHeaderBytes: 16 << 10,
			DisableCompression:     true,
			ForceAttemptHTTP2:      true,
		},
	}
})

// request is one call to the hub.
type request struct {
	method string
	path   string // below the hub's address
	body   []byte
	header map[string]string
	limit  int64         // bytes of the reply's body
	stall  time.Duration // 0: stallTime
}

// reply is the hub's response with its whole body.
type reply struct {
	code   int
	header http.Header
	body   []byte
}

// call sends r and reads the reply, whatever its status code. Its errors are
// ErrUnreachable, ErrGarbage for more bytes than expected, and that of ctx.
func (c *Client) call(ctx context.Context, r request) (*reply, error) {
	response, end, err := c.open(ctx, r)
	if err != nil {
		return nil, err
	}
	defer end()
	limit := r.limit
	if response.StatusCode >= 300 {
		limit = max(limit, maxProblem)
	}
	b, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		return nil, unreachable(ctx, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%w: it sent more than %d bytes for %s", ErrGarbage, limit, r.path)
	}
	return &reply{code: response.StatusCode, header: response.Header, body: b}, nil
}

// open sends r and returns the response with its body still to be read. The
// caller must call end when it is done with the body.
func (c *Client) open(ctx context.Context, r request) (response *http.Response, end func(), err error) {
	watched, cancel := context.WithCancel(ctx)
	stall := r.stall
	if stall == 0 {
		stall = stallTime
	}
	watch := &watch{timer: time.AfterFunc(stall, cancel), stall: stall}
	release := func() {
		watch.timer.Stop()
		cancel()
		if down, up := watch.down.Load(), watch.up.Load(); c.Traffic != nil && down+up > 0 {
			c.Traffic(ctx, down, up)
		}
	}
	request, err := c.newRequest(watched, r, watch)
	if err != nil {
		release()
		return nil, nil, err
	}
	client := http.Client{Transport: c.transport(), CheckRedirect: noRedirect}
	response, err = client.Do(request)
	if err != nil {
		release()
		return nil, nil, unreachable(ctx, err)
	}
	body := response.Body
	response.Body = struct {
		io.Reader
		io.Closer
	}{watch.reader(body, &watch.down), body}
	return response, func() { body.Close(); release() }, nil
}

func (c *Client) transport() http.RoundTripper {
	if c.HTTP != nil {
		return c.HTTP.Transport
	}
	return newHTTP().Transport
}

// noRedirect follows no redirect. A hub sends none; a network's login page does.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func (c *Client) newRequest(ctx context.Context, r request, w *watch) (*http.Request, error) {
	base, err := url.Parse(c.Identity.Hub)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("call hub: %q is not the address of a hub; enrol the gate again", c.Identity.Hub)
	}
	var body io.Reader
	if r.body != nil {
		body = w.reader(bytes.NewReader(r.body), &w.up)
	}
	address := strings.TrimRight(base.String(), "/") + r.path
	request, err := http.NewRequestWithContext(ctx, r.method, address, body)
	if err != nil {
		return nil, fmt.Errorf("call hub: %w", err)
	}
	if r.body != nil {
		request.ContentLength = int64(len(r.body))
		request.Header.Set("Content-Type", "application/cbor")
	}
	request.Header.Set("User-Agent", "postern")
	for name, value := range r.header {
		request.Header.Set(name, value)
	}
	return request, nil
}

// watch cancels a call in which no byte moves for the time stall.
type watch struct {
	timer    *time.Timer
	stall    time.Duration
	down, up atomic.Int64 // bytes; the transport reads a request's body from its own goroutine
}

func (w *watch) reader(r io.Reader, n *atomic.Int64) io.Reader { return &watched{r, w, n} }

type watched struct {
	io.Reader
	watch *watch
	moved *atomic.Int64
}

func (r *watched) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if n > 0 {
		r.moved.Add(int64(n))
		r.watch.timer.Reset(r.watch.stall)
	}
	return n, err
}

// unreachable is the error of ctx where the caller ended the call, else
// ErrUnreachable.
func unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w: it gave no sign for a while", ErrUnreachable)
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

// fetch gets a file of at most limit bytes.
func (c *Client) fetch(ctx context.Context, path string, limit int64) ([]byte, error) {
	reply, err := c.call(ctx, request{method: http.MethodGet, path: path, limit: limit})
	if err != nil {
		return nil, err
	}
	if reply.code != http.StatusOK {
		return nil, problemOf(reply)
	}
	return reply.body, nil
}

// problemOf is the error of a reply that the caller does not expect.
func problemOf(reply *reply) error {
	switch {
	case reply.code == http.StatusServiceUnavailable || reply.code == http.StatusTooManyRequests:
		return &BusyError{retryAfter(reply.header)}
	case reply.code >= 500:
		return fmt.Errorf("%w: it answered %d %s", ErrBusy, reply.code, explanationIn(reply))
	case reply.code == http.StatusNotFound:
		return errNotFound
	case reply.code >= 400 && strings.HasPrefix(reply.header.Get("Content-Type"), "application/json"):
		return fmt.Errorf("%w: %s", ErrRefused, explanationIn(reply))
	}
	return fmt.Errorf("%w: it answered %d", ErrGarbage, reply.code)
}

// explanationIn is the hub's own explanation of an error. Characters that cannot
// be printed are replaced, so that it can be shown and logged.
func explanationIn(reply *reply) string {
	var p struct{ Error, Hint string }
	if err := json.Unmarshal(reply.body, &p); err != nil {
		return "(no explanation)"
	}
	text := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, p.Error+"; "+p.Hint)
	if len(text) > 400 {
		text = strings.ToValidUTF8(text[:400], "")
	}
	return text
}

// retryAfter reads a number of seconds. A date is ignored, since it would need
// two clocks that agree.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 31)
	if err != nil || seconds == 0 {
		return time.Second
	}
	return min(time.Duration(seconds)*time.Second, maxBusy)
}

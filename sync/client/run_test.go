package client_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"postern/sync/authority"
	"postern/sync/client"
)

// line is the network of a test: it carries requests to a handler in this
// process, in the time of a synctest bubble.
type line struct {
	mu      sync.Mutex
	handler http.Handler // nil: nobody answers
	hangs   bool         // nobody answers, and nothing says so
	calls   []call
}

type call struct {
	at     time.Time
	method string
	path   string
}

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	l.calls = append(l.calls, call{time.Now(), r.Method, r.URL.Path})
	handler, hangs := l.handler, l.hangs
	l.mu.Unlock()
	if hangs {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if handler == nil {
		return nil, errors.New("connection refused")
	}
	w := httptest.NewRecorder()
	served := r.Clone(r.Context())
	if served.Body == nil {
		served.Body = http.NoBody
	}
	handler.ServeHTTP(w, served)
	return w.Result(), nil
}

func (l *line) set(h http.Handler, hangs bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handler, l.hangs = h, hangs
}

// since gives the calls after t by method ("" is any) and how the path ends.
func (l *line) since(t time.Time, method, suffix string) (found []call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.calls {
		if c.at.After(t) && (method == "" || c.method == method) && strings.HasSuffix(c.path, suffix) {
			found = append(found, c)
		}
	}
	return found
}

// running is a gate whose Run goes on in a bubble.
type running struct {
	*gate
	line *line
	kick chan struct{}

	mu     sync.Mutex
	status client.Status
}

func (r *running) now() client.Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

func (r *running) record(n int) {
	r.store.record(n, "x")
	select {
	case r.kick <- struct{}{}:
	default:
	}
}

// inBubble runs f beside the Run of a gate of c.
func inBubble(t *testing.T, c *city, g *gate, seed uint64, f func(t *testing.T, r *running)) {
	synctest.Test(t, func(t *testing.T) {
		r := &running{gate: g, line: &line{handler: c.hub}, kick: make(chan struct{}, 1)}
		random := rand.New(rand.NewPCG(seed, 0))
		g.HTTP, g.Rand, g.Dir = &http.Client{Transport: r.line}, random.Float64, ""
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			g.Run(ctx, r.kick, func(s client.Status) {
				r.mu.Lock()
				r.status = s
				r.mu.Unlock()
			})
		}()
		f(t, r)
		cancel()
		<-done
	})
}

func TestRun(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.store.record(1, "x") // that the program started
	inBubble(t, c, g, 1, func(t *testing.T, r *running) {
		time.Sleep(5 * time.Second)
		if s := r.now(); !s.Reachable || s.LastError != (client.Problem{}) || s.Backlog != 0 || s.LastPull.IsZero() || s.LastPush.IsZero() {
			t.Errorf("after the start: %+v", s)
		}
		mustAgree(t, c, g)
		began := time.Now()
		time.Sleep(time.Hour)
		if n := len(r.line.since(began, "GET", "timestamp.json")); n < 4 || n > 8 {
			t.Errorf("%d pulls in an hour, by an envelope that says ten minutes", n)
		}
		if n := len(r.line.since(began, "POST", "journal")); n != 0 {
			t.Errorf("%d pushes of nothing", n)
		}
		for range 20 {
			r.record(1)
			time.Sleep(2*time.Second + time.Millisecond)
			mustAgree(t, c, g)
		}
		began = time.Now()
		for range 100 { // a busy minute
			r.record(1)
			time.Sleep(600 * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		mustAgree(t, c, g)
		if n := len(r.line.since(began, "POST", "journal")); n > 70 {
			t.Errorf("%d pushes for 100 entries", n)
		}
	})
}

// TestReturn takes the hub away for a while and counts from its return to the push.
func TestReturn(t *testing.T) {
	c := newCity(t)
	for name, hangs := range map[string]bool{"refuses": false, "is silent": true} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(10) {
				g := c.newGate()
				g.mustPull(t)
				inBubble(t, c, g, seed, func(t *testing.T, r *running) {
					random := rand.New(rand.NewPCG(seed, 1))
					time.Sleep(time.Minute)
					for range 4 { // a hub that comes and goes
						r.line.set(nil, hangs)
						for range random.IntN(3) + 1 {
							time.Sleep(time.Duration(random.Int64N(int64(10 * time.Minute))))
							r.record(1)
						}
						time.Sleep(time.Duration(random.Int64N(int64(time.Minute))) + 20*time.Second)
						if s := r.now(); s.Reachable || s.LastError.Code != "unreachable" || s.Backlog != g.store.waiting() {
							t.Fatalf("while the hub is away: %+v, %d wait", s, g.store.waiting())
						}
						back := time.Now()
						r.line.set(c.hub, false)
						time.Sleep(10 * time.Second)
						pushes := r.line.since(back, "POST", "journal")
						if len(pushes) == 0 || g.store.waiting() != 0 {
							t.Fatalf("seed %d: no push within ten seconds, %d wait", seed, g.store.waiting())
						}
					}
				})
			}
		})
	}
}

// TestLooking: a gate that looks for its hub does so with few and small requests.
func TestLooking(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	inBubble(t, c, g, 1, func(t *testing.T, r *running) {
		time.Sleep(time.Minute)
		r.line.set(nil, false)
		r.record(1)
		time.Sleep(time.Minute)
		began := time.Now()
		time.Sleep(time.Hour)
		looks := r.line.since(began, "GET", "timestamp.json")
		if n, all := len(looks), len(r.line.since(began, "", "")); n < 3600/8-1 || n > 3600/4+1 || n != all {
			t.Errorf("%d looks in an hour, %d requests in all", n, all)
		}
		for i := 1; i < len(looks); i++ {
			if d := looks[i].at.Sub(looks[i-1].at); d < 4*time.Second || d > 8*time.Second {
				t.Errorf("%v between two looks", d)
			}
		}
	})
}

// TestBackOff: with nothing to send, a gate gives a hub that is away more and more time, to a minute.
func TestBackOff(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	inBubble(t, c, g, 1, func(t *testing.T, r *running) {
		r.line.set(nil, false)
		began := time.Now()
		time.Sleep(time.Hour)
		if n := len(r.line.since(began, "GET", "")); n < 60 || n > 200 {
			t.Errorf("%d requests in an hour", n)
		}
		r.line.set(c.hub, false)
		time.Sleep(time.Minute)
		if s := r.now(); !s.Reachable || s.LastPull.IsZero() {
			t.Errorf("a minute after the hub's return: %+v", s)
		}
	})
}

// TestLoginPage: what answers is no hub, until somebody logs in.
func TestLoginPage(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	inBubble(t, c, g, 1, func(t *testing.T, r *running) {
		time.Sleep(time.Minute)
		r.line.set(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>Welcome") }), false)
		r.record(3)
		time.Sleep(3 * time.Hour)
		if s := r.now(); s.Reachable || s.LastError.Code != "not_a_hub" || s.Backlog != 3 {
			t.Errorf("at a login page: %+v", s)
		}
		r.line.set(c.hub, false)
		time.Sleep(10 * time.Second)
		mustAgree(t, c, g)
	})
}

// TestRetryAfter: a hub that sheds is not asked before it said, neither at work nor when looked for.
func TestRetryAfter(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	inBubble(t, c, g, 1, func(t *testing.T, r *running) {
		time.Sleep(time.Minute)
		r.line.set(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "100")
			w.WriteHeader(http.StatusServiceUnavailable)
		}), false)
		r.record(1)
		began := time.Now()
		time.Sleep(time.Hour)
		calls := r.line.since(began, "", "")
		for i := 1; i < len(calls); i++ {
			if d := calls[i].at.Sub(calls[i-1].at); d < 100*time.Second {
				t.Errorf("asked again after %v", d)
			}
		}
		if n := len(calls); n < 3600/130 || n > 36 {
			t.Errorf("%d requests in an hour", n)
		}
		if s := r.now(); !s.Reachable || s.LastError.Code != "busy" || s.Backlog != 1 {
			t.Errorf("with a busy hub: %+v", s)
		}
		r.line.set(c.hub, false)
		time.Sleep(130 * time.Second)
		mustAgree(t, c, g)
	})
}

// TestRefusedRun: a hub that refuses is asked less and less, and nothing is dropped.
func TestRefusedRun(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	inBubble(t, c, g, 1, func(t *testing.T, r *running) {
		time.Sleep(time.Minute)
		r.line.set(journals(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { jsonError(w, 403) })(c.hub), false)
		began := time.Now()
		for range 60 {
			r.record(1)
			time.Sleep(time.Minute)
		}
		if n := len(r.line.since(began, "POST", "journal")); n > 60 {
			t.Errorf("%d pushes in an hour to a hub that refuses", n)
		}
		if s := r.now(); s.LastError.Code != "refused" || g.store.waiting() != 60 {
			t.Errorf("%+v, %d wait", s, g.store.waiting())
		}
		r.line.set(c.hub, false)
		time.Sleep(11 * time.Minute)
		mustAgree(t, c, g)
	})
}

// TestHistory: news come before the rest of a long history, and its first part before them.
func TestHistory(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	g.store.record(7000, "x")
	inBubble(t, c, g, 1, func(t *testing.T, r *running) {
		r.line.set(nil, false)
		time.Sleep(12 * time.Hour)
		back := time.Now()
		r.line.set(c.hub, false)
		time.Sleep(10 * time.Second)
		mustAgree(t, c, g)
		pushes, pulls := r.line.since(back, "POST", "journal"), r.line.since(back, "GET", "envelope")
		if len(pushes) != 4 || len(pulls) != 1 {
			t.Fatalf("%d pushes, %d pulls", len(pushes), len(pulls))
		}
		order := ""
		r.line.mu.Lock()
		for _, call := range r.line.calls {
			if call.at.After(back) {
				switch {
				case call.method == "POST":
					order += "p"
				case strings.HasSuffix(call.path, "envelope"):
					order += "n"
				}
			}
		}
		r.line.mu.Unlock()
		if order != "pnppp" {
			t.Errorf("the order was %s", order)
		}
	})
}

// TestEnrolWaits: the authority takes its time.
func TestEnrolWaits(t *testing.T) {
	c := newCity(t)
	code, err := c.authority.Gates.Add(t.Context(), authority.NewGate{Hub: c.server.URL, Place: "south door", Policy: "residential", Direction: "both", Expiry: c.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	g := c.newGate()
	id := g.Identity
	id.Gate = code.GateID()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var asked []time.Duration
		l := &line{handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, time.Since(began))
			switch len(asked) {
			case 1:
				w.Header().Set("Retry-After", "30")
				w.WriteHeader(http.StatusAccepted)
			case 2:
				w.Header().Set("Retry-After", "60")
				w.WriteHeader(http.StatusServiceUnavailable)
			default:
				c.hub.ServeHTTP(w, r)
			}
		})}
		hc := &http.Client{Transport: l}
		if _, err := client.Enrol(t.Context(), hc, code, id); err != nil {
			t.Error(err)
		}
		if len(asked) != 3 || asked[1] < 30*time.Second || asked[2] < 90*time.Second {
			t.Errorf("asked after %v", asked)
		}
		l.set(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusAccepted) }), false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := client.Enrol(ctx, hc, code, id); !errors.Is(err, client.ErrWaiting) {
			t.Error(err)
		}
	})
}

// TestStalled: a hub that goes silent in the middle of an answer is given up.
func TestStalled(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	synctest.Test(t, func(t *testing.T) {
		l := &line{hangs: true}
		g.HTTP = &http.Client{Transport: l}
		began := time.Now()
		if _, err := g.Pull(t.Context()); !errors.Is(err, client.ErrUnreachable) || time.Since(began) > time.Minute {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := g.Pull(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("whoever asked has gone: %v", err)
		}
	})
}

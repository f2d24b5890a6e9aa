package client_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/hub"
	"postern/sync/hub/hubtest"
	"postern/sync/journal"
)

// held reads back what the hub holds of the gate, verified.
func (c *city) held(g *gate) (list []journal.Entry) {
	c.t.Helper()
	for r, err := range hub.Entries(c.t.Context(), c.store, g.Identity.Gate) {
		if err != nil {
			c.t.Fatal(err)
		}
		list = append(list, r.Entry)
	}
	return list
}

// mustAgree checks that the hub holds exactly what the gate recorded, and that the gate knows.
func mustAgree(t testing.TB, c *city, g *gate) {
	t.Helper()
	held := c.held(g)
	if len(held) != len(g.store.entries) || g.store.waiting() != 0 {
		t.Fatalf("the hub holds %d entries of %d, %d wait", len(held), len(g.store.entries), g.store.waiting())
	}
	for i, e := range held {
		if e.Hash() != g.store.entries[i].Hash() {
			t.Fatalf("entry %d is another at the hub", i+1)
		}
	}
}

func TestPush(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	if n, err := g.Push(t.Context()); n != 0 || err != nil {
		t.Errorf("nothing to push: %d, %v", n, err)
	}
	for _, n := range []int{1, 7, journal.MaxEntries, 2*journal.MaxEntries + 1} {
		g.store.record(n, "x")
		if got, err := g.Push(t.Context()); got != n || err != nil {
			t.Errorf("pushed %d of %d, %v", got, n, err)
		}
		mustAgree(t, c, g)
	}
}

func TestPushBeforePull(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.store.record(3, "x")
	if _, err := g.Push(t.Context()); !errors.Is(err, client.ErrWaiting) {
		t.Error(err)
	}
	if held := c.held(g); len(held) != 0 {
		t.Error("entries went out, though no receipt could be believed")
	}
	g.mustPull(t)
	if n, err := g.Push(t.Context()); n != 3 || err != nil {
		t.Error(n, err)
	}
}

// journals tampers with the journal route only.
func journals(f func(w http.ResponseWriter, r *http.Request, hub http.Handler)) func(http.Handler) http.Handler {
	return func(hub http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/journal") {
				f(w, r, hub)
				return
			}
			hub.ServeHTTP(w, r)
		})
	}
}

// TestPushCut cuts a push before the hub commits, after it, and in the middle of the receipt.
func TestPushCut(t *testing.T) {
	c := newCity(t)
	for name, f := range map[string]func(w http.ResponseWriter, r *http.Request, hub http.Handler){
		"before": func(w http.ResponseWriter, r *http.Request, hub http.Handler) { panic(http.ErrAbortHandler) },
		"in the body": func(w http.ResponseWriter, r *http.Request, hub http.Handler) {
			r.Body = io.NopCloser(io.LimitReader(r.Body, 100))
			hub.ServeHTTP(&keptAnswer{header: http.Header{}}, r)
			panic(http.ErrAbortHandler)
		},
		"after": func(w http.ResponseWriter, r *http.Request, hub http.Handler) {
			hub.ServeHTTP(&keptAnswer{header: http.Header{}}, r)
			panic(http.ErrAbortHandler)
		},
		"in the receipt": func(w http.ResponseWriter, r *http.Request, hub http.Handler) {
			cut("/journal", 8)(hub).ServeHTTP(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := c.newGate()
			g.mustPull(t)
			for range 5 {
				g.store.record(10, "x")
				c.tamper(journals(f))
				for range 2 {
					if n, err := g.Push(t.Context()); n != 0 || !errors.Is(err, client.ErrUnreachable) {
						t.Fatalf("pushed %d, %v", n, err)
					}
					g.store.record(3, "x") // the gate goes on
				}
				c.tamper(nil)
				if _, err := g.Push(t.Context()); err != nil {
					t.Fatal(err)
				}
				mustAgree(t, c, g)
			}
		})
	}
}

// TestReceipts: nothing but this hub's signature on this gate's own head moves the mark.
func TestReceipts(t *testing.T) {
	c := newCity(t)
	g, other := c.newGate(), c.newGate()
	g.mustPull(t)
	other.mustPull(t)
	g.store.record(10, "x")
	last := g.store.entries[9].Hash()
	stranger := ed25519.NewKeyFromSeed(make([]byte, 32))
	sign := func(key ed25519.PrivateKey, change func(*journal.Receipt)) http.HandlerFunc {
		r := journal.Receipt{Gate: g.Identity.Gate, Chain: g.store.chain, Through: 10, Head: last, Time: c.now}
		change(&r)
		b, err := r.Sign(key)
		if err != nil {
			t.Fatal(err)
		}
		return func(w http.ResponseWriter, _ *http.Request) { w.Write(b) }
	}
	same := func(*journal.Receipt) {}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"unsigned":         {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "thanks") }, client.ErrGarbage},
		"a web page":       {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>") }, client.ErrGarbage},
		"nothing":          {func(http.ResponseWriter, *http.Request) {}, client.ErrGarbage},
		"a redirect":       {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusTemporaryRedirect) }, client.ErrGarbage},
		"another key":      {sign(stranger, same), client.ErrNotVerified},
		"the gate's key":   {sign(g.Identity.Sign, same), client.ErrNotVerified},
		"another gate":     {sign(receiptKey, func(r *journal.Receipt) { r.Gate = other.Identity.Gate }), client.ErrNotVerified},
		"another chain":    {sign(receiptKey, func(r *journal.Receipt) { r.Chain[0]++ }), client.ErrNotVerified},
		"another head":     {sign(receiptKey, func(r *journal.Receipt) { r.Head[0]++ }), client.ErrFork},
		"too far":          {sign(receiptKey, func(r *journal.Receipt) { r.Through = 11 }), client.ErrFork},
		"for nothing":      {sign(receiptKey, func(r *journal.Receipt) { r.Through = 0; r.Head = journal.Genesis(r.Gate, r.Chain) }), client.ErrRefused},
		"endless":          {func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 1<<20)) }, client.ErrGarbage},
		"refused, in JSON": {func(w http.ResponseWriter, r *http.Request) { jsonError(w, 403) }, client.ErrRefused},
		"not known":        {func(w http.ResponseWriter, r *http.Request) { jsonError(w, 404) }, client.ErrRefused},
		"a bare 409":       {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(409) }, client.ErrGarbage},
	} {
		t.Run(name, func(t *testing.T) {
			c.tamper(journals(func(w http.ResponseWriter, r *http.Request, _ http.Handler) { test.answer(w, r) }))
			n, err := g.Push(t.Context())
			if n != 0 || !errors.Is(err, test.want) || g.store.waiting() != 10 {
				t.Errorf("pushed %d, %v, want %v; %d wait", n, err, test.want, g.store.waiting())
			}
		})
	}
	// A receipt for a part is worth that part.
	part := sign(receiptKey, func(r *journal.Receipt) { r.Through, r.Head = 4, g.store.entries[3].Hash() })
	var once atomic.Bool
	c.tamper(journals(func(w http.ResponseWriter, r *http.Request, hub http.Handler) {
		if once.CompareAndSwap(false, true) {
			hub.ServeHTTP(&keptAnswer{header: http.Header{}}, r)
			w.Header().Set("Content-Type", "application/cbor")
			w.WriteHeader(409)
			part(w, r)
			return
		}
		hub.ServeHTTP(w, r)
	}))
	if n, err := g.Push(t.Context()); n != 10 || err != nil {
		t.Errorf("pushed %d, %v", n, err)
	}
	mustAgree(t, c, g)
}

func jsonError(w http.ResponseWriter, code int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	io.WriteString(w, `{"error":"no\nway","hint":"ask somebody"}`)
}

// TestFork: somebody else wrote under this gate's key.
func TestFork(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	twin := *g.Client
	twinStore := newStore(g.Identity.Gate)
	twinStore.in = g.store.in
	twin.Store = twinStore
	twinStore.record(8, "y")
	if _, err := twin.Push(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{3, 10} { // fewer entries than the hub holds, then more
		g.store.record(n, "x")
		if _, err := g.Push(t.Context()); !errors.Is(err, client.ErrFork) || client.CodeOf(err) != "fork" {
			t.Error(err)
		}
	}
	if g.store.waiting() != 13 {
		t.Errorf("%d wait, want all 13", g.store.waiting())
	}
	forks := 0
	for range c.store.Forks(t.Context(), hub.Query{}) {
		forks++
	}
	if forks != 2 {
		t.Errorf("%d forks are kept as evidence, want 2", forks)
	}
}

// TestHubBehind: the hub was restored from an older copy.
func TestHubBehind(t *testing.T) {
	for _, rereads := range []bool{false, true} {
		t.Run(fmt.Sprint("rereads ", rereads), func(t *testing.T) {
			c := newCity(t)
			g := c.newGate()
			g.mustPull(t)
			g.store.record(30, "x")
			if _, err := g.Push(t.Context()); err != nil {
				t.Fatal(err)
			}
			before := c.store
			c.lose(g, 12)
			g.store.record(5, "x")
			if rereads {
				g.Store = rereader{g.store}
			}
			n, err := g.Push(t.Context())
			if !rereads {
				if !errors.Is(err, client.ErrBehind) || g.store.waiting() != 5 {
					t.Errorf("%v, %d wait", err, g.store.waiting())
				}
				return
			}
			if err != nil || n != 5 || before == c.store {
				t.Fatalf("pushed %d, %v", n, err)
			}
			mustAgree(t, c, g)
		})
	}
}

// lose gives the hub a store that ends at entry through.
func (c *city) lose(g *gate, through int) {
	c.t.Helper()
	known, err := c.store.Gate(c.t.Context(), g.Identity.Gate)
	if err != nil {
		c.t.Fatal(err)
	}
	c.store = new(hubtest.Memory)
	if err := c.store.PutGate(c.t.Context(), known); err != nil {
		c.t.Fatal(err)
	}
	old := newStore(g.Identity.Gate)
	old.entries, old.in = g.store.entries[:through], g.store.in
	h, err := hub.New(hub.Options{Store: c.store, Files: c.hub.Files, Receipt: receiptKey})
	if err != nil {
		c.t.Fatal(err)
	}
	c.hub = h
	then := *g.Client
	then.Store = old
	if _, err := then.Push(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

// TestBusyPush: a hub that sheds is left alone, and says for how long.
func TestBusyPush(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	g.store.record(1, "x")
	c.answer(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(503)
	})
	_, err := g.Push(t.Context())
	var busy *client.BusyError
	if !errors.As(err, &busy) || busy.After.Seconds() != 7 || !errors.Is(err, client.ErrBusy) {
		t.Error(err)
	}
}

// TestBadLine: where a large batch does not get through, smaller ones do.
func TestBadLine(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	g.store.record(1000, "x")
	var taken []int
	c.tamper(journals(func(w http.ResponseWriter, r *http.Request, hub http.Handler) {
		body, err := io.ReadAll(r.Body)
		if err != nil || len(body) > 20_000 {
			panic(http.ErrAbortHandler)
		}
		b, err := journal.OpenBatch(body, g.Identity.Sign.Public().(ed25519.PublicKey))
		if err != nil {
			t.Error(err)
			return
		}
		taken = append(taken, len(b.Entries))
		r.Body = io.NopCloser(bytes.NewReader(body))
		hub.ServeHTTP(w, r)
	}))
	tries := 0
	for g.store.waiting() > 0 {
		if _, err := g.Push(t.Context()); err != nil && !errors.Is(err, client.ErrUnreachable) {
			t.Fatal(err)
		}
		if tries++; tries > 100 {
			t.Fatalf("%d still wait; taken were %v", g.store.waiting(), taken)
		}
	}
	mustAgree(t, c, g)
}

// TestPushStorageFails: what was not marked is sent again, and is there once.
func TestPushStorageFails(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	g.store.record(10, "x")
	for _, method := range []string{"Backlog", "Installed", "Acknowledge"} {
		g.store.fail = func(m string) error {
			if m == method {
				return errors.New("disk full")
			}
			return nil
		}
		if _, err := g.Push(t.Context()); !errors.Is(err, client.ErrStorage) {
			t.Errorf("%s: %v", method, err)
		}
	}
	g.store.fail = nil
	g.store.record(2, "x")
	if n, err := g.Push(t.Context()); n != 12 || err != nil {
		t.Error(n, err)
	}
	mustAgree(t, c, g)
}

func TestEnrolRefused(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	if _, err := client.Enrol(t.Context(), g.HTTP, g.code, g.Identity); err != nil {
		t.Errorf("asked again with the same keys: %v", err)
	}
	other := g.Identity
	other.Sign = ed25519.NewKeyFromSeed(make([]byte, 32))
	if _, err := client.Enrol(t.Context(), g.HTTP, g.code, other); !errors.Is(err, client.ErrRefused) {
		t.Errorf("a second device with the same code: %v", err)
	}
	wrong := g.code
	wrong.Secret[0]++
	if _, err := client.Enrol(t.Context(), g.HTTP, wrong, g.Identity); err == nil {
		t.Error("enrolled with another code's secret")
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"a web page":   {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>") }, client.ErrGarbage},
		"nothing":      {func(http.ResponseWriter, *http.Request) {}, client.ErrGarbage},
		"404":          {http.NotFound, client.ErrGarbage},
		"hangs up":     {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, client.ErrUnreachable},
		"another gate": {func(w http.ResponseWriter, r *http.Request) { w.Write(otherEnvelope(t)) }, client.ErrGarbage},
		"500":          {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }, client.ErrBusy},
		"refused":      {func(w http.ResponseWriter, r *http.Request) { jsonError(w, 403) }, client.ErrRefused},
	} {
		c.answer(test.answer)
		_, err := client.Enrol(t.Context(), g.HTTP, g.code, g.Identity)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: what the hub said was not made safe: %q", name, err)
		}
	}
}

func otherEnvelope(t *testing.T) []byte {
	t.Helper()
	code, err := enrol.NewCode("http://127.0.0.1:1", "x", [32]byte{1}, [16]byte{1}, monday)
	if err != nil {
		t.Fatal(err)
	}
	id, err := enrol.NewIdentity(code, bytes.NewReader(make([]byte, 64)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := enrol.SealEnvelope(enrol.Envelope{
		Gate: id.Gate, Version: 1, Made: monday, Place: "x", Direction: "in", Policy: "office", Pull: 1e9,
	}, id.Box.PublicKey().Bytes(), id.Sign)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

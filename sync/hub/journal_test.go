package hub_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/sync/enrol"
	"postern/sync/hub"
	"postern/sync/hub/hubdb"
	"postern/sync/hub/hubtest"
	"postern/sync/journal"
)

func (c *city) stored(t testing.TB) (seqs []uint64, forks int) {
	t.Helper()
	for record, err := range hub.Entries(t.Context(), c.store, "") {
		if err != nil {
			t.Fatal(err)
		}
		seqs = append(seqs, record.Entry.Seq)
	}
	for range c.store.Forks(t.Context(), hub.Query{}) {
		forks++
	}
	return seqs, forks
}

func wantStored(t testing.TB, c *city, n, forks int) {
	t.Helper()
	seqs, got := c.stored(t)
	if len(seqs) != n || got != forks {
		t.Errorf("stored entries %v and %d forks, want 1 to %d and %d", seqs, got, n, forks)
	}
	for i, seq := range seqs {
		if seq != uint64(i+1) {
			t.Errorf("stored entries %v", seqs)
			break
		}
	}
}

func TestJournal(t *testing.T) {
	c := newCity(t, nil)
	g := enrolled(t, c, 1)
	g.record(20, "x")
	for _, step := range []struct{ first, last, through int }{
		{1, 5, 5},
		{1, 5, 5},    // the receipt was lost
		{1, 5, 5},    // and again
		{6, 9, 9},    //
		{1, 12, 12},  // all of it, with more behind
		{10, 12, 12}, // a part that ends where the store ends
		{3, 7, 7},    // a part in the middle: the receipt is for that
		{9, 20, 20},  //
		{1, 20, 20},  //
	} {
		r := mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, step.first, step.last)), 200)
		want := journal.Receipt{Gate: g.id.Gate, Chain: g.chain, Through: uint64(step.through), Head: g.entries[step.through-1].Hash(), Time: noon}
		if r != want {
			t.Errorf("entries %d to %d: receipt %+v, want %+v", step.first, step.last, r, want)
		}
	}
	wantStored(t, c, 20, 0)
	got := mustReceipt(t, c.do("GET", g.path("receipt"), nil), 200)
	if got.Through != 20 || got.Chain != g.chain {
		t.Errorf("last receipt %+v", got)
	}
	got = mustReceipt(t, c.do("GET", g.path("receipt")+"?chain=00000000000000ff", nil), 200)
	if got.Through != 0 {
		t.Errorf("receipt for a chain that never began: %+v", got)
	}
	wantProblem(t, c.do("GET", g.path("receipt")+"?chain=xyz", nil), 400)
	wantProblem(t, c.do("GET", newGate(t, 9).path("receipt"), nil), 404)
}

func TestJournalGap(t *testing.T) {
	c := newCity(t, nil)
	g := enrolled(t, c, 1)
	g.record(20, "x")
	w := c.do("POST", g.path("journal"), g.batch(t, 4, 6))
	if r := mustReceipt(t, w, 409); r.Through != 0 || r.Head != journal.Genesis(g.id.Gate, g.chain) || w.Header().Get("Postern-Problem") != "gap" {
		t.Errorf("before anything came: %+v, %s", r, w.Header())
	}
	mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 1, 6)), 200)
	if r := mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 8, 9)), 409); r.Through != 6 || r.Head != g.entries[5].Hash() {
		t.Errorf("after 6 entries: %+v", r)
	}
	wantStored(t, c, 6, 0)
}

// TestJournalFork sends a second history, in every place that it can differ.
func TestJournalFork(t *testing.T) {
	for _, span := range [][2]int{{1, 3}, {1, 10}, {1, 15}, {4, 6}, {4, 10}, {4, 15}, {10, 10}, {10, 12}, {11, 12}} {
		t.Run(fmt.Sprint(span), func(t *testing.T) {
			c := newCity(t, nil)
			g, twin := enrolled(t, c, 1), enrolled(t, c, 1)
			g.record(10, "x")
			twin.record(20, "y")
			mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 1, 5)), 200)
			mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 6, 10)), 200)
			body := twin.batch(t, span[0], span[1])
			for range 2 {
				w := c.do("POST", g.path("journal"), body)
				r := mustReceipt(t, w, 409)
				through := min(span[1], 10)
				if r.Through != uint64(through) || r.Head != g.entries[through-1].Hash() || w.Header().Get("Postern-Problem") != "fork" {
					t.Errorf("receipt %+v, %s", r, w.Header().Get("Postern-Problem"))
				}
			}
			wantStored(t, c, 10, 1)
			for f := range c.store.Forks(t.Context(), hub.Query{}) {
				if !bytes.Equal(f.Body, body) {
					t.Error("the evidence is not what came")
				}
			}
			if !strings.Contains(c.log.String(), `"level":"ERROR"`) {
				t.Error("the fork was not raised in the log")
			}
			mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 1, 10)), 200)
		})
	}
}

// TestForkLater begins alike and parts after entry 7.
func TestForkLater(t *testing.T) {
	c := newCity(t, nil)
	g, twin := enrolled(t, c, 1), enrolled(t, c, 1)
	g.record(10, "x")
	twin.record(7, "x")
	twin.record(5, "y")
	mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 1, 10)), 200)
	mustReceipt(t, c.do("POST", g.path("journal"), twin.batch(t, 1, 7)), 200)
	mustReceipt(t, c.do("POST", g.path("journal"), twin.batch(t, 1, 8)), 409)
	mustReceipt(t, c.do("POST", g.path("journal"), twin.batch(t, 3, 12)), 409)
	wantStored(t, c, 10, 2)
}

func TestNewChain(t *testing.T) {
	c := newCity(t, nil)
	g, again := enrolled(t, c, 1), enrolled(t, c, 1)
	again.chain = journal.ChainID{0xff}
	g.record(3, "x")
	again.record(2, "x")
	mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 1, 3)), 200)
	if r := mustReceipt(t, c.do("POST", g.path("journal"), again.batch(t, 1, 2)), 200); r.Chain != again.chain {
		t.Errorf("receipt %+v", r)
	}
	if seqs, _ := c.stored(t); fmt.Sprint(seqs) != "[1 2 3 1 2]" {
		t.Errorf("stored %v", seqs)
	}
}

func TestChainsBound(t *testing.T) {
	c := newCity(t, nil)
	g := enrolled(t, c, 1)
	for i := range hub.MaxChains + 1 {
		g.chain, g.entries = journal.ChainID{1, byte(i >> 8), byte(i)}, nil
		g.record(1, "x")
		w := c.do("POST", g.path("journal"), g.batch(t, 1, 1))
		if i < hub.MaxChains {
			mustReceipt(t, w, 200)
		} else {
			wantProblem(t, w, 403)
		}
	}
}

func TestJournalRefused(t *testing.T) {
	c := newCity(t, nil)
	g, other := enrolled(t, c, 1), enrolled(t, c, 2)
	g.record(3, "x")
	other.record(3, "x")
	good := g.batch(t, 1, 3)
	// other's key signs as if it were g
	posing := *g
	posing.id.Sign = other.id.Sign
	asOther := *other
	asOther.id.Sign = g.id.Sign
	for name, test := range map[string]struct {
		path string
		body []byte
		code int
	}{
		"nothing":                {g.path("journal"), nil, 400},
		"a web page":             {g.path("journal"), []byte("<html>"), 400},
		"half":                   {g.path("journal"), good[:len(good)/2], 400},
		"one byte changed":       {g.path("journal"), flip(good, len(good)/2), 403},
		"too large":              {g.path("journal"), make([]byte, journal.MaxBatch+1), 413},
		"another gate's":         {g.path("journal"), other.batch(t, 1, 3), 403},
		"another gate's key":     {g.path("journal"), posing.batch(t, 1, 3), 403},
		"its key, another gate":  {g.path("journal"), asOther.batch(t, 1, 3), 403},
		"a gate that is not":     {newGate(t, 3).path("journal"), good, 404},
		"a gate with no good ID": {"/v1/gates/XYZ/journal", good, 404},
	} {
		t.Run(name, func(t *testing.T) { wantProblem(t, c.do("POST", test.path, test.body), test.code) })
	}
	wantStored(t, c, 0, 0)
}

func flip(b []byte, i int) []byte {
	b = bytes.Clone(b)
	b[i] ^= 1
	return b
}

// TestStoreFails: without a durable store there is no receipt.
func TestStoreFails(t *testing.T) {
	for _, method := range []string{"Gate", "Append", "Refuse", "Batches"} {
		t.Run(method, func(t *testing.T) {
			c := newCity(t, nil)
			g, twin := enrolled(t, c, 1), enrolled(t, c, 1)
			g.record(5, "x")
			twin.record(5, "y")
			mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 1, 3)), 200)
			c.store.Fail = func(m string) error {
				if m == method {
					return errors.New("the disk is on fire")
				}
				return nil
			}
			body := map[string][]byte{"Gate": g.batch(t, 4, 5), "Append": g.batch(t, 4, 5), "Refuse": twin.batch(t, 1, 3), "Batches": g.batch(t, 1, 2)}
			w := c.do("POST", g.path("journal"), body[method])
			wantProblem(t, w, 500)
			if strings.Contains(w.Body.String(), "fire") {
				t.Error("the answer tells strangers what the log should")
			}
			c.store.Fail = nil
			wantStored(t, c, 3, 0)
			mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 4, 5)), 200)
		})
	}
}

// overtaken moves the head between the hub's look at it and its append.
type overtaken struct {
	*hubtest.Memory
	once func()
}

func (o *overtaken) Append(ctx context.Context, from hub.Head, b hub.Batch) error {
	if f := o.once; f != nil {
		o.once = nil
		f()
	}
	return o.Memory.Append(ctx, from, b)
}

func TestRace(t *testing.T) {
	for name, test := range map[string]struct {
		first, last int    // what overtakes
		word        string // of which history
		code        int
		forks       int
	}{
		"the same batch":     {4, 6, "x", 200, 0},
		"a part of it":       {4, 5, "x", 200, 0},
		"more than it":       {4, 9, "x", 200, 0},
		"another history":    {4, 6, "y", 409, 1},
		"another, one entry": {4, 4, "y", 409, 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t, nil)
			g, twin := enrolled(t, c, 1), enrolled(t, c, 1)
			g.record(9, "x")
			twin.record(3, "x")
			twin.record(6, test.word)
			mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 1, 3)), 200)
			store := &overtaken{Memory: c.store, once: func() {
				mustReceipt(t, c.do("POST", g.path("journal"), twin.batch(t, test.first, test.last)), 200)
			}}
			racing, err := hub.New(hub.Options{Store: store, Files: c.files, Receipt: receiptKey})
			if err != nil {
				t.Fatal(err)
			}
			w := httptest.NewRecorder()
			racing.ServeHTTP(w, httptest.NewRequest("POST", g.path("journal"), bytes.NewReader(g.batch(t, 4, 6))))
			mustReceipt(t, w, test.code)
			if _, forks := c.stored(t); forks != test.forks {
				t.Errorf("%d forks, want %d", forks, test.forks)
			}
		})
	}
}

// TestEntriesBroken: what was changed in the store does not read back as whole.
func TestEntriesBroken(t *testing.T) {
	g := newGate(t, 1)
	g.record(9, "x")
	for name, change := range map[string]func(rows []hub.Batch) []hub.Batch{
		"a byte changed": func(rows []hub.Batch) []hub.Batch {
			rows[1].Body = flip(rows[1].Body, 60)
			return rows
		},
		"a row lost":          func(rows []hub.Batch) []hub.Batch { return append(rows[:1], rows[2]) },
		"the last row lost":   func(rows []hub.Batch) []hub.Batch { return rows[:2] },
		"a row twice":         func(rows []hub.Batch) []hub.Batch { return append(rows, rows[2]) },
		"numbers that differ": func(rows []hub.Batch) []hub.Batch { rows[1].First++; return rows },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t, nil)
			enrolled(t, c, 1)
			for _, span := range [][2]int{{1, 3}, {4, 6}, {7, 9}} {
				mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, span[0], span[1])), 200)
			}
			store := &altered{Memory: c.store, change: change}
			broken := 0
			for _, err := range hub.Entries(t.Context(), store, g.id.Gate) {
				if err != nil && !errors.Is(err, hub.ErrBroken) {
					t.Fatal(err)
				}
				if err != nil {
					broken++
				}
			}
			if broken == 0 {
				t.Error("it read back as whole")
			}
		})
	}
}

type altered struct {
	*hubtest.Memory
	change func([]hub.Batch) []hub.Batch
}

func (a *altered) Batches(ctx context.Context, q hub.Query) iter.Seq2[hub.Batch, error] {
	return func(yield func(hub.Batch, error) bool) {
		var rows []hub.Batch
		for b := range a.Memory.Batches(ctx, q) {
			rows = append(rows, b)
		}
		for _, b := range a.change(rows) {
			if !yield(b, nil) {
				return
			}
		}
	}
}

// TestConcurrentGates sends for many gates at once over HTTP into SQLite, each
// batch twice; nothing is lost and nothing comes twice.
func TestConcurrentGates(t *testing.T) {
	db, err := hubdb.Open(filepath.Join(t.TempDir(), "hub.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	h, err := hub.New(hub.Options{Store: db, Files: newCity(t, nil).files, Receipt: receiptKey})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	var wg sync.WaitGroup
	const gates, rounds = 8, 6
	for i := range gates {
		g := newGate(t, byte(i))
		if err := db.PutGate(t.Context(), hub.Gate{ID: g.id.Gate, Sign: g.id.Sign.Public().(ed25519.PublicKey)}); err != nil {
			t.Fatal(err)
		}
		g.record(rounds*5, "x")
		for range 2 {
			wg.Go(func() {
				for round := range rounds {
					r, err := http.Post(server.URL+g.path("journal"), "application/cbor", bytes.NewReader(g.batch(t, round*5+1, round*5+5)))
					if err != nil {
						t.Error(err)
						return
					}
					io.Copy(io.Discard, r.Body)
					r.Body.Close()
					if r.StatusCode != 200 {
						t.Errorf("round %d: %s", round, r.Status)
					}
				}
			})
		}
	}
	wg.Wait()
	n := map[string]int{}
	for record, err := range hub.Entries(t.Context(), db, "") {
		if err != nil {
			t.Fatal(err)
		}
		n[record.Gate]++
	}
	for gate, n := range n {
		if n != rounds*5 {
			t.Errorf("gate %s has %d entries, want %d", gate, n, rounds*5)
		}
	}
	if len(n) != gates {
		t.Errorf("%d gates, want %d", len(n), gates)
	}
}

// TestCutRequest: a body that breaks off leaves nothing behind, and the hub goes on.
func TestCutRequest(t *testing.T) {
	c := newCity(t, nil)
	g := enrolled(t, c, 1)
	g.record(3, "x")
	body := g.batch(t, 1, 3)
	server := httptest.NewServer(c.hub)
	defer server.Close()
	for cut := range 16 {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: hub\r\nContent-Length: %d\r\n\r\n", g.path("journal"), len(body))
		conn.Write(body[:len(body)*cut/16])
		conn.(*net.TCPConn).CloseWrite()
		answer, _ := io.ReadAll(conn) // the hub ends the connection when it has seen the cut
		conn.Close()
		if !bytes.HasPrefix(answer, []byte("HTTP/1.1 400 ")) {
			t.Errorf("cut at %d/16: %q", cut, answer)
		}
	}
	wantStored(t, c, 0, 0)
	mustReceipt(t, c.do("POST", g.path("journal"), body), 200)
}

// FuzzJournalBody: whatever comes, the hub answers with a code that it knows,
// and stores nothing but what the gate's key signed.
func FuzzJournalBody(f *testing.F) {
	g := newGate(f, 1)
	g.record(5, "x")
	f.Add(g.batch(f, 1, 5))
	f.Add(g.batch(f, 2, 3))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := newCity(t, nil)
		enrolled(t, c, 1)
		w := c.do("POST", g.path("journal"), body)
		_, err := journal.OpenBatch(body, g.id.Sign.Public().(ed25519.PublicKey))
		switch {
		case err != nil && w.Code != 400 && w.Code != 403 && w.Code != 413:
			t.Errorf("answered %d %s to what does not open: %v", w.Code, w.Body, err)
		case err == nil && w.Code != 200 && w.Code != 409:
			t.Errorf("answered %d %s to a good batch", w.Code, w.Body)
		}
		if seqs, _ := c.stored(t); (len(seqs) > 0) != (w.Code == 200) {
			t.Errorf("answered %d and stored %v", w.Code, seqs)
		}
	})
}

// FuzzEnrolmentBody: nothing reaches the authority but a request of this gate.
func FuzzEnrolmentBody(f *testing.F) {
	g := newGate(f, 1)
	f.Add(g.request)
	f.Add(newGate(f, 2).request)
	f.Add([]byte{0xa4})
	f.Fuzz(func(t *testing.T, body []byte) {
		asked := false
		c := newCity(t, func(_ context.Context, request []byte) ([]byte, []byte, error) {
			asked = true
			if r, err := enrol.ParseRequest(request); err != nil || r.Gate != g.id.Gate {
				t.Errorf("the authority was asked %x, %v", request, err)
			}
			return nil, nil, hub.ErrWaiting
		})
		w := c.do("POST", g.path("enrolment"), body)
		if asked != (w.Code == 202) || (!asked && w.Code != 400 && w.Code != 413) {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
	})
}

// BenchmarkJournal takes batches of 100 entries into SQLite.
func BenchmarkJournal(b *testing.B) {
	db, err := hubdb.Open(filepath.Join(b.TempDir(), "hub.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	h, err := hub.New(hub.Options{Store: db, Files: newCity(b, nil).files, Receipt: receiptKey, Now: func() time.Time { return noon }})
	if err != nil {
		b.Fatal(err)
	}
	g := newGate(b, 1)
	if err := db.PutGate(b.Context(), hub.Gate{ID: g.id.Gate, Sign: g.id.Sign.Public().(ed25519.PublicKey)}); err != nil {
		b.Fatal(err)
	}
	var total int
	for b.Loop() {
		b.StopTimer()
		g.record(100, "x")
		body := g.batch(b, total+1, total+100)
		total += 100
		b.StartTimer()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", g.path("journal"), bytes.NewReader(body)))
		if w.Code != 200 {
			b.Fatal(w.Code, w.Body)
		}
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "entries/s")
}

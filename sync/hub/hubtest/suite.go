package hubtest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"sync"
	"testing"
	"time"

	"postern/sync/hub"
	"postern/sync/journal"
)

// Store is what the suite needs: a hub.Store whose forks can be read.
type Store interface {
	hub.Store
	Forks(ctx context.Context, q hub.Query) iter.Seq2[hub.Batch, error]
}

// Suite tests what every hub.Store must do. open gives an empty store. reopen
// gives the same store as after a restart of its process; for a store in memory
// that is the store itself.
func Suite(t *testing.T, open func(t *testing.T) (s Store, reopen func() Store)) {
	for name, test := range map[string]func(*testing.T, *subject){
		"gates":        testGates,
		"append":       testAppend,
		"conflict":     testConflict,
		"race":         testRace,
		"many gates":   testManyGates,
		"chains bound": testChainsBound,
		"forks":        testForks,
		"query":        testQuery,
		"durable":      testDurable,
		"cancelled":    testCancelled,
	} {
		t.Run(name, func(t *testing.T) {
			s, reopen := open(t)
			test(t, &subject{Store: s, reopen: reopen})
		})
	}
}

type subject struct {
	Store
	reopen func() Store
}

var (
	at     = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	chainA = journal.ChainID{0xa}
	chainB = journal.ChainID{0xb}
)

// row makes a batch to append. Its body is made up, since stores do not look into it.
func row(gate string, chain journal.ChainID, first, last uint64) hub.Batch {
	head := journal.Genesis(fmt.Sprintf("%s %d", gate, last), chain)
	return hub.Batch{
		Gate: gate, Chain: chain, First: first, Last: last, Head: head, Received: at,
		Body: fmt.Appendf(nil, "%s %s %d-%d", gate, chain, first, last),
	}
}

func headOf(b hub.Batch) hub.Head {
	return hub.Head{Chain: b.Chain, Through: b.Last, Hash: b.Head, Moved: b.Received}
}

func beginning(gate string, chain journal.ChainID) hub.Head {
	return hub.Gate{ID: gate}.Head(chain)
}

func mustPut(t *testing.T, s hub.Store, id string) hub.Gate {
	t.Helper()
	g := hub.Gate{
		ID: id, Sign: ed25519.PublicKey(bytes.Repeat([]byte{id[0]}, ed25519.PublicKeySize)),
		Certificate: []byte("certificate " + id), Envelope: []byte("envelope " + id),
	}
	if err := s.PutGate(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	return g
}

func mustAppend(t *testing.T, s hub.Store, from hub.Head, b hub.Batch) hub.Head {
	t.Helper()
	if err := s.Append(t.Context(), from, b); err != nil {
		t.Fatalf("append %s: %v", b.Body, err)
	}
	return headOf(b)
}

func collect(t *testing.T, rows iter.Seq2[hub.Batch, error]) []string {
	t.Helper()
	var list []string
	for b, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(b.Body))
	}
	return list
}

func testGates(t *testing.T, s *subject) {
	if _, err := s.Gate(t.Context(), "a"); !errors.Is(err, hub.ErrNoGate) {
		t.Fatalf("a gate that was never put: %v", err)
	}
	want := mustPut(t, s, "a")
	got, err := s.Gate(t.Context(), "a")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v, want %+v", got, err, want)
	}
	head := mustAppend(t, s, beginning("a", chainA), row("a", chainA, 1, 5))
	want.Envelope = []byte("the next envelope")
	if err := s.PutGate(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	want.Heads = []hub.Head{head}
	if got, err = s.Gate(t.Context(), "a"); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("put again: got %+v, %v, want %+v", got, err, want)
	}
}

func testAppend(t *testing.T, s *subject) {
	mustPut(t, s, "a")
	head := mustAppend(t, s, beginning("a", chainA), row("a", chainA, 1, 5))
	head = mustAppend(t, s, head, row("a", chainA, 4, 9)) // begins again at 4
	other := mustAppend(t, s, beginning("a", chainB), row("a", chainB, 1, 1))
	g, err := s.Gate(t.Context(), "a")
	if err != nil || len(g.Heads) != 2 || g.Head(chainA) != head || g.Head(chainB) != other {
		t.Fatalf("heads %+v, %v", g.Heads, err)
	}
	for b, err := range s.Batches(t.Context(), hub.Query{Chain: chainA, From: 6}) {
		if want := row("a", chainA, 4, 9); err != nil || !reflect.DeepEqual(b, want) {
			t.Errorf("read %+v, %v, want %+v", b, err, want)
		}
	}
}

func testConflict(t *testing.T, s *subject) {
	mustPut(t, s, "a")
	start := beginning("a", chainA)
	first := mustAppend(t, s, start, row("a", chainA, 1, 5))
	second := mustAppend(t, s, first, row("a", chainA, 6, 9))
	otherHash := second
	otherHash.Hash[0]++
	for name, from := range map[string]hub.Head{
		"from the beginning":       start,
		"from before":              first,
		"from the same, otherwise": otherHash,
		"from a chain not there":   {Chain: chainB, Through: 3},
	} {
		b := row("a", from.Chain, 10, 12)
		if err := s.Append(t.Context(), from, b); !errors.Is(err, hub.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := collect(t, s.Batches(t.Context(), hub.Query{})); len(got) != 2 {
		t.Errorf("conflicts left rows: %q", got)
	}
	if g, _ := s.Gate(t.Context(), "a"); len(g.Heads) != 1 || g.Heads[0] != second {
		t.Errorf("conflicts moved heads: %+v", g.Heads)
	}
}

// testRace lets many append from one head at the same time.
func testRace(t *testing.T, s *subject) {
	mustPut(t, s, "a")
	from := beginning("a", chainA)
	for round := range uint64(5) {
		var wg sync.WaitGroup
		results := make([]error, 8)
		rows := make([]hub.Batch, len(results))
		for i := range results {
			rows[i] = row("a", chainA, from.Through+1, 10*round+uint64(i)+1)
			wg.Go(func() { results[i] = s.Append(t.Context(), from, rows[i]) })
		}
		wg.Wait()
		winners := 0
		for i, err := range results {
			switch {
			case err == nil:
				winners++
				from = headOf(rows[i])
			case !errors.Is(err, hub.ErrConflict):
				t.Fatal(err)
			}
		}
		g, err := s.Gate(t.Context(), "a")
		if err != nil || winners != 1 || g.Head(chainA) != from {
			t.Fatalf("round %d: %d won, head %+v, %v", round, winners, g.Head(chainA), err)
		}
	}
	if got := collect(t, s.Batches(t.Context(), hub.Query{})); len(got) != 5 {
		t.Errorf("rows %q", got)
	}
}

// testManyGates appends for many gates at once: none may get another's result.
func testManyGates(t *testing.T, s *subject) {
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			gate := fmt.Sprintf("gate-%02d", i)
			head := beginning(gate, chainA)
			for last := uint64(2); last <= 10; last += 2 {
				b := row(gate, chainA, last-1, last)
				if err := s.Append(t.Context(), hub.Head{Chain: chainA, Through: 77}, b); !errors.Is(err, hub.ErrConflict) {
					t.Errorf("%s: a wrong head: %v", gate, err)
				}
				if err := s.Append(t.Context(), head, b); err != nil {
					t.Errorf("%s: %v", gate, err)
				}
				head = headOf(b)
			}
		})
	}
	wg.Wait()
	if got := collect(t, s.Batches(t.Context(), hub.Query{})); len(got) != 100 {
		t.Errorf("%d rows, want 100", len(got))
	}
}

func testChainsBound(t *testing.T, s *subject) {
	for i := range hub.MaxChains {
		chain := journal.ChainID{byte(i >> 8), byte(i), 1}
		mustAppend(t, s, beginning("a", chain), row("a", chain, 1, 1))
	}
	if err := s.Append(t.Context(), beginning("a", chainB), row("a", chainB, 1, 1)); !errors.Is(err, hub.ErrConflict) {
		t.Errorf("one chain too many: %v", err)
	}
	mustAppend(t, s, beginning("b", chainB), row("b", chainB, 1, 1))
}

func testForks(t *testing.T, s *subject) {
	for last := range uint64(40) {
		for range 2 { // sent again, it is the same fork
			if err := s.Refuse(t.Context(), row("a", chainA, 1, last+1)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Refuse(t.Context(), row("b", chainA, 1, 1)); err != nil {
		t.Fatal(err)
	}
	if got := collect(t, s.Forks(t.Context(), hub.Query{Gate: "a"})); len(got) != 16 || got[0] != string(row("a", chainA, 1, 1).Body) {
		t.Errorf("forks of a: %q", got)
	}
	if got := collect(t, s.Forks(t.Context(), hub.Query{Gate: "b"})); len(got) != 1 {
		t.Errorf("forks of b: %q", got)
	}
	if got := collect(t, s.Batches(t.Context(), hub.Query{})); got != nil {
		t.Errorf("forks stand in the inbox: %q", got)
	}
}

func testQuery(t *testing.T, s *subject) {
	for _, gate := range []string{"b", "a"} {
		for _, chain := range []journal.ChainID{chainB, chainA} {
			head := beginning(gate, chain)
			for last := uint64(5); last <= 15; last += 5 {
				head = mustAppend(t, s, head, row(gate, chain, last-4, last))
			}
		}
	}
	for _, test := range []struct {
		q    hub.Query
		want int
		head string
	}{
		{hub.Query{}, 12, "a 0a00000000000000 1-5"},
		{hub.Query{Gate: "b"}, 6, "b 0a00000000000000 1-5"},
		{hub.Query{Gate: "a", Chain: chainB}, 3, "a 0b00000000000000 1-5"},
		{hub.Query{Gate: "a", Chain: chainB, From: 6}, 2, "a 0b00000000000000 6-10"},
		{hub.Query{Gate: "a", Chain: chainB, From: 10}, 2, "a 0b00000000000000 6-10"},
		{hub.Query{Gate: "a", Chain: chainB, From: 16}, 0, ""},
		{hub.Query{Gate: "c"}, 0, ""},
	} {
		got := collect(t, s.Batches(t.Context(), test.q))
		if len(got) != test.want || (test.want > 0 && got[0] != test.head) {
			t.Errorf("%+v: %q", test.q, got)
		}
	}
	for range s.Batches(t.Context(), hub.Query{}) {
		break // leaving early leaves nothing locked
	}
	mustAppend(t, s, beginning("z", chainA), row("z", chainA, 1, 1))
}

func testDurable(t *testing.T, s *subject) {
	want := mustPut(t, s, "a")
	want.Heads = []hub.Head{mustAppend(t, s, beginning("a", chainA), row("a", chainA, 1, 5))}
	if err := s.Refuse(t.Context(), row("a", chainA, 1, 4)); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := s.reopen()
	if got, err := again.Gate(t.Context(), "a"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("after opening again: %+v, %v, want %+v", got, err, want)
	}
	if rows, forks := collect(t, again.Batches(t.Context(), hub.Query{})), collect(t, again.Forks(t.Context(), hub.Query{})); len(rows) != 1 || len(forks) != 1 {
		t.Errorf("after opening again: rows %q, forks %q", rows, forks)
	}
}

func testCancelled(t *testing.T, s *subject) {
	mustPut(t, s, "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// Stored or not, perhaps even after Append returned: what counts is that the
	// store goes on, and is consistent once the next batch is in.
	_ = s.Append(ctx, beginning("a", chainA), row("a", chainA, 1, 5))
	mustAppend(t, s, beginning("a", chainB), row("a", chainB, 1, 5))
	g, err := s.Gate(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	rows := collect(t, s.Batches(t.Context(), hub.Query{}))
	if len(rows) != len(g.Heads) {
		t.Errorf("heads %+v, rows %q", g.Heads, rows)
	}
}

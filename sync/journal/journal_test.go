package journal_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"postern/sync/internal/cose"
	"postern/sync/journal"
	"postern/sync/verdict"
)

const gate = "00c0ffee00c0ffee"

var (
	chain = journal.ChainID{1, 2, 3, 4, 5, 6, 7, 8}
	key   = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	pub   = key.Public().(ed25519.PublicKey)
	noon  = time.Date(2026, 11, 22, 4, 0, 0, 123e6, time.UTC)
)

// entries makes a chain of n entries, every third with a reference.
func entries(n int) []journal.Entry {
	list := make([]journal.Entry, n)
	prev := journal.Genesis(gate, chain)
	for i := range list {
		e := journal.Entry{
			Seq: uint64(i + 1), Time: noon.Add(time.Duration(i) * time.Second), Lane: "1", Operator: "day",
			Kind: journal.Check, Outcome: verdict.Admit, Reason: "ok", Version: 3,
			Tag: journal.Tag{byte(i)}, Prev: prev,
		}
		if i%3 == 0 {
			e.Ref = bytes.Repeat([]byte{byte(i)}, 70)
			e.RefHash = sha256.Sum256(e.Ref)
		}
		prev = e.Hash()
		list[i] = e
	}
	return list
}

func batch(list []journal.Entry) journal.Batch {
	last := list[len(list)-1]
	return journal.Batch{Gate: gate, Chain: chain, First: list[0].Seq, Prev: list[0].Prev, Head: last.Hash(), Entries: list}
}

func mustSign(t testing.TB, b journal.Batch) []byte {
	t.Helper()
	body, err := b.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestEntryBytes holds the format that PROTOCOL.md draws.
func TestEntryBytes(t *testing.T) {
	e := journal.Entry{
		Seq: 1, Time: time.UnixMilli(1000), Lane: "A", Kind: journal.Check, Outcome: verdict.Refuse,
		Reason: "barred", Version: 24, Tag: journal.Tag{1, 2, 3, 4, 5, 6, 7, 8}, Ref: []byte("ref"),
		Prev: journal.Genesis("g", chain),
	}
	b, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	genesis := sha256.Sum256([]byte("postern/journal/1\x00\x00\x00\x01g\x01\x02\x03\x04\x05\x06\x07\x08"))
	ref := sha256.Sum256([]byte("ref"))
	want := "\x8b\x01\x19\x03\xe8\x61A\x60\x01\x03\x66barred\x18\x18\x48\x01\x02\x03\x04\x05\x06\x07\x08\x58\x20" +
		string(ref[:]) + "\x58\x20" + string(genesis[:])
	if string(b) != want {
		t.Errorf("encoded\n%x, want\n%x", b, want)
	}
	if e.Hash() != sha256.Sum256(b) {
		t.Error("the hash is not that of the encoded bytes")
	}
}

// TestEntryWay holds where the way stands, and that no entry has two forms.
func TestEntryWay(t *testing.T) {
	e := entries(1)[0]
	plain, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []journal.Way{journal.In, journal.Out} {
		e.Way = way
		b, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if want := append(append([]byte{0x8c}, plain[1:]...), byte(way)); !bytes.Equal(b, want) {
			t.Errorf("%v is encoded\n%x, want\n%x", way, b, want)
		}
		got, err := journal.ParseEntry(b)
		if err != nil || got.Way != way || got.Hash() != e.Hash() {
			t.Errorf("%v is read as %v, %v", way, got.Way, err)
		}
	}
	for name, b := range map[string][]byte{
		"no way, said":      append(append([]byte{0x8c}, plain[1:]...), 0),
		"a third way":       append(append([]byte{0x8c}, plain[1:]...), 3),
		"a way, not said":   append(bytes.Clone(plain), 1),
		"a way left out":    append([]byte{0x8c}, plain[1:]...),
		"a long small way":  append(append([]byte{0x8c}, plain[1:]...), 0x18, 1),
		"a way, twice over": append(append([]byte{0x8c}, plain[1:]...), 1, 1),
		"a head alone":      {0x8c},
	} {
		if e, err := journal.ParseEntry(b); err == nil {
			t.Errorf("%s: read as way %v", name, e.Way)
		}
	}
	if e.Way = 3; e.Way.String() != "" {
		t.Error("a third way has a word")
	}
	if _, err := e.Encode(); err == nil {
		t.Error("a third way was encoded")
	}
}

// TestProtocol holds the examples of PROTOCOL.md to the code.
func TestProtocol(t *testing.T) {
	text, err := os.ReadFile("../PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(string(text)), "")
	const gate = "36465d89063ab451"
	chain := journal.ChainID{1, 2, 3, 4, 5, 6, 7, 8}
	e := journal.Entry{
		Seq: 1, Time: time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC), Lane: "1", Kind: journal.Check, Outcome: verdict.Admit,
		Reason: "ok", Version: 7, Tag: journal.Tag(chain), Prev: journal.Genesis(gate, chain),
	}
	b, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	second := journal.Entry{
		Seq: 2, Time: e.Time.Add(30 * time.Second), Lane: "1", Kind: journal.Registration, Reason: "test:东-07", Version: 7, Prev: e.Hash(),
	}
	paper, err := second.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for what, value := range map[string]string{
		"second entry": hex.EncodeToString(paper), "second hash": second.Hash().String(),
		"gate": gate, "genesis": e.Prev.String(), "entry": hex.EncodeToString(b), "hash": e.Hash().String(),
	} {
		if !strings.Contains(flat, value) {
			t.Errorf("PROTOCOL.md has another %s than %s", what, value)
		}
	}
}

func TestEntryRefused(t *testing.T) {
	for name, change := range map[string]func(*journal.Entry){
		"number 0":          func(e *journal.Entry) { e.Seq = 0 },
		"no kind":           func(e *journal.Entry) { e.Kind = 0 },
		"fifth outcome":     func(e *journal.Entry) { e.Outcome = 4 },
		"long lane":         func(e *journal.Entry) { e.Lane = strings.Repeat("x", journal.MaxNameLength+1) },
		"lane not UTF-8":    func(e *journal.Entry) { e.Lane = "\xff" },
		"year 10000":        func(e *journal.Entry) { e.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"long reference":    func(e *journal.Entry) { e.Ref, e.RefHash = make([]byte, journal.MaxRef+1), journal.Hash{} },
		"empty reference":   func(e *journal.Entry) { e.Ref, e.RefHash = []byte{}, journal.Hash{} },
		"another reference": func(e *journal.Entry) { e.Ref = []byte("another") },
	} {
		t.Run(name, func(t *testing.T) {
			e := entries(1)[0]
			if _, err := e.Encode(); err != nil {
				t.Fatal(err)
			}
			change(&e)
			if b, err := e.Encode(); err == nil {
				t.Errorf("encoded as %x", b)
			}
		})
	}
}

// TestEntryOneForm changes one thing about the encoding and nothing about the meaning.
func TestEntryOneForm(t *testing.T) {
	e := entries(1)[0]
	e.Version = 0
	good, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func([]byte) []byte{
		"null for a number":  func(b []byte) []byte { return bytes.Replace(b, []byte("bok\x00\x48"), []byte("bok\xf6\x48"), 1) },
		"long head":          func(b []byte) []byte { return append([]byte{0x8b, 0x18, 0x01}, b[2:]...) },
		"array for bytes":    func(b []byte) []byte { return bytes.Replace(b, []byte{0x48, 0}, []byte{0x88, 0}, 1) },
		"indefinite array":   func(b []byte) []byte { return append(append([]byte{0x9f}, b[1:]...), 0xff) },
		"trailing byte":      func(b []byte) []byte { return append(b, 0) },
		"one element more":   func(b []byte) []byte { return append([]byte{0x8c}, append(b[1:], 0)...) },
		"one element less":   func(b []byte) []byte { return append([]byte{0x8a}, b[1:len(b)-34]...) },
		"nothing":            func([]byte) []byte { return nil },
		"larger than it may": func(b []byte) []byte { return append(b, make([]byte, 600)...) },
	} {
		t.Run(name, func(t *testing.T) {
			bad := change(bytes.Clone(good))
			if bytes.Equal(bad, good) {
				t.Fatal("the case changes nothing")
			}
			if e, err := journal.ParseEntry(bad); err == nil {
				t.Errorf("%x parsed as %+v", bad, e)
			}
		})
	}
}

func TestBatchRoundTrip(t *testing.T) {
	all := entries(20)
	for _, span := range [][2]int{{0, 1}, {0, 20}, {5, 6}, {7, 20}} {
		sent := batch(all[span[0]:span[1]])
		got, err := journal.OpenBatch(mustSign(t, sent), pub)
		if err != nil {
			t.Fatal(err)
		}
		if got.Gate != gate || got.Chain != chain || got.First != sent.First || got.Prev != sent.Prev || got.Head != sent.Head {
			t.Errorf("span %v: opened %+v", span, got)
		}
		for i, e := range got.Entries {
			want := sent.Entries[i]
			if e.Hash() != want.Hash() || !bytes.Equal(e.Ref, want.Ref) || !e.Time.Equal(want.Time) {
				t.Errorf("span %v: entry %d came back as %+v", span, i, e)
			}
		}
		if got.Last() != uint64(span[1]) {
			t.Errorf("span %v: last is %d", span, got.Last())
		}
	}
}

// TestErasedReference: retention may erase a reference, and the chain still verifies.
func TestErasedReference(t *testing.T) {
	list := entries(4)
	list[0].Ref, list[3].Ref = nil, nil
	got, err := journal.OpenBatch(mustSign(t, batch(list)), pub)
	if err != nil {
		t.Fatal(err)
	}
	if e := got.Entries[0]; e.Ref != nil || e.RefHash == (journal.Hash{}) {
		t.Errorf("the erased reference came back as %x, its hash %v", e.Ref, e.RefHash)
	}
}

func TestBatchRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*journal.Batch)
		want   error
	}{
		"no entries":          {func(b *journal.Batch) { b.Entries = nil }, journal.ErrMalformed},
		"no gate":             {func(b *journal.Batch) { b.Gate = "" }, journal.ErrMalformed},
		"another gate":        {func(b *journal.Batch) { b.Gate = "another" }, journal.ErrChain},
		"another chain":       {func(b *journal.Batch) { b.Chain[0]++ }, journal.ErrChain},
		"another head":        {func(b *journal.Batch) { b.Head[0]++ }, journal.ErrChain},
		"another prev":        {func(b *journal.Batch) { b.Prev[0]++ }, journal.ErrChain},
		"first 0":             {func(b *journal.Batch) { b.First = 0 }, journal.ErrChain},
		"first too high":      {func(b *journal.Batch) { b.First = 2 }, journal.ErrChain},
		"an entry changed":    {func(b *journal.Batch) { b.Entries[2].Outcome = verdict.Refuse }, journal.ErrChain},
		"last entry changed":  {func(b *journal.Batch) { b.Entries[4].Reason = "x" }, journal.ErrChain},
		"an entry left out":   {func(b *journal.Batch) { b.Entries = append(b.Entries[:2:2], b.Entries[3:]...) }, journal.ErrChain},
		"two entries swapped": {func(b *journal.Batch) { b.Entries[1], b.Entries[2] = b.Entries[2], b.Entries[1] }, journal.ErrChain},
		"a reference changed": {func(b *journal.Batch) { b.Entries[3].Ref = []byte("x") }, journal.ErrMalformed},
		"numbers run over":    {func(b *journal.Batch) { b.First = ^uint64(0) }, journal.ErrChain},
		"too many entries":    {func(b *journal.Batch) { *b = batch(entries(journal.MaxEntries + 1)) }, journal.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			b := batch(entries(5))
			test.change(&b)
			if _, err := b.Sign(key); !errors.Is(err, test.want) {
				t.Errorf("signing gave %v, want %v", err, test.want)
			}
		})
	}
}

// TestOpenBatchRefused signs payloads that Sign would not.
func TestOpenBatchRefused(t *testing.T) {
	good := mustSign(t, batch(entries(3)))
	m, err := cose.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(change func([]byte) []byte) []byte {
		body, err := cose.Sign(key, nil, change(bytes.Clone(m.Payload)))
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	other := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	foreign, err := new(journal.Batch(batch(entries(3)))).Sign(other)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		body []byte
		want error
	}{
		"nothing":           {nil, journal.ErrMalformed},
		"a web page":        {[]byte("<html>"), journal.ErrMalformed},
		"another key":       {foreign, journal.ErrSignature},
		"signature changed": {append(good[:len(good)-1:len(good)-1], good[len(good)-1]^1), journal.ErrSignature},
		"trailing byte":     {append(bytes.Clone(good), 0), journal.ErrMalformed},
		"version 2":         {signed(func(b []byte) []byte { b[1] = 2; return b }), journal.ErrMalformed},
		"head changed":      {signed(func(b []byte) []byte { i := bytes.Index(b, batchHead(t)); b[i]++; return b }), journal.ErrChain},
		"payload cut":       {signed(func(b []byte) []byte { return b[:len(b)-1] }), journal.ErrMalformed},
		"too large":         {make([]byte, journal.MaxBatch+1), journal.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if b, err := journal.OpenBatch(test.body, pub); !errors.Is(err, test.want) || b != nil {
				t.Errorf("got %+v, %v, want %v", b, err, test.want)
			}
		})
	}
}

func batchHead(t *testing.T) []byte {
	t.Helper()
	h := batch(entries(3)).Head
	return h[:]
}

// TestBatchCut: no part of a batch opens.
func TestBatchCut(t *testing.T) {
	good := mustSign(t, batch(entries(3)))
	for n := range good {
		if _, err := journal.OpenBatch(good[:n], pub); err == nil {
			t.Fatalf("the first %d of %d bytes opened", n, len(good))
		}
	}
}

func TestReceipt(t *testing.T) {
	list := entries(3)
	r := journal.Receipt{Gate: gate, Chain: chain, Through: 3, Head: list[2].Hash(), Time: noon.Truncate(time.Second)}
	b, err := r.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	other := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	got, err := journal.OpenReceipt(b, []ed25519.PublicKey{other, pub})
	if err != nil || got != r {
		t.Errorf("opened %+v, %v, want %+v", got, err, r)
	}
	for name, test := range map[string]struct {
		body []byte
		keys []ed25519.PublicKey
		want error
	}{
		"no keys":     {b, nil, journal.ErrSignature},
		"another key": {b, []ed25519.PublicKey{other}, journal.ErrSignature},
		"unsigned":    {[]byte{0xa0}, []ed25519.PublicKey{pub}, journal.ErrNoReceipt},
		"a batch":     {mustSign(t, batch(list[:1])), []ed25519.PublicKey{pub}, journal.ErrNoReceipt},
		"too large":   {make([]byte, journal.MaxReceipt+1), []ed25519.PublicKey{pub}, journal.ErrNoReceipt},
	} {
		t.Run(name, func(t *testing.T) {
			if r, err := journal.OpenReceipt(test.body, test.keys); !errors.Is(err, test.want) || r != (journal.Receipt{}) {
				t.Errorf("got %+v, %v, want %v", r, err, test.want)
			}
		})
	}
}

func TestReceiptForNothing(t *testing.T) {
	r := journal.Receipt{Gate: gate, Chain: chain, Head: journal.Genesis(gate, chain), Time: noon}
	if _, err := r.Sign(key); err != nil {
		t.Error(err)
	}
	r.Head[0]++
	if _, err := r.Sign(key); err == nil {
		t.Error("signed a receipt for no entry with a head that is not the chain's beginning")
	}
}

func TestTag(t *testing.T) {
	day1, day2 := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	pass, other := []byte("\x00\x00\x00\x01a\x00\x00\x00\x01b"), []byte("\x00\x00\x00\x02ab\x00\x00\x00\x00")
	if again := journal.NewTag(day1, pass); journal.NewTag(day1, pass) != again {
		t.Error("one pass has two tags on one day")
	}
	if journal.NewTag(day1, pass) == journal.NewTag(day2, pass) {
		t.Error("a pass has the same tag on two days")
	}
	if journal.NewTag(day1, pass) == journal.NewTag(day1, other) {
		t.Error("two passes have one tag")
	}
}

func TestReference(t *testing.T) {
	tracing, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	identity := []byte("\x00\x00\x00\x05xa-01\x00\x00\x00\x08abcdefgh")
	ref, err := journal.SealRef(tracing.PublicKey(), gate, 9, identity)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := journal.OpenRef(tracing, gate, 9, ref); err != nil || !bytes.Equal(got, identity) {
		t.Errorf("opened %q, %v", got, err)
	}
	if again, _ := journal.SealRef(tracing.PublicKey(), gate, 9, identity); bytes.Equal(again, ref) {
		t.Error("two references to one pass are the same")
	}
	if got, err := journal.OpenRef(tracing, gate, 10, ref); err == nil {
		t.Errorf("opened as entry 10: %q", got)
	}
	if got, err := journal.OpenRef(tracing, "another", 9, ref); err == nil {
		t.Errorf("opened as another gate's: %q", got)
	}
	if _, err := journal.SealRef(nil, gate, 9, identity); err == nil {
		t.Error("sealed to no key")
	}
	for _, n := range []int{464, 465} {
		ref, err := journal.SealRef(tracing.PublicKey(), gate, 1, make([]byte, n))
		if fits := err == nil && len(ref) <= journal.MaxRef; fits != (n == 464) {
			t.Errorf("an identity of %d bytes: %v", n, err)
		}
	}
}

func TestKindWords(t *testing.T) {
	if got := fmt.Sprint(journal.Check, journal.Override, journal.Registration, journal.Slip, journal.Start, journal.Clock,
		journal.Confirm, journal.Shift, journal.Headcount, journal.Kind(10)); got != "check override registration slip start clock confirm shift headcount kind-10" {
		t.Error(got)
	}
}

// FuzzEntry: what parses encodes to the same bytes.
func FuzzEntry(f *testing.F) {
	for _, e := range entries(4) {
		b, err := e.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := journal.ParseEntry(b)
		if err != nil {
			return
		}
		again, err := e.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("%x became %x, %v", b, again, err)
		}
	})
}

// FuzzBatch signs any payload: what opens signs to the same bytes.
func FuzzBatch(f *testing.F) {
	for _, n := range []int{1, 2, 7} {
		m, err := cose.Parse(mustSign(f, batch(entries(n))))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(m.Payload)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		body, err := cose.Sign(key, nil, payload)
		if err != nil {
			t.Fatal(err)
		}
		b, err := journal.OpenBatch(body, pub)
		if err != nil {
			return
		}
		again, err := b.Sign(key)
		if err != nil || !bytes.Equal(again, body) {
			t.Errorf("%x became %x, %v", body, again, err)
		}
	})
}

func BenchmarkOpenBatch(b *testing.B) {
	body := mustSign(b, batch(entries(1000)))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := journal.OpenBatch(body, pub); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkEntryHash(b *testing.B) {
	e := entries(1)[0]
	for b.Loop() {
		e.Hash()
	}
}

func BenchmarkSealRef(b *testing.B) {
	tracing, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	identity := make([]byte, 30)
	for b.Loop() {
		if _, err := journal.SealRef(tracing.PublicKey(), gate, 1, identity); err != nil {
			b.Fatal(err)
		}
	}
}

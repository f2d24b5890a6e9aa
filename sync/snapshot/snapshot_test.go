package snapshot_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/pass"
	"postern/sync/snapshot"
	"postern/sync/status"
)

var (
	made  = time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)
	epoch = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
)

// city makes content of n entries as they are in life: most people good and
// tested within three days.
func city(n int, seed uint64) *snapshot.Content {
	r := rand.New(rand.NewPCG(seed, 1))
	entries := make([]status.Entry, n)
	for i := range entries {
		entries[i] = entry(r)
	}
	return &snapshot.Content{Version: 1, Made: made, Epoch: epoch, Lists: []snapshot.List{{URI: "s:1", Entries: entries}}}
}

func entry(r *rand.Rand) status.Entry {
	value := status.Good
	switch k := r.IntN(1000); {
	case k == 0:
		value = status.Barred
	case k < 10:
		value = status.Suspended
	}
	t := &pass.Test{Kind: pass.NucleicAcid, At: made.Add(-time.Duration(1+r.IntN(4320)) * time.Minute)}
	if r.IntN(200) == 0 {
		t.Result = pass.Positive
	}
	if r.IntN(10) == 0 {
		t = nil
	}
	e, ok := status.NewEntry(value, t, epoch)
	if !ok {
		panic("entry does not fit")
	}
	return e
}

// next is the version after c, with share of a thousand changed.
func next(c *snapshot.Content, share int, seed uint64) *snapshot.Content {
	r := rand.New(rand.NewPCG(seed, 2))
	n := &snapshot.Content{Version: c.Version + 1, Made: c.Made.Add(10 * time.Minute), Epoch: c.Epoch}
	for _, l := range c.Lists {
		entries := copied(l.Entries)
		for range len(entries) * share / 1000 {
			entries[r.IntN(len(entries))] = entry(r)
		}
		n.Lists = append(n.Lists, snapshot.List{URI: l.URI, Entries: entries})
	}
	return n
}

func copied(e []status.Entry) []status.Entry { return append([]status.Entry{}, e...) }

// naive draws the canonical columns with no thought of speed.
func naive(c *snapshot.Content) [32]byte {
	lists := []any{}
	for _, l := range c.Lists {
		lists = append(lists, []any{l.URI, len(l.Entries)})
	}
	b, _ := cbor.Marshal([]any{1, c.Version, c.Made.Unix(), c.Epoch.Unix() / 60, lists})
	for _, l := range c.Lists {
		packed := make([]byte, (len(l.Entries)+3)/4)
		for i, e := range l.Entries {
			packed[i/4] |= byte(e.Value()) << (i % 4 * 2)
		}
		b = append(b, packed...)
	}
	for _, column := range []func(status.Entry) byte{
		func(e status.Entry) byte { return byte(e.Minute()) },
		func(e status.Entry) byte { return byte(e.Minute() >> 8) },
		func(e status.Entry) byte { return byte(e.Minute() >> 16) },
		func(e status.Entry) byte { return byte(e >> 19 & 63) },
		func(e status.Entry) byte { return byte(e >> 25 & 7) },
	} {
		for _, l := range c.Lists {
			for _, e := range l.Entries {
				b = append(b, column(e))
			}
		}
	}
	return sha256.Sum256(b)
}

func shapes() map[string]*snapshot.Content {
	two := city(9, 3)
	two.Lists = append(two.Lists, snapshot.List{URI: "s:2", Entries: city(70001, 4).Lists[0].Entries}, snapshot.List{URI: "s:3", Entries: []status.Entry{}})
	return map[string]*snapshot.Content{
		"no list":     {Version: 1, Made: made, Epoch: epoch},
		"one entry":   city(1, 1),
		"three":       city(3, 1),
		"a piece":     city(64<<10, 1),
		"more":        city(200_003, 2),
		"three lists": two,
	}
}

func TestDigestIsOverTheCanonicalColumns(t *testing.T) {
	for name, c := range shapes() {
		if c.Digest() != naive(c) {
			t.Errorf("%s: digest differs from the columns as drawn", name)
		}
	}
}

func TestFullRoundTrip(t *testing.T) {
	for name, c := range shapes() {
		b, err := snapshot.EncodeFull(c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := snapshot.DecodeFull(b, 0)
		if err != nil || !reflect.DeepEqual(got, c) || got.Digest() != c.Digest() {
			t.Errorf("%s: came back another: %v", name, err)
		}
	}
}

func TestDecodeFullRefuses(t *testing.T) {
	c := city(300, 1)
	b, err := snapshot.EncodeFull(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := snapshot.DecodeFull(b, 300); err != nil {
		t.Errorf("exactly as many entries as allowed: %v", err)
	}
	if _, err := snapshot.DecodeFull(b, 299); err == nil {
		t.Error("took more entries than allowed")
	}
	for n := range b {
		if _, err := snapshot.DecodeFull(b[:n], 0); err == nil {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
	}
	if _, err := snapshot.DecodeFull(append(bytes.Clone(b), 0), 0); err == nil {
		t.Error("took a byte too many")
	}
	for n := range b { // what still decodes must be told by its digest
		bad := bytes.Clone(b)
		bad[n] ^= 0x10
		if got, err := snapshot.DecodeFull(bad, 2000); err == nil && got.Digest() == c.Digest() && !reflect.DeepEqual(got, c) {
			t.Fatalf("byte %d changed, and the digest does not tell", n)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*snapshot.Content){
		"version 0":     func(c *snapshot.Content) { c.Version = 0 },
		"no time":       func(c *snapshot.Content) { c.Made = time.Time{} },
		"half second":   func(c *snapshot.Content) { c.Made = c.Made.Add(time.Second / 2) },
		"epoch":         func(c *snapshot.Content) { c.Epoch = c.Epoch.Add(time.Second) },
		"reserved bits": func(c *snapshot.Content) { c.Lists[0].Entries[3] |= 1 << 28 },
		"twice":         func(c *snapshot.Content) { c.Lists = append(c.Lists, c.Lists[0]) },
		"no name":       func(c *snapshot.Content) { c.Lists[0].URI = "" },
		"many lists": func(c *snapshot.Content) {
			for i := range snapshot.MaxLists {
				c.Lists = append(c.Lists, snapshot.List{URI: string(rune('a' + i))})
			}
		},
	} {
		c := city(10, 1)
		spoil(c)
		if _, err := snapshot.EncodeFull(c); err == nil {
			t.Errorf("%s: encoded", name)
		}
	}
}

func TestDeltaChainEqualsTheWhole(t *testing.T) {
	held := city(1500, 1)
	for step := range uint64(6) {
		want := next(held, 20, step)
		switch step {
		case 2: // the list grows
			want.Lists[0].Entries = append(want.Lists[0].Entries, city(3001, 9).Lists[0].Entries...)
		case 3: // a second list
			want.Lists = append(want.Lists, snapshot.List{URI: "s:2", Entries: city(700, 8).Lists[0].Entries})
		case 4: // nothing changes
			want.Lists = held.Lists
		}
		before := held.Digest()
		b, err := snapshot.EncodeDelta(held, want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := snapshot.ApplyDelta(held, b)
		if err != nil || got.Digest() != want.Digest() || !reflect.DeepEqual(got, want) {
			t.Fatalf("step %d: came out another: %v", step, err)
		}
		if held.Digest() != before {
			t.Fatalf("step %d: the delta changed what it was applied to", step)
		}
		for n := range b {
			if _, err := snapshot.ApplyDelta(held, b[:n]); err == nil {
				t.Fatalf("step %d: took %d of %d bytes", step, n, len(b))
			}
		}
		held = got
	}
}

func TestNoDelta(t *testing.T) {
	from := city(100, 1)
	for name, spoil := range map[string]func(*snapshot.Content){
		"another epoch":  func(c *snapshot.Content) { c.Epoch = c.Epoch.AddDate(0, 1, 0) },
		"same version":   func(c *snapshot.Content) { c.Version = from.Version },
		"shorter list":   func(c *snapshot.Content) { c.Lists[0].Entries = c.Lists[0].Entries[:99] },
		"renamed list":   func(c *snapshot.Content) { c.Lists[0].URI = "s:9" },
		"list went away": func(c *snapshot.Content) { c.Lists = nil },
	} {
		to := next(from, 10, 1)
		spoil(to)
		if _, err := snapshot.EncodeDelta(from, to); !errors.Is(err, snapshot.ErrNoDelta) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b, err := snapshot.EncodeDelta(from, next(from, 10, 1))
	if err != nil {
		t.Fatal(err)
	}
	other := city(100, 1)
	other.Version = 7
	if _, err := snapshot.ApplyDelta(other, b); !errors.Is(err, snapshot.ErrNoDelta) {
		t.Errorf("applied to another version: %v", err)
	}
}

func TestLookup(t *testing.T) {
	c := city(10, 1)
	if e, err := c.Lookup("s:1", 9); err != nil || e != c.Lists[0].Entries[9] {
		t.Errorf("got %v, %v", e, err)
	}
	for _, at := range []struct {
		uri   string
		index uint64
	}{{"s:1", 10}, {"s:1", 1 << 63}, {"s:2", 0}, {"", 0}} {
		if _, err := c.Lookup(at.uri, at.index); !errors.Is(err, status.ErrNoEntry) {
			t.Errorf("%v: %v", at, err)
		}
	}
}

func FuzzDecodeFull(f *testing.F) {
	for _, c := range []*snapshot.Content{city(1, 1), city(40, 2), {Version: 1, Made: made, Epoch: epoch}} {
		b, err := snapshot.EncodeFull(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := snapshot.DecodeFull(b, 1<<16)
		if err != nil {
			return
		}
		again, err := snapshot.EncodeFull(c)
		if err != nil {
			t.Fatalf("decoded what does not encode: %v", err)
		}
		if d, err := snapshot.DecodeFull(again, 1<<16); err != nil || d.Digest() != c.Digest() {
			t.Errorf("came back another: %v", err)
		}
	})
}

func FuzzApplyDelta(f *testing.F) {
	from := city(40, 1)
	for _, share := range []int{0, 100, 900} {
		b, err := snapshot.EncodeDelta(from, next(from, share, 1))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	before := from.Digest()
	f.Fuzz(func(t *testing.T, b []byte) {
		to, err := snapshot.ApplyDelta(from, b)
		if from.Digest() != before {
			t.Fatal("it changed what it was applied to")
		}
		if err != nil {
			return
		}
		again, err := snapshot.EncodeDelta(from, to)
		if err != nil {
			t.Fatalf("made what no delta leads to: %v", err)
		}
		if d, err := snapshot.ApplyDelta(from, again); err != nil || d.Digest() != to.Digest() {
			t.Errorf("came back another: %v", err)
		}
	})
}

const million = 1_000_000

func BenchmarkEncodeFull(b *testing.B) {
	c := city(million, 1)
	for b.Loop() {
		file, err := snapshot.EncodeFull(c)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(file)), "bytes")
	}
}

func BenchmarkDecodeFull(b *testing.B) {
	file, err := snapshot.EncodeFull(city(million, 1))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := snapshot.DecodeFull(file, million); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	c := city(million, 1)
	for b.Loop() {
		c.Digest()
	}
}

func BenchmarkEncodeDelta(b *testing.B) {
	from := city(million, 1)
	to := next(from, 10, 1)
	for b.Loop() {
		file, err := snapshot.EncodeDelta(from, to)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(file)), "bytes")
	}
}

func BenchmarkApplyDelta(b *testing.B) {
	from := city(million, 1)
	file, err := snapshot.EncodeDelta(from, next(from, 10, 1))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := snapshot.ApplyDelta(from, file); err != nil {
			b.Fatal(err)
		}
	}
}

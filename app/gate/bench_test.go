package gate_test

import (
	"context"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/journal"
	"postern/sync/pass"
	"postern/sync/verdict"
)

// million is the number of passes in the snapshot of the benchmarks.
const million = 1_000_000

// volatile is a store that seals and encodes entries and then drops them.
type volatile struct{ *store.Store }

func (v volatile) Append(_ context.Context, d gate.Draft) (e journal.Entry, err error) {
	e = d.Entry
	e.Seq = 1
	if e.Ref, err = d.Seal(e.Seq); err == nil {
		_, err = e.Encode()
	}
	return e, err
}

// BenchmarkCheck is the way from a presentation's text to a committed verdict,
// whole and in its parts, on real files with a snapshot of a million passes.
// Texts are those of 4,096 passes spread over the snapshot.
func BenchmarkCheck(b *testing.B) {
	ctx := context.Background()
	w := storetest.NewWorld(b, 1)
	w.Policy.Reentry = 5
	now := w.Now
	s, err := store.Open(ctx, b.TempDir(), store.Options{Now: func() time.Time { return now }})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	w.Joined(b, s, million)
	indexes := make([]uint64, 4096)
	texts := make([]string, len(indexes))
	for i := range indexes {
		indexes[i] = uint64(i) * 2654435761 % million &^ 3 // good ones
		texts[i] = w.Pass(b, indexes[i])
	}
	g := gate.New(b.Context(), s, gate.Options{Now: func() time.Time { now = now.Add(time.Millisecond); return now }})
	clock := gate.Clock(now, s.Trusted())
	view := s.View()

	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			v := g.Check(ctx, scan.Reading{Text: texts[i%len(texts)], Source: scan.Camera})
			if v.Outcome != verdict.Admit && v.Reason != verdict.SeenBefore {
				b.Fatal(v.Reason)
			}
			i++
		}
	})
	b.Run("all but commit", func(b *testing.B) {
		b.ReportAllocs()
		g := gate.New(b.Context(), volatile{s}, gate.Options{Now: func() time.Time { now = now.Add(time.Millisecond); return now }})
		i := 0
		for b.Loop() {
			if v := g.Check(ctx, scan.Reading{Text: texts[i%len(texts)]}); v.Outcome != verdict.Admit && v.Reason != verdict.SeenBefore {
				b.Fatal(v.Reason)
			}
			i++
		}
	})
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			if _, err := pass.Open(texts[i%len(texts)], view.Keys); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
	b.Run("status", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			if _, err := s.Status(storetest.URI, indexes[i%len(indexes)]); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
	b.Run("seen", func(b *testing.B) {
		b.ReportAllocs()
		i := byte(0)
		for b.Loop() {
			if _, _, err := s.Seen(ctx, journal.Tag{i}, now.Add(-5*time.Minute)); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
	b.Run("judge", func(b *testing.B) { // opening, status and rules, without seen and commit
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			if v, _ := gate.Judge(s, texts[i%len(texts)], clock); v.Outcome != verdict.Admit {
				b.Fatal(v.Reason)
			}
			i++
		}
	})
	b.Run("reference", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := journal.SealRef(w.Tracing.PublicKey(), w.Gate.Gate, 7, make([]byte, 20)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("commit", func(b *testing.B) {
		b.ReportAllocs()
		ref := make([]byte, 90)
		for b.Loop() {
			_, err := s.Append(ctx, gate.Draft{
				Entry:   journal.Entry{Time: now, Kind: journal.Check, Outcome: verdict.Admit, Reason: "ok", Version: 1, Tag: journal.Tag{1}},
				Trusted: now, Seal: func(uint64) ([]byte, error) { return ref, nil },
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

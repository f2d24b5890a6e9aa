package store_test

import (
	"context"
	"testing"

	"postern/app/store"
	"postern/app/store/storetest"
)

// BenchmarkInstall builds, swaps and sweeps a snapshot of a million passes.
func BenchmarkInstall(b *testing.B) {
	w := storetest.NewWorld(b, 1)
	s := mustOpen(b, b.TempDir(), store.Options{})
	w.Joined(b, s, 10)
	version := uint64(1)
	u := w.Update(b, 2, 1_000_000)
	for b.Loop() {
		version++
		u.Content.Version = version
		u.Digest[0], u.Digest[1] = byte(version), byte(version>>8)
		if err := s.Install(context.Background(), u); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen is the store's part of a cold start, with a snapshot of a
// million passes and a shift's journal.
func BenchmarkOpen(b *testing.B) {
	w, dir := storetest.NewWorld(b, 1), b.TempDir()
	s := mustOpen(b, dir, store.Options{})
	w.Joined(b, s, 1_000_000)
	for range 2000 {
		append1(b, s)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := store.Open(context.Background(), dir, store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Status(storetest.URI, 999_999); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

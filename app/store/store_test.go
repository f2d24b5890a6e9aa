package store_test

import (
	"context"
	"testing"
	"time"

	"postern/app/store"
	"postern/app/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) func() storetest.Store {
		dir := t.TempDir()
		return func() storetest.Store { return mustOpen(t, dir, store.Options{Now: now}) }
	})
}

func mustOpen(tb testing.TB, dir string, o store.Options) *store.Store {
	tb.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return storetest.Noon }
	}
	s, err := store.Open(context.Background(), dir, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	return s
}

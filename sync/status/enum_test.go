package status_test

import (
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/status"
)

// A status out of range is never good, and never packed as one that is in it.
func TestValuesOutOfRange(t *testing.T) {
	epoch := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	words := map[status.Value]string{status.Good: "good", status.Invalid: "invalid", status.Suspended: "suspended", status.Barred: "barred"}
	for i := range 256 {
		v := status.Value(i)
		want, known := words[v]
		if !known {
			want = "unknown"
		}
		if got := v.String(); got != want {
			t.Errorf("status %d reads %q, want %q", i, got, want)
		}
		for _, test := range []*pass.Test{nil, {At: epoch.Add(time.Hour)}} {
			e, ok := status.NewEntry(v, test, epoch)
			if ok != known || ok && e.Value() != v {
				t.Errorf("status %d is packed as %v, %t", i, e.Value(), ok)
			}
			if !ok && e.Value() == status.Good {
				t.Errorf("status %d, refused, leaves an entry that reads good", i)
			}
		}
	}
}

// A kind of list out of range has no word that a command takes.
func TestListKindsOutOfRange(t *testing.T) {
	for i := range 256 {
		k := status.Kind(i)
		if got, ok := status.ParseKind(k.String()); ok && got != k {
			t.Errorf("kind %d reads %q, which is kind %d", i, k, got)
		}
		if known := k >= status.UCIs && k <= status.Tokens; known == (k.String() == "other") {
			t.Errorf("kind %d reads %q", i, k)
		}
	}
}

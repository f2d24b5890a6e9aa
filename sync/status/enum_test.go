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

// A foreign status type is known from 0 to 2; all others are nobody's, and not good.
func TestTypesOutOfRange(t *testing.T) {
	for n := range 256 {
		v, ok := status.TypeOf(uint8(n))
		if ok != (n <= 2) || ok && int(v) != n {
			t.Errorf("type %d is %v, %v", n, v, ok)
		}
		if !ok && v == status.Good {
			t.Errorf("type %d reads good", n)
		}
	}
}

// What an entry has room for comes out of it with its own number; what it has
// no room for is refused, and never cut to a kind or a result that fits.
func TestTestsOutOfRange(t *testing.T) {
	for n := range 256 {
		for _, test := range []pass.Test{
			{Kind: pass.Kind(n), At: epoch.Add(time.Hour)},
			{Kind: pass.Antigen, Result: pass.Result(n), At: epoch.Add(time.Hour)},
		} {
			e, ok := status.NewEntry(status.Good, &test, epoch)
			if fits := test.Kind < 64 && test.Result < 8; ok != fits {
				t.Errorf("%+v: packed %v, want %v", test, ok, fits)
			}
			if got, there := e.Test(epoch); ok && (!there || got != test) || !ok && there {
				t.Errorf("%+v: came out as %+v, %v", test, got, there)
			}
		}
	}
}

// A list of a kind that is not known is refused, and says nothing of any pass.
func TestListsOfKindsOutOfRange(t *testing.T) {
	p := &pass.Pass{Format: pass.HCERT, Document: map[string]any{"v": []any{map[string]any{"ci": "URN:UVCI:1"}}}}
	p.Issuer, p.Status = "XF", &pass.StatusRef{URI: "list"}
	for i := range 256 {
		f := status.Foreign{Head: status.Head{Issuer: "XF", Kind: status.Kind(i)}}
		if f.Kind == status.Tokens {
			f.Bits = 2
		}
		known := f.Kind >= status.UCIs && f.Kind <= status.Tokens
		if err := f.Check(); (err == nil) != known {
			t.Errorf("a list of kind %d is checked with error %v", i, err)
		}
		if got, _ := status.Find(p, status.Lists{f}); !known && got != (status.Finding{}) {
			t.Errorf("a list of kind %d says %+v", i, got)
		}
	}
}

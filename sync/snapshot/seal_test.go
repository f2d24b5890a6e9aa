package snapshot_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"postern/sync/snapshot"
)

var epochKey = bytes.Repeat([]byte{5}, 32)

func mustSeal(t testing.TB, plain []byte) []byte {
	t.Helper()
	b, err := snapshot.SealFile(plain, "status/1.full", epochKey, rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealFile(t *testing.T) {
	const chunk = 64 << 10
	for _, n := range []int{0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3*chunk + 7} {
		plain := make([]byte, n)
		rand.NewChaCha8([32]byte{2}).Read(plain)
		b := mustSeal(t, plain)
		got, err := snapshot.OpenFile(b, "status/1.full", epochKey)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: %v", n, err)
		}
		for name, c := range map[string]struct {
			b    []byte
			name string
			key  []byte
		}{
			"another name": {b, "status/2.full", epochKey},
			"another key":  {b, "status/1.full", bytes.Repeat([]byte{6}, 32)},
			"cut":          {b[:len(b)-1], "status/1.full", epochKey},
			"longer":       {append(bytes.Clone(b), 0), "status/1.full", epochKey},
			"another salt": {flip(b, 10), "status/1.full", epochKey},
			"last byte":    {flip(b, len(b)-1), "status/1.full", epochKey},
			"magic":        {flip(b, 0), "status/1.full", epochKey},
		} {
			if _, err := snapshot.OpenFile(c.b, c.name, c.key); !errors.Is(err, snapshot.ErrSealed) {
				t.Errorf("%d bytes, %s: %v", n, name, err)
			}
		}
	}
}

func TestSealedFileCannotBeCutAtAChunk(t *testing.T) {
	const head, chunk = 20, 64<<10 + 16
	b := mustSeal(t, make([]byte, 200<<10))
	for end := head; end < len(b); end += chunk {
		if _, err := snapshot.OpenFile(b[:end], "status/1.full", epochKey); !errors.Is(err, snapshot.ErrSealed) {
			t.Errorf("cut at %d: %v", end, err)
		}
	}
	swapped := bytes.Clone(b)
	copy(swapped[head:], b[head+chunk:head+2*chunk])
	copy(swapped[head+chunk:], b[head:head+chunk])
	if _, err := snapshot.OpenFile(swapped, "status/1.full", epochKey); !errors.Is(err, snapshot.ErrSealed) {
		t.Errorf("two chunks changed places: %v", err)
	}
}

func TestSealFileWantsAKey(t *testing.T) {
	if _, err := snapshot.SealFile(nil, "x", []byte{1}, rand.NewChaCha8([32]byte{})); err == nil {
		t.Error("sealed with a key of one byte")
	}
}

func flip(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

// Nothing opens but what was sealed.
func FuzzOpenFile(f *testing.F) {
	whole := mustSeal(f, []byte("columns"))
	f.Add(whole)
	f.Add(mustSeal(f, nil))
	f.Add([]byte("PSE1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, err := snapshot.OpenFile(b, "status/1.full", epochKey)
		if err == nil && !bytes.Equal(b, whole) && len(plain) > 0 {
			t.Errorf("opened %d bytes that nobody sealed", len(plain))
		}
	})
}

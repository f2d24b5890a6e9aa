package inflate_test

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"testing"

	"postern/sync/internal/inflate"
)

func deflated(t testing.TB, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, 9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zlibbed(t testing.TB, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInflatesWithinTheBound(t *testing.T) {
	for _, size := range []int{0, 1, 100, 1000, inflate.Pass} {
		plain := bytes.Repeat([]byte{'x'}, size)
		if got, err := inflate.Zlib(zlibbed(t, plain), inflate.Pass); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes of zlib came back as %d, %v", size, len(got), err)
		}
		if got, err := inflate.Raw(deflated(t, plain), inflate.Pass); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes of deflate came back as %d, %v", size, len(got), err)
		}
	}
	bomb := bytes.Repeat([]byte{0}, inflate.Pass+1)
	if got, err := inflate.Zlib(zlibbed(t, bomb), inflate.Pass); !errors.Is(err, inflate.ErrTooLarge) {
		t.Errorf("a byte too much gave %d bytes, %v", len(got), err)
	}
	if got, err := inflate.Raw(deflated(t, make([]byte, 64<<20)), inflate.Pass); !errors.Is(err, inflate.ErrTooLarge) {
		t.Errorf("64 MiB gave %d bytes, %v", len(got), err)
	}
}

func TestRefuses(t *testing.T) {
	good := zlibbed(t, []byte("some credential"))
	wrongSum := bytes.Clone(good)
	wrongSum[len(wrongSum)-1]++
	for name, b := range map[string][]byte{
		"nothing":       nil,
		"not zlib":      []byte("plain text"),
		"dictionary":    {0x78, 0xbb, 0, 0, 0, 0},
		"cut":           good[:len(good)-5],
		"cut checksum":  good[:len(good)-1],
		"trailing":      append(bytes.Clone(good), 0),
		"wrong sum":     wrongSum,
		"broken stream": append([]byte{0x78, 0x9c}, bytes.Repeat([]byte{0xff}, 20)...),
	} {
		if got, err := inflate.Zlib(b, inflate.Pass); err == nil {
			t.Errorf("%s: gave %q", name, got)
		}
	}
	raw := deflated(t, []byte("some credential"))
	for name, b := range map[string][]byte{"nothing": nil, "cut": raw[:len(raw)-1], "trailing": append(bytes.Clone(raw), 0)} {
		if got, err := inflate.Raw(b, inflate.Pass); err == nil {
			t.Errorf("raw, %s: gave %q", name, got)
		}
	}
}

// A reader that failed is as good as new for the next credential.
func TestReaderIsReused(t *testing.T) {
	for range 8 {
		if _, err := inflate.Raw([]byte{0xff, 0xff}, inflate.Pass); err == nil {
			t.Fatal("a broken stream inflates")
		}
		if got, err := inflate.Raw(deflated(t, []byte("next")), inflate.Pass); err != nil || string(got) != "next" {
			t.Fatalf("after a broken stream: %q, %v", got, err)
		}
	}
}

// Whatever is given, what comes out is within the bound, and deflates again to the same.
func FuzzInflate(f *testing.F) {
	f.Add(zlibbed(f, []byte("some credential")))
	f.Add(deflated(f, []byte("some credential")))
	f.Add(zlibbed(f, make([]byte, 1<<20)))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func([]byte, int) ([]byte, error){inflate.Zlib, inflate.Raw} {
			plain, err := read(b, 1<<12)
			if len(plain) > 1<<12 || (err != nil && plain != nil) {
				t.Fatalf("gave %d bytes, %v", len(plain), err)
			}
		}
	})
}

package client_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"postern/sync/client"
)

// TestResume fetches a large file over a line that breaks off again and again:
// each pull goes on where the last one stopped.
func TestResume(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	content := noise(2, 300_000)
	file := c.putFull(g, content)
	info, err := os.Stat(filepath.Join(c.files, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	const piece = 200_000
	if info.Size() < 3*piece {
		t.Fatalf("the file has only %d bytes", info.Size())
	}
	var sent atomic.Int64
	c.tamper(func(hub http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".full") {
				w = &brief{ResponseWriter: w, left: piece, sent: &sent}
			}
			hub.ServeHTTP(w, r)
		})
	})
	pulls := 0
	for {
		pulls++
		_, err := g.Pull(t.Context())
		if err == nil {
			break
		}
		if !errors.Is(err, client.ErrUnreachable) || pulls > 20 {
			t.Fatal(err)
		}
		g.mustBeWhole(t, 1)
	}
	g.mustBeWhole(t, 2)
	if want := int(info.Size()/piece) + 1; pulls != want || sent.Load() != info.Size() {
		t.Errorf("%d pulls and %d bytes for a file of %d, want %d pulls", pulls, sent.Load(), info.Size(), want)
	}
	if left, err := os.ReadDir(g.Dir); err != nil || len(left) > 0 {
		t.Errorf("half-fetched files are left: %v, %v", left, err)
	}
}

// brief lets some bytes through, then breaks off.
type brief struct {
	http.ResponseWriter
	left int
	sent *atomic.Int64
}

func (b *brief) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	if n > 0 {
		b.ResponseWriter.Write(p[:n])
		b.left -= n
		b.sent.Add(int64(n))
	}
	if n < len(p) {
		http.NewResponseController(b.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, nil
}

// TestParts: whatever lies in the folder of half-fetched files, and whether or
// not the hub knows ranges, the file comes out right.
func TestParts(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	version := uint64(1)
	for name, test := range map[string]struct {
		part   func(file []byte) []byte
		tamper func(http.Handler) http.Handler
	}{
		"nothing":           {nil, nil},
		"a third":           {func(b []byte) []byte { return b[:len(b)/3] }, nil},
		"all":               {func(b []byte) []byte { return b }, nil},
		"all but a byte":    {func(b []byte) []byte { return b[:len(b)-1] }, nil},
		"too much":          {func(b []byte) []byte { return append(bytes.Clone(b), "more"...) }, nil},
		"garbage":           {func(b []byte) []byte { return make([]byte, len(b)/3) }, nil},
		"garbage, all":      {func(b []byte) []byte { return make([]byte, len(b)) }, nil},
		"no ranges":         {func(b []byte) []byte { return b[:len(b)/3] }, noRanges},
		"garbage, no range": {func(b []byte) []byte { return make([]byte, len(b)/3) }, noRanges},
	} {
		t.Run(name, func(t *testing.T) {
			version++
			file := filepath.Join(c.files, filepath.FromSlash(c.putFull(g, noise(version, 100_000))))
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if test.part != nil {
				part := filepath.Join(g.Dir, fmt.Sprintf("%x.part", sha256.Sum256(b)))
				if err := errors.Join(os.MkdirAll(g.Dir, 0o700), os.WriteFile(part, test.part(b), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			c.tamper(test.tamper)
			g.mustPull(t)
			g.mustBeWhole(t, version)
		})
	}
}

func noRanges(hub http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { r.Header.Del("Range"); hub.ServeHTTP(w, r) })
}

// TestBadTarget: a file that never becomes right, with and without a folder.
func TestBadTarget(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	folder := g.Dir
	version := uint64(1)
	for name, f := range map[string]func([]byte) []byte{
		"changed":   func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"too long":  func(b []byte) []byte { return append(b, 0) },
		"very long": func(b []byte) []byte { return append(b, make([]byte, 1<<20)...) },
	} {
		for _, dir := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, folder %v", name, dir), func(t *testing.T) {
				c.putFull(g, noise(version+1, 100_000))
				if g.Dir = folder; !dir {
					g.Dir = ""
				}
				c.tamper(changeSuffix(".full", f))
				for range 2 {
					if _, err := g.Pull(t.Context()); !errors.Is(err, client.ErrNotVerified) {
						t.Errorf("%v", err)
					}
					g.mustBeWhole(t, version)
				}
				c.tamper(nil)
				g.mustPull(t)
				version++
				g.mustBeWhole(t, version)
			})
		}
	}
}

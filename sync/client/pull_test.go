package client_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"postern/sync/authority"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/snapshot"
)

func TestFirstPull(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	r := g.mustPull(t)
	if r.Snapshot != 1 || !r.New || r.Files != 1 || !r.Made.Equal(c.now) || r.Pull != 10*time.Minute {
		t.Errorf("result %+v", r)
	}
	g.mustBeWhole(t, 1)
	in := g.store.in
	if in.Trust == nil || in.Policy == nil || in.Opened.Policy != "residential" || !in.Pulled.Equal(c.now) || g.store.installs != 1 {
		t.Errorf("installed %+v", in)
	}
	for _, name := range []string{"root", "root.1", "timestamp", "snapshot", "targets", "online"} {
		if in.Metadata[name] == nil {
			t.Errorf("metadata of %s is not kept", name)
		}
	}
}

func TestNothingNew(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	var asked atomic.Int32
	c.tamper(func(hub http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked.Add(1); hub.ServeHTTP(w, r) })
	})
	c.now = c.now.Add(time.Hour)
	if r := g.mustPull(t); r.New || r.Files != 0 || r.Snapshot != 1 {
		t.Errorf("result %+v", r)
	}
	if n := asked.Load(); n != 3 { // next root, timestamp, envelope
		t.Errorf("%d requests, want 3", n)
	}
	if !g.store.in.Pulled.Equal(c.now) {
		t.Error("the time of the pull is not kept")
	}
}

// TestDeltas pulls after every version, and after many at once.
func TestDeltas(t *testing.T) {
	c := newCity(t)
	often, seldom := c.newGate(), c.newGate()
	often.mustPull(t)
	seldom.mustPull(t)
	for i := range 4 {
		c.roster(fmt.Sprintf("N%d,李四,1970,碑林,suspended,2022-12-31\n", i))
		version := c.publish()
		r := often.mustPull(t)
		if r.Snapshot != version || r.Files != 1 {
			t.Errorf("version %d: %+v", version, r)
		}
		often.mustBeWhole(t, version)
	}
	r := seldom.mustPull(t)
	seldom.mustBeWhole(t, often.store.in.Snapshot)
	if seldom.store.in.Digest != often.store.in.Digest || r.Files == 0 {
		t.Errorf("another way led to another content: %+v", r)
	}
}

// TestPolicyChange: the place chooses the policy, by the envelope.
func TestPolicyChange(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	if err := c.authority.Gates.SetPolicy(t.Context(), g.Identity.Gate, "hospital"); err != nil {
		t.Fatal(err)
	}
	c.publish()
	g.mustPull(t)
	if g.store.in.Opened.Policy != "hospital" || !bytes.Contains(g.store.in.Policy, []byte(`"hospital"`)) {
		t.Errorf("policy %s, %s", g.store.in.Opened.Policy, g.store.in.Policy)
	}
}

// TestHealing: the digest of what is installed is not the signed one.
func TestHealing(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	c.publish()
	r := g.mustPull(t)
	want := g.store.in.Digest
	g.store.in.Digest[0]++
	if r = g.mustPull(t); !r.New || g.store.in.Digest != want {
		t.Errorf("same version, other digest: %+v", r)
	}
	g.store.in.Snapshot, g.store.in.Digest, g.store.content = 0, [32]byte{}, &snapshot.Content{}
	if r = g.mustPull(t); !r.New || g.store.in.Digest != want {
		t.Errorf("damaged, so not there: %+v", r)
	}
	c.publish()
	g.store.content = noise(2, 10) // what is read back is not what was installed
	if r = g.mustPull(t); r.Snapshot != 3 || !r.New {
		t.Errorf("delta from something else: %+v", r)
	}
	g.mustBeWhole(t, 3)
}

// TestTampered changes one byte of each file that a pull needs.
func TestTampered(t *testing.T) {
	c := newCity(t)
	old := c.newGate()
	old.mustPull(t)
	c.roster("P2,李四,1970,碑林,barred,2022-12-31\n")
	c.publish()
	seen := map[string]bool{}
	c.tamper(func(hub http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { seen[r.URL.Path] = true; hub.ServeHTTP(w, r) })
	})
	first := c.newGate()
	first.mustPull(t)
	c.tamper(nil)
	for file := range seen {
		if strings.Contains(file, "enrolment") || strings.HasSuffix(file, "2.root.json") {
			continue
		}
		g := c.newGate()
		c.tamper(change(strings.Replace(file, first.Identity.Gate, g.Identity.Gate, 1), func(b []byte) []byte { b[len(b)/2] ^= 1; return b }))
		_, err := g.Pull(t.Context())
		if !errors.Is(err, client.ErrNotVerified) && !errors.Is(err, client.ErrGarbage) && !errors.Is(err, client.ErrWrongCity) {
			t.Errorf("%s: %v", file, err)
		}
		if g.store.installs != 0 {
			t.Errorf("%s: something was installed", file)
		}
		c.tamper(nil)
		g.mustPull(t)
	}
	// A delta that was changed is no obstacle: there is the whole.
	c.tamper(changeSuffix(".delta", func(b []byte) []byte { b[len(b)/2] ^= 1; return b }))
	if r := old.mustPull(t); r.Snapshot != 2 {
		t.Errorf("after a bad delta: %+v", r)
	}
	old.mustBeWhole(t, 2)
}

// change applies f to the body of one path.
func change(path string, f func([]byte) []byte) func(http.Handler) http.Handler {
	return changeWhere(func(r *http.Request) bool { return r.URL.Path == path }, f)
}

func changeSuffix(suffix string, f func([]byte) []byte) func(http.Handler) http.Handler {
	return changeWhere(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, suffix) }, f)
}

func changeWhere(where func(*http.Request) bool, f func([]byte) []byte) func(http.Handler) http.Handler {
	return func(hub http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !where(r) {
				hub.ServeHTTP(w, r)
				return
			}
			kept := &keptAnswer{header: w.Header(), code: 200}
			hub.ServeHTTP(kept, r)
			b := f(kept.body.Bytes())
			w.Header().Set("Content-Length", strconv.Itoa(len(b)))
			w.WriteHeader(kept.code)
			w.Write(b)
		})
	}
}

type keptAnswer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (k *keptAnswer) Header() http.Header         { return k.header }
func (k *keptAnswer) WriteHeader(code int)        { k.code = code }
func (k *keptAnswer) Write(b []byte) (int, error) { return k.body.Write(b) }

// TestCut breaks every answer off at each sixteenth of it.
func TestCut(t *testing.T) {
	c := newCity(t)
	fresh, known := c.newGate(), c.newGate()
	known.mustPull(t)
	c.roster("P2,李四,1970,碑林,barred,2022-12-31\n")
	c.publish()
	for _, g := range []*gate{fresh, known} {
		in, content := g.store.in, g.store.content
		needed := 0
		for _, file := range []string{"timestamp.json", "snapshot.json", "targets.json", "online.json", "1.root.json", ".list", ".full", ".delta", "envelope", ".residential"} {
			g.store.in, g.store.content = in, content
			for sixteenth := range 16 {
				c.tamper(cut(file, sixteenth))
				_, err := g.Pull(t.Context())
				if err == nil {
					break // this gate does not need that file
				}
				needed++
				if !errors.Is(err, client.ErrUnreachable) {
					t.Fatalf("%s cut at %d/16: %v", file, sixteenth, err)
				}
				g.mustBeWhole(t, in.Snapshot)
			}
		}
		if want := map[*gate]int{fresh: 9 * 16, known: 5 * 16}[g]; needed != want {
			t.Errorf("%d answers were cut, want %d", needed, want)
		}
		g.store.in, g.store.content = in, content
		c.tamper(nil)
		g.mustPull(t)
		g.mustBeWhole(t, 2)
	}
}

// cut breaks off the answers whose path ends so, after some sixteenths of the body.
func cut(suffix string, sixteenths int) func(http.Handler) http.Handler {
	return func(hub http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, suffix) {
				hub.ServeHTTP(w, r)
				return
			}
			kept := &keptAnswer{header: w.Header(), code: 200}
			hub.ServeHTTP(kept, r)
			w.Header().Set("Content-Length", strconv.Itoa(kept.body.Len()))
			w.WriteHeader(kept.code)
			w.Write(kept.body.Bytes()[:kept.body.Len()*sixteenths/16])
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		})
	}
}

// TestMixedUp gives a publisher the online key and lets it lie.
func TestMixedUp(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	honest, in := c.copyFiles(), g.store.in
	good := func(c *city, g *gate) (content *snapshot.Content, b []byte, custom snapshot.Custom) {
		content = noise(2, 1000)
		plain, err := snapshot.EncodeFull(content)
		if err != nil {
			t.Fatal(err)
		}
		number, key := g.epochKey(t)
		b, err = snapshot.SealFile(plain, "status/2.full", key, rand.NewChaCha8([32]byte{4}))
		if err != nil {
			t.Fatal(err)
		}
		return content, b, snapshot.CustomOf(content, 0, number)
	}
	for name, test := range map[string]struct {
		lie  func(c *city, g *gate, targets map[string]*metadata.TargetFiles)
		want error
	}{
		"another digest": {func(c *city, g *gate, targets map[string]*metadata.TargetFiles) {
			_, b, custom := good(c, g)
			custom.Digest[0]++
			c.putTarget(targets, "status/2.full", b, custom)
		}, client.ErrNotVerified},
		"another time": {func(c *city, g *gate, targets map[string]*metadata.TargetFiles) {
			_, b, custom := good(c, g)
			custom.Made = custom.Made.Add(time.Hour)
			c.putTarget(targets, "status/2.full", b, custom)
		}, client.ErrNotVerified},
		"the file of version 2 as version 3": {func(c *city, g *gate, targets map[string]*metadata.TargetFiles) {
			_, b, custom := good(c, g)
			custom.Version = 3
			c.putTarget(targets, "status/3.full", b, custom)
		}, client.ErrNotVerified},
		"an epoch that the envelope has no key for": {func(c *city, g *gate, targets map[string]*metadata.TargetFiles) {
			_, b, custom := good(c, g)
			custom.Key = 1
			c.putTarget(targets, "status/2.full", b, custom)
		}, client.ErrNoEpochKey},
		"only a delta from elsewhere": {func(c *city, g *gate, targets map[string]*metadata.TargetFiles) {
			_, b, custom := good(c, g)
			custom.From, custom.Version = 7, 8
			c.putTarget(targets, "status/7-8.delta", b, custom)
		}, client.ErrNotVerified},
		"a name that says otherwise": {func(c *city, g *gate, targets map[string]*metadata.TargetFiles) {
			_, b, custom := good(c, g)
			c.putTarget(targets, "status/9.full", b, custom) // not a status file then
		}, nil},
		"a trust list of its own": {func(c *city, g *gate, targets map[string]*metadata.TargetFiles) {
			_, b, custom := good(c, g)
			c.putTarget(targets, snapshot.TrustTarget, b, custom) // nobody looks for it there
		}, nil},
		"outside its paths": {func(c *city, g *gate, targets map[string]*metadata.TargetFiles) {
			_, b, custom := good(c, g)
			c.putTarget(targets, "status/extra/2.full", b, custom)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			honest()
			g.store.in = in
			c.republish(func(targets map[string]*metadata.TargetFiles) { test.lie(c, g, targets) })
			if _, err := g.Pull(t.Context()); !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
			g.mustBeWhole(t, 1)
			if !bytes.Equal(g.store.in.Trust, in.Trust) {
				t.Error("the trust list was replaced")
			}
		})
	}
}

// TestGarbage: something answers that is no hub, at the first pull and later.
func TestGarbage(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	}
	c := newCity(t)
	known := c.newGate()
	known.mustPull(t)
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   []error
	}{
		"a login page": {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>Welcome to Free WiFi") }, []error{client.ErrGarbage}},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://login.example/", http.StatusFound)
		}, []error{client.ErrGarbage}},
		"a bare 403":      {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(403) }, []error{client.ErrGarbage}},
		"nothing but 404": {http.NotFound, []error{client.ErrGarbage, client.ErrBusy}},
		"an empty 200":    {func(http.ResponseWriter, *http.Request) {}, []error{client.ErrGarbage}},
		"random bytes":    {func(w http.ResponseWriter, r *http.Request) { w.Write([]byte{0x84, 0, 0xff, '{', '}'}) }, []error{client.ErrGarbage}},
		"JSON of nobody":  {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"signed":{},"signatures":[]}`) }, []error{client.ErrGarbage}},
		"null":            {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `null`) }, []error{client.ErrGarbage}},
		"endless":         {endless, []error{client.ErrGarbage}},
		"500":             {func(w http.ResponseWriter, r *http.Request) { http.Error(w, "oops", 500) }, []error{client.ErrBusy}},
		"503":             {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) }, []error{client.ErrBusy}},
		"hangs up":        {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, []error{client.ErrUnreachable}},
	} {
		t.Run(name, func(t *testing.T) {
			fresh := c.newGate()
			c.answer(test.answer)
			for _, g := range []*gate{fresh, known} {
				before := g.store.installs
				_, err := g.Pull(t.Context())
				ok := false
				for _, want := range test.want {
					ok = ok || errors.Is(err, want)
				}
				if !ok || g.store.installs != before {
					t.Errorf("%v, want one of %v; %d installs", err, test.want, g.store.installs-before)
				}
			}
			c.tamper(nil)
			fresh.mustPull(t)
			known.mustPull(t)
		})
	}
}

// TestEnvelopes: only the newest that is sealed to this gate counts.
func TestEnvelopes(t *testing.T) {
	c := newCity(t)
	g, other := c.newGate(), c.newGate()
	c.publish() // writes envelopes of version 2
	g.mustPull(t)
	other.mustPull(t)
	newest := g.store.in.Envelope
	version := g.store.in.Opened.Version
	serve := func(b []byte) {
		c.tamper(func(hub http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "envelope") {
					w.Write(b)
					return
				}
				hub.ServeHTTP(w, r)
			})
		})
	}
	stored, err := c.store.Gate(t.Context(), g.Identity.Gate)
	if err != nil {
		t.Fatal(err)
	}
	serve(stored.Envelope) // the one of the enrolment, older
	if _, err := g.Pull(t.Context()); err != nil || g.store.in.Opened.Version != version || !bytes.Equal(g.store.in.Envelope, newest) {
		t.Errorf("an older envelope: %v, version %d, was %d", err, g.store.in.Opened.Version, version)
	}
	for name, b := range map[string][]byte{
		"another gate's": other.store.in.Envelope,
		"changed":        append(bytes.Clone(newest[:len(newest)-1]), newest[len(newest)-1]^1),
		"empty":          {},
	} {
		serve(b)
		if _, err := g.Pull(t.Context()); !errors.Is(err, client.ErrNotVerified) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c.tamper(nil)
	if err := c.authority.Gates.Suspend(t.Context(), g.Identity.Gate, true); err != nil {
		t.Fatal(err)
	}
	c.publish()
	g.mustPull(t)
	if e := g.store.in.Opened; !e.Suspended || e.Version <= version {
		t.Errorf("envelope %+v", e)
	}
}

// TestNoEnvelope: a gate that nobody countersigned gets nothing.
func TestNoEnvelope(t *testing.T) {
	c := newCity(t)
	code, err := c.authority.Gates.Add(t.Context(), authority.NewGate{Hub: c.server.URL, Place: "south door", Policy: "residential", Direction: "both", Expiry: c.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	id, err := enrol.NewIdentity(code, rand.NewChaCha8([32]byte{5}))
	if err != nil {
		t.Fatal(err)
	}
	s := newStore(id.Gate)
	g := &client.Client{Identity: id, Store: s, HTTP: c.server.Client()}
	if _, err := g.Pull(t.Context()); !errors.Is(err, client.ErrWaiting) || s.installs != 0 {
		t.Errorf("%v, %d installs", err, s.installs)
	}
}

// TestStorageFails: what the gate cannot store is not half stored.
func TestStorageFails(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	in, content := g.store.in, g.store.content
	c.roster("P2,李四,1970,碑林,barred,2022-12-31\n")
	c.publish()
	for _, method := range []string{"Installed", "Content", "Install"} {
		t.Run(method, func(t *testing.T) {
			g.store.in, g.store.content = in, content
			g.store.fail = func(m string) error {
				if m == method {
					return errors.New("disk full")
				}
				return nil
			}
			if _, err := g.Pull(t.Context()); !errors.Is(err, client.ErrStorage) || client.CodeOf(err) != "storage" {
				t.Error(err)
			}
			g.store.fail = nil
			g.mustBeWhole(t, 1)
			g.mustPull(t)
			g.mustBeWhole(t, 2)
		})
	}
	t.Run("folder", func(t *testing.T) {
		c.putFull(g, noise(3, 100_000))
		if err := os.RemoveAll(g.Dir); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(g.Dir, nil, 0o600); err != nil { // a file where the folder should be
			t.Fatal(err)
		}
		if _, err := g.Pull(t.Context()); !errors.Is(err, client.ErrStorage) {
			t.Error(err)
		}
	})
}

func TestCodes(t *testing.T) {
	if got := client.CodeOf(nil); got != "" {
		t.Errorf("no error has code %q", got)
	}
	if got := client.CodeOf(errors.New("x")); got != "internal" {
		t.Errorf("another error has code %q", got)
	}
	if got := client.CodeOf(fmt.Errorf("pull: %w", &client.BusyError{After: time.Second})); got != "busy" {
		t.Errorf("a busy hub has code %q", got)
	}
	seen := map[client.Code]bool{}
	for _, code := range client.Codes() {
		if seen[code] || code == "" {
			t.Errorf("code %q is there twice, or empty", code)
		}
		seen[code] = true
	}
}

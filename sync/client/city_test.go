package client_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"

	"postern/sync/authority"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/hub"
	"postern/sync/hub/hubtest"
	"postern/sync/snapshot"
	"postern/sync/status"
)

// monday is when all this happens: long ago, so that by the clock of whoever
// runs the tests everything has expired.
var monday = time.Date(2021, 12, 20, 0, 0, 0, 0, time.UTC)

var receiptKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32))

// city is an authority with a hub.
type city struct {
	t         testing.TB
	authority *authority.Authority
	dir       string // of the authority
	files     string // of the hub
	store     *hubtest.Memory
	hub       *hub.Hub
	server    *httptest.Server
	now       time.Time
	log       bytes.Buffer

	mu   sync.Mutex
	wrap func(http.Handler) http.Handler // tampers with the hub's answers
}

func newCity(t testing.TB) *city {
	t.Helper()
	return newCityNamed(t, "CN-CN", 1)
}

func newCityNamed(t testing.TB, issuer string, seed byte) *city {
	t.Helper()
	dir := t.TempDir()
	c := &city{t: t, dir: filepath.Join(dir, "authority"), files: filepath.Join(dir, "hub"), store: new(hubtest.Memory), now: monday}
	var err error
	c.authority, err = authority.Create(t.Context(), c.dir, authority.Options{
		City: map[string]string{"en": "Changning"}, Issuer: issuer, ReceiptKey: []ed25519.PublicKey{receiptKey.Public().(ed25519.PublicKey)},
		Passphrase: authority.Phrase(phrase), WorkFactor: 4, Rand: rand.NewChaCha8([32]byte{seed}),
		Now: func() time.Time { return c.now }, Zone: time.UTC,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.authority.Close() })
	if err := os.Mkdir(c.files, 0o755); err != nil {
		t.Fatal(err)
	}
	c.hub, err = hub.New(hub.Options{
		Store: c.store, Files: os.DirFS(c.files), Receipt: receiptKey, Countersign: c.authority.Gates.Countersign,
		Log: slog.New(slog.NewTextHandler(&c.log, nil)), Now: func() time.Time { return c.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	c.server = httptest.NewServer(http.HandlerFunc(c.ServeHTTP))
	t.Cleanup(c.server.Close)
	c.roster("P1,王小明,1980,雁塔,good,2022-12-31\n")
	c.publish()
	return c
}

// ServeHTTP is the hub, through whatever tampers with it.
func (c *city) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	wrap := c.wrap
	c.mu.Unlock()
	if wrap != nil {
		wrap(c.hub).ServeHTTP(w, r)
		return
	}
	c.hub.ServeHTTP(w, r)
}

// tamper puts f before the hub; nil takes it away.
func (c *city) tamper(f func(hub http.Handler) http.Handler) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrap = f
}

// answer replaces every answer.
func (c *city) answer(f http.HandlerFunc) { c.tamper(func(http.Handler) http.Handler { return f }) }

func (c *city) roster(lines string) {
	c.t.Helper()
	if _, err := c.authority.Roster.Import(context.Background(), strings.NewReader("number,name,birth_year,district,status,valid_until\n"+lines)); err != nil {
		c.t.Fatal(err)
	}
}

// publish makes the next version and gives it to the hub.
func (c *city) publish() uint64 {
	c.t.Helper()
	c.now = c.now.Add(time.Minute)
	version, err := c.authority.Publish(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.authority.Export(context.Background(), c.files); err != nil {
		c.t.Fatal(err)
	}
	return version
}

// gate is a gate of the city, enrolled.
type gate struct {
	*client.Client
	code  enrol.Code
	store *fakeStore
}

func (c *city) newGate() *gate {
	c.t.Helper()
	code, err := c.authority.Gates.Add(context.Background(), authority.NewGate{Hub: c.server.URL, Place: "north door", Policy: "residential", Direction: "both", Expiry: c.now.Add(time.Hour)})
	if err != nil {
		c.t.Fatal(err)
	}
	id, err := enrol.NewIdentity(code, rand.NewChaCha8([32]byte{3}))
	if err != nil {
		c.t.Fatal(err)
	}
	g := &gate{code: code, store: newStore(id.Gate)}
	g.Client = &client.Client{Identity: id, Store: g.store, Dir: filepath.Join(c.t.TempDir(), "parts"), HTTP: c.server.Client(), Now: func() time.Time { return c.now }}
	if _, err := client.Enrol(context.Background(), g.HTTP, code, id); err != nil {
		c.t.Fatal(err)
	}
	return g
}

func (g *gate) mustPull(t testing.TB) client.Result {
	t.Helper()
	r, err := g.Pull(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// copyFiles keeps what the hub serves now, to serve it again later.
func (c *city) copyFiles() (restore func()) {
	c.t.Helper()
	kept := c.t.TempDir()
	if err := os.CopyFS(kept, os.DirFS(c.files)); err != nil {
		c.t.Fatal(err)
	}
	return func() {
		if err := os.RemoveAll(c.files); err != nil {
			c.t.Fatal(err)
		}
		if err := os.CopyFS(c.files, os.DirFS(kept)); err != nil {
			c.t.Fatal(err)
		}
	}
}

// published reads a role's newest metadata that the hub serves.
func published[T metadata.Roles](c *city, empty *metadata.Metadata[T], role string) *metadata.Metadata[T] {
	c.t.Helper()
	names, err := filepath.Glob(filepath.Join(c.files, "metadata", "*"+role+".json"))
	if err != nil || len(names) == 0 {
		c.t.Fatal("no", role, err)
	}
	newest := names[0]
	for _, name := range names {
		if len(name) > len(newest) || len(name) == len(newest) && name > newest {
			newest = name
		}
	}
	m, err := empty.FromFile(newest)
	if err != nil {
		c.t.Fatal(err)
	}
	return m
}

const phrase = "correct horse battery"

// sign signs m with the authority's keys of these names.
func sign[T metadata.Roles](c *city, m *metadata.Metadata[T], keys ...string) []byte {
	c.t.Helper()
	m.ClearSignatures()
	for _, key := range keys {
		signer, err := signature.LoadED25519Signer(c.key(key))
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := m.Sign(signer); err != nil {
			c.t.Fatal(err)
		}
	}
	b, err := m.ToBytes(false)
	if err != nil {
		c.t.Fatal(err)
	}
	return b
}

// key takes a key out of the authority's folder, as a thief would who knows the passphrase.
func (c *city) key(name string) ed25519.PrivateKey {
	c.t.Helper()
	b, err := os.ReadFile(filepath.Join(c.dir, "keys", name+".key"))
	if err != nil {
		c.t.Fatal(err)
	}
	if bytes.HasPrefix(b, []byte(armor.Header)) {
		id, err := age.NewScryptIdentity(phrase)
		if err != nil {
			c.t.Fatal(err)
		}
		r, err := age.Decrypt(armor.NewReader(bytes.NewReader(b)), id)
		if err != nil {
			c.t.Fatal(err)
		}
		if b, err = io.ReadAll(r); err != nil {
			c.t.Fatal(err)
		}
	}
	block, _ := pem.Decode(b)
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		c.t.Fatal(err)
	}
	return private.(ed25519.PrivateKey)
}

func (c *city) write(name string, b []byte) {
	c.t.Helper()
	name = filepath.Join(c.files, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o644); err != nil {
		c.t.Fatal(err)
	}
}

func meta(version int64, b []byte) *metadata.MetaFiles {
	m := metadata.MetaFile(version)
	hash := sha256.Sum256(b)
	m.Length, m.Hashes = int64(len(b)), metadata.Hashes{"sha256": hash[:]}
	return m
}

// republish signs the online role's targets again, after change, as a
// publisher would who has the online key and does what it likes.
func (c *city) republish(change func(targets map[string]*metadata.TargetFiles)) {
	c.t.Helper()
	online := published(c, metadata.Targets(), "online")
	snap := published(c, metadata.Snapshot(), "snapshot")
	stamp := published(c, metadata.Timestamp(), "timestamp")
	online.Signed.Version++
	snap.Signed.Version++
	stamp.Signed.Version++
	change(online.Signed.Targets)
	b := sign(c, online, "online")
	c.write(fmt.Sprintf("metadata/%d.online.json", online.Signed.Version), b)
	snap.Signed.Meta["online.json"] = meta(online.Signed.Version, b)
	b = sign(c, snap, "online")
	c.write(fmt.Sprintf("metadata/%d.snapshot.json", snap.Signed.Version), b)
	stamp.Signed.Meta["snapshot.json"] = meta(snap.Signed.Version, b)
	c.write("metadata/timestamp.json", sign(c, stamp, "online"))
}

// putTarget writes a target and describes it.
func (c *city) putTarget(targets map[string]*metadata.TargetFiles, name string, b []byte, custom snapshot.Custom) {
	c.t.Helper()
	t, err := metadata.TargetFile().FromBytes(name, b)
	if err != nil {
		c.t.Fatal(err)
	}
	raw, err := custom.Encode()
	if err != nil {
		c.t.Fatal(err)
	}
	t.Custom = (*json.RawMessage)(&raw)
	targets[name] = t
	c.write(targetFile(name, b), b)
}

func targetFile(name string, b []byte) string {
	hash := sha256.Sum256(b)
	return path.Join("targets", path.Dir(name), hex.EncodeToString(hash[:])+"."+path.Base(name))
}

// epochKey is a key that the gate's envelope holds.
func (g *gate) epochKey(t testing.TB) (number uint64, key []byte) {
	t.Helper()
	for number, key := range g.store.in.Opened.Epochs {
		return number, key
	}
	t.Fatal("pull first")
	return 0, nil
}

// noise is content that does not compress: n entries of version.
func noise(version uint64, n int) *snapshot.Content {
	epoch := monday.AddDate(0, -1, 0)
	r := rand.New(rand.NewPCG(version, 0))
	c := &snapshot.Content{Version: version, Made: monday.Add(time.Duration(version) * time.Minute), Epoch: epoch}
	list := snapshot.List{URI: "s:1", Entries: make([]status.Entry, n)}
	for i := range list.Entries {
		list.Entries[i] = status.Entry(r.Uint32() & (1<<19 - 1))
	}
	c.Lists = []snapshot.List{list}
	return c
}

// putFull publishes content whole, as the online role.
func (c *city) putFull(g *gate, content *snapshot.Content) (file string) {
	c.t.Helper()
	plain, err := snapshot.EncodeFull(content)
	if err != nil {
		c.t.Fatal(err)
	}
	number, key := g.epochKey(c.t)
	name := snapshot.FullTarget(content.Version)
	b, err := snapshot.SealFile(plain, name, key, rand.NewChaCha8([32]byte{4}))
	if err != nil {
		c.t.Fatal(err)
	}
	c.republish(func(targets map[string]*metadata.TargetFiles) {
		c.putTarget(targets, name, b, snapshot.CustomOf(content, 0, number))
	})
	return targetFile(name, b)
}

// mustBeWhole checks that what the store holds is one signed version, not a mixture.
func (g *gate) mustBeWhole(t testing.TB, want uint64) {
	t.Helper()
	in := g.store.in
	if in.Snapshot != want || g.store.content.Version != want || (want > 0 && g.store.content.Digest() != in.Digest) {
		t.Fatalf("the gate has version %d, content %d, want %d", in.Snapshot, g.store.content.Version, want)
	}
}

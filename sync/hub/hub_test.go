package hub_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/enrol"
	"postern/sync/hub"
	"postern/sync/hub/hubtest"
	"postern/sync/journal"
	"postern/sync/verdict"
)

var (
	noon       = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	receiptKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32))
	roleKey    = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32)) // envelope role
)

// city is a hub over the store in memory, with its log.
type city struct {
	store *hubtest.Memory
	files fstest.MapFS
	log   bytes.Buffer
	hub   *hub.Hub
}

func newCity(t testing.TB, countersign func(context.Context, []byte) ([]byte, []byte, error)) *city {
	t.Helper()
	c := &city{store: new(hubtest.Memory), files: fstest.MapFS{}}
	var err error
	c.hub, err = hub.New(hub.Options{
		Store: c.store, Files: c.files, Receipt: receiptKey, Countersign: countersign,
		Log: slog.New(slog.NewJSONHandler(&c.log, nil)), Now: func() time.Time { return noon }, Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *city) do(method, path string, body []byte, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.hub.ServeHTTP(w, r)
	return w
}

// gate is a gate as a test plays it.
type gate struct {
	id      enrol.Identity
	request []byte
	chain   journal.ChainID
	entries []journal.Entry
}

func newGate(t testing.TB, seed byte) *gate {
	t.Helper()
	var secret [16]byte
	secret[0] = seed + 1
	code, err := enrol.NewCode("http://127.0.0.1:1", "north door", [32]byte{1}, secret, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	id, err := enrol.NewIdentity(code, bytes.NewReader(bytes.Repeat([]byte{seed + 1}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	request, err := id.Request(secret)
	if err != nil {
		t.Fatal(err)
	}
	return &gate{id: id, request: request, chain: journal.ChainID{seed, 1}}
}

// enrolled is a gate that the store knows.
func enrolled(t testing.TB, c *city, seed byte) *gate {
	t.Helper()
	g := newGate(t, seed)
	err := c.store.PutGate(context.Background(), hub.Gate{ID: g.id.Gate, Sign: g.id.Sign.Public().(ed25519.PublicKey)})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// record adds n entries; word makes them differ from another gate's.
func (g *gate) record(n int, word string) {
	for range n {
		e := journal.Entry{
			Seq: uint64(len(g.entries) + 1), Time: noon, Operator: word, Kind: journal.Check, Outcome: verdict.Admit, Reason: "ok",
			Prev: journal.Genesis(g.id.Gate, g.chain),
		}
		if len(g.entries) > 0 {
			e.Prev = g.entries[len(g.entries)-1].Hash()
		}
		g.entries = append(g.entries, e)
	}
}

// batch signs entries first to last.
func (g *gate) batch(t testing.TB, first, last int) []byte {
	t.Helper()
	list := g.entries[first-1 : last]
	b := journal.Batch{
		Gate: g.id.Gate, Chain: g.chain, First: uint64(first), Prev: list[0].Prev, Head: list[len(list)-1].Hash(), Entries: list,
	}
	body, err := b.Sign(g.id.Sign)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func (g *gate) path(what string) string { return "/v1/gates/" + g.id.Gate + "/" + what }

func mustReceipt(t testing.TB, w *httptest.ResponseRecorder, code int) journal.Receipt {
	t.Helper()
	if w.Code != code {
		t.Fatalf("answered %d %s, want %d", w.Code, w.Body, code)
	}
	r, err := journal.OpenReceipt(w.Body.Bytes(), []ed25519.PublicKey{receiptKey.Public().(ed25519.PublicKey)})
	if err != nil {
		t.Fatal(err)
	}
	if w.Header().Get("Content-Type") != "application/cbor" {
		t.Errorf("content type %q", w.Header().Get("Content-Type"))
	}
	return r
}

// wantProblem checks that an error is JSON with a hint, and of one status code.
func wantProblem(t testing.TB, w *httptest.ResponseRecorder, code int) {
	t.Helper()
	var p struct{ Error, Hint string }
	err := json.Unmarshal(w.Body.Bytes(), &p)
	if w.Code != code || err != nil || p.Error == "" || p.Hint == "" {
		t.Errorf("answered %d %q, want %d with error and hint", w.Code, w.Body, code)
	}
	if retry := w.Header().Get("Retry-After"); (retry != "") != (code == 503 || code == 202) {
		t.Errorf("answered %d with Retry-After %q", code, retry)
	}
}

func TestNewRefused(t *testing.T) {
	for _, o := range []hub.Options{
		{}, {Store: new(hubtest.Memory), Files: fstest.MapFS{}}, {Store: new(hubtest.Memory), Receipt: receiptKey},
	} {
		if _, err := hub.New(o); err == nil {
			t.Errorf("made a hub of %+v", o)
		}
	}
}

func TestUnknownRoutes(t *testing.T) {
	c := newCity(t, nil)
	for _, route := range []string{"GET /", "GET /v1", "POST /v1/metadata/timestamp.json", "GET /v1/gates/zz/journal", "DELETE /healthz"} {
		method, path, _ := strings.Cut(route, " ")
		if w := c.do(method, path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", route, w.Code)
		} else {
			wantProblem(t, w, http.StatusNotFound)
		}
	}
}

func published() fstest.MapFS {
	hash := strings.Repeat("ab", 32)
	return fstest.MapFS{
		"metadata/timestamp.json":                {Data: []byte(`{"signed":{"meta":{"snapshot.json":{"version":7}}}}`)},
		"metadata/7.snapshot.json":               {Data: []byte(`{"signed":{"meta":{"online.json":{"version":3}}}}`)},
		"metadata/3.online.json":                 {Data: []byte(`{"signed":{"targets":{"status/9.full":{},"status/12.full":{},"status/12-13.delta":{},"x":{}}}}`)},
		"metadata/1.root.json":                   {Data: []byte(`{}`)},
		"metadata/notes.txt":                     {Data: []byte("secret")},
		"secret.json":                            {Data: []byte("secret")},
		"targets/status/" + hash + ".12.full":    {Data: []byte("0123456789")},
		"targets/status/" + hash + ".d/inner":    {Data: []byte("secret")},
		"targets/plain":                          {Data: []byte("secret")},
		"targets/trust/" + hash + ".list":        {Data: []byte("list")},
		"gates/00c0ffee00c0ffee.envelope":        {Data: []byte("not an envelope")},
		"gates/00c0ffee00c0ffee.envelope.backup": {Data: []byte("secret")},
	}
}

func TestFiles(t *testing.T) {
	c := newCity(t, nil)
	for name, f := range published() {
		c.files[name] = f
	}
	target := "/v1/targets/status/" + strings.Repeat("ab", 32) + ".12.full"
	for name, test := range map[string]struct {
		path, header, value string
		code                int
		body, caching       string
	}{
		"timestamp":      {"/v1/metadata/timestamp.json", "", "", 200, `{"signed":{"meta":{"snapshot.json":{"version":7}}}}`, "no-cache"},
		"versioned":      {"/v1/metadata/1.root.json", "", "", 200, `{}`, "public, max-age=31536000, immutable"},
		"target":         {target, "", "", 200, "0123456789", "public, max-age=31536000, immutable"},
		"range":          {target, "Range", "bytes=4-", 206, "456789", "public, max-age=31536000, immutable"},
		"range too far":  {target, "Range", "bytes=10-", 416, "", ""},
		"target, known":  {target, "If-None-Match", `"` + strings.Repeat("ab", 32) + `.12.full"`, 304, "", ""},
		"no such root":   {"/v1/metadata/2.root.json", "", "", 404, "", ""},
		"other name":     {"/v1/metadata/notes.txt", "", "", 404, "", ""},
		"up":             {"/v1/metadata/..%2fsecret.json", "", "", 404, "", ""},
		"up from target": {"/v1/targets/..%2f..%2fsecret.json", "", "", 404, "", ""},
		"unhashed":       {"/v1/targets/plain", "", "", 404, "", ""},
		"folder":         {"/v1/targets/status", "", "", 404, "", ""},
		"hashed folder":  {"/v1/targets/status/" + strings.Repeat("ab", 32) + ".d", "", "", 404, "", ""},
		"in hashed":      {"/v1/targets/status/" + strings.Repeat("ab", 32) + ".d/inner", "", "", 404, "", ""},
		"zero":           {"/v1/metadata/0.root.json", "", "", 404, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := c.do("GET", test.path, nil, test.header, test.value)
			if w.Code != test.code || strings.Contains(w.Body.String(), "secret") {
				t.Fatalf("answered %d %s, want %d", w.Code, w.Body, test.code)
			}
			if test.body != "" && (w.Body.String() != test.body || w.Header().Get("Cache-Control") != test.caching) {
				t.Errorf("got %q, caching %q", w.Body, w.Header().Get("Cache-Control"))
			}
			if test.code == 404 {
				wantProblem(t, w, 404)
			}
		})
	}
	tag := c.do("GET", "/v1/metadata/timestamp.json", nil).Header().Get("ETag")
	if w := c.do("GET", "/v1/metadata/timestamp.json", nil, "If-None-Match", tag); w.Code != 304 {
		t.Errorf("the same timestamp again: %d", w.Code)
	}
	c.files["metadata/timestamp.json"] = &fstest.MapFile{Data: []byte("{}")}
	if w := c.do("GET", "/v1/metadata/timestamp.json", nil, "If-None-Match", tag); w.Code != 200 {
		t.Errorf("a new timestamp: %d", w.Code)
	}
}

func TestHealth(t *testing.T) {
	c := newCity(t, nil)
	for name, f := range published() {
		c.files[name] = f
	}
	w := c.do("GET", "/healthz", nil)
	if w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"status":"ok","version":"test","snapshot":12}` {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	c.store.Fail = func(string) error { return errors.New("disk full") }
	if w := c.do("GET", "/healthz", nil); w.Code != 200 {
		t.Errorf("within five seconds the answer stands, got %d", w.Code)
	}
	c = newCity(t, nil)
	c.store.Fail = func(string) error { return errors.New("disk full") }
	if w := c.do("GET", "/healthz", nil); w.Code != 503 || !strings.Contains(w.Body.String(), `"snapshot":0`) {
		t.Errorf("with a full disk: %d %s", w.Code, w.Body)
	}
}

func envelope(t testing.TB, g *gate, version uint64) []byte {
	t.Helper()
	b, err := enrol.SealEnvelope(enrol.Envelope{
		Gate: g.id.Gate, Version: version, Made: noon, Place: "north door", Direction: "both", Policy: "office", Pull: time.Minute,
	}, g.id.Box.PublicKey().Bytes(), roleKey)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEnvelope(t *testing.T) {
	c := newCity(t, nil)
	g := enrolled(t, c, 1)
	wantProblem(t, c.do("GET", g.path("envelope"), nil), 404)
	first, second := envelope(t, g, 1), envelope(t, g, 2)
	if err := c.store.PutGate(t.Context(), hub.Gate{ID: g.id.Gate, Sign: g.id.Sign.Public().(ed25519.PublicKey), Envelope: first}); err != nil {
		t.Fatal(err)
	}
	w := c.do("GET", g.path("envelope"), nil)
	if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), first) || w.Header().Get("ETag") != `"1"` {
		t.Fatalf("answered %d, %q", w.Code, w.Header())
	}
	if w := c.do("GET", g.path("envelope"), nil, "If-None-Match", `"1"`); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("asked again: %d", w.Code)
	}
	file := "gates/" + g.id.Gate + ".envelope"
	for name, test := range map[string]struct {
		published []byte
		want      []byte
	}{
		"newer":              {second, second},
		"older":              {first, first},
		"of another gate":    {envelope(t, newGate(t, 2), 9), first},
		"damaged":            {second[:100], first},
		"too large":          {make([]byte, 1<<20), first},
		"newer, in the file": {second, second},
	} {
		c.files[file] = &fstest.MapFile{Data: test.published}
		if w := c.do("GET", g.path("envelope"), nil, "If-None-Match", `"0"`); !bytes.Equal(w.Body.Bytes(), test.want) {
			t.Errorf("%s: %d, ETag %s", name, w.Code, w.Header().Get("ETag"))
		}
	}
	wantProblem(t, c.do("GET", "/v1/gates/..%2f..%2fsecret/envelope", nil), 404)
}

// certificate countersigns g's keys.
func certificate(t testing.TB, g *gate) []byte {
	t.Helper()
	b, err := enrol.SignCertificate(enrol.Certificate{
		Gate: g.id.Gate, Sign: g.id.Sign.Public().(ed25519.PublicKey), Box: g.id.Box.PublicKey().Bytes(), Place: "north door", Time: noon,
	}, roleKey)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// strangersRequest asks in g's name for other keys, with no secret to prove it by.
func strangersRequest(g *gate) ([]byte, error) {
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{77}, 32)).Public().(ed25519.PublicKey)
	deterministic, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, err
	}
	return deterministic.Marshal(map[int]any{1: g.id.Gate, 2: []byte(other), 3: g.id.Box.PublicKey().Bytes(), 4: make([]byte, 32)})
}

// A stranger who knows a gate's ID asks in its name, and gets the answer that
// the authority gave to the gate's own request: that must not make him the gate.
func TestAnotherDevicesAnswerEnrolsNobody(t *testing.T) {
	real := newGate(t, 1)
	c := newCity(t, func(context.Context, []byte) ([]byte, []byte, error) {
		return certificate(t, real), envelope(t, real, 1), nil
	})
	request, err := strangersRequest(real)
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, c.do("POST", real.path("enrolment"), request), 409)
	if _, err := c.store.Gate(t.Context(), real.id.Gate); !errors.Is(err, hub.ErrNoGate) {
		t.Errorf("the stranger is the gate now (%v)", err)
	}
	if w := c.do("POST", real.path("enrolment"), real.request); w.Code != 201 {
		t.Errorf("the gate itself gets %d %s", w.Code, w.Body)
	}
}

func TestEnrolment(t *testing.T) {
	g := newGate(t, 1)
	certified := certificate(t, g)
	var calls int
	var refusal error
	c := newCity(t, func(_ context.Context, request []byte) ([]byte, []byte, error) {
		calls++
		if !bytes.Equal(request, g.request) {
			return nil, nil, errors.New("another request arrived")
		}
		return certified, envelope(t, g, 1), refusal
	})
	refusal = hub.ErrWaiting
	wantProblem(t, c.do("POST", g.path("enrolment"), g.request), 202)
	refusal = fmt.Errorf("%w: it has expired", hub.ErrRefused)
	wantProblem(t, c.do("POST", g.path("enrolment"), g.request), 403)
	refusal = errors.New("the ledger is locked")
	wantProblem(t, c.do("POST", g.path("enrolment"), g.request), 500)
	refusal = nil
	c.store.Fail = func(method string) error {
		if method == "PutGate" {
			return errors.New("disk full")
		}
		return nil
	}
	wantProblem(t, c.do("POST", g.path("enrolment"), g.request), 500)
	c.store.Fail = nil

	w := c.do("POST", g.path("enrolment"), g.request)
	if _, version, err := enrol.EnvelopeVersion(w.Body.Bytes()); w.Code != 201 || err != nil || version != 1 {
		t.Fatalf("answered %d %s, %v", w.Code, w.Body, err)
	}
	stored, err := c.store.Gate(t.Context(), g.id.Gate)
	if err != nil || !stored.Sign.Equal(g.id.Sign.Public()) || !bytes.Equal(stored.Certificate, certified) {
		t.Errorf("stored %+v, %v", stored, err)
	}
	calls = 0
	if w := c.do("POST", g.path("enrolment"), g.request); w.Code != 201 || calls != 0 || w.Body.Len() == 0 {
		t.Errorf("sent again: %d, the authority was asked %d times", w.Code, calls)
	}

	other := newGate(t, 1)
	other.id.Sign = roleKey
	again, err := other.id.Request([16]byte{2})
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, c.do("POST", g.path("enrolment"), again), 409)
}

func TestEnrolmentRefused(t *testing.T) {
	g := newGate(t, 1)
	c := newCity(t, func(context.Context, []byte) ([]byte, []byte, error) { return []byte("c"), []byte("no envelope"), nil })
	for name, test := range map[string]struct {
		body []byte
		code int
	}{
		"nothing":         {nil, 400},
		"a web page":      {[]byte("<html>"), 400},
		"another's":       {newGate(t, 2).request, 400},
		"cut":             {g.request[:len(g.request)-1], 400},
		"too long":        {make([]byte, 2000), 413},
		"garbled answer":  {g.request, 500},
		"trailing byte":   {append(bytes.Clone(g.request), 0), 400},
		"half of a proof": {bytes.Replace(g.request, []byte{0x58, 0x20}, []byte{0x58, 0x10}, 1), 400},
	} {
		t.Run(name, func(t *testing.T) { wantProblem(t, c.do("POST", g.path("enrolment"), test.body), test.code) })
	}
	if _, err := c.store.Gate(t.Context(), g.id.Gate); !errors.Is(err, hub.ErrNoGate) {
		t.Errorf("something was stored: %v", err)
	}
}

// TestEnrolmentRate: the clock stands, so only the burst passes.
func TestEnrolmentRate(t *testing.T) {
	c := newCity(t, nil)
	g := newGate(t, 1)
	for range 20 {
		wantProblem(t, c.do("POST", g.path("enrolment"), g.request), 202)
	}
	wantProblem(t, c.do("POST", g.path("enrolment"), g.request), 503)
}

// TestShed fills the hub with batches at work that do not end, and asks once more.
func TestShed(t *testing.T) {
	const journals = 64
	release := make(chan struct{})
	entered := make(chan struct{})
	c := newCity(t, nil)
	answers := make(chan int)
	c.store.Fail = func(method string) error {
		if method == "Append" {
			entered <- struct{}{}
			<-release
			return errors.New("released")
		}
		return nil
	}
	var g *gate
	for i := range journals {
		g = enrolled(t, c, byte(i+1))
		g.record(1, "x")
		path, body := g.path("journal"), g.batch(t, 1, 1)
		go func() { answers <- c.do("POST", path, body).Code }()
		<-entered
	}
	body := &untouched{}
	r := httptest.NewRequest("POST", g.path("journal"), body)
	w := httptest.NewRecorder()
	c.hub.ServeHTTP(w, r)
	wantProblem(t, w, 503)
	if body.read {
		t.Error("a request that was shed had its body read")
	}
	if w := c.do("GET", "/v1/metadata/1.root.json", nil); w.Code != 404 {
		t.Errorf("files are still served, got %d", w.Code)
	}
	close(release)
	for range journals {
		if code := <-answers; code != 500 {
			t.Errorf("a request that was let in got %d", code)
		}
	}
	c.store.Fail = nil
	mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 1, 1)), 200)
}

// TestSlowUploads: gates that send and never end hold no place at work, and
// one gate holds two places on the way in.
func TestSlowUploads(t *testing.T) {
	const slow = 80
	c := newCity(t, nil)
	done := make(chan int)
	var ends []*io.PipeWriter
	var g *gate
	for i := range slow {
		g = enrolled(t, c, byte(i/2+1))
		reader, writer := io.Pipe()
		ends = append(ends, writer)
		r := httptest.NewRequest("POST", g.path("journal"), reader)
		go func() {
			w := httptest.NewRecorder()
			c.hub.ServeHTTP(w, r)
			done <- w.Code
		}()
		writer.Write([]byte{0xd2}) // returns when it has been read
	}
	wantProblem(t, c.do("POST", g.path("journal"), nil), 503)
	other := enrolled(t, c, slow+1)
	other.record(1, "x")
	mustReceipt(t, c.do("POST", other.path("journal"), other.batch(t, 1, 1)), 200)
	for _, w := range ends {
		w.CloseWithError(io.ErrUnexpectedEOF)
	}
	for range ends {
		if code := <-done; code != 400 {
			t.Errorf("a batch that broke off got %d", code)
		}
	}
	g.record(1, "x")
	mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 1, 1)), 200)
}

// TestPanic: a fault in one request is raised in the log, and the hub goes on.
func TestPanic(t *testing.T) {
	c := newCity(t, nil)
	g := enrolled(t, c, 1)
	g.record(1, "x")
	c.store.Fail = func(string) error { panic("a fault") }
	server := httptest.NewServer(c.hub)
	defer server.Close()
	r, err := http.Post(server.URL+g.path("journal"), "application/cbor", bytes.NewReader(g.batch(t, 1, 1)))
	if err == nil {
		r.Body.Close()
		t.Errorf("answered %s", r.Status)
	}
	server.Close()
	if !strings.Contains(c.log.String(), `"panic":"a fault"`) {
		t.Error("the log does not tell")
	}
	c.store.Fail = nil
	mustReceipt(t, c.do("POST", g.path("journal"), g.batch(t, 1, 1)), 200)
}

type untouched struct{ read bool }

func (u *untouched) Read([]byte) (int, error) {
	u.read = true
	return 0, io.EOF
}

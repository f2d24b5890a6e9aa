package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/hub"
	"postern/sync/journal"
	"postern/sync/snapshot"
	"postern/sync/verdict"
)

// town is a city in a temporary folder, at the time of scripts.
type town struct {
	t              *testing.T
	authority, hub string
}

func newTown(t *testing.T) *town {
	t.Helper()
	dir := t.TempDir()
	town := &town{t: t, authority: filepath.Join(dir, "city"), hub: filepath.Join(dir, "hub")}
	town.mustRun("keygen", "--authority", town.authority, "--hub", town.hub, "--issuer", "CN-CN", "--work-factor", "4")
	return town
}

func testProgram(stdin io.Reader, stdout, stderr io.Writer) *program {
	at, err := time.Parse(time.RFC3339, scriptTime)
	if err != nil {
		panic(err)
	}
	return &program{
		stdin: stdin, stdout: stdout, stderr: stderr, now: func() time.Time { return at },
		getenv:        func(string) string { return "correct horse battery" },
		askPassphrase: func(bool) (string, error) { return "", errors.New("nobody is there to ask") },
	}
}

func (town *town) run(args ...string) (stdout, stderr string, code int) {
	town.t.Helper()
	var out, complaints bytes.Buffer
	code = testProgram(strings.NewReader(""), &out, &complaints).run(town.t.Context(), args)
	return out.String(), complaints.String(), code
}

func (town *town) mustRun(args ...string) string {
	town.t.Helper()
	out, complaints, code := town.run(args...)
	if code != exitOK {
		town.t.Fatalf("%v: exit %d, %s", args, code, complaints)
	}
	return out
}

// served is a hub that runs.
type served struct {
	address string
	log     *lockedBuffer
	stop    func() (code int)
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (town *town) serve(args ...string) *served {
	town.t.Helper()
	// The child that countersigns is this test's binary, which takes this name for the program's.
	name := os.Args[0]
	os.Args[0] = "postern-hub"
	town.t.Cleanup(func() { os.Args[0] = name })
	out, in := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	s := &served{log: new(lockedBuffer)}
	code := make(chan int, 1)
	go func() {
		code <- testProgram(nil, in, s.log).run(ctx, append([]string{"serve", "--dir", town.hub, "--listen", "127.0.0.1:0"}, args...))
		in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		town.t.Fatalf("it did not begin to serve: %s", s.log)
	}
	s.address = strings.TrimSpace(strings.TrimPrefix(line, "serving on "))
	s.stop = sync.OnceValue(func() int { cancel(); return <-code })
	town.t.Cleanup(func() { s.stop() })
	return s
}

func (town *town) addGate(address string) (enrol.Code, enrol.Identity) {
	town.t.Helper()
	text := town.mustRun("gate", "add", "--authority", town.authority, "--hub", address, "--place", "南门")
	code, err := enrol.ParseCode(text)
	if err != nil {
		town.t.Fatal(err)
	}
	id, err := enrol.NewIdentity(code, rand.Reader)
	if err != nil {
		town.t.Fatal(err)
	}
	return code, id
}

// tablet is a gate's store of a few lines.
type tablet struct {
	in      client.Installed
	entries []journal.Entry
	gate    string
	through uint64
}

func (s *tablet) Installed(context.Context) (client.Installed, error) { return s.in, nil }

func (s *tablet) Content(context.Context) (*snapshot.Content, error) { return &snapshot.Content{}, nil }

func (s *tablet) Install(_ context.Context, u client.Update) error {
	s.in = client.Installed{Trust: u.Trust, Opened: u.Opened, Snapshot: u.Content.Version}
	return nil
}

func (s *tablet) Backlog(context.Context, int) (journal.Batch, error) {
	list := s.entries[s.through:]
	if len(list) == 0 {
		return journal.Batch{}, nil
	}
	return journal.Batch{Gate: s.gate, First: list[0].Seq, Prev: list[0].Prev, Head: list[len(list)-1].Hash(), Entries: list}, nil
}

func (s *tablet) Acknowledge(_ context.Context, r journal.Receipt) error {
	s.through = r.Through
	return nil
}

func (s *tablet) record(n int) {
	for range n {
		e := journal.Entry{
			Seq: uint64(len(s.entries) + 1), Time: time.Unix(1.7e9, 0), Kind: journal.Check, Outcome: verdict.Refuse, Reason: "barred",
			Version: 1, Tag: journal.Tag{1}, Ref: []byte("sealed"), Prev: journal.Genesis(s.gate, journal.ChainID{}),
		}
		e.RefHash = sha256.Sum256(e.Ref)
		if len(s.entries) > 0 {
			e.Prev = s.entries[len(s.entries)-1].Hash()
		}
		s.entries = append(s.entries, e)
	}
}

// TestServe walks from a printed code to a journal on the operator's screen.
func TestServe(t *testing.T) {
	town := newTown(t)
	s := town.serve("--authority", town.authority)
	code, id := town.addGate(s.address)
	if _, err := client.Enrol(t.Context(), nil, code, id); err != nil {
		t.Fatalf("%v; log: %s", err, s.log)
	}
	store := &tablet{gate: id.Gate}
	gate := &client.Client{Identity: id, Store: store}
	if r, err := gate.Pull(t.Context()); err != nil || r.Snapshot != 1 || store.in.Opened.Place != "南门" {
		t.Fatalf("%+v, %v", r, err)
	}
	store.record(5)
	if n, err := gate.Push(t.Context()); n != 5 || err != nil {
		t.Fatal(n, err)
	}
	r, err := http.Get(s.address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if b, err := io.ReadAll(r.Body); err != nil || r.StatusCode != 200 || !strings.Contains(string(b), `"status":"ok"`) || !strings.Contains(string(b), `"snapshot":1`) {
		t.Errorf("health: %s, %s, %v", r.Status, b, err)
	}

	second, err := enrol.NewIdentity(code, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Enrol(t.Context(), nil, code, second); !errors.Is(err, client.ErrRefused) {
		t.Errorf("a second device with the same code: %v", err)
	}

	if code := s.stop(); code != exitOK {
		t.Errorf("exit %d", code)
	}
	for _, line := range strings.Split(strings.TrimSpace(s.log.String()), "\n") {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Errorf("the log is not JSON: %s", line)
		}
	}
	if strings.Contains(s.log.String(), "WARN") && strings.Contains(s.log.String(), "receipt key") {
		t.Error(s.log)
	}
	town.checkJournal(id.Gate, store.entries)
}

// checkJournal prints the journal, then breaks it.
func (town *town) checkJournal(gate string, want []journal.Entry) {
	t := town.t
	t.Helper()
	out := town.mustRun("journal", "--dir", town.hub, "--gate", gate)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != len(want) {
		t.Fatalf("printed %q", lines)
	}
	for i, line := range lines {
		var got entryLine
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		if got.Seq != want[i].Seq || got.Hash != want[i].Hash().String() || got.Outcome != verdict.Refuse.String() || got.Kind != "check" || !got.Sealed || got.Tag != "0100000000000000" {
			t.Errorf("printed %s", line)
		}
	}
	if out, _, code := town.run("journal", "--dir", town.hub, "--gate", "0000000000000000"); code != exitFailed || out != "" {
		t.Errorf("a gate that is not: exit %d, %s", code, out)
	}
	db, err := sql.Open("sqlite", filepath.Join(town.hub, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE inbox SET body = zeroblob(length(body))"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if out, complaints, code := town.run("journal", "--dir", town.hub); code != exitFailed || out != "" || !strings.Contains(complaints, "do not verify") {
		t.Errorf("a broken chain: exit %d, %s, %s", code, out, complaints)
	}
}

// TestServeApart: the authority is on another machine, and people carry files.
func TestServeApart(t *testing.T) {
	town := newTown(t)
	s := town.serve()
	code, id := town.addGate(s.address)
	request, err := id.Request(code.Secret)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(s.address+"/v1/gates/"+id.Gate+"/enrolment", "application/cbor", bytes.NewReader(request))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusAccepted {
		t.Fatal(r.Status)
	}
	waiting, err := filepath.Glob(filepath.Join(town.hub, requestFolder, id.Gate+"-*.cbor"))
	if err != nil || len(waiting) != 1 {
		t.Fatalf("requests in the folder: %v, %v", waiting, err)
	}
	left, err := os.ReadFile(waiting[0])
	if err != nil || !bytes.Equal(left, request) {
		t.Fatalf("the request in the folder: %x, %v", left, err)
	}
	var answer, complaints bytes.Buffer
	if code := testProgram(bytes.NewReader(left), &answer, &complaints).run(t.Context(), []string{"gate", "countersign", "--authority", town.authority}); code != exitOK {
		t.Fatal(complaints.String())
	}
	folder := filepath.Join(town.hub, answerFolder)
	if err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(filepath.Join(folder, id.Gate+".cbor"), answer.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Enrol(t.Context(), nil, code, id); err != nil {
		t.Error(err)
	}
}

// A stranger's requests neither fill the folder nor stand in the way of a gate's own.
func TestRequestsBound(t *testing.T) {
	folder := filepath.Join(t.TempDir(), requestFolder)
	leave := func(gate string, request ...byte) {
		t.Helper()
		if err := leaveRequest(folder, gate, request); err != nil {
			t.Fatal(err)
		}
	}
	count := func(pattern string) int {
		there, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			t.Fatal(err)
		}
		return len(there)
	}
	leave("ours", 1)
	leave("ours", 1)
	leave("ours", 2)
	if n := count("ours-*.cbor"); n != 2 {
		t.Errorf("%d requests, want the gate's and the stranger's", n)
	}
	for i := range maxRequests + 5 {
		leave("theirs", byte(i), byte(i>>8))
	}
	leave("ours", 1)
	if n := count("*.cbor"); n != maxRequests {
		t.Errorf("%d requests wait, want %d", n, maxRequests)
	}
	if n := count("ours-*.cbor"); n == 0 {
		t.Error("the gate asked again and its request is not there")
	}
}

// TestServeTLS: with a certificate there is no warning, and a gate that does not know it stays away.
func TestServeTLS(t *testing.T) {
	town := newTown(t)
	cert, key := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	template := httptest.NewUnstartedServer(nil)
	template.StartTLS()
	pair := template.TLS.Certificates[0]
	template.Close()
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), 0o600),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	s := town.serve("--authority", town.authority, "--listen", "0.0.0.0:0", "--tls-cert", cert, "--tls-key", key)
	if strings.Contains(s.log.String(), "without TLS") || !strings.HasPrefix(s.address, "https://") {
		t.Errorf("%s, %s", s.address, s.log)
	}
	code, id := town.addGate("https://127.0.0.1:" + s.address[strings.LastIndexByte(s.address, ':')+1:])
	if _, err := client.Enrol(t.Context(), nil, code, id); !errors.Is(err, client.ErrUnreachable) {
		t.Errorf("a certificate that nobody knows: %v", err)
	}
	if _, err := client.Enrol(t.Context(), template.Client(), code, id); err != nil {
		t.Error(err)
	}
}

// TestServeWarns: what an operator must hear, and what ends serve at once.
func TestServeWarns(t *testing.T) {
	town := newTown(t)
	if err := os.Remove(filepath.Join(town.hub, hub.ReceiptKeyFile)); err != nil {
		t.Fatal(err)
	}
	s := town.serve() // with a new key, which no trust list names
	if !strings.Contains(s.log.String(), "no gate will believe its receipts") {
		t.Error(s.log)
	}
	s.stop()
	open := town.serve("--listen", "0.0.0.0:0")
	if !strings.Contains(open.log.String(), "without TLS") {
		t.Error(open.log)
	}
	if _, complaints, code := town.run("serve", "--dir", town.hub, "--listen", open.address[len("http://"):]); code != exitFailed || !strings.Contains(complaints, "listen") {
		t.Errorf("a port that is taken: exit %d, %s", code, complaints)
	}
	open.stop()
	for name, test := range map[string]struct {
		args []string
		code int
	}{
		"no folder":         {[]string{"serve"}, exitMisuse},
		"absent folder":     {[]string{"serve", "--dir", filepath.Join(town.hub, "absent")}, exitFailed},
		"half of TLS":       {[]string{"serve", "--dir", town.hub, "--tls-cert", "x"}, exitMisuse},
		"absent TLS files":  {[]string{"serve", "--dir", town.hub, "--listen", "127.0.0.1:0", "--tls-cert", "x", "--tls-key", "y"}, exitFailed},
		"words left over":   {[]string{"serve", "--dir", town.hub, "x"}, exitMisuse},
		"help":              {[]string{"serve", "-h"}, exitOK},
		"journal, nothing":  {[]string{"journal"}, exitMisuse},
		"journal, no file":  {[]string{"journal", "--dir", town.authority}, exitFailed},
		"journal, help":     {[]string{"journal", "-h"}, exitOK},
		"journal, bad flag": {[]string{"journal", "--x"}, exitMisuse},
	} {
		if _, _, code := town.run(test.args...); code != test.code {
			t.Errorf("%s: exit %d, want %d", name, code, test.code)
		}
	}
}

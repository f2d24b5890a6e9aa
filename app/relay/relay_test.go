package relay_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postern/app/relay"
)

const childFile = "POSTERN_TEST_RELAY_FILE"

// TestMain lets the test program be the one that a relay runs.
func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		if len(os.Args) != 2 {
			os.Exit(9)
		}
		if err := os.WriteFile(path, []byte(os.Args[1]), 0o600); err != nil {
			os.Exit(8)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func start(t *testing.T, s relay.Setting) (r *relay.Relay, results chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	results = make(chan error, 16)
	r, err := relay.Start(ctx, s, func(err error) { results <- err })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); r.Close() })
	return r, results
}

func TestCommand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "opened")
	t.Setenv(childFile, path)
	r, results := start(t, relay.Setting{Command: []string{os.Args[0], "$(id); a b"}})
	r.Admitted()
	if err := <-results; err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "$(id); a b" {
		t.Errorf("the program got %q, %v", b, err)
	}
	t.Setenv(childFile, filepath.Join(path, "no folder"))
	r.Admitted()
	if err := <-results; err == nil || !strings.Contains(err.Error(), "open it by hand") {
		t.Errorf("a program that failed: %v", err)
	}
}

// A program in the working folder may be named as it is, and one of the system goes first.
func TestCommandInTheWorkingFolder(t *testing.T) {
	self, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.Symlink(self, "open-gate"); err != nil {
		t.Skipf("skipped: no links here: %v", err)
	}
	path := filepath.Join(t.TempDir(), "opened")
	t.Setenv(childFile, path)
	r, results := start(t, relay.Setting{Command: []string{"open-gate", "now"}})
	for _, search := range []string{os.Getenv("PATH"), "."} { // PATH with a dot is how Windows looks
		t.Setenv("PATH", search)
		r.Admitted()
		if err := <-results; err != nil {
			t.Errorf("PATH %s: %v", search, err)
		}
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "now" {
		t.Errorf("the program got %q, %v", b, err)
	}
	system := t.TempDir()
	if err := os.WriteFile(filepath.Join(system, "open-gate"), []byte("#!/bin/sh\nexit 7\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", system)
	r.Admitted()
	if err := <-results; err == nil {
		t.Error("the system's own program was passed over")
	}
}

func TestMissingProgram(t *testing.T) {
	r, results := start(t, relay.Setting{Command: []string{filepath.Join(t.TempDir(), "none")}})
	r.Admitted()
	if err := <-results; err == nil {
		t.Error("a program that is not there opened the gate")
	}
}

func TestURL(t *testing.T) {
	code := http.StatusNoContent
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.Path)
		w.Header().Set("Location", "/login")
		w.WriteHeader(code)
	}))
	defer server.Close()
	r, results := start(t, relay.Setting{URL: server.URL + "/open"})
	for _, tc := range []struct {
		code int
		well bool
	}{{200, true}, {204, true}, {302, false}, {404, false}, {500, false}} {
		code = tc.code
		r.Admitted()
		if err := <-results; (err == nil) != tc.well {
			t.Errorf("%d: %v", tc.code, err)
		}
	}
	if len(got) != 5 || got[0] != "POST /open" {
		t.Errorf("calls %q", got)
	}
}

// TestSlowRelayHoldsUpNobody: admissions during a call return at once and are
// one further call; a call ends at its time-out.
func TestSlowRelayHoldsUpNobody(t *testing.T) {
	arrived, release := make(chan struct{}, 16), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	r, results := start(t, relay.Setting{URL: server.URL, Timeout: 20 * time.Millisecond})
	r.Admitted()
	if err := <-results; err == nil || !strings.Contains(err.Error(), "longer than 20ms") {
		t.Errorf("a relay that hangs: %v", err)
	}
	<-arrived
	r, results = start(t, relay.Setting{URL: server.URL, Timeout: relay.MaxTimeout})
	r.Admitted()
	<-arrived
	for range 1000 {
		r.Admitted()
	}
	close(release)
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if len(results) != 0 {
		t.Error("there was a third call")
	}
}

func TestSettings(t *testing.T) {
	for name, s := range map[string]relay.Setting{
		"nothing": {}, "both": {Command: []string{"x"}, URL: "http://h/"}, "a file": {URL: "file:///etc"}, "no host": {URL: "http:///x"},
		"no name": {Command: []string{""}}, "a time-out of hours": {URL: "http://h/", Timeout: time.Hour}, "before it began": {URL: "http://h/", Timeout: -1},
		"many arguments": {Command: make([]string, 33)},
	} {
		if _, err := relay.Start(context.Background(), s, nil); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), relay.File)
	if _, ok, err := relay.Load(path); ok || err != nil {
		t.Errorf("no file: %v, %v", ok, err)
	}
	for text, well := range map[string]bool{
		`{"command": ["/bin/open", "1"]}`: true, `{"url": "http://192.0.2.7/open", "timeout": "2s"}`: true,
		`{}`: false, `{"url": "http://h/", "timeout": "soon"}`: false, `{"url": "http://h/", "shell": true}`: false, `x`: false, ``: false,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, ok, err := relay.Load(path); ok != well || (err == nil) != well {
			t.Errorf("%s: %+v, %v, %v", text, s, ok, err)
		}
	}
}

// Whoever waited too long behind a slow relay may have gone: somebody else stands there now.
func TestNothingOpensLate(t *testing.T) {
	calls, release := make(chan time.Time, 4), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		calls <- time.Now()
		<-release
	}))
	defer server.Close()
	r, results := start(t, relay.Setting{URL: server.URL, Timeout: relay.MaxTimeout})
	r.Admitted()
	<-calls
	r.Admitted()
	time.Sleep(relay.TooLate + 100*time.Millisecond)
	close(release)
	if err := <-results; err != nil {
		t.Fatal(err)
	}
	if err := <-results; err == nil || !strings.Contains(err.Error(), "open it by hand") {
		t.Errorf("an admission that is long past: %v", err)
	}
	if len(calls) != 0 {
		t.Error("the gate opened")
	}
}

// A setting that is a folder or endless is told, and not waited for.
func TestSettingThatIsNoFile(t *testing.T) {
	folder := t.TempDir()
	big := filepath.Join(folder, "big")
	if err := os.WriteFile(big, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, big} {
		if _, _, err := relay.Load(path); err == nil || !strings.Contains(err.Error(), "no file of") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A program that ends right after an admission still opens the gate for it,
// whatever the relay was doing.
func TestCloseMakesTheCall(t *testing.T) {
	var called atomic.Int64
	begun, finish := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if called.Add(1) == 1 {
			begun <- struct{}{}
			<-finish
		}
	}))
	defer server.Close()
	for range 8 { // of two things that are ready, select takes either
		called.Store(0)
		r, _ := start(t, relay.Setting{URL: server.URL})
		r.Admitted()
		<-begun
		r.Admitted() // while the call before goes on
		closed := make(chan struct{})
		go func() { r.Close(); close(closed) }()
		finish <- struct{}{}
		<-closed
		if n := called.Load(); n != 2 {
			t.Errorf("%d calls for two admissions", n)
		}
		r.Close() // once more does nothing
	}
}

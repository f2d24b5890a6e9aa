package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postern/app/qr"
	"postern/app/scan"
	"postern/app/store"
	"postern/app/store/storetest"
)

func watchRun(t *testing.T, args ...string) (code int, out, said string) {
	t.Helper()
	var o, e bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &o, stderr: &e, now: time.Now}
	code = p.watch(t.Context(), args)
	return code, o.String(), e.String()
}

// codeFolder is a folder with a picture of each text.
func codeFolder(t *testing.T, texts ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, text := range texts {
		var b bytes.Buffer
		if err := qr.WritePNG(&b, text, 4); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.png", i)), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestWatchFolder(t *testing.T) {
	dir := codeFolder(t, "PP1:ONE", "PP1:ONE", "two \x1b[2J")
	if err := os.WriteFile(filepath.Join(dir, "bad.png"), []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, said := watchRun(t, "--camera", dir+"#rate=60,once")
	if code != exitOK || out != "PP1:ONE\ntwo \uFFFD[2J\n" || !strings.Contains(said, "bad.png") {
		t.Errorf("exit %d, %q, %s", code, out, said)
	}
	code, out, _ = watchRun(t, "--json", "--camera", dir+"#rate=60,once")
	var line watchLine
	if err := json.Unmarshal([]byte(strings.SplitN(out, "\n", 2)[0]), &line); err != nil || code != exitOK {
		t.Fatalf("exit %d, %q, %v", code, out, err)
	}
	if line.Text != "PP1:ONE" || line.Format != qr.QR || line.Source != scan.Camera || line.At.IsZero() {
		t.Errorf("%+v", line)
	}
}

func TestWatchNetworkCamera(t *testing.T) {
	var b bytes.Buffer
	if err := qr.WritePNG(&b, "PP1:NET", 6); err != nil {
		t.Fatal(err)
	}
	img, err := qr.Load(&b)
	if err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, _, _ := r.BasicAuth(); user != "guard" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=f")
		for r.Context().Err() == nil {
			fmt.Fprintf(w, "--f\r\nContent-Length: %d\r\n\r\n%s\r\n", b.Len(), b.Bytes())
			w.(http.Flusher).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	}))
	defer s.Close()
	code, out, said := watchRun(t, "--for", "2s", "--camera", strings.Replace(s.URL, "http://", "http://guard:secret@", 1))
	if code != exitOK || out != "PP1:NET\n" || strings.Contains(said, "secret") {
		t.Errorf("exit %d, %q, %s", code, out, said)
	}
	code, out, said = watchRun(t, "--camera", s.URL)
	if code != exitFailed || out != "" || !strings.Contains(said, "user") {
		t.Errorf("without a user: exit %d, %q, %s", code, out, said)
	}
}

func TestWatchForGate(t *testing.T) {
	dir, w := t.TempDir(), storetest.NewWorld(t, 1)
	st, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.Joined(t, st, 400)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	code, out, said := watchRun(t, "--gate", dir, "--camera", codeFolder(t, w.Pass(t, 4), "menu")+"#rate=60,once")
	var got []string
	for text := range strings.Lines(out) {
		var a answer
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatal(err)
		}
		got = append(got, a.Format+"/"+a.Reason)
	}
	if code != exitOK || len(got) != 2 || !strings.HasPrefix(got[0], "native/") || got[1] != "/foreign" {
		t.Errorf("exit %d, %q, %s", code, got, said)
	}
	if n := checksIn(t, dir); n != 2 {
		t.Errorf("the journal has %d checks", n)
	}
}

func TestWatchMisuse(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{},
		{"--camera", dir, "--serial", "/dev/null"},
		{"--list", "--camera", dir},
		{"--camera", "rtsp://x"},
		{"--camera", dir, "more"},
		{"--serial", ""},
		{"--serial", "/dev/x,fast"},
		{"--camera", dir, "--for", "-1s"},
		{"--camera", dir, "--formats", "pdf417"},
		{"--serial", "/dev/x", "--profile", "end=never"},
	} {
		if code, out, said := watchRun(t, args...); code != exitMisuse || out != "" || said == "" {
			t.Errorf("%q: exit %d, %q, %q", args, code, out, said)
		}
	}
	if code, _, said := watchRun(t, "--serial", filepath.Join(dir, "gone"), "--for", "100ms"); code != exitOK || !strings.Contains(said, "plug it in") {
		t.Errorf("no scanner: exit %d, %s", code, said)
	}
	if code, _, _ := watchRun(t, "--list"); code != exitOK {
		t.Errorf("list: exit %d", code)
	}
}

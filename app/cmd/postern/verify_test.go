package main

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/pass"
	"postern/sync/snapshot"
)

// verifyRun runs verify an hour after the world's noon.
func verifyRun(t *testing.T, stdin string, args ...string) (code int, lines []answer, out, said string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := &program{
		stdin: strings.NewReader(stdin), stdout: &stdout, stderr: &stderr,
		now: func() time.Time { return storetest.Noon.Add(time.Hour) },
	}
	code = p.verify(t.Context(), args)
	for text := range strings.Lines(stdout.String()) {
		var a answer
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields()
		if d.Decode(&a) == nil {
			lines = append(lines, a)
		}
	}
	return code, lines, stdout.String(), stderr.String()
}

// gateFolder is a gate's folder with the program that uses it still at work.
func gateFolder(t *testing.T) (string, *storetest.World) {
	t.Helper()
	dir, w := t.TempDir(), storetest.NewWorld(t, 1)
	s, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w.Joined(t, s, 400)
	return dir, w
}

// trustFile holds the world's issuer key as PEM.
func trustFile(t *testing.T, w *storetest.World) string {
	t.Helper()
	trust, err := snapshot.ParseTrust(w.Trust(t))
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(trust.Issuers[0].Keys[0].Public)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "issuer.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func outcomes(lines []answer) string {
	var b strings.Builder
	for _, a := range lines {
		fmt.Fprintf(&b, "%s/%s/%s ", a.Outcome, a.Reason, a.Help)
	}
	return strings.TrimSpace(b.String())
}

func TestVerifyByAGateAtWork(t *testing.T) {
	dir, w := gateFolder(t)
	good := w.Pass(t, 4)
	code, lines, _, said := verifyRun(t, "", "--json", "--gate", dir, good, w.Pass(t, 6), w.Pass(t, 7), "menu", good[:90])
	want := "Admit/ok/A-OK Check/suspended/C-SUS Refuse/barred/R-BAR Unknown/foreign/U-NOT Unknown/malformed/U-BAD"
	if got := outcomes(lines); code != exitNotAll || got != want {
		t.Fatalf("exit %d, %s, %s; want %s", code, got, said, want)
	}
	a := lines[0]
	if a.Format != "native" || a.Issuer != "XA" || a.Pass != "3030303030303034" || a.Name != "王*" || a.IssuerName != "Health Commission" ||
		!a.Expires.Equal(w.Now.AddDate(0, 6, 0)) || a.Test.Kind != "nucleic" || a.Test.Result != "negative" || a.Snapshot != 1 ||
		a.Age != "fresh" || a.Unchecked != nil || a.Steps != nil || a.Error != "" || a.Presented != nil {
		t.Errorf("answer %+v", a)
	}
	if b := lines[3]; b.Error == "" || b.Pass != "" || len(b.Steps) == 0 {
		t.Errorf("answer %+v", b)
	}
	if code, _, _, said := verifyRun(t, "", "--json", "--gate", dir, good); code != exitOK || said != "" {
		t.Errorf("exit %d, %s", code, said)
	}

	// At another time: the test is old, and who names a time is believed.
	code, lines, _, _ = verifyRun(t, "", "--json", "--gate", dir, "--at", "2026-11-23T15:21:00+08:00", good)
	if code != exitNotAll || outcomes(lines) != "Check/test_old/C-T48" || lines[0].Detail.Ago != int64((51*time.Hour+20*time.Minute)/time.Second) || lines[0].Detail.Asked != 48*3600 {
		t.Errorf("exit %d, %s, %+v", code, outcomes(lines), lines[0].Detail)
	}
	code, lines, _, _ = verifyRun(t, "", "--json", "--gate", dir, "--at", "1970-01-02T00:00:00Z", good)
	if code != exitNotAll || lines[0].Reason != "not_yet_valid" {
		t.Errorf("exit %d, %s", code, outcomes(lines))
	}
}

func TestVerifyWithTrustFiles(t *testing.T) {
	w := storetest.NewWorld(t, 1)
	file := trustFile(t, w)
	code, lines, _, said := verifyRun(t, "", "--json", "--trust", file, w.Pass(t, 4))
	if code != exitOK || outcomes(lines) != "Admit/ok/A-OK" || len(lines[0].Unchecked) != 1 || lines[0].Unchecked[0] != "status" || lines[0].Age != "blind" {
		t.Errorf("exit %d, %s, %+v", code, said, lines)
	}
	if code, lines, _, _ := verifyRun(t, "", "--json", w.Pass(t, 4)); code != exitNotAll || outcomes(lines) != "Unknown/no_key/U-KEY" {
		t.Errorf("without keys: exit %d, %+v", code, lines)
	}
	presented, err := pass.Present(w.Pass(t, 4), w.Holder, w.Now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if code, lines, _, _ := verifyRun(t, "", "--json", "--trust", file, presented); code != exitOK || lines[0].Presented == nil {
		t.Errorf("presented: exit %d, %+v", code, lines)
	}

	// A gate's own issuers stay trusted beside the file's.
	dir, w2 := gateFolder(t)
	if code, lines, _, _ := verifyRun(t, "", "--json", "--gate", dir, "--trust", file, "--trust", file, w2.Pass(t, 4)); code != exitOK || lines[0].IssuerName == "" {
		t.Errorf("with both: exit %d, %+v", code, lines)
	}
}

func TestVerifyFromStandardInput(t *testing.T) {
	w := storetest.NewWorld(t, 1)
	file := trustFile(t, w)
	good := w.Pass(t, 4)
	long := strings.Repeat("A", pass.MaxText+1)
	for name, tc := range map[string]struct {
		stdin string
		code  int
		want  string
	}{
		"a line each":            {good + "\r\n\n" + good + "\n", exitOK, "ok ok"},
		"no line end":            {good + "\n" + good, exitOK, "ok ok"},
		"too long, then good":    {"PP1:" + long + "\n" + good + "\n", exitNotAll, "too_long ok"},
		"ten megabytes":          {strings.Repeat("A", 10<<20) + "\n" + good, exitNotAll, "too_long ok"},
		"as long as can be":      {strings.Repeat("A", pass.MaxText) + "\r\n" + good, exitNotAll, "foreign ok"},
		"bytes that are no text": {"\xff\xfe\x00\n" + good, exitNotAll, "foreign ok"},
		"nothing":                {"", exitMisuse, ""},
		"empty lines":            {"\n\r\n\n", exitMisuse, ""},
	} {
		t.Run(name, func(t *testing.T) {
			code, lines, _, said := verifyRun(t, tc.stdin, "--json", "--trust", file, "-")
			var got []string
			for _, a := range lines {
				got = append(got, a.Reason)
			}
			if code != tc.code || strings.Join(got, " ") != tc.want || (code == exitMisuse) != (said != "") {
				t.Errorf("exit %d, %v, %s", code, got, said)
			}
		})
	}
}

func TestVerifyMisuse(t *testing.T) {
	for _, args := range [][]string{{}, {"--json"}, {"--at", "yesterday", "x"}, {"--at", "2026-11-22", "x"}, {"--nonsense", "x"}, {"--gate"}} {
		if code, lines, _, said := verifyRun(t, "", args...); code != exitMisuse || len(lines) != 0 || said == "" {
			t.Errorf("%v: exit %d, %+v, %q", args, code, lines, said)
		}
	}
	if code, _, _, said := verifyRun(t, "", "-h"); code != exitOK || !strings.Contains(said, "Exit code") {
		t.Errorf("-h: exit %d, %s", code, said)
	}
}

func TestVerifyWhatCannotBeRead(t *testing.T) {
	empty := t.TempDir()
	rubbish := filepath.Join(empty, "rubbish.pem")
	if err := os.WriteFile(rubbish, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"a folder without a gate": {"--json", "--gate", empty, "x"},
		"no folder":               {"--json", "--gate", filepath.Join(empty, "nothing"), "x"},
		"no trust file":           {"--json", "--trust", filepath.Join(empty, "nothing"), "x"},
		"a trust file of rubbish": {"--json", "--trust", rubbish, "x"},
	} {
		if code, lines, _, said := verifyRun(t, "", args...); code != exitFailed || len(lines) != 0 || !strings.HasPrefix(said, "postern verify: ") {
			t.Errorf("%s: exit %d, %+v, %q", name, code, lines, said)
		}
	}
	if all, err := os.ReadDir(empty); err != nil || len(all) != 1 {
		t.Errorf("looking left %v, %v", all, err)
	}
	p := &program{stdin: iotest.ErrReader(errors.New("pipe")), stdout: io.Discard, stderr: io.Discard, now: time.Now}
	if code := p.verify(t.Context(), []string{"-"}); code != exitFailed {
		t.Errorf("standard input that fails: exit %d", code)
	}
}

func TestVerifyForPeople(t *testing.T) {
	dir, w := gateFolder(t)
	code, _, out, _ := verifyRun(t, "", "--gate", dir, "--at", "2026-11-23T15:21:00+08:00", w.Pass(t, 4), w.Pass(t, 7), "menu")
	want := "CHECK   C-T48   The last test was 51 h 20 min ago; here it must be within 48 h."
	if code != exitNotAll || !strings.HasPrefix(out, want+"\n") || !strings.Contains(out, `"王*" · "Health Commission" · "XA"`) ||
		!strings.Contains(out, "\nREFUSE  R-BAR ") || !strings.Contains(out, "open pass: not a pass") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// FuzzBoundedLine: whatever comes, every line comes back once, in order, cut at the bound.
func FuzzBoundedLine(f *testing.F) {
	f.Add([]byte("one\r\ntwo\n\nthree"), uint8(4))
	f.Add([]byte("\n\n"), uint8(0))
	f.Add([]byte("long long long\r\r\nx"), uint8(3))
	f.Fuzz(func(t *testing.T, data []byte, bound uint8) {
		r := bufio.NewReaderSize(bytes.NewReader(data), 16)
		rest := string(data)
		for {
			got, err := boundedLine(r, int(bound))
			if err != nil {
				if err != io.EOF || rest != "" {
					t.Fatalf("ended with %q left: %v", rest, err)
				}
				return
			}
			line, after, _ := strings.Cut(rest, "\n")
			rest = after
			if len(got) > int(bound)+1 || !strings.HasPrefix(line, got) {
				t.Fatalf("%q came back as %q", line, got)
			}
			if trimmed := strings.TrimRight(line, "\r"); len(trimmed) <= int(bound) && len(line) <= int(bound)+2 && got != trimmed {
				t.Fatalf("%q came back as %q, bound %d", line, got, bound)
			}
		}
	})
}

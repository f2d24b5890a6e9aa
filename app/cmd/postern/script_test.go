package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"postern/app/qr"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"postern": main, "barrier": barrier})
}

// TestScripts runs the program as a person would; each file is one story.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: withCity,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"qr":      drawQR,
			"exit":    wantExit,
			"city":    makeCity,
			"hub":     switchHub,
			"start":   startProgram,
			"await":   awaitLine,
			"end":     endProgram,
			"journal": showJournal,
		},
	})
}

// drawQR is `qr FILE TEXT`: a picture of a code.
func drawQR(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: qr file text")
	}
	var b bytes.Buffer
	ts.Check(qr.WritePNG(&b, args[1], 4))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// wantExit is `exit CODE command args...`: the command must end with just this code.
func wantExit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit code command args...")
	}
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit code is %s, want %s", got, args[0])
	}
}

// TestDemo runs the whole way in this process; it must say that the hub holds what the gate recorded.
func TestDemo(t *testing.T) {
	var out, problems bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: &problems, now: time.Now}
	if code := p.run(context.Background(), []string{"demo", "--dir", t.TempDir()}); code != exitOK {
		t.Fatalf("exit %d\n%s\n%s", code, out.String(), problems.String())
	}
	for _, want := range []string{"C-T48", "R-SIG", "U-KEY", "U-READ", "C-PAP", "The hub holds 13 entries"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the demo does not show %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "WRONG") {
		t.Error(out.String())
	}
}

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/simplifiedchinese"

	"postern/sync/enrol"
)

// scriptTime is when scripts take place, unless they set NOW.
const scriptTime = "2026-11-22T08:30:00+08:00"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"postern-hub": func() { os.Exit(scriptRun()) }})
}

// scriptRun is main with a clock that scripts set and no terminal to ask.
func scriptRun() int {
	at := os.Getenv("NOW")
	if at == "" {
		at = scriptTime
	}
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		panic(err)
	}
	p := &program{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv,
		now:           func() time.Time { return now },
		askPassphrase: func(bool) (string, error) { return "", errors.New("nobody is there to ask") },
	}
	return p.run(context.Background(), os.Args[1:])
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("POSTERN_PASSPHRASE", "correct horse battery")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"gb18030": scriptGB18030, "enrolrequest": scriptRequest, "answer": scriptAnswer,
			"state": scriptState, "gateopens": scriptGateOpens, "kid": scriptKeyID,
		},
	})
}

// gb18030 FILE turns a file of UTF-8 into GB18030.
func scriptGB18030(ts *testscript.TestScript, _ bool, args []string) {
	b, err := simplifiedchinese.GB18030.NewEncoder().String(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b), 0o600))
}

// enrolrequest CODE DEVICE REQUEST makes the request of one device, which a letter names.
func scriptRequest(ts *testscript.TestScript, _ bool, args []string) {
	code, err := enrol.ParseCode(ts.ReadFile(args[0]))
	ts.Check(err)
	id, err := enrol.NewIdentity(code, bytes.NewReader([]byte(strings.Repeat(args[1], 64))))
	ts.Check(err)
	request, err := id.Request(code.Secret)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), request, 0o600))
}

// answer FILE GATE checks the framing of an answer, and for which gate it is.
func scriptAnswer(ts *testscript.TestScript, neg bool, args []string) {
	_, envelope, err := enrol.ParseAnswer([]byte(ts.ReadFile(args[0])))
	if neg != (err != nil) {
		ts.Fatalf("answer %s: %v", args[0], err)
	}
	if err != nil {
		return
	}
	gate, _, err := enrol.EnvelopeVersion(envelope)
	ts.Check(err)
	code, err := enrol.ParseCode(ts.ReadFile(args[1]))
	ts.Check(err)
	if gate != code.GateID() {
		ts.Fatalf("the envelope is for gate %s, want %s", gate, code.GateID())
	}
}

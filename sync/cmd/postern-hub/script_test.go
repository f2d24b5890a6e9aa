package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
			"state": scriptState, "digest": scriptDigest, "same": scriptSame, "gateopens": scriptGateOpens, "kid": scriptKeyID,
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

// digest NAME remembers the city's ledger and the hub's folder as they are.
func scriptDigest(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".digest"), []byte(contents(ts)), 0o600))
}

// same NAME fails where they are no longer as digest saw them.
func scriptSame(ts *testscript.TestScript, _ bool, args []string) {
	if before, now := ts.ReadFile(args[0]+".digest"), contents(ts); before != now {
		ts.Fatalf("it was\n%s\nand is\n%s", before, now)
	}
}

// contents is every row of the ledger, as its beginning and its hash, and the hash of every file of the hub.
func contents(ts *testscript.TestScript) string {
	var b strings.Builder
	ledger, err := sql.Open("sqlite", "file:"+ts.MkAbs("city/ledger.db")+"?mode=ro")
	ts.Check(err)
	defer ledger.Close()
	for _, table := range column(ts, ledger, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
		columns := column(ts, ledger, "SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('"+table+"')")
		fmt.Fprintln(&b, table)
		for _, row := range column(ts, ledger, "SELECT "+strings.Join(columns, " || ' ' || ")+" FROM \""+table+"\"") {
			fmt.Fprintf(&b, "  %s\n", row[:min(len(row), 60)])
			fmt.Fprintf(&b, "  %x\n", sha256.Sum256([]byte(row)))
		}
	}
	ts.Check(filepath.WalkDir(ts.MkAbs("hub"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s %x\n", path, sha256.Sum256(content))
		return err
	}))
	return b.String()
}

func column(ts *testscript.TestScript, db *sql.DB, query string) (all []string) {
	rows, err := db.Query(query)
	ts.Check(err)
	defer rows.Close()
	for rows.Next() {
		var s string
		ts.Check(rows.Scan(&s))
		all = append(all, s)
	}
	ts.Check(rows.Err())
	return all
}

package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"postern/sync/hub"
	"postern/sync/hub/hubdb"
	"postern/sync/journal"
)

// journal prints what gates have recorded, a JSON object a line, and verifies
// all of it on the way. Exit 1 where a chain is broken.
func (p *program) journal(ctx context.Context, args []string) int {
	set := flag.NewFlagSet("postern-hub journal", flag.ContinueOnError)
	set.SetOutput(p.stderr)
	dir := set.String("dir", "", "the hub's `folder`")
	gate := set.String("gate", "", "`ID` of one gate (default: all)")
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		return exitMisuse
	case set.NArg() > 0 || *dir == "":
		fmt.Fprintln(p.stderr, "postern-hub: journal wants --dir and no arguments")
		return exitMisuse
	}
	broken, err := p.printJournal(ctx, *dir, *gate)
	if err != nil {
		return p.fail(err)
	}
	if broken > 0 {
		fmt.Fprintf(p.stderr, "postern-hub: %d places do not verify; what is printed does\n", broken)
		return exitFailed
	}
	return exitOK
}

func (p *program) printJournal(ctx context.Context, dir, gate string) (broken int, err error) {
	path := filepath.Join(dir, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return 0, fmt.Errorf("read journals: %w; --dir wants the folder that serve uses", err)
	}
	db, err := hubdb.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if gate != "" {
		if _, err := db.Gate(ctx, gate); err != nil {
			return 0, fmt.Errorf("read journals: %w: %s", err, gate)
		}
	}
	out := bufio.NewWriter(p.stdout)
	defer func() { err = errors.Join(err, out.Flush()) }()
	for record, recordErr := range hub.Entries(ctx, db, gate) {
		switch {
		case errors.Is(recordErr, hub.ErrBroken):
			broken++
			fmt.Fprintf(p.stderr, "postern-hub: %v\n", recordErr)
		case recordErr != nil:
			return broken, recordErr
		default:
			if err := printEntry(out, record); err != nil {
				return broken, err
			}
		}
	}
	return broken, nil
}

// entryLine is one entry for people and scripts. The reference is left out:
// only the authority can open it.
type entryLine struct {
	Gate     string `json:"gate"`
	Chain    string `json:"chain"`
	Seq      uint64 `json:"seq"`
	Time     string `json:"time"`
	Lane     string `json:"lane,omitempty"`
	Operator string `json:"operator,omitempty"`
	Kind     string `json:"kind"`
	Outcome  string `json:"outcome"`
	Reason   string `json:"reason"`
	Snapshot uint64 `json:"snapshot"`
	Tag      string `json:"tag,omitempty"`
	Sealed   bool   `json:"sealed"` // a reference that the authority can open is there
	Hash     string `json:"hash"`
}

func printEntry(w io.Writer, r hub.Record) error {
	e := &r.Entry
	line := entryLine{
		Gate: r.Gate, Chain: r.Chain.String(), Seq: e.Seq, Time: e.Time.UTC().Format(time.RFC3339Nano), Lane: e.Lane,
		Operator: e.Operator, Kind: e.Kind.String(), Outcome: e.Outcome.String(), Reason: e.Reason, Snapshot: e.Version,
		Sealed: e.Ref != nil, Hash: e.Hash().String(),
	}
	if e.Tag != (journal.Tag{}) {
		line.Tag = hex.EncodeToString(e.Tag[:])
	}
	return json.NewEncoder(w).Encode(line)
}

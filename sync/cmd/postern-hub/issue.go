package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"postern/sync/authority"
	"postern/sync/sheet"
)

// pixelsPerModule makes a code of version 10 about 520 pixels wide.
const pixelsPerModule = 8

// issue reads a roster and writes passes.
func (p *program) issue(ctx context.Context, args []string) int {
	c := p.command("issue")
	roster := c.String("roster", "", "roster to read first, a CSV `file` with "+
		"number,name,birth_year,district,status,valid_until (- is standard input)")
	out := c.String("out", "-", "`file` for the passes, CSV with number,name,pass; - is standard output, empty is none")
	png := c.String("png", "", "`folder` for a QR picture of each pass, <number>.png")
	numbers := c.String("numbers", "", "only these `numbers`, separated by commas (default: everybody)")
	if code, done := c.parse(p, args); done {
		return code
	}
	if sameFile(*roster, *out) {
		return p.misuse("--out is the roster itself; name another file")
	}
	if err := checkInput(*roster); err != nil {
		return p.fail(err)
	}
	only, err := parseNumbers(*numbers)
	if err != nil {
		return p.fail(err)
	}
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	n, err := p.issueInto(ctx, a, passFiles{csv: *out, png: *png}, *roster, only)
	if err != nil {
		return p.fail(err)
	}
	fmt.Fprintf(p.stderr, "%d passes issued\n", n)
	return exitOK
}

// parseNumbers splits --numbers at its commas, and refuses what cannot be a
// number. It gives nil, which means everybody, where none are named.
func parseNumbers(list string) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	all := strings.Split(list, ",")
	for _, number := range all {
		if _, err := sheet.ParseNumber(number); err != nil {
			return nil, fmt.Errorf("read --numbers: %q: %w", number, err)
		}
	}
	return all, nil
}

// issueInto opens what it writes first, then imports the roster, and then
// writes the passes of everybody or of only some.
func (p *program) issueInto(ctx context.Context, a *authority.Authority, to passFiles, roster string, only []string) (n int, err error) {
	table, finish, err := p.passTable(to.csv)
	if err != nil {
		return 0, err
	}
	defer func() { err = finish(err) }()
	if to.png != "" {
		if err := writableFolder(to.png, 0o700); err != nil {
			return 0, err
		}
	}
	if err := p.importFile(ctx, roster, a.Roster.Import); err != nil {
		return 0, err
	}
	if err := table([]string{"number", "name", "pass"}); err != nil {
		return 0, err
	}
	err = a.Roster.IssueEach(ctx, only, authority.IssueOptions{}, func(i authority.Issued) error {
		n++
		if err := table([]string{i.Number, i.Name, i.Text}); err != nil {
			return err
		}
		if to.png == "" {
			return nil
		}
		return writeQR(filepath.Join(to.png, i.Number+".png"), i.Text)
	})
	return n, err
}

// importFile imports a file where one is named, and prints how many lines it had
// and what they changed.
func (p *program) importFile(ctx context.Context, name string, read func(context.Context, io.Reader) (sheet.Report, error)) error {
	if name == "" {
		return nil
	}
	in, done, err := p.input(name)
	if err != nil {
		return err
	}
	defer done()
	r, err := read(ctx, in)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(p.stderr, "%s: %d lines, %d persons added, %d changed\n", name, r.Rows, r.Added, r.Changed)
	for _, note := range r.Notes {
		fmt.Fprintf(p.stderr, "%s: %s\n", name, note)
	}
	return nil
}

// passFiles says where passes go.
type passFiles struct{ csv, png string }

// passTable opens the table of passes: a function for each row, and one for
// the end, which takes the error so far and gives that or its own. A file is
// written under another name first, so that an error leaves the one before.
func (p *program) passTable(name string) (row func([]string) error, finish func(error) error, err error) {
	if name == "" {
		return func([]string) error { return nil }, func(err error) error { return err }, nil
	}
	out, end := p.stdout, func(err error) error { return err }
	if name != "-" {
		f, err := openOutput(name)
		if err != nil {
			return nil, nil, err
		}
		out, end = f, f.end
	}
	buffer := bufio.NewWriter(out)
	table := csv.NewWriter(buffer)
	finish = func(err error) error {
		table.Flush()
		return end(errors.Join(err, table.Error(), buffer.Flush()))
	}
	return table.Write, finish, nil
}

// replaceFile makes f, which is name.new, durable in place of name; where err
// is not nil it removes f instead and gives err.
func replaceFile(f *os.File, name string, err error) error {
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), name)
}

// sameFile reports whether two names are one file that is there.
func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

// writeQR draws text as a picture that only its owner may read.
func writeQR(name, text string) error {
	b, err := drawQR(text)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(name, b, 0o600)
}

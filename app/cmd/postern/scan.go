package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"postern/app/qr"
)

const scanUsage = `usage: postern scan --json [--formats qr,aztec,...] FILE...

Reads the codes in pictures (PNG, JPEG, GIF) and writes one JSON line for each:

  {"file":"a.png","ok":true,"texts":["PP1:..."],"ns":1234567}

ok says that there is at least one code; more, which stands only where it is
true, that the picture has more codes than the 160 that are read; ns is the time to locate and decode,
without reading and unpacking the picture; error says why a file could not be
read at all. FILE - reads paths from standard input, one a line, and answers
each before it takes the next. Exit code: 0 when every file could be read as a
picture, with a code in it or not; 1 when one could not; 2 for misuse.

`

// maxPath is the longest path that is read from a list, in bytes.
const maxPath = 64 << 10

// scanLine is the answer about one picture.
type scanLine struct {
	File  string   `json:"file"`
	OK    bool     `json:"ok"`
	Texts []string `json:"texts"`
	More  bool     `json:"more,omitempty"`
	NS    int64    `json:"ns"`
	Error string   `json:"error,omitempty"`
}

// scan reads codes from picture files.
func (p *program) scan(ctx context.Context, args []string) int {
	flags := flag.NewFlagSet("scan", flag.ContinueOnError)
	flags.SetOutput(p.stderr)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), scanUsage)
		flags.PrintDefaults()
	}
	asJSON := flags.Bool("json", false, "write JSON lines (the only output there is)")
	formats := flags.String("formats", string(qr.QR), "kinds of code to look for, separated by commas")
	if err := flags.Parse(args); err != nil {
		if err == flag.ErrHelp {
			return exitOK
		}
		return exitMisuse
	}
	wanted, err := qr.ParseFormats(*formats)
	switch {
	case err != nil:
		fmt.Fprintf(p.stderr, "postern scan: %v\n", err)
		return exitMisuse
	case !*asJSON:
		fmt.Fprintln(p.stderr, "postern scan: say --json; there is no other output")
		return exitMisuse
	case flags.NArg() == 0:
		fmt.Fprintln(p.stderr, "postern scan: no picture named; give files, or - to read their paths from standard input")
		return exitMisuse
	}
	return p.scanAll(ctx, qr.NewReader(wanted...), flags.Args())
}

// scanAll answers every path, those on standard input where a path is "-".
func (p *program) scanAll(ctx context.Context, r *qr.Reader, paths []string) int {
	code := exitOK
	for _, path := range paths {
		var ok bool
		var err error
		if path == "-" {
			ok, err = p.scanStream(ctx, r, p.stdin)
		} else {
			ok, err = p.scanOne(ctx, r, path)
		}
		if err != nil {
			fmt.Fprintf(p.stderr, "postern scan: %v\n", err)
			return exitFailed
		}
		if !ok {
			code = exitFailed
		}
	}
	return code
}

// scanStream answers each path of a list as it comes.
func (p *program) scanStream(ctx context.Context, r *qr.Reader, list io.Reader) (bool, error) {
	all := true
	for path, err := range lines(ctx, list, maxPath) {
		if err != nil {
			return false, fmt.Errorf("read list of pictures: %w", err)
		}
		if path == "" {
			continue
		}
		ok, err := p.scanOne(ctx, r, path)
		if err != nil {
			return false, err
		}
		all = all && ok
	}
	return all, ctx.Err()
}

// scanOne writes the line about one picture; an error means that the run must
// end, not that the picture is bad.
func (p *program) scanOne(ctx context.Context, r *qr.Reader, path string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	codes, took, err := readPicture(ctx, r, path)
	line := scanLine{File: path, OK: len(codes) > 0, Texts: []string{}, More: err == nil && r.More(), NS: took.Nanoseconds()}
	for _, c := range codes {
		line.Texts = append(line.Texts, c.Text)
	}
	if err != nil {
		line.Error = err.Error()
	}
	data, err := json.Marshal(line)
	if err != nil {
		return false, fmt.Errorf("write answer: %w", err)
	}
	if _, err := p.stdout.Write(append(data, '\n')); err != nil {
		return false, fmt.Errorf("write answer: %w", err)
	}
	return line.Error == "", nil
}

// readPicture reads the codes of a file. Pipes and devices are refused: opening one could wait for ever.
func readPicture(ctx context.Context, r *qr.Reader, path string) ([]qr.Code, time.Duration, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, fmt.Errorf("read picture: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("read picture: %s is not a file; save the picture in one first", path)
	}
	return qr.ReadFile(ctx, path, r)
}

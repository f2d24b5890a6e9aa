// Package sheet reads the tables that people keep in spreadsheets, such as a
// roster or a laboratory's results: CSV today. What it reads was written by
// others. It finds the encoding, bounds every line, and tells all bad lines of
// a table together with their numbers, so that somebody mends a file once.
//
// Open finds the columns, [Table.Each] gives the rows, and the Parse functions
// read single fields. What becomes of the rows is the caller's affair: sheet
// keeps nothing and knows no authority.
package sheet

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Limits of a table.
const (
	maxSize    = 1 << 30 // bytes
	maxLine    = 16 << 10
	maxColumns = 64
	maxRows    = 100_000_000
)

// Table is one open table of comma-separated values: UTF-8, with or without a
// byte-order mark, else GB18030 as Chinese spreadsheets write it. A field may
// stand in double quotes but not run over a line's end, so that one forgotten
// quote costs one line and not the rest of the file.
type Table struct {
	lines   *bufio.Reader
	decoder *encoding.Decoder // nil for UTF-8
	columns []string          // that the caller wants
	at      []int             // where in a line each of them stands
	fields  int               // in every line
	extra   []string          // columns that the caller does not want
	number  int               // of the line that was read last, from 1
	done    func()            // removes the copy of r, where there is one
}

// Open reads the header of the table in r, which must name the columns, in
// whatever order and beside whatever others. It looks through the whole of r
// for its encoding first; what cannot be read twice, such as a pipe, it copies
// into dir. The caller closes the table, and r after it.
func Open(ctx context.Context, r io.Reader, dir string, columns ...string) (*Table, error) {
	rs, done, err := seekable(ctx, r, dir)
	if err != nil {
		return nil, err
	}
	t := &Table{columns: columns, done: done}
	if err := t.begin(ctx, rs); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// Close removes what Open copied.
func (t *Table) Close() { t.done() }

// begin finds the encoding, and then reads the header.
func (t *Table) begin(ctx context.Context, r io.ReadSeeker) (err error) {
	if t.decoder, err = sniff(untilDone{ctx, r}); err != nil {
		return err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	t.lines = bufio.NewReaderSize(r, maxLine)
	return t.header(ctx)
}

const byteOrderMark = "\ufeff"

// sniff tells GB18030 from UTF-8 by the lines that are not ASCII: the encoding
// that fits more of them. So a few damaged lines do not turn UTF-8 into GB18030;
// they are reported as bad. The decoder is nil for UTF-8.
func sniff(r io.Reader) (*encoding.Decoder, error) {
	in := bufio.NewReaderSize(r, maxLine)
	start, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := refuseBinary(start); err != nil {
		return nil, err
	}
	var size int64
	var good, bad int
	for {
		b, err := in.ReadSlice('\n')
		if size += int64(len(b)); size > maxSize {
			return nil, fmt.Errorf("it has more than %d MiB; import it in parts", maxSize>>20)
		}
		switch {
		case isASCII(b):
		case utf8.Valid(b):
			good++
		default:
			bad++
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
	if bad > good && !bytes.HasPrefix(start, []byte(byteOrderMark)) {
		return simplifiedchinese.GB18030.NewDecoder(), nil
	}
	return nil, nil
}

// refuseBinary knows by its first bytes what is no text, and says what to do.
func refuseBinary(start []byte) error {
	switch {
	case len(start) == 0:
		return errors.New("it is empty")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return errors.New("it is a workbook or an archive; save it as CSV (UTF-8) and import that")
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return errors.New("it is in UTF-16; save it as CSV (UTF-8) and import that")
	}
	return nil
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// header finds the wanted columns, in whatever order they stand.
func (t *Table) header(ctx context.Context) error {
	line, err := t.line(ctx)
	if errors.Is(err, io.EOF) {
		return errors.New("it is empty")
	}
	if err != nil {
		return fmt.Errorf("line 1: %w", err)
	}
	names, err := splitFields(strings.TrimPrefix(line, byteOrderMark), nil)
	if err != nil {
		return fmt.Errorf("line 1: %w", err)
	}
	where := make(map[string]int, len(names))
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := where[name]; twice && name != "" {
			return fmt.Errorf("line 1: column %q stands there twice", name)
		}
		where[name] = i
	}
	t.fields = len(names)
	var missing []string
	for _, name := range t.columns {
		i, ok := where[name]
		if !ok {
			missing = append(missing, name)
		}
		t.at = append(t.at, i)
		delete(where, name)
	}
	if missing != nil {
		return fmt.Errorf("line 1: there is no column %s; the first line must name the columns %s, separated by commas",
			strings.Join(missing, ", "), strings.Join(t.columns, ","))
	}
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, left := where[name]; left && name != "" {
			t.extra = append(t.extra, name)
		}
	}
	return nil
}

// Notes says which columns nobody looks at, for [Report.Notes].
func (t *Table) Notes() []string {
	if t.extra == nil {
		return nil
	}
	return []string{"columns that are not used: " + strings.Join(t.extra, ", ")}
}

// Row is one line of a table.
type Row struct {
	Line   int // in the file, from 1
	fields []string
	at     []int
}

// Field gives the text in a column, without white space around it; column
// counts those that Open was given, from 0.
func (r Row) Field(column int) string { return strings.TrimSpace(r.fields[r.at[column]]) }

// Each gives every row that is not blank to take. It says how many there were.
// A row is good until take returns. Where take returns what [Bad] made, or a
// line cannot be read, reading goes on, and all bad lines come back together
// as *[BadLines]; any other error ends the reading, and so does the end of ctx.
func (t *Table) Each(ctx context.Context, take func(Row) error) (rows int, err error) {
	var bad BadLines
	var fields []string
	for {
		fields, err = t.next(ctx, fields[:0])
		switch {
		case errors.Is(err, io.EOF):
			return rows, bad.orNil()
		case err == nil:
			rows++
			err = take(Row{t.number, fields, t.at})
		}
		var line badLine
		switch {
		case err == nil:
		case errors.As(err, &line):
			bad.add(t.number, line.Error())
		default:
			return rows, fmt.Errorf("line %d: %w", t.number, err)
		}
	}
}

// next appends the fields of the next line that is not blank to fields; io.EOF after the last.
func (t *Table) next(ctx context.Context, fields []string) ([]string, error) {
	for {
		line, err := t.line(ctx)
		if err != nil {
			return fields, err
		}
		if strings.Trim(line, ", \t") == "" {
			continue
		}
		if t.number > maxRows {
			return fields, fmt.Errorf("it has more than %d lines; import it in parts", maxRows)
		}
		fields, err = splitFields(line, fields)
		if err != nil {
			return fields, Bad(err)
		}
		if len(fields) != t.fields {
			return fields, Bad(fmt.Errorf("it has %d fields, and the first line has %d", len(fields), t.fields))
		}
		return fields, nil
	}
}

// line reads one line, decoded, without its end. It asks ctx for every line, also
// for those that become no row, since a file may hold nothing else.
func (t *Table) line(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	b, err := t.lines.ReadSlice('\n')
	if len(b) == 0 && errors.Is(err, io.EOF) {
		return "", io.EOF
	}
	t.number++
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", t.skipLine(ctx)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	b = bytes.TrimRight(b, "\r\n")
	if t.decoder != nil {
		if b, err = t.decoder.Bytes(b); err != nil {
			return "", Bad(err)
		}
	}
	switch {
	case !utf8.Valid(b) || t.decoder != nil && bytes.ContainsRune(b, utf8.RuneError):
		return "", Bad(errors.New("it holds bytes that are no text in the file's encoding"))
	case bytes.IndexByte(b, 0) >= 0:
		return "", Bad(errors.New("it holds a zero byte"))
	}
	return string(b), nil
}

// skipLine reads on to the end of a line that is too long.
func (t *Table) skipLine(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := t.lines.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err == nil || errors.Is(err, io.EOF):
			return Bad(fmt.Errorf("it is longer than %d bytes", maxLine))
		default:
			return err
		}
	}
}

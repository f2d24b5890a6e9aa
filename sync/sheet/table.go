// Package sheet reads the tables that offices make: comma-separated values in
// UTF-8 or GB18030, as spreadsheets write them. It is strict about fields and
// forgiving about files: all that is wrong is told, each with its line, so that
// a clerk mends a table in one round. Nothing is taken from a table of which
// any line is bad.
package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Limits of a table that is read.
const (
	MaxBytes   = 1 << 30 // bytes
	maxLine    = 16 << 10
	maxColumns = 64
	maxRows    = 100_000_000
)

// Table reads a table of comma-separated values line by line: UTF-8, with or
// without a byte-order mark, else GB18030 as Chinese spreadsheets write it. A
// field may stand in double quotes but not run over a line's end, so that one
// forgotten quote costs one line and not the rest of the file.
type Table struct {
	lines   *bufio.Reader
	decoder *encoding.Decoder // nil for UTF-8
	columns []string          // that are wanted
	at      []int             // field of each wanted column
	fields  int               // in every line
	extra   []string          // columns that are not wanted
	Line    int               // of the line that was read last, from 1
}

// Open looks through the whole of r once for its encoding, and then reads its header.
func Open(r io.ReadSeeker, columns []string) (*Table, error) {
	decoder, err := sniff(r)
	if err != nil {
		return nil, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	s := &Table{lines: bufio.NewReaderSize(r, maxLine), decoder: decoder, columns: columns}
	return s, s.header()
}

const byteOrderMark = "\ufeff"

// sniff tells GB18030 from UTF-8 by the lines that are not ASCII. A few damaged
// lines do not turn UTF-8 into the other: they are reported as bad.
func sniff(r io.Reader) (*encoding.Decoder, error) {
	in := bufio.NewReaderSize(r, maxLine)
	start, _ := in.Peek(4)
	if err := refuseBinary(start); err != nil {
		return nil, err
	}
	var size int64
	var good, bad int
	for {
		b, err := in.ReadSlice('\n')
		if size += int64(len(b)); size > MaxBytes {
			return nil, fmt.Errorf("it has more than %d MiB; import it in parts", MaxBytes>>20)
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
func (s *Table) header() error {
	line, err := s.line()
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
	s.fields = len(names)
	var missing []string
	for _, name := range s.columns {
		i, ok := where[name]
		if !ok {
			missing = append(missing, name)
		}
		s.at = append(s.at, i)
		delete(where, name)
	}
	if missing != nil {
		return fmt.Errorf("line 1: there is no column %s; the first line must name the columns %s, separated by commas",
			strings.Join(missing, ", "), strings.Join(s.columns, ","))
	}
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, left := where[name]; left && name != "" {
			s.extra = append(s.extra, name)
		}
	}
	return nil
}

// Notes says what of the table was not looked at.
func (s *Table) Notes() []string {
	if s.extra == nil {
		return nil
	}
	return []string{"columns that are not used: " + strings.Join(s.extra, ", ")}
}

// LineError is what is wrong with one line; other errors end the reading.
type LineError struct{ Cause error }

func (e LineError) Error() string { return e.Cause.Error() }

// Unwrap gives the cause.
func (e LineError) Unwrap() error { return e.Cause }

// Faults are what is wrong with one line, to be told on one line.
type Faults []string

// Add takes an error; nil is none.
func (f *Faults) Add(err error) {
	if err != nil {
		*f = append(*f, err.Error())
	}
}

// Err is the faults as one error, joined by semicolons; nil where there are none.
func (f Faults) Err() error {
	if f == nil {
		return nil
	}
	return errors.New(strings.Join(f, "; "))
}

// Next reads the wanted fields of the next line that is not blank, white space
// around them removed, into row; io.EOF after the last.
func (s *Table) Next(row []string) ([]string, error) {
	for {
		line, err := s.line()
		if err != nil {
			return nil, err
		}
		if strings.Trim(line, ", \t") == "" {
			continue
		}
		if s.Line > maxRows {
			return nil, fmt.Errorf("it has more than %d lines; import it in parts", maxRows)
		}
		fields, err := splitFields(line, row[:0])
		if err != nil {
			return fields, LineError{err}
		}
		if len(fields) != s.fields {
			return fields, LineError{fmt.Errorf("it has %d fields, and the first line has %d", len(fields), s.fields)}
		}
		return fields, nil
	}
}

// Field gives the wanted column's field of a row.
func (s *Table) Field(row []string, column int) string { return strings.TrimSpace(row[s.at[column]]) }

// line reads one line, decoded, without its end.
func (s *Table) line() (string, error) {
	b, err := s.lines.ReadSlice('\n')
	if len(b) == 0 && errors.Is(err, io.EOF) {
		return "", io.EOF
	}
	s.Line++
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", s.skipLine()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	b = bytes.TrimRight(b, "\r\n")
	if s.decoder != nil {
		if b, err = s.decoder.Bytes(b); err != nil {
			return "", LineError{err}
		}
	}
	switch {
	case !utf8.Valid(b) || s.decoder != nil && bytes.ContainsRune(b, utf8.RuneError):
		return "", LineError{errors.New("it holds bytes that are no text in the file's encoding")}
	case bytes.IndexByte(b, 0) >= 0:
		return "", LineError{errors.New("it holds a zero byte")}
	}
	return string(b), nil
}

// skipLine reads on to the end of a line that is too long.
func (s *Table) skipLine() error {
	for {
		_, err := s.lines.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err == nil || errors.Is(err, io.EOF):
			return LineError{fmt.Errorf("it is longer than %d bytes", maxLine)}
		default:
			return err
		}
	}
}

package sheet_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"postern/sync/pass"
	"postern/sync/sheet"
	"postern/sync/status"
)

// mustOpen opens a table with the columns a and b.
func mustOpen(t testing.TB, r io.Reader) *sheet.Table {
	t.Helper()
	s, err := sheet.Open(t.Context(), r, t.TempDir(), "a", "b")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// rowsOf reads a whole table, a row a string.
func rowsOf(t testing.TB, s *sheet.Table) (all []string, err error) {
	t.Helper()
	_, err = s.Each(t.Context(), func(r sheet.Row) error {
		all = append(all, fmt.Sprintf("%d:%s|%s", r.Line, r.Field(0), r.Field(1)))
		return nil
	})
	return all, err
}

func TestEncodings(t *testing.T) {
	const text = "b,a,c\n雁塔,\"王,\"\"小明\",x\n\n 碑林 ,张伟,\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"utf-8": text, "with a mark": "\ufeff" + text, "crlf": strings.ReplaceAll(text, "\n", "\r\n"), "gb18030": gb,
	} {
		s := mustOpen(t, strings.NewReader(file))
		rows, err := rowsOf(t, s)
		if want := []string{`2:王,"小明|雁塔`, "4:张伟|碑林"}; err != nil || !slices.Equal(rows, want) {
			t.Errorf("%s: %q, %v", name, rows, err)
		}
		if notes := s.Notes(); len(notes) != 1 || !strings.HasSuffix(notes[0], ": c") {
			t.Errorf("%s: notes %q", name, notes)
		}
	}
}

// TestBadLinesDoNotEndTheReading: lines that cannot be read and lines that the caller finds bad come back together.
func TestBadLinesDoNotEndTheReading(t *testing.T) {
	s := mustOpen(t, strings.NewReader("a,b\n1,2\n\"3,4\n5\n6,7\n8,9\n"))
	seen := 0
	rows, err := s.Each(t.Context(), func(r sheet.Row) error {
		seen++
		if r.Field(0) == "6" {
			return sheet.Bad(nil, errors.New("one"), errors.New("two"))
		}
		return nil
	})
	var bad *sheet.BadLines
	if !errors.As(err, &bad) || bad.Count != 3 || bad.Lines[2] != (sheet.BadLine{Line: 5, What: "one; two"}) {
		t.Errorf("got %v", err)
	}
	if rows != 3 || seen != 3 {
		t.Errorf("%d rows, %d seen; want 3", rows, seen)
	}
	if sheet.Bad(nil, nil) != nil {
		t.Error("a line with which nothing is wrong is bad")
	}
}

func TestOtherErrorsEndTheReading(t *testing.T) {
	s := mustOpen(t, strings.NewReader("a,b\n1,2\n3,4\n"))
	seen := 0
	_, err := s.Each(t.Context(), func(sheet.Row) error {
		seen++
		return io.ErrShortWrite
	})
	if !errors.Is(err, io.ErrShortWrite) || !strings.HasPrefix(err.Error(), "line 2: ") || seen != 1 {
		t.Errorf("%d seen, %v", seen, err)
	}
}

// TestAPipeIsCopied: what cannot be read twice is copied into the folder, and the copy goes when the sheet is closed.
// Whoever gives up waits for no line, however many of them are no rows.
func TestReadingEndsWithItsContext(t *testing.T) {
	for name, rest := range map[string]string{"rows": "1,2\n", "bad lines": "x\n", "blank lines": "\n"} {
		ctx, cancel := context.WithCancel(t.Context())
		s := mustOpen(t, strings.NewReader("a,b\n1,2\n"+strings.Repeat(rest, 100)))
		rows, err := s.Each(ctx, func(sheet.Row) error { cancel(); return nil })
		if rows != 1 || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %d rows, %v", name, rows, err)
		}
	}
}

// reading calls back before every Read of a file that can seek.
type reading struct {
	*strings.Reader
	before func() error
}

func (r reading) Read(b []byte) (int, error) {
	if err := r.before(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}

func TestOpeningEndsWithItsContext(t *testing.T) {
	text := "a,b\n" + strings.Repeat("1,2\n", 50_000)
	for _, last := range []int{0, 1} {
		ctx, cancel := context.WithCancel(t.Context())
		reads := 0
		if last == 0 {
			cancel()
		}
		file := reading{strings.NewReader(text), func() error { cancel(); reads++; return nil }}
		_, err := sheet.Open(ctx, file, t.TempDir(), "a", "b")
		if reads != last || !errors.Is(err, context.Canceled) {
			t.Errorf("%d reads, want %d, %v", reads, last, err)
		}
	}
}

func TestALongLineEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	opened, reads := false, 0
	file := reading{strings.NewReader("a,b\n" + strings.Repeat("x", 1<<20)), func() error {
		if opened {
			cancel()
			reads++
		}
		return nil
	}}
	s := mustOpen(t, file)
	opened = true
	if _, err := s.Each(ctx, func(sheet.Row) error { return nil }); reads != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d reads, %v", reads, err)
	}
}

func TestAFileThatCannotBeReadIsNotEmpty(t *testing.T) {
	broken := errors.New("the disk is gone")
	file := reading{strings.NewReader("a,b\n"), func() error { return broken }}
	if _, err := sheet.Open(t.Context(), file, t.TempDir(), "a", "b"); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestAPipeIsCopied(t *testing.T) {
	r, w := io.Pipe()
	go func() {
		_, err := io.WriteString(w, "a,b\n1,2\n")
		w.CloseWithError(err)
	}()
	dir := t.TempDir()
	s, err := sheet.Open(t.Context(), r, dir, "a", "b")
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := rowsOf(t, s); err != nil || !slices.Equal(rows, []string{"2:1|2"}) {
		t.Errorf("%q, %v", rows, err)
	}
	s.Close()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := sheet.Open(t.Context(), io.MultiReader(strings.NewReader("x\n")), dir, "a"); err == nil {
		t.Error("a table without its column was opened")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind by what could not be opened: %v, %v", left, err)
	}
}

// TestCodes: of all that fits in a byte only the codes that the protocol has are read.
func TestCodes(t *testing.T) {
	for n := range 256 {
		s := strconv.Itoa(n)
		if v, err := sheet.ParseStatus(s); (err == nil) != (n <= 3) || err == nil && v != status.Value(n) {
			t.Errorf("status %d is %v, %v", n, v, err)
		}
		if k, err := sheet.ParseKind(s); (err == nil) != (n >= 1 && n <= int(pass.OtherKind)) || err == nil && k != pass.Kind(n) {
			t.Errorf("kind %d is %v, %v", n, k, err)
		}
		if r, err := sheet.ParseResult(s); (err == nil) != (n <= int(pass.Inconclusive)) || err == nil && r != pass.Result(n) {
			t.Errorf("result %d is %v, %v", n, r, err)
		}
	}
}

// FuzzTable holds that no file panics, and that every line is a row, blank or bad.
func FuzzTable(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte("\ufeffb,a\r\n\"1\"\"\",\r\n"))
	f.Add([]byte("a,b\n\xcd\xf5,\"\n\n,,\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := sheet.Open(t.Context(), strings.NewReader(string(file)), t.TempDir(), "a", "b")
		if err != nil {
			return
		}
		defer s.Close()
		seen := 0
		rows, err := s.Each(t.Context(), func(r sheet.Row) error {
			seen++
			_ = r.Field(0) + r.Field(1)
			return nil
		})
		var bad *sheet.BadLines
		if err != nil && !errors.As(err, &bad) {
			t.Fatal(err)
		}
		lines := strings.Count(string(file), "\n") + 1
		if bad != nil {
			lines -= bad.Count
		}
		if rows != seen || rows > lines {
			t.Errorf("%d rows, %d seen, of at most %d lines", rows, seen, lines)
		}
	})
}

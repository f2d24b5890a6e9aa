package scan_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"postern/app/qr"
	"postern/app/scan"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestText(t *testing.T) {
	for name, c := range map[string]struct {
		in, want string
		err      error
	}{
		"plain":         {"PP1:ABC", "PP1:ABC", nil},
		"white space":   {" \r\n\ufeffPP1:ABC\u3000\u200b\n", "PP1:ABC", nil},
		"broken lines":  {"PP1:AB\r\nCD\nEF", "PP1:ABCDEF", nil},
		"base45 spaces": {"PP1:A B", "PP1:A B", nil},
		"empty":         {" \n", "", scan.ErrEmpty},
		"longest":       {strings.Repeat("A", qr.MaxText), strings.Repeat("A", qr.MaxText), nil},
		"too long":      {strings.Repeat("A", qr.MaxText+1), "", scan.ErrTooLong},
		"far too long":  {strings.Repeat(" ", 1<<20), "", scan.ErrTooLong},
		"no UTF-8":      {"PP1:\xff", "PP1:\ufffd", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := scan.FromClipboard(c.in, noon)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if got.Text != c.want {
				t.Errorf("text %q, want %q", got.Text, c.want)
			}
			if err == nil && (got.Source != scan.Clipboard || !got.At.Equal(noon)) {
				t.Errorf("source %q at %v", got.Source, got.At)
			}
		})
	}
}

func TestTypedAndWedgeNameTheirSource(t *testing.T) {
	typed, err1 := scan.FromTyped("x", noon)
	wedge, err2 := scan.Profile{}.Reading("x", noon, scan.Wedge)
	if err1 != nil || err2 != nil || typed.Source != scan.Typed || wedge.Source != scan.Wedge {
		t.Errorf("got %v %v, %v %v", typed, err1, wedge, err2)
	}
}

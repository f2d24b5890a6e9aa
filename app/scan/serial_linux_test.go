//go:build linux && !android

package scan_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"postern/app/qr"
	"postern/app/scan"
)

// pty is a real pseudo terminal: what a scanner writes into one end comes out
// of the other, which has a path.
func pty(t *testing.T) (scanner *os.File, path string) {
	t.Helper()
	scanner, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there is no pseudo terminal here: %v", err)
	}
	t.Cleanup(func() { scanner.Close() })
	fd := int(scanner.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	return scanner, "/dev/pts/" + strconv.Itoa(n)
}

// listen reads a line until want readings have come or the time is up; send
// is called a moment after the start, since bytes that come before the line
// is open and raw may be changed.
func listen(t *testing.T, l scan.Line, want int, send func()) (got []scan.Reading) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	time.AfterFunc(300*time.Millisecond, send)
	err := l.Readings(ctx, func(r scan.Reading) {
		if got = append(got, r); len(got) == want {
			stop()
		}
	})
	if err != nil || len(got) != want {
		t.Fatalf("%d readings, want %d: %v", len(got), want, err)
	}
	return got
}

func TestSerialLines(t *testing.T) {
	scanner, path := pty(t)
	long := strings.Repeat("A", qr.MaxText)
	got := listen(t, scan.Line{Path: path}, 5, func() {
		for _, s := range []string{
			"PP1:NCF OXN\r", "\r\n\n]Q1HC1:NCF\r\n", strings.Repeat("A", 2*qr.MaxText+5) + "\r", "\x02PP1:\xff\n", long + "\n", "no end",
		} {
			if _, err := scanner.WriteString(s); err != nil {
				t.Error(err)
			}
		}
	})
	for i, want := range []string{"PP1:NCF OXN", "HC1:NCF", "\x02PP1:\uFFFD", long, "no end"} {
		if got[i].Text != want || got[i].Source != scan.Serial || got[i].At.IsZero() {
			t.Errorf("reading %d: %.40q", i, got[i].Text)
		}
	}
	if got[1].Format != qr.QR {
		t.Errorf("format %q", got[1].Format)
	}
}

func TestSerialProfile(t *testing.T) {
	scanner, path := pty(t)
	l, err := scan.ParseLine(path + ",115200")
	if err != nil || l.Baud != 115200 {
		t.Fatal(l, err)
	}
	l.Profile = scan.Profile{Prefix: "\x02", Suffix: "\x03"}
	got := listen(t, l, 1, func() { _, _ = scanner.WriteString("\x02PP1:NCF\x03\r") })
	if got[0].Text != "PP1:NCF" {
		t.Errorf("got %q", got[0].Text)
	}
}

func TestSerialIsUnpluggedAndPluggedIn(t *testing.T) {
	first, path := pty(t)
	link := filepath.Join(t.TempDir(), "ttyACM0")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	time.AfterFunc(300*time.Millisecond, func() { _, _ = first.WriteString("one\r") })
	var got []string
	var said []error
	scan.Line{Path: link}.Steady(ctx, func(r scan.Reading) {
		if got = append(got, r.Text); len(got) == 2 {
			stop()
			return
		}
		if err := os.Remove(link); err != nil {
			t.Error(err)
		}
		first.Close() // unplugged
	}, func(err error) {
		said = append(said, err)
		if len(said) == 2 { // it is gone, and then not there: plug it in
			second, path := pty(t)
			if err := os.Symlink(path, link); err != nil {
				t.Error(err)
			}
			time.AfterFunc(1500*time.Millisecond, func() { _, _ = second.WriteString("two\r") })
		}
	})
	if len(got) != 2 || got[0] != "one" || got[1] != "two" || len(said) != 2 {
		t.Errorf("got %q, said %v", got, said)
	}
}

func TestSerialMisuse(t *testing.T) {
	for _, bad := range []string{"", ",9600", "/dev/ttyUSB0,fast", "/dev/ttyUSB0,0", "/dev/ttyUSB0,9600,8"} {
		if l, err := scan.ParseLine(bad); err == nil {
			t.Errorf("%q: %+v", bad, l)
		}
	}
	if err := (scan.Line{Path: filepath.Join(t.TempDir(), "gone")}).Readings(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "plug it in") {
		t.Errorf("no port: %v", err)
	}
}

//go:build linux && !android

package scan_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"postern/app/qr"
	"postern/app/scan"
)

// posDescriptor is that of a scanner whose reports are laid out as makers'
// manuals have it: ID 2, length, symbology identifier, 56 bytes of data, two
// bytes of the maker's, and in the last byte's lowest bit whether more follows.
var posDescriptor = []byte{
	0x05, 0x8c, // usage page: bar code scanner
	0x09, 0x02, 0xa1, 0x01, // application: bar code scanner
	0x09, 0x12, 0xa1, 0x02, // scanned data report
	0x85, 0x02, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08,
	0x05, 0x01, 0x09, 0x3b, 0x95, 0x01, 0x81, 0x02, // byte count
	0x05, 0x8c, 0x09, 0xfb, 0x09, 0xfc, 0x09, 0xfd, 0x95, 0x03, 0x81, 0x02, // symbology identifier
	0x09, 0xfe, 0x95, 0x38, 0x82, 0x02, 0x01, // decoded data
	0x06, 0x00, 0xff, 0x09, 0x04, 0x09, 0x05, 0x95, 0x02, 0x81, 0x02, // the maker's
	0x05, 0x8c, 0x09, 0xff, 0x25, 0x01, 0x75, 0x01, 0x95, 0x01, 0x81, 0x02, // continued
	0x95, 0x07, 0x81, 0x03, 0xc0, // padding
	0x85, 0x04, 0x09, 0x00, 0x75, 0x08, 0x95, 0x04, 0x91, 0x02, // an output report
	0xc0,
}

var mouseDescriptor = []byte{
	0x05, 0x01, 0x09, 0x02, 0xa1, 0x01, 0x05, 0x09, 0x19, 0x01, 0x29, 0x03, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x03, 0x81, 0x02,
	0x75, 0x05, 0x95, 0x01, 0x81, 0x03, 0xc0,
}

// plugIn gives a system with a mouse and a scanner; what is written to the
// scanner's pipe is what it reports.
func plugIn(t *testing.T, descriptor []byte) (system, dev string, scanner *os.File) {
	t.Helper()
	system, dev = t.TempDir(), t.TempDir()
	for name, d := range map[string][]byte{"hidraw0": mouseDescriptor, "hidraw1": descriptor} {
		dir := filepath.Join(system, name, "device")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "report_descriptor"), d, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pipe := filepath.Join(dev, "hidraw1")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	scanner, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { scanner.Close() })
	return system, dev, scanner
}

// posReports is a text as the scanner of posDescriptor reports it.
func posReports(text, symbology string) (all []byte) {
	for {
		r := make([]byte, 64)
		n := copy(r[5:61], text)
		r[0], r[1] = 2, byte(n)
		copy(r[2:5], symbology)
		if text = text[n:]; text != "" {
			r[63] = 1
		}
		if all = append(all, r...); text == "" {
			return all
		}
	}
}

// reported reads the scanner until want readings have come.
func reported(t *testing.T, p scan.POS, want int) (got []scan.Reading) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	err := p.Readings(ctx, func(r scan.Reading) {
		if got = append(got, r); len(got) == want {
			stop()
		}
	})
	if err != nil || len(got) != want {
		t.Fatalf("%d readings, want %d: %v", len(got), want, err)
	}
	return got
}

func TestHIDReports(t *testing.T) {
	system, dev, scanner := plugIn(t, posDescriptor)
	long := "PP1:" + strings.Repeat("NCF OXN:", 40)
	var sent []byte
	for _, s := range [][2]string{
		{"PP1:NCF", "]Q1"},
		{long, "]Q1"},
		{strings.Repeat("A", 2*qr.MaxText+1), "]Q1"}, // longer than any code: dropped whole
		{"", "]Q1"},
		{strings.Repeat("B", 56), "]z0"},
		{"4006381333931", "]E0"},
		{"menu", "]X0"}, // a kind that has no name here
		{"\x02PP1:\xff\r\n", ""},
	} {
		sent = append(sent, posReports(s[0], s[1])...)
	}
	other := make([]byte, 64)
	other[0] = 5 // a report of something else
	sent = append(append(other, sent...), posReports("end", "")...)
	go func() { _, _ = scanner.Write(sent) }()
	want := []scan.Reading{
		{Text: "PP1:NCF", Format: qr.QR},
		{Text: long, Format: qr.QR},
		{Text: strings.Repeat("B", 56), Format: qr.Aztec},
		{Text: "4006381333931", Format: qr.EAN13},
		{Text: "menu"},
		{Text: "\x02PP1:\uFFFD"},
		{Text: "end"},
	}
	for i, r := range reported(t, scan.POSOf(system, dev), len(want)) {
		if r.Text != want[i].Text || r.Format != want[i].Format || r.Source != scan.HID || r.At.IsZero() {
			t.Errorf("reading %d: %.60q, %q from %q", i, r.Text, r.Format, r.Source)
		}
	}
}

func TestHIDScannerByItsPath(t *testing.T) {
	system, dev, scanner := plugIn(t, posDescriptor)
	link := filepath.Join(t.TempDir(), "scanner")
	if err := os.Symlink(filepath.Join(dev, "hidraw1"), link); err != nil {
		t.Fatal(err)
	}
	p := scan.POSOf(system, dev)
	p.Path, p.Profile = link, scan.Profile{Prefix: "<", Suffix: ">"}
	go func() { _, _ = scanner.Write(posReports("<PP1:NCF>", "]Q1")) }()
	if got := reported(t, p, 1)[0]; got.Text != "PP1:NCF" || got.Format != qr.QR {
		t.Errorf("%q, %q", got.Text, got.Format)
	}
}

// TestHIDCodeWithoutItsEnd: a cable that is pulled in the middle of a code must
// not glue what it had sent before the next person's code.
func TestHIDCodeWithoutItsEnd(t *testing.T) {
	system, dev, scanner := plugIn(t, posDescriptor)
	go func() {
		_, _ = scanner.Write(posReports(strings.Repeat("A", 100), "]Q1")[:64])
		time.Sleep(400 * time.Millisecond)
		_, _ = scanner.Write(posReports("PP1:NCF", "]Q1"))
	}()
	if got := reported(t, scan.POSOf(system, dev), 1)[0]; got.Text != "PP1:NCF" {
		t.Errorf("%q", got.Text)
	}
}

func TestHIDWhatIsNoScanner(t *testing.T) {
	deep := append(make([]byte, 0, 100), posDescriptor[:6]...)
	for name, descriptor := range map[string][]byte{
		"a mouse":                  mouseDescriptor,
		"nothing":                  {},
		"a torn item":              posDescriptor[:len(posDescriptor)-2],
		"a torn data item":         append(posDescriptor[:35:35], 0x82),
		"too long":                 make([]byte, 5000),
		"a report that never ends": append(deep[:6:6], 0x75, 0x20, 0x97, 0xff, 0xff, 0xff, 0x7f, 0x09, 0xfe, 0x81, 0x02),
		"sizes that overflow":      append(deep[:6:6], 0x77, 0xff, 0xff, 0xff, 0xff, 0x97, 0xff, 0xff, 0xff, 0xff, 0x09, 0xfe, 0x81, 0x02),
		"endless usages":           append(deep[:6:6], 0x1b, 0, 0, 0, 0, 0x2b, 0xff, 0xff, 0xff, 0xff),
		"a pop without a push":     append(deep[:6:6], 0xb4),
		"endless pushes":           append(deep[:6:6], []byte(strings.Repeat("\xa4", 100))...),
		"data in half bytes":       append(deep[:6:6], 0x75, 0x04, 0x95, 0x01, 0x81, 0x03, 0x75, 0x08, 0x09, 0xfe, 0x81, 0x02),
	} {
		t.Run(name, func(t *testing.T) {
			system, dev, _ := plugIn(t, descriptor)
			p := scan.POSOf(system, dev)
			if err := p.Readings(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "none of 2 devices") {
				t.Error(err)
			}
			p.Path = filepath.Join(dev, "hidraw1")
			if err := p.Readings(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "no bar code scanner") {
				t.Error(err)
			}
		})
	}
}

func TestHIDScannerIsAway(t *testing.T) {
	system, dev, _ := plugIn(t, posDescriptor)
	if err := os.Remove(filepath.Join(dev, "hidraw1")); err != nil {
		t.Fatal(err)
	}
	p := scan.POSOf(system, dev)
	ctx, stop := context.WithCancel(t.Context())
	p.Steady(ctx, nil, func(err error) {
		if !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
		stop()
	})
	p.Path = filepath.Join(dev, "hidraw1")
	if err := p.Readings(t.Context(), nil); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestParsePOS(t *testing.T) {
	for text, want := range map[string]string{"auto": "", "/dev/hidraw3": "/dev/hidraw3"} {
		if p, err := scan.ParsePOS(text); err != nil || p.Path != want {
			t.Errorf("%q: %q, %v", text, p.Path, err)
		}
	}
	if _, err := scan.ParsePOS(""); err == nil {
		t.Error("no path is a path")
	}
}

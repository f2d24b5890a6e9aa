// Package scan turns pictures, key strokes and pasted text into readings.
//
// A reading is only text that somebody showed: nothing in this package
// believes it, and nobody downstream may before package pass has verified its
// signature. Whatever comes in is hostile until then, so pictures are measured
// before they are unpacked, the work spent on one picture is bounded by its
// size and a fixed number of attempts (never by time: the same picture gives
// the same answer), and every text is bounded by [MaxText].
package scan

import (
	"errors"
	"fmt"
	"image"
	"strings"
	"time"
	"unicode/utf8"
)

// Format is the kind of code that a text came from; empty when it came from
// no code at all.
type Format string

// The formats that a [Reader] can look for.
const (
	QR         Format = "qr"
	Aztec      Format = "aztec"
	DataMatrix Format = "datamatrix"
	Code128    Format = "code128"
	EAN13      Format = "ean13"
	EAN8       Format = "ean8"
	Code39     Format = "code39"
)

// Formats lists every format, QR first.
func Formats() []Format {
	return []Format{QR, Aztec, DataMatrix, Code128, EAN13, EAN8, Code39}
}

// ParseFormats reads a comma-separated list such as "qr,aztec".
func ParseFormats(list string) ([]Format, error) {
	var out []Format
	for _, name := range strings.Split(list, ",") {
		f := Format(strings.ToLower(strings.TrimSpace(name)))
		if !known(f) {
			return nil, fmt.Errorf("formats: no format %q: choose from %v", name, Formats())
		}
		out = append(out, f)
	}
	return out, nil
}

func known(f Format) bool {
	for _, k := range Formats() {
		if k == f {
			return true
		}
	}
	return false
}

// Source says how a text arrived.
type Source string

// The sources of readings.
const (
	Camera    Source = "camera"
	File      Source = "file"
	Clipboard Source = "clipboard"
	Wedge     Source = "wedge" // a scanner that types like a keyboard
	Typed     Source = "typed"
	Serial    Source = "serial" // a scanner on a serial line
	HID       Source = "hid"    // a scanner that reports by itself; see [POS]
)

// Reading is the text of one code, its time and its source.
type Reading struct {
	Text   string
	Format Format
	At     time.Time
	Source Source
}

// Code is one code found in a picture.
type Code struct {
	Text    string         // what it says, as UTF-8
	Raw     []byte         // the bytes it carries, before any character set was applied
	Format  Format         //
	Corners [4]image.Point // outline from the symbol's own top left, clockwise where it is not mirrored
	Part    int            // place in a structured append that is not complete, from 1; 0 for a whole text
	Parts   int            // how many parts that text has
}

// MaxText is the longest text of a reading in bytes. One QR code holds less
// than 3 KiB; sixteen joined ones may hold more.
const MaxText = 8 << 10

// Errors of texts that become readings without a picture.
var (
	ErrEmpty   = errors.New("there is no text")
	ErrTooLong = errors.New("the text is longer than any pass")
)

// FromClipboard makes a reading of pasted text: white space around it goes,
// and so do the line breaks that mail programs put into long words.
func FromClipboard(text string, at time.Time) (Reading, error) {
	return fromText(text, at, Clipboard)
}

// FromTyped makes a reading of typed text.
func FromTyped(text string, at time.Time) (Reading, error) {
	return fromText(text, at, Typed)
}

// FromWedge makes a reading of what [Keyboard.Enter] called a scan, by the
// profile that fits most scanners.
func FromWedge(text string, at time.Time) (Reading, error) {
	return Profile{}.Reading(text, at, Wedge)
}

func fromText(text string, at time.Time, from Source) (Reading, error) {
	if len(text) > 2*MaxText {
		return Reading{}, fmt.Errorf("read %s: %w: copy only the pass and try again", from, ErrTooLong)
	}
	text = strings.TrimFunc(strings.ToValidUTF8(text, string(utf8.RuneError)), blank)
	if from == Clipboard {
		text = strings.NewReplacer("\r\n", "", "\n", "", "\r", "").Replace(text)
	}
	switch {
	case text == "":
		return Reading{}, fmt.Errorf("read %s: %w: copy or type the text of the code first", from, ErrEmpty)
	case len(text) > MaxText:
		return Reading{}, fmt.Errorf("read %s: %w: copy only the pass and try again", from, ErrTooLong)
	}
	return Reading{Text: text, At: at, Source: from}, nil
}

// blank is white space and what copying adds to it: byte order marks,
// zero-width spaces and NUL.
func blank(r rune) bool {
	switch r {
	case ' ', '\t', '\r', '\n', '\v', '\f', 0, 0x85, 0xA0, 0x200B, 0x2060, 0x3000, 0xFEFF:
		return true
	}
	return false
}

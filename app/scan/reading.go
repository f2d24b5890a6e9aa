// Package scan turns what devices and people deliver into readings: key
// strokes, serial lines, HID reports and pasted or typed text. Codes in
// pictures are found by package qr.
//
// A reading is only text that somebody showed. Nothing may believe it before
// package pass has verified its signature, and every text is bounded by
// [qr.MaxText].
package scan

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"postern/app/qr"
)

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
	Format qr.Format
	At     time.Time
	Source Source
}

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

func fromText(text string, at time.Time, from Source) (Reading, error) {
	if len(text) > 2*qr.MaxText {
		return Reading{}, fmt.Errorf("read %s: %w: copy only the pass and try again", from, ErrTooLong)
	}
	text = strings.TrimFunc(strings.ToValidUTF8(text, string(utf8.RuneError)), blank)
	if from == Clipboard {
		text = strings.NewReplacer("\r\n", "", "\n", "", "\r", "").Replace(text)
	}
	switch {
	case text == "":
		return Reading{}, fmt.Errorf("read %s: %w: copy or type the text of the code first", from, ErrEmpty)
	case len(text) > qr.MaxText:
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

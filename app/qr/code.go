// Package qr finds and decodes the codes in pictures: QR codes by its own
// reader, other formats by gozxing's.
//
// Pictures may be hostile. They are measured before they are unpacked, the
// work spent on one is bounded by its size and a fixed number of attempts
// (never by time, so that the same picture gives the same answer), and every
// text is bounded by [MaxText]. The package knows nothing of passes or gates.
package qr

import (
	"fmt"
	"image"
	"strings"
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

// Code is one code found in a picture.
type Code struct {
	Text    string         // what it says, as UTF-8
	Raw     []byte         // the bytes it carries, before any character set was applied
	Format  Format         //
	Corners [4]image.Point // outline from the symbol's own top left, clockwise where it is not mirrored
	Part    int            // place in a structured append that is not complete, from 1; 0 for a whole text
	Parts   int            // how many parts that text has
}

// MaxText is the longest text of a code that is reported, in bytes. One QR code holds less
// than 3 KiB; sixteen joined ones may hold more.
const MaxText = 8 << 10

package scan

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"postern/app/qr"
)

// Profile says what a scanner puts before and after what it reads. The zero value fits most
// scanners as they come: any line end, no prefix, no suffix.
type Profile struct {
	Prefix, Suffix string // typed around each code; taken off where they stand
	End            End    // what ends a code
	Layout         string // the keyboard layout of this system, such as "de", where the scanner types as a US keyboard; empty: any of [Layouts]
}

// silence ends a text wherever nothing else ends it: on a serial line, in HID
// reports, and of keys that only a scanner types.
const silence = 150 * time.Millisecond

// End is what a keyboard wedge sends after each code. Where the keys just stop,
// a text ends too, whatever stands here; see [Keyboard.Rest].
type End string

// The ends.
const (
	AnyEnd End = ""      // Enter or Tab
	Enter  End = "enter" // Tab is then part of the text
	Tab    End = "tab"   // Enter is then part of the text
	Pause  End = "pause" // nothing: whatever is typed that fast is a code, Chinese text too
)

// mostProfile bounds a prefix or a suffix, in bytes.
const mostProfile = 64

// ParseProfile reads a profile as one string, such as
// "prefix=~&end=tab&layout=de". Characters that would not stand in a URL's
// query are escaped as there: %02 is STX, %26 is &.
func ParseProfile(text string) (Profile, error) {
	values, err := url.ParseQuery(text)
	if err != nil {
		return Profile{}, fmt.Errorf("read scanner profile: %w; write it like prefix=~&suffix=%%03&end=tab&layout=de", err)
	}
	var p Profile
	for name, all := range values {
		if len(all) != 1 {
			return Profile{}, fmt.Errorf("read scanner profile: %s stands there twice", name)
		}
		value := all[0]
		ok := len(value) <= mostProfile
		switch name {
		case "prefix":
			p.Prefix = value
		case "suffix":
			p.Suffix = value
		case "end":
			p.End = End(value)
			ok = p.End == AnyEnd || p.End == Enter || p.End == Tab || p.End == Pause
		case "layout":
			p.Layout = value
			ok = value == "" || keyboards[value] != nil
		default:
			return Profile{}, fmt.Errorf("read scanner profile: %q is none of prefix, suffix, end, layout", name)
		}
		if !ok {
			return Profile{}, fmt.Errorf("read scanner profile: %s cannot be %q; end is enter, tab or pause, layout one of %v", name, value, Layouts())
		}
	}
	return p, nil
}

// String is the profile as [ParseProfile] reads it; empty for the zero value.
func (p Profile) String() string {
	values := url.Values{}
	for name, value := range map[string]string{"prefix": p.Prefix, "suffix": p.Suffix, "end": string(p.End), "layout": p.Layout} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values.Encode()
}

// Reading makes a reading of what a scanner sent: it takes off what the
// profile puts on and the symbology identifier (ISO/IEC 15424: "]Q1" before a
// QR code's text, from which the format is known), and undoes a keyboard layout or
// Caps Lock where they swapped what was typed: only a text that does not begin
// as one of ours, and does once it is undone, is changed.
func (p Profile) Reading(text string, at time.Time, from Source) (Reading, error) {
	r, err := fromText(p.bare(text), at, from)
	if err != nil {
		return Reading{}, err
	}
	if r.Format = identified(r.Text); r.Format != "" {
		r.Text = r.Text[3:]
	}
	if from != Wedge || passText(r.Text) {
		return r, nil
	}
	for _, undone := range p.undo(r.Text) {
		format := identified(undone)
		if format != "" {
			undone = undone[3:]
		}
		if len(undone) <= qr.MaxText && passText(undone) {
			r.Text, r.Format = undone, format
			return r, nil
		}
	}
	return r, nil
}

// passText reports whether a text begins as what a gate may be shown.
func passText(text string) bool {
	for _, prefix := range []string{"PP1:", "PH1:", "PT1:", "PE1:", "HC1:", "shc:/", "shlink:/", "NZCP:/"} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}

func (p Profile) bare(text string) string {
	if p.Prefix == "" && p.Suffix == "" {
		return text
	}
	text = strings.TrimPrefix(strings.Trim(text, "\r\n\t"), p.Prefix)
	return strings.TrimSuffix(text, p.Suffix)
}

// identified gives the format of a symbology identifier before a text. One of
// a format that has no name here counts for none, and stays.
func identified(text string) qr.Format {
	if len(text) < 4 || text[0] != ']' || !(text[2] >= '0' && text[2] <= '9' || text[2] >= 'A' && text[2] <= 'z') {
		return ""
	}
	switch text[1] {
	case 'Q':
		return qr.QR
	case 'z':
		return qr.Aztec
	case 'd':
		return qr.DataMatrix
	case 'C':
		return qr.Code128
	case 'A':
		return qr.Code39
	case 'E':
		if text[2] == '4' {
			return qr.EAN8
		}
		return qr.EAN13
	}
	return ""
}

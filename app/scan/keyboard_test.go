package scan_test

import (
	"strings"
	"testing"
	"time"

	"postern/app/qr"
	"postern/app/scan"
)

// stroke types a text at a steady pace and gives the time of the last key.
func stroke(k *scan.Keyboard, text string, from time.Time, gap time.Duration) time.Time {
	for i, r := range []rune(text) {
		if i > 0 {
			from = from.Add(gap)
		}
		k.Rune(r, from)
	}
	return from
}

func TestKeyboardTellsScannersFromPeople(t *testing.T) {
	const pass = "PP1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH"
	for name, c := range map[string]struct {
		text    string
		gap     time.Duration
		scanned bool
	}{
		"usb scanner":       {pass, 2 * time.Millisecond, true},
		"bluetooth scanner": {pass, 25 * time.Millisecond, true},
		"all at once":       {pass, 0, true},
		"fast typist":       {"A7F3-2210", 60 * time.Millisecond, false},
		"slow typist":       {"A7F3-2210", 220 * time.Millisecond, false},
		"one syllable":      {"通行证", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			var k scan.Keyboard
			last := stroke(&k, c.text, noon, c.gap)
			text, scanned := k.Enter(last.Add(c.gap))
			if text != c.text || scanned != c.scanned {
				t.Errorf("got %q, scan %v", text, scanned)
			}
			if text, scanned := k.Enter(last.Add(c.gap)); text != "" || scanned {
				t.Errorf("a second Enter gave %q, scan %v", text, scanned)
			}
		})
	}
}

func TestKeyboardForgetsAfterAPause(t *testing.T) {
	var k scan.Keyboard
	last := stroke(&k, "left over", noon, time.Millisecond)
	last = stroke(&k, "PP1:ABCDEF", last.Add(time.Second), time.Millisecond)
	if text, scanned := k.Enter(last); text != "PP1:ABCDEF" || !scanned {
		t.Errorf("got %q, scan %v", text, scanned)
	}
	last = stroke(&k, "PP1:ABCDEF", last, time.Millisecond)
	if text, scanned := k.Enter(last.Add(time.Second)); text != "" || scanned {
		t.Errorf("a late Enter gave %q, scan %v", text, scanned)
	}
	last = stroke(&k, "PP1:ABCDEF", last, time.Millisecond)
	if text, scanned := k.Enter(last.Add(-time.Hour)); text != "" || scanned {
		t.Errorf("an Enter before its keys gave %q, scan %v", text, scanned)
	}
}

func TestKeyboardIsBounded(t *testing.T) {
	var k scan.Keyboard
	last := stroke(&k, strings.Repeat("A", qr.MaxText), noon, 0)
	if text, scanned := k.Enter(last); len(text) != qr.MaxText || !scanned {
		t.Errorf("longest line: %d bytes, scan %v", len(text), scanned)
	}
	last = stroke(&k, strings.Repeat("A", qr.MaxText+1), noon, 0)
	if text, scanned := k.Enter(last); text != "" || scanned {
		t.Errorf("too long line: %d bytes, scan %v", len(text), scanned)
	}
}

func TestKeyboardTerminatorsAndControls(t *testing.T) {
	var k scan.Keyboard
	for _, r := range "\r\n\t" {
		if !k.Rune(r, noon) {
			t.Errorf("%q does not end a line", r)
		}
	}
	stroke(&k, "AB\x00\x1bCD\x1dEF", noon, 0)
	if text, _ := k.Enter(noon); text != "ABCD\x1dEF" {
		t.Errorf("got %q", text)
	}
}

// A scanner that sends no key at the end is understood in every profile, and a
// person never becomes a scanner by stopping.
func TestKeyboardEndsBySilence(t *testing.T) {
	const pass = "PP1:NCFOXN%TS3DH3ZSUZK"
	for _, end := range []scan.End{scan.AnyEnd, scan.Enter, scan.Tab, scan.Pause} {
		for name, c := range map[string]struct {
			text    string
			gap     time.Duration
			scanned bool
		}{
			"usb scanner":       {pass, 2 * time.Millisecond, true},
			"bluetooth scanner": {pass, 30 * time.Millisecond, true},
			"all at once":       {pass, 0, true},
			"Russian layout":    {"ЗЗ1ЖФИ.С", 2 * time.Millisecond, true},
			"EAN-8":             {"96385074", 2 * time.Millisecond, true},
			"fast typist":       {"A7F3-2210", 60 * time.Millisecond, false},
			"a short word":      {"hello", 0, false},
			"a held key":        {"aaaaaaaaaaaaaaaaaaaa", 33 * time.Millisecond, false},
			"an input method":   {"行政服务中心东门", 0, end == scan.Pause},
		} {
			k := scan.Keyboard{End: end}
			last := stroke(&k, c.text, noon, c.gap)
			if text, scanned := k.Rest(last.Add(149 * time.Millisecond)); text != "" || scanned {
				t.Errorf("%q, %s: %q before 150 ms", end, name, text)
			}
			want := c.text
			if !c.scanned {
				want = ""
			}
			if text, scanned := k.Rest(last.Add(150 * time.Millisecond)); text != want || scanned != c.scanned {
				t.Errorf("%q, %s: got %q, scan %v", end, name, text, scanned)
			}
			if text, scanned := k.Rest(last.Add(151 * time.Millisecond)); text != "" || scanned {
				t.Errorf("%q, %s: again %q", end, name, text)
			}
		}
	}
}

// The end key of a scan that silence has ended already is the scanner's, not a person's.
func TestKeyboardTakesALateEnd(t *testing.T) {
	var k scan.Keyboard
	last := stroke(&k, "PP1:ABCDEF", noon, time.Millisecond)
	if _, scanned := k.Rest(last.Add(200 * time.Millisecond)); !scanned {
		t.Fatal("nothing was taken")
	}
	if text, scanned := k.Enter(last.Add(300 * time.Millisecond)); text != "" || !scanned {
		t.Errorf("its Enter gave %q, scan %v", text, scanned)
	}
	if text, scanned := k.Enter(last.Add(310 * time.Millisecond)); text != "" || scanned {
		t.Errorf("a second Enter gave %q, scan %v", text, scanned)
	}
	last = stroke(&k, "PP1:ABCDEF", last.Add(time.Second), time.Millisecond)
	k.Rest(last.Add(200 * time.Millisecond))
	if text, scanned := k.Enter(last.Add(500 * time.Millisecond)); text != "" || scanned {
		t.Errorf("an Enter much later gave %q, scan %v", text, scanned)
	}
	last = stroke(&k, "PP1:ABCDEF", last.Add(time.Second), time.Millisecond)
	k.Rest(last.Add(200 * time.Millisecond))
	last = stroke(&k, "PP1:GHIJKL", last.Add(250*time.Millisecond), time.Millisecond)
	if text, scanned := k.Enter(last); text != "PP1:GHIJKL" || !scanned {
		t.Errorf("the next code is %q, scan %v", text, scanned)
	}
}

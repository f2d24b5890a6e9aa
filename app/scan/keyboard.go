package scan

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postern/app/qr"
)

// How a scanner types: a whole code at a few milliseconds a key, then Enter or
// Tab. The fastest typists leave 60 ms between keys; Bluetooth scanners up to
// 30 ms.
const (
	wedgePause = 400 * time.Millisecond // a gap this long starts a new text
	wedgeGap   = 35 * time.Millisecond  // the longest mean gap of a scan
	wedgeLeast = 6                      // fewer characters are never a scan
)

// Keyboard tells a keyboard-wedge scanner from a person at the keys, by speed
// alone. It holds one line of at most [MaxText] bytes. The zero value is ready;
// it is not safe for use by several goroutines.
type Keyboard struct {
	End End // what ends a line; of the scanner's [Profile]

	line        []byte
	runes       int
	first, last time.Time
	over        bool // the line grew past MaxText: it is no scan of ours
	rested      bool // Rest gave the line that ended at last, and no key came since
}

// Rune takes one character typed at a time. It reports whether r ends a line
// (CR, LF or Tab, but for what End says): r is then not part of the text, and the caller asks
// [Keyboard.Enter]. Other control characters but GS, RS and EOT, which cards
// use as separators, are dropped.
func (k *Keyboard) Rune(r rune, at time.Time) (ends bool) {
	if k.End.ends(r) {
		return true
	}
	if r < ' ' && r != '\t' && r != '\n' && r != 0x1D && r != 0x1E && r != 0x04 || r == 0x7F {
		return false
	}
	if k.runes > 0 && k.stale(at) {
		k.Reset()
	}
	if k.runes == 0 {
		k.first, k.rested = at, false
	}
	k.last = at
	k.runes++
	if k.over = k.over || len(k.line)+utf8.RuneLen(max(r, 0)) > qr.MaxText; !k.over {
		k.line = utf8.AppendRune(k.line, r)
	}
	return false
}

// Enter ends the line at a time and gives its text; scanned is true when the
// keys came as fast as only a scanner sends them. A line that is too long, or
// that a pause separates from its end, gives no text. Where the key belongs to
// a scan that [Keyboard.Rest] has given, scanned is true and the text empty. The
// next key starts a new line.
func (k *Keyboard) Enter(at time.Time) (text string, scanned bool) {
	defer k.Reset()
	if k.rested {
		return "", !k.stale(at)
	}
	if k.runes == 0 || k.over || k.stale(at) {
		return "", false
	}
	text = string(k.line)
	if k.runes < wedgeLeast {
		return text, false
	}
	return text, at.Sub(k.first) <= wedgeGap*time.Duration(k.runes)
}

// Rest gives a scan that ended without a key: the keys stopped a moment ago. The
// caller asks from time to time, such as every 100 ms. What a person types stays
// in the line, and so does what a held key repeats or, unless End is [Pause], an
// input method writes at one stroke.
func (k *Keyboard) Rest(at time.Time) (text string, scanned bool) {
	if k.runes < wedgeLeast || at.Sub(k.last) < silence || k.last.Sub(k.first) > wedgeGap*time.Duration(k.runes) || k.byHand() {
		return "", false
	}
	last := k.last
	if text, scanned = k.Enter(last); scanned {
		k.rested, k.last = true, last
	}
	return text, scanned
}

// byHand reports whether a fast line may be a person's all the same.
func (k *Keyboard) byHand() bool {
	line := string(k.line)
	first, _ := utf8.DecodeRuneInString(line)
	if strings.Trim(line, string(first)) == "" {
		return true
	}
	return k.End != Pause && strings.ContainsFunc(line, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo)
	})
}

// Typing reports whether a line has begun and its last key is no pause ago.
func (k *Keyboard) Typing(at time.Time) bool { return k.runes > 0 && !k.stale(at) }

// Reset forgets the line, for instance when the field loses the focus.
func (k *Keyboard) Reset() {
	*k = Keyboard{End: k.End, line: k.line[:0]}
}

// stale reports a pause since the last key, or a clock that went back.
func (k *Keyboard) stale(at time.Time) bool {
	gap := at.Sub(k.last)
	return gap > wedgePause || gap < 0
}

// ends reports whether a key ends a line.
func (e End) ends(r rune) bool {
	switch e {
	case Enter:
		return r == '\r' || r == '\n'
	case Tab:
		return r == '\t'
	}
	return r == '\r' || r == '\n' || r == '\t'
}

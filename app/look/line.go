package look

import (
	"strings"
	"unicode"
)

// closers may not begin a line, openers may not end one.
const (
	closers = "，。、；：？！）》」』”’…·,.;:?!)%"
	openers = "（《「『“‘("
	pauses  = "，。；？！·,.;?!" // of the closers, those at which a sentence pauses
)

// Tokens cuts s where a line may break: after spaces, and before and after each
// Chinese character. It never cuts at a no-break space or a word joiner.
func Tokens(s string) []string {
	var out []string
	var token []rune
	cut := func() {
		if len(token) > 0 {
			out, token = append(out, string(token)), nil
		}
	}
	for _, r := range s {
		last := rune(0)
		if len(token) > 0 {
			last = token[len(token)-1]
		}
		switch {
		case r == '\n':
			cut()
			out = append(out, "\n")
			continue
		case hold(last), hold(r), r == ' ', strings.ContainsRune(closers, r), strings.ContainsRune(openers, last):
			// no cut here
		case last == ' ', last == '·':
			cut()
		case wide(r) || wide(last):
			cut()
		}
		token = append(token, r)
	}
	cut()
	return out
}

// hold reports whether r is a no-break space or a word joiner.
func hold(r rune) bool { return r == '\u00a0' || r == '\u2060' }

// wide reports whether r is a Chinese character or a full-width mark.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r < 0x3100 || r >= 0xff00 && r < 0xfff0
}

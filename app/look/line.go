package look

import (
	"strings"
	"unicode"
)

// Marks that may not begin a line, and marks that may not end one.
const (
	closers = "，。、；：？！）》」』”’…·,.;:?!)%"
	openers = "（《「『“‘("
	pauses  = "，。；？！·,.;?!" // of the closers, those at which a sentence pauses
)

// Tokens cuts s where a line may break: after spaces, and round each character
// of a script that has none. A space that does not break holds both sides.
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
			// held
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

// hold is a space that does not break, or a joiner.
func hold(r rune) bool { return r == '\u00a0' || r == '\u2060' }

func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r < 0x3100 || r >= 0xff00 && r < 0xfff0
}

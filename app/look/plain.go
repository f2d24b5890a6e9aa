package look

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Plain is a text as it is drawn: each letter composed with its marks (NFC),
// without the word joiners (U+2060) that hold a number and its unit on one line,
// without the controls that would turn round the text beside them, and without
// what else is never seen and stands in no font.
func Plain(s string) string {
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r), strings.ContainsRune("\u00ad\u200b\u2060\ufeff", r):
			return -1
		case r >= 0xfe00 && unicode.Is(unicode.Variation_Selector, r): // those of Mongolian stay
			return -1
		}
		return r
	}, norm.NFC.String(s))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

package pass

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maskName masks a foreign credential's name as names in native passes are masked:
// a guard can compare it with an identity document, and nobody learns the name
// from the screen. It gives initials in order ("J. D."), and for a Chinese or
// Korean name the first character of the family name ("张*"). Of more than four initials it keeps the
// first three and the last, which is the family's. The caller gives a name that
// is not divided as given.
func maskName(given, family string) string {
	const most = 4
	for _, name := range []string{family, given} {
		first, _ := utf8.DecodeRuneInString(name)
		if unicode.In(first, unicode.Han, unicode.Hangul) {
			return string(first) + "*"
		}
	}
	var initials []string
	for _, word := range strings.FieldsFunc(given+" "+family, isBetweenNames) {
		if first, _ := utf8.DecodeRuneInString(word); unicode.IsLetter(first) {
			initials = append(initials, string(unicode.ToUpper(first))+".")
		}
	}
	if n := len(initials); n > most {
		initials = append(initials[:most-1], initials[n-1])
	}
	return strings.Join(initials, " ")
}

// isBetweenNames reports whether r separates names. One such character is the
// filler of travel documents (ICAO 9303).
func isBetweenNames(r rune) bool {
	return unicode.IsSpace(r) || r == '<' || r == ',' || r == '-' || r == '.'
}

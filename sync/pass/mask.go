package pass

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maskName hides a foreign credential's name as native passes hide theirs, so
// that a guard can compare it with a document and nobody reads it off the
// screen: initials in order ("J. D."), of a Chinese name the family name's
// character ("张*"). At most four initials are kept.
func maskName(parts ...string) string {
	var initials []string
	for _, word := range strings.FieldsFunc(strings.Join(parts, " "), isBetweenNames) {
		first, _ := utf8.DecodeRuneInString(word)
		if unicode.In(first, unicode.Han, unicode.Hangul) {
			return string(first) + "*"
		}
		if unicode.IsLetter(first) && len(initials) < 4 {
			initials = append(initials, string(unicode.ToUpper(first))+".")
		}
	}
	return strings.Join(initials, " ")
}

// isBetweenNames knows what parts names, the filler of travel documents (ICAO 9303) included.
func isBetweenNames(r rune) bool {
	return unicode.IsSpace(r) || r == '<' || r == ',' || r == '-' || r == '.'
}

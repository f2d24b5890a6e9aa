package pass

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maskName hides a foreign credential's name as native passes hide theirs, so
// that a guard can compare it with a document and nobody reads it off the
// screen: initials in order ("J. D."), of a Chinese or Korean name the family
// name's character ("张*"). Of more than four initials the last stays, the
// family's. A name that is not divided is given as the given one, in its own order.
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

// isBetweenNames knows what parts names, the filler of travel documents (ICAO 9303) included.
func isBetweenNames(r rune) bool {
	return unicode.IsSpace(r) || r == '<' || r == ',' || r == '-' || r == '.'
}

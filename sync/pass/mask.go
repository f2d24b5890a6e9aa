package pass

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
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
		if first := Initial(name); strings.ContainsFunc(first, isSyllable) {
			return first + "*"
		}
	}
	var initials []string
	for _, word := range strings.FieldsFunc(given+" "+family, isBetweenNames) {
		if first := Initial(word); strings.ContainsFunc(first, unicode.IsLetter) {
			initials = append(initials, strings.ToTitle(first)+".")
		}
	}
	if n := len(initials); n > most {
		initials = append(initials[:most-1], initials[n-1])
	}
	return strings.Join(initials, " ")
}

// Initial is the first letter of a word as its script counts letters: composed
// (NFC), so that it is never a part of a letter, and without the vowel signs and
// points that stand on it, which say more than an initial does. The dot below
// that makes another letter of one (nukta) stays.
func Initial(word string) string {
	word = strings.TrimLeftFunc(norm.NFC.String(word), isUnseen)
	_, size := utf8.DecodeRuneInString(word)
	if rest := word[size:]; rest != "" {
		if mark := norm.NFC.PropertiesString(rest); mark.CCC() == nukta {
			size += mark.Size()
		}
	}
	return word[:size]
}

// nukta is the combining class of that dot (Unicode Standard, table 4-3).
const nukta = 7

// isUnseen reports whether r is no character of its own: a control, or a mark
// with nothing before it.
func isUnseen(r rune) bool { return unicode.In(r, unicode.Cf, unicode.M) }

// isOtherLetter reports whether r is a letter and not a Latin one.
func isOtherLetter(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }

// isSyllable reports whether r is a character of names that have no initials.
func isSyllable(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hangul) }

// isBetweenNames reports whether r separates names. One such character is the
// filler of travel documents (ICAO 9303).
func isBetweenNames(r rune) bool {
	return unicode.IsSpace(r) || r == '<' || r == ',' || r == '-' || r == '.'
}

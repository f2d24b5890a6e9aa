package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxStars is how many stars a mask has at most, so that it does not tell how long a name is.
const maxStars = 3

// Mask hides most of a name. What is left lets a guard see that a card and a
// pass may belong together: of a Chinese name the first character, and the
// last where it has three or more; of other names the first letter of each of
// the first two words.
//
//	张伟 -> 张*   王小明 -> 王*明   John Smith -> J*** S***
func Mask(name string) string {
	name = strings.TrimSpace(name)
	first, _ := utf8.DecodeRuneInString(name)
	if name == "" {
		return ""
	}
	if unicode.Is(unicode.Han, first) {
		return maskHan([]rune(name))
	}
	words := strings.Fields(name)
	var masked []string
	for _, w := range words[:min(2, len(words))] {
		r, _ := utf8.DecodeRuneInString(w)
		masked = append(masked, string(r)+strings.Repeat("*", maxStars))
	}
	return strings.Join(masked, " ")
}

func maskHan(name []rune) string {
	if len(name) < 3 {
		return string(name[0]) + "*"
	}
	stars := strings.Repeat("*", min(len(name)-2, maxStars))
	return string(name[0]) + stars + string(name[len(name)-1])
}

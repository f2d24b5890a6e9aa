package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/unicode/norm"

	"postern/sync/pass"
)

// maxStars is how many stars a mask has at most, so that it does not tell how long a name is.
const maxStars = 3

// Mask hides most of a name. What is left lets a guard see that a card and a
// pass may belong together: of a Chinese name the first character, and the
// last where it has three or more; of other names the first letter of each of
// the first two words, as [pass.Initial] has it.
//
//	张伟 -> 张*   王小明 -> 王*明   John Smith -> J*** S***
func Mask(name string) string {
	name = strings.TrimSpace(norm.NFC.String(name))
	first, _ := utf8.DecodeRuneInString(name)
	if name == "" {
		return ""
	}
	if unicode.Is(unicode.Han, first) {
		return maskHan(name)
	}
	words := strings.Fields(name)
	var masked []string
	for _, w := range words[:min(2, len(words))] {
		masked = append(masked, pass.Initial(w)+strings.Repeat("*", maxStars))
	}
	return strings.Join(masked, " ")
}

// maskHan masks a Chinese name, whose characters may have selectors of variants behind them.
func maskHan(name string) string {
	var characters []string
	for c := graphemes.FromString(name); c.Next(); {
		characters = append(characters, c.Value())
	}
	n := len(characters)
	if n < 3 {
		return characters[0] + "*"
	}
	return characters[0] + strings.Repeat("*", min(n-2, maxStars)) + characters[n-1]
}

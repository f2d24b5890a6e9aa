package scan

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A scanner that types as a US keyboard into a system with another layout
// swaps characters: ":" becomes "Ö" on a German one. The tables have the
// characters of the same keys in the same order, first plain, then with Shift
// (xkeyboard-config, the basic variant of each layout; Windows agrees on the
// keys that passes are made of).
const usKeys = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./" +
	"~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?"

var layoutKeys = map[string]string{
	"de": "^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-" +
		"°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_",
	"fr": "²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!" +
		"~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§",
	"es": "º1234567890'¡qwertyuiop`+çasdfghjklñ´zxcvbnm,.-" +
		"ª!\"·$%&/()=?¿QWERTYUIOP^*ÇASDFGHJKLÑ¨ZXCVBNM;:_",
	"it": "\\1234567890'ìqwertyuiopè+ùasdfghjklòàzxcvbnm,.-" +
		"|!\"£$%&/()=?^QWERTYUIOPé*§ASDFGHJKLç°ZXCVBNM;:_",
	"se": "§1234567890+´qwertyuiopå¨'asdfghjklöäzxcvbnm,.-" +
		"½!\"#¤%&/()=?`QWERTYUIOPÅ^*ASDFGHJKLÖÄZXCVBNM;:_",
	"gb": "`1234567890-=qwertyuiop[]#asdfghjkl;'zxcvbnm,./" +
		"¬!\"£$%^&*()_+QWERTYUIOP{}~ASDFGHJKL:@ZXCVBNM<>?",
	"ru": "ё1234567890-=йцукенгшщзхъ\\фывапролджэячсмитьбю." +
		"Ё!\"№;%:?*()_+ЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,",
}

// keyboards gives, for each layout, the US character of each of its characters.
var keyboards = func() map[string]map[rune]rune {
	all, us := map[string]map[rune]rune{}, []rune(usKeys)
	for name, keys := range layoutKeys {
		all[name] = map[rune]rune{}
		for i, r := range []rune(keys) {
			all[name][r] = us[i]
		}
	}
	return all
}()

// deadKeys are the keys whose accent goes onto the next letter, by the accent.
var deadKeys = map[rune]rune{0x300: '`', 0x301: '´', 0x302: '^', 0x308: '¨'}

// Layouts lists the keyboards that can be undone.
func Layouts() []string { return slices.Sorted(maps.Keys(keyboards)) }

// undo gives what a text may have been before a layout or Caps Lock swapped
// it, the likeliest first.
func (p Profile) undo(text string) []string {
	names := Layouts()
	if p.Layout != "" {
		names = []string{p.Layout}
	}
	swapped := swapCase(text) // Caps Lock works on the letters of the layout
	all := []string{swapped}
	for _, name := range names {
		all = append(all, unswap(text, keyboards[name]), unswap(swapped, keyboards[name]))
	}
	return all
}

// unswap maps a text back to the US keys. A character with an accent that no
// key has is a dead key and its letter. A dead key swallows a space after it,
// which cannot be known: such a text stays wrong, and its signature says so.
func unswap(text string, keys map[rune]rune) string {
	var b strings.Builder
	for _, r := range text {
		if us, ok := keys[r]; ok {
			b.WriteRune(us)
			continue
		}
		parts := []rune(norm.NFD.String(string(r)))
		if len(parts) == 2 && keys[deadKeys[parts[1]]] != 0 && keys[parts[0]] != 0 {
			b.WriteRune(keys[deadKeys[parts[1]]])
			b.WriteRune(keys[parts[0]])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// swapCase is what Caps Lock does.
func swapCase(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsUpper(r):
			return unicode.ToLower(r)
		case unicode.IsLower(r):
			return unicode.ToUpper(r)
		}
		return r
	}, text)
}

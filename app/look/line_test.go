package look_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"

	"postern/app/look"
	"postern/assets"
)

// em measures as a Chinese font does: a character is 1 wide, a Latin letter half.
func em(s string) float32 {
	w := float32(0)
	for _, r := range s {
		switch {
		case r == '\u2060':
		case r < 0x2000 && r != '·':
			w += 0.5
		default:
			w++
		}
	}
	return w
}

func sentences(t *testing.T, language string) []string {
	t.Helper()
	file, err := assets.Words.ReadFile("words/" + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]string{}
	if err := json.Unmarshal(file, &words); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, s := range words {
		all = append(all, s)
	}
	return all
}

// Whatever the width: nothing is lost, nothing is wider, no line begins with a
// mark that closes or ends with one that opens, and no character is left alone.
func TestEverySentenceBreaksWell(t *testing.T) {
	for _, language := range []string{"zh", "zh-Hant", "en"} {
		for _, s := range sentences(t, language) {
			for width := float32(9); width < 40; width++ {
				lines := look.Lines(s, width, em)
				if got := strings.Join(lines, ""); bare(got) != bare(s) {
					t.Fatalf("%q became %q", s, lines)
				}
				for i, l := range lines {
					if em(l) > width {
						t.Errorf("%q is wider than %v", l, width)
					}
					if i > 0 && strings.ContainsAny(first(l), "，。、；：？！）》」”’…·,.;:?!)%") {
						t.Errorf("a line begins with a mark: %q", lines)
					}
					if i < len(lines)-1 && strings.ContainsAny(last(l), "（《「“‘(") {
						t.Errorf("a line ends with a mark: %q", lines)
					}
				}
				if n := len(lines); n > 1 && language != "en" && alone(lines[n-1]) {
					t.Errorf("a character stands alone at %v: %q", width, lines)
				}
			}
		}
	}
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		why, said string
		width     float32
		want      []string
	}{
		{"a sentence breaks where it pauses", "最近检测是 51 小时前，本处要求 48 小时内。", 16, []string{"最近检测是 51 小时前，", "本处要求 48 小时内。"}},
		{"a word stays whole", "签名不符：这个码是伪造的码。", 10, []string{"签名不符：", "这个码是伪造的码。"}},
		{"and is cut before anything is lost", "伪造伪造伪造", 3, []string{"伪造伪", "造伪造"}},
		{"no more lines than needed", "一二三四五六七八", 4, []string{"一二三四", "五六七八"}},
		{"nothing alone", "一二三四五", 4, []string{"一二三", "四五"}},
		{"a closing mark follows a space", "已不是现在的（相差 …）。", 10, []string{"已不是现在的", "（相差 …）。"}},
		{"a dot between facts", "Data fresh·12 min", 6, []string{"Data fresh·", "12 min"}},
		{"longer than a line", "abcdefgh", 2, []string{"abcd", "efgh"}},
		{"lines that are given", "a\nb", 9, []string{"a", "b"}},
		{"nothing", "", 9, []string{""}},
	} {
		if got := look.Lines(c.said, c.width, em); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

// bare is s without white space.
func bare(s string) string { return strings.Join(strings.Fields(s), "") }

func first(s string) string { r := []rune(s); return string(r[:min(1, len(r))]) }
func last(s string) string  { r := []rune(s); return string(r[max(len(r)-1, 0):]) }

func alone(line string) bool {
	n := 0
	for _, r := range line {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n == 1
}

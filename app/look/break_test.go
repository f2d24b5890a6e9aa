package look_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"postern/app/look"
)

// words measures a text in characters.
func words(s string) (all []look.Word) {
	for _, t := range look.Tokens(s) {
		all = append(all, look.Word{
			Text: t, Width: float32(utf8.RuneCountInString(t)), Bare: float32(utf8.RuneCountInString(strings.TrimRight(t, " "))),
		})
	}
	return all
}

func TestBreak(t *testing.T) {
	for _, c := range []struct {
		said  string
		width float32
		lines []string
	}{
		{"", 10, []string{""}},
		{"通行", 10, []string{"通行"}},
		{"最近检测是六十小时前，本处要求四十八小时内。", 13, []string{"最近检测是六十小时前，", "本处要求四十八小时内。"}},
		{"不符：这个码是伪造的，或者改动过。", 15, []string{"不符：这个码是伪造的，", "或者改动过。"}},
		{"一二三四五六七八九十一", 10, []string{"一二三四五", "六七八九十一"}}, // never a character alone
		{"The last test was 51 h ago; here 48 h is asked.", 30, []string{"The last test was 51 h ago;", "here 48 h is asked."}},
		{"a word-longer-than-the-line b", 10, []string{"a", "word-longer-than-the-line", "b"}},
	} {
		if got := look.Break(words(c.said), c.width); !slices.Equal(got, c.lines) {
			t.Errorf("%q at %v: %q, want %q", c.said, c.width, got, c.lines)
		}
	}
}

// However a text is broken, nothing is lost, no line is too long, and there are
// no more lines than filling each of them gives.
func TestBreakLosesNothing(t *testing.T) {
	const said = "本机还没有按证件号查询的数据。请看对方证件，把号码和时间写在纸质登记表上（编号由本机给出）；See ID, write on the list, and ask 主管 whether to let them through."
	for width := float32(8); width < 120; width++ {
		lines := look.Break(words(said), width)
		whole := strings.Join(lines, "")
		if strings.ReplaceAll(whole, " ", "") != strings.ReplaceAll(said, " ", "") {
			t.Fatalf("at %v: %q", width, lines)
		}
		filled, used := 1, float32(0)
		for _, w := range words(said) {
			if used > 0 && used+w.Bare > width {
				filled, used = filled+1, 0
			}
			used += w.Width
		}
		if len(lines) > filled {
			t.Errorf("at %v there are %d lines, filling needs %d", width, len(lines), filled)
		}
		for _, l := range lines {
			if float32(utf8.RuneCountInString(l)) > max(width, 8) {
				t.Errorf("at %v: %q", width, l)
			}
		}
	}
}

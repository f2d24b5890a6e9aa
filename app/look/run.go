package look

import (
	"slices"
	"unicode"
)

// Run is a part of a line that is drawn in one font and one direction.
type Run struct {
	Text   string
	Script Script
}

// Runs cuts a line into its runs, as they stand from left to right; rtl is the
// direction of the line itself, see [RightToLeft]. In each the characters stand
// in the order in which they are read: whoever shapes a run of right-to-left
// letters puts them round.
func Runs(line string, rtl bool) []Run {
	line = Plain(line)
	if !rtl && ordinary(line) {
		return []Run{{Text: line}}
	}
	text := []rune(line)
	level := levels(text, rtl)
	scripts := scriptsOf(text)
	var runs []run
	for from, i := 0, 1; i <= len(text); i++ {
		if i == len(text) || level[i] != level[from] || scripts[i] != scripts[from] {
			runs = append(runs, run{text[from:i], scripts[from], level[from]})
			from = i
		}
	}
	reorder(runs)
	out := make([]Run, len(runs))
	for i, r := range runs {
		out[i] = Run{string(r.text), r.script}
		if r.level%2 == 1 && !rightwards(r.text) {
			out[i].Text = turned(r.text)
		}
	}
	return out
}

// Tall reports whether a text has letters that reach further above or below their
// line than those of the screens' own languages do.
func Tall(s string) bool {
	return slices.ContainsFunc(scriptsOf([]rune(Plain(s))), func(s Script) bool {
		return s != "" && s != "Latin" && s != "Han" && s != "Hangul"
	})
}

// ordinary reports whether a line is one run in the font of the screens.
func ordinary(line string) bool {
	script := Script("")
	for _, r := range line {
		if !common(r) {
			if script = scriptOf(r, script); script != "" || r >= 0x590 && r < 0x8ff {
				return false
			}
		}
	}
	return true
}

// scriptsOf is the font of each character. A word in Latin letters is in one
// font, even if that of the screens has some of them.
func scriptsOf(text []rune) []Script {
	scripts := make([]Script, len(text))
	script := Script("")
	for i, r := range text {
		script = scriptOf(r, script)
		scripts[i] = script
	}
	latin := func(i int) bool { return scripts[i] == "Latin" || unicode.Is(unicode.Latin, text[i]) }
	for i := range text {
		if scripts[i] != "Latin" {
			continue
		}
		for j := i; j >= 0 && latin(j); j-- {
			scripts[j] = "Latin"
		}
		for j := i; j < len(text) && latin(j); j++ {
			scripts[j] = "Latin"
		}
	}
	return scripts
}

// run is a Run with its level.
type run struct {
	text   []rune
	script Script
	level  uint8
}

// reorder puts runs from left to right (UAX #9, L2).
func reorder(runs []run) {
	highest := uint8(0)
	for _, r := range runs {
		highest = max(highest, r.level)
	}
	for level := highest; level > 0; level-- {
		for from := 0; from < len(runs); from++ {
			to := from
			for to < len(runs) && runs[to].level >= level {
				to++
			}
			slices.Reverse(runs[from:to])
			from = max(from, to)
		}
	}
}

// rightwards reports whether a text has a letter that is read from right to left.
func rightwards(text []rune) bool {
	return slices.ContainsFunc(text, rightToLeft)
}

package look

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// levels gives each character of a line its level by the Unicode Bidirectional
// Algorithm (UAX #9): what has an odd level is read from right to left. rtl is
// the direction of the line itself. Rules W1 to N2 and L1 are applied; the
// explicit ones are not needed, since [Plain] takes the controls out, and pairs
// of brackets (N0) are left to the rules for other marks.
func levels(text []rune, rtl bool) []uint8 {
	base, edge := uint8(0), bidi.L
	if rtl {
		base, edge = 1, bidi.R
	}
	classes := classesOf(text, edge)
	weak(classes, edge)
	neutral(classes, edge, base)
	out := make([]uint8, len(text))
	for i, c := range classes {
		out[i] = base
		switch {
		case base%2 == 0 && c == bidi.R, base%2 == 1 && c != bidi.R:
			out[i]++
		case base%2 == 0 && c != bidi.L:
			out[i] += 2
		}
	}
	for i := len(text) - 1; i >= 0 && text[i] == ' '; i-- { // L1
		out[i] = base
	}
	return out
}

// classesOf gives the class of each character; a mark has that of what it stands on (W1).
func classesOf(text []rune, edge bidi.Class) []bidi.Class {
	classes := make([]bidi.Class, len(text))
	last := edge
	for i, r := range text {
		p, _ := bidi.LookupRune(r)
		c := p.Class()
		if c == bidi.NSM || c == bidi.BN {
			c = last
		}
		classes[i], last = c, c
	}
	return classes
}

// weak resolves numbers and the marks in them (W2 to W7).
func weak(classes []bidi.Class, edge bidi.Class) {
	strong := edge
	for i, c := range classes {
		switch c {
		case bidi.L, bidi.R, bidi.AL:
			strong = c
		case bidi.EN:
			if strong == bidi.AL {
				classes[i] = bidi.AN
			}
		}
	}
	for i, c := range classes {
		if c == bidi.AL {
			classes[i] = bidi.R
		}
		if i == 0 || i == len(classes)-1 {
			continue
		}
		before, after := classes[i-1], classes[i+1]
		if before == after && (c == bidi.ES && before == bidi.EN || c == bidi.CS && (before == bidi.EN || before == bidi.AN)) {
			classes[i] = before
		}
	}
	each(classes, func(c bidi.Class) bool { return c == bidi.ET }, func(from, to int) {
		if from > 0 && classes[from-1] == bidi.EN || to < len(classes) && classes[to] == bidi.EN {
			fill(classes[from:to], bidi.EN)
		}
	})
	strong = edge
	for i, c := range classes {
		switch c {
		case bidi.L, bidi.R:
			strong = c
		case bidi.EN:
			if strong == bidi.L {
				classes[i] = bidi.L
			}
		case bidi.ES, bidi.ET, bidi.CS:
			classes[i] = bidi.ON
		}
	}
}

// neutral gives what has no direction that of its neighbours, else that of the line (N1 and N2).
func neutral(classes []bidi.Class, edge bidi.Class, base uint8) {
	side := func(i int) bidi.Class { // numbers count as R
		switch {
		case i < 0 || i >= len(classes):
			return edge
		case classes[i] == bidi.L:
			return bidi.L
		}
		return bidi.R
	}
	each(classes, func(c bidi.Class) bool {
		return c != bidi.L && c != bidi.R && c != bidi.EN && c != bidi.AN
	}, func(from, to int) {
		as := edge
		if l := side(from - 1); l == side(to) {
			as = l
		}
		fill(classes[from:to], as)
	})
}

// each calls do for each longest stretch of classes for which is holds.
func each(classes []bidi.Class, is func(bidi.Class) bool, do func(from, to int)) {
	for from := 0; from < len(classes); from++ {
		to := from
		for to < len(classes) && is(classes[to]) {
			to++
		}
		if to > from {
			do(from, to)
			from = to
		}
	}
}

func fill(classes []bidi.Class, c bidi.Class) {
	for i := range classes {
		classes[i] = c
	}
}

// RightToLeft reports whether a text is one of a script that is read from right
// to left: it begins with such a letter, and most of its letters are such. A
// sentence of the screens that begins with a name of such a script is not.
func RightToLeft(s string) bool {
	right, left := 0, 0
	for _, r := range s {
		switch {
		case rightToLeft(r):
			right++
		case unicode.IsLetter(r):
			if left++; right == 0 {
				return false
			}
		}
	}
	return right > left
}

// rightToLeft reports whether r is a letter of a script that is read from right to left.
func rightToLeft(r rune) bool {
	if r < 0x590 {
		return false
	}
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.R || p.Class() == bidi.AL
}

// mirrored are marks that look the other way in a text that is read from right to left.
var mirrored = strings.NewReplacer("(", ")", ")", "(", "[", "]", "]", "[", "{", "}", "}", "{", "<", ">", ">", "<", "«", "»", "»", "«",
	"（", "）", "）", "（", "《", "》", "》", "《", "「", "」", "」", "「")

// turned is a text without letters as it stands in one that is read from right to left.
func turned(text []rune) string {
	text = slices.Clone(text)
	slices.Reverse(text)
	return mirrored.Replace(string(text))
}

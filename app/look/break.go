package look

import (
	"strings"
	"unicode/utf8"
)

// Word is what stands whole on a line, with its width and that without the
// spaces at its end.
type Word struct {
	Text        string
	Width, Bare float32
}

// pauses end what can be read in one go.
const pauses = "，。；：！？…,.;:!?)）」』”"

// midway is what a line costs that ends where nobody would pause: as much as a
// line that stays empty by 28 %.
const midway = 0.08

// Break puts words on as few lines as a width allows, and among those ways takes
// the one whose lines are of like length and end where the voice would pause. A
// word wider than that has a line of its own.
func Break(words []Word, width float32) []string {
	if len(words) == 0 {
		return []string{""}
	}
	// best[j] is the best way to set the first j words: first by lines, then by cost.
	type way struct {
		lines, from int
		cost        float32
	}
	best := make([]way, len(words)+1)
	for j := 1; j <= len(words); j++ {
		best[j].lines = len(words) + 1
		used := float32(0)
		for i := j - 1; i >= 0; i-- {
			if i == j-1 {
				used = words[i].Bare
			} else {
				used += words[i].Width
			}
			if used > width && i < j-1 {
				break
			}
			w := way{best[i].lines + 1, i, best[i].cost + cost(words[j-1].Text, used/width, j == len(words))}
			if w.lines < best[j].lines || w.lines == best[j].lines && w.cost < best[j].cost {
				best[j] = w
			}
		}
	}
	lines := make([]string, best[len(words)].lines)
	for j := len(words); j > 0; j = best[j].from {
		var line strings.Builder
		for _, w := range words[best[j].from:j] {
			line.WriteString(w.Text)
		}
		lines[best[j].lines-1] = strings.TrimRight(line.String(), " ")
	}
	return lines
}

// cost is what a line costs that ends with a word and is full to a share.
func cost(end string, full float32, last bool) float32 {
	c := (1 - full) * (1 - full)
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(end, " "))
	if last || strings.ContainsRune(pauses, r) {
		return c
	}
	return c + midway
}

package look

import (
	"math"
	"strings"
	"unicode"
)

// What a break costs, beside the square of the share of the line that it leaves
// empty. A sentence should break where it pauses, a word should stay whole, and
// no character should stand alone on the last line.
const (
	costPause = 0    // after a mark at which a sentence pauses
	costSpace = 0.02 // after a space
	costMark  = 0.02 // after another mark
	costHan   = 0.1  // between two Chinese characters
	costWord  = 0.6  // within one of the unbroken words
	costAlone = 1    // before the last character of a text
)

// Lines breaks s into as few lines of a width as it needs, where the breaks cost
// least. measure gives the width of a text on one line, in the unit of width.
func Lines(s string, width float32, measure func(string) float32) []string {
	var lines []string
	space := measure(" ")
	for part := range strings.SplitSeq(s, "\n") {
		p := cutUp(part, width, measure)
		p.space = space
		lines = append(lines, p.lines()...)
	}
	return lines
}

// paragraph is a text without line ends, cut where it may break.
type paragraph struct {
	tokens []string
	widths []float32 // of the tokens
	width  float32   // of the lines
	space  float32   // what a space takes
	many   int       // how many lines are needed
}

// short is how many lines a text may have that is broken like a title, where it
// pauses; the lines of a longer one are filled.
const short = 3

func cutUp(s string, width float32, measure func(string) float32) paragraph {
	p := paragraph{width: width}
	for _, t := range Tokens(s) {
		w := measure(t)
		if w <= width || measure(strings.TrimRight(t, " ")) <= width {
			p.tokens, p.widths = append(p.tokens, t), append(p.widths, w)
			continue
		}
		for _, c := range Clusters(t) { // longer than a line: broken anywhere, as addresses and codes must be
			p.tokens, p.widths = append(p.tokens, c), append(p.widths, measure(c))
		}
	}
	return p
}

// used is the room that the tokens from i to j take on a line of their own.
func (p paragraph) used(i, j int) float32 {
	w := float32(0)
	for _, t := range p.widths[i:j] {
		w += t
	}
	last := p.tokens[j-1]
	return w - p.space*float32(len(last)-len(strings.TrimRight(last, " ")))
}

// fewest is how many lines are needed.
func (p paragraph) fewest() int {
	lines, from := 1, 0
	for j := 1; j <= len(p.tokens); j++ {
		if j-from > 1 && p.used(from, j) > p.width {
			lines, from = lines+1, j-1
		}
	}
	return lines
}

// lines finds the cheapest breaks, line by line: best[j] is what the tokens
// before j cost at least on so many lines.
func (p paragraph) lines() []string {
	p.many = p.fewest()
	n, many := len(p.tokens), p.many
	if n == 0 {
		return []string{""}
	}
	best := make([]float64, n+1)
	for j := range best[1:] {
		best[j+1] = math.Inf(1)
	}
	from := make([][]int, many) // where the line that ends before j begins
	for l := range many {
		next := make([]float64, n+1)
		from[l] = make([]int, n+1)
		for j := range next {
			next[j] = math.Inf(1)
			for i := j - 1; i >= 0 && (i == j-1 || p.used(i, j) <= p.width); i-- {
				if c := best[i] + p.cost(i, j); c < next[j] {
					next[j], from[l][j] = c, i
				}
			}
		}
		best = next
	}
	lines := make([]string, many)
	for l, j := many-1, n; l >= 0; l-- {
		i := from[l][j]
		lines[l], j = strings.TrimRight(strings.Join(p.tokens[i:j], ""), " "), i
	}
	return lines
}

// cost is what a line of the tokens from i to j costs.
func (p paragraph) cost(i, j int) float64 {
	empty := float64(max(p.width-p.used(i, j), 0) / p.width)
	if j < len(p.tokens) {
		return empty*empty + p.breaks(j)
	}
	if i > 0 && letters(strings.Join(p.tokens[i:], "")) < 2 {
		return empty*empty + costAlone
	}
	if p.many > short { // of a long text the last line may be short, though not a word alone
		empty = max(empty-0.6, 0)
	}
	return empty * empty
}

// breaks is what a break before token j costs.
func (p paragraph) breaks(j int) float64 {
	before, after := p.tokens[j-1], p.tokens[j]
	end := []rune(strings.TrimRight(before, " "))
	switch {
	case len(end) > 0 && strings.ContainsRune(pauses, end[len(end)-1]):
		return costPause
	case len(end) > 0 && strings.ContainsRune(closers, end[len(end)-1]):
		return costMark
	case strings.HasSuffix(before, " "):
		return costSpace
	case p.many > short && !cuts(strings.Join(p.tokens[max(j-2, 0):j], ""), strings.Join(p.tokens[j:min(j+2, len(p.tokens))], "")):
		return costSpace
	case cuts(strings.Join(p.tokens[max(j-2, 0):j], ""), strings.Join(p.tokens[j:min(j+2, len(p.tokens))], "")):
		return costWord
	case strings.ContainsRune(openers, []rune(after)[0]):
		return costSpace
	}
	return costHan
}

// letters counts what is no mark and no space.
func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

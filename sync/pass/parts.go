package pass

import (
	"fmt"
	"strings"
	"time"
)

// PartsLife is how long a part waits for the others. A holder shows the codes of a
// card one after the other. A part that is left over must not be joined with the
// parts of the next holder, since together they would be a card that nobody
// signed.
const PartsLife = time.Minute

// maxCard is the longest card in several codes, in bytes: about 16,000 characters,
// such as a dozen vaccinations with their makers.
const maxCard = 32 << 10

// longest is the longest that a presentation may be, in bytes. A card put together
// from parts may be longer than one code.
func longest(text string) int {
	if strings.HasPrefix(text, prefixSHC+gathered+"/") {
		return maxCard
	}
	return MaxText
}

// Parts gathers the codes of a SMART Health Card that was cut into several,
// across scans. The zero Parts is empty and ready. It holds one card's parts,
// at most maxCard bytes of them. It is not safe for concurrent use: each lane has
// its own.
type Parts struct {
	digits []string
	latest time.Time
}

// Add takes the text of one scan and returns a text for Open. For a text that is
// no part of several, that is the text itself; for the last missing part, it is
// the text of the whole card. Otherwise the error wraps ErrPart, or ErrMalformed,
// or ErrTooLong where the parts are more than a card can be. The same part again
// changes nothing. A part that does not fit the ones before, or comes more than
// PartsLife after them, begins a new card.
func (p *Parts) Add(text string, at time.Time) (whole string, err error) {
	trimmed := strings.Trim(text, whiteSpace)
	if !strings.HasPrefix(trimmed, prefixSHC) || len(trimmed) > MaxText {
		return text, nil
	}
	c, err := parseChunk(trimmed)
	if err != nil {
		return "", fmt.Errorf("gather parts: %w: %v", ErrMalformed, err)
	}
	if c.of == 1 {
		return text, nil
	}
	if c.digits == "" {
		return "", fmt.Errorf("gather parts: %w: part %d is empty", ErrMalformed, c.number)
	}
	p.put(c, at)
	if n := len(prefixSHC+gathered) + 1 + p.size(); n > maxCard {
		*p = Parts{}
		return "", fmt.Errorf("gather parts: %w: %d bytes, at most %d", ErrTooLong, n, maxCard)
	}
	if have, of := p.Have(); have < of {
		return "", fmt.Errorf("gather parts: %w: have %d of %d", ErrPart, have, of)
	}
	whole = prefixSHC + gathered + "/" + strings.Join(p.digits, "")
	*p = Parts{}
	return whole, nil
}

// put keeps a part, and drops the parts before if it does not fit them.
func (p *Parts) put(c *chunk, at time.Time) {
	wait := at.Sub(p.latest)
	if len(p.digits) != c.of || wait.Abs() > PartsLife {
		p.digits = make([]string, c.of)
	}
	if there := p.digits[c.number-1]; there != "" && there != c.digits {
		p.digits = make([]string, c.of)
	}
	p.digits[c.number-1], p.latest = c.digits, at
}

func (p *Parts) size() (n int) {
	for _, digits := range p.digits {
		n += len(digits)
	}
	return n
}

// Have is how many parts have come, and of how many in the card. Both are 0 where
// none has.
func (p *Parts) Have() (have, of int) {
	for _, digits := range p.digits {
		if digits != "" {
			have++
		}
	}
	return have, len(p.digits)
}

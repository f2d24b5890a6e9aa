package pass

import (
	"fmt"
	"strings"
	"time"
)

// PartsLife is how long a part waits for the others. Whoever shows a card in
// several codes shows them one after the other; a part that is left behind
// must not meet the parts of the next person, since together they would be a
// card that nobody signed.
const PartsLife = time.Minute

// maxCard is the longest card that several codes make, in bytes: one of 16,000
// characters, such as a dozen vaccinations with their makers.
const maxCard = 32 << 10

// longest is how long a presentation may be: only parts together are more than one code holds.
func longest(text string) int {
	if strings.HasPrefix(text, prefixSHC+gathered+"/") {
		return maxCard
	}
	return MaxText
}

// Parts gathers the codes of a SMART Health Card that was cut into several,
// across scans. The zero Parts is empty and ready. It holds one card's parts,
// at most maxCard bytes of them. It is not safe for concurrent use: a lane has
// its own.
type Parts struct {
	digits []string
	latest time.Time
}

// Add takes the text of one scan. It gives a text for Open: of a card in one
// code, and of all that is no part at all, the text itself; of the last part
// that lacked, the card's. Otherwise the error is ErrPart, wrapped, or
// ErrMalformed, or ErrTooLong where the parts are more than a card can be. A part again is the same part; a part that does not belong to
// what is here, or comes more than PartsLife after it, begins a new card.
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

// put keeps a part, and drops what it does not go with.
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

// Have says how many parts are here and how many there are of the card; both
// are 0 where nothing waits.
func (p *Parts) Have() (have, of int) {
	for _, digits := range p.digits {
		if digits != "" {
			have++
		}
	}
	return have, len(p.digits)
}

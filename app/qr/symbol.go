package qr

import (
	"errors"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

var errSymbol = errors.New("not a QR symbol")

// symbol is a QR symbol whose Reed-Solomon codes came out right.
type symbol struct {
	payload
	version  int
	mirrored bool
}

// modules is a symbol's square of modules as the front end sees them: above 0
// is dark, and the farther from 0 the surer.
type modules struct {
	*layout
	value    []float32
	mirrored bool
	guess    bool      // whether to take untrusted codewords for erasures
	witness  []float32 // values of one frame, where value is the mean of several: each block must agree with both
	words    []byte    // codewords in the order of the symbol
	trust    []float32 // of each, the least of its modules'
}

// index is where the module at x, y is.
func (m *modules) index(x, y int) int {
	if m.mirrored {
		x, y = y, x
	}
	return y*m.side + x
}

// decode gives what the modules say. Tables of versions, blocks and formats
// are gozxing's; codewords, corrections (with doubtful bytes as erasures) and
// segments are done here. A mirrored symbol is tried when the upright reading
// fails.
func (m *modules) decode() (symbol, error) {
	m.mirrored = false
	s, err := m.oneWay()
	if err == nil {
		return s, nil
	}
	m.mirrored = true
	if s, mirrored := m.oneWay(); mirrored == nil {
		s.mirrored = true
		return s, nil
	}
	return symbol{}, err
}

func (m *modules) oneWay() (symbol, error) {
	format := m.format()
	if format == nil {
		return symbol{}, errSymbol
	}
	version, err := decoder.Version_GetVersionForNumber(m.version)
	if err != nil {
		return symbol{}, errSymbol
	}
	mask := int(format.GetDataMask())
	blocks := version.GetECBlocksForLevel(format.GetErrorCorrectionLevel())
	checks := blocks.GetECCodewordsPerBlock()
	var witness []block
	if m.witness != nil {
		m.read(m.witness, mask)
		witness = m.deal(blocks)
	}
	m.read(m.value, mask)
	var data []byte
	guessed := false
	for i, b := range m.deal(blocks) {
		if _, ok := correctBlock(b.words, checks, nil); !ok {
			if !m.guess || !repairBlock(b.words, b.trust, checks) {
				return symbol{}, errSymbol
			}
			guessed = true
		}
		if witness != nil && !attests(b.words, witness[i].words) {
			return symbol{}, errSymbol
		}
		data = append(data, b.words[:len(b.words)-checks]...)
	}
	p, err := parseSegments(data, m.version)
	if err != nil {
		return symbol{}, err
	}
	if guessed && !p.padded(data) {
		return symbol{}, errSymbol
	}
	return symbol{payload: p, version: m.version}, nil
}

// block is one Reed-Solomon code of a symbol: data, then check bytes.
type block struct {
	words []byte
	trust []float32
}

// deal gives each block its codewords, which stand in the symbol in turns:
// the first of each block, the second of each … (7.6). Shorter blocks come
// first and miss the last turn of data.
func (m *modules) deal(of *decoder.ECBlocks) []block {
	var lengths []int // of data
	for _, kind := range of.GetECBlocks() {
		for range kind.GetCount() {
			lengths = append(lengths, kind.GetDataCodewords())
		}
	}
	blocks := make([]block, len(lengths))
	next := 0
	take := func(b *block) {
		b.words, b.trust = append(b.words, m.words[next]), append(b.trust, m.trust[next])
		next++
	}
	for i := range lengths[len(lengths)-1] {
		for b, n := range lengths {
			if i < n {
				take(&blocks[b])
			}
		}
	}
	for range of.GetECCodewordsPerBlock() {
		for b := range blocks {
			take(&blocks[b])
		}
	}
	return blocks
}

// format reads both copies of the format.
func (m *modules) format() *decoder.FormatInformation {
	var first, second uint
	add := func(bits *uint, x, y int) {
		*bits <<= 1
		if m.value[m.index(x, y)] > 0 {
			*bits |= 1
		}
	}
	for i := range 6 {
		add(&first, i, 8)
	}
	add(&first, 7, 8)
	add(&first, 8, 8)
	add(&first, 8, 7)
	for i := 5; i >= 0; i-- {
		add(&first, 8, i)
	}
	for i := m.side - 1; i >= m.side-7; i-- {
		add(&second, 8, i)
	}
	for i := m.side - 8; i < m.side; i++ {
		add(&second, i, 8)
	}
	return decoder.FormatInformation_DecodeFormatInformation(first, second)
}

// read takes the codewords off the modules, without the mask.
func (m *modules) read(value []float32, mask int) {
	n := len(m.data) / 8
	turns := &masks[mask&7]
	m.words, m.trust = m.words[:0], m.trust[:0]
	for i := range n {
		word, trust := byte(0), float32(1e9)
		for _, at := range m.data[8*i : 8*i+8] {
			x, y := int(at)%m.side, int(at)/m.side
			v := value[m.index(x, y)]
			word <<= 1
			if (v > 0) != turns[y%maskPeriod*maskPeriod+x%maskPeriod] {
				word |= 1
			}
			trust = min(trust, max(v, -v))
		}
		m.words, m.trust = append(m.words, word), append(m.trust, trust)
	}
}

// masks holds masked for a tile of 12 x 12 modules, after which every mask
// begins anew.
var masks = func() (all [8][maskPeriod * maskPeriod]bool) {
	for mask := range all {
		for i := range all[mask] {
			all[mask][i] = masked(mask, i%maskPeriod, i/maskPeriod)
		}
	}
	return all
}()

const maskPeriod = 12

// masked reports whether a mask turns over the module at x, y (7.8.2).
func masked(mask, x, y int) bool {
	switch mask {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (y/2+x/3)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	}
	return ((x+y)%2+x*y%3)%2 == 0
}

const (
	leastChecks = 10 // blocks with fewer check bytes have none to spare for doubt
	spareChecks = 4  // check bytes that must remain to prove a guessed block
)

// repairBlock corrects a block with more and more of its least trusted bytes
// taken for doubtful. Enough check bytes are kept for
// proof: with all of them spent, anything is a codeword.
func repairBlock(words []byte, trust []float32, checks int) bool {
	if checks < leastChecks {
		return false
	}
	var doubtful []int
	for n := 1; n <= checks-spareChecks; n++ {
		worst := -1
		for i, t := range trust {
			if t >= 0 && (worst < 0 || t < trust[worst]) {
				worst = i
			}
		}
		if worst < 0 {
			return false
		}
		doubtful = append(doubtful, worst)
		trust[worst] = -1
		if n%2 == 1 {
			continue
		}
		if wrong, ok := tryBlock(words, checks, doubtful); ok && n+2*wrong <= checks-spareChecks {
			_, ok = correctBlock(words, checks, doubtful)
			return ok
		}
	}
	return false
}

// tryBlock corrects a copy.
func tryBlock(words []byte, checks int, doubtful []int) (wrong int, ok bool) {
	var try [255]byte
	n := copy(try[:], words)
	return correctBlock(try[:n], checks, doubtful)
}

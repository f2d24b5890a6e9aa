package cose

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

const (
	// maxForeignDepth is how deep foreign arrays, maps and tags may nest.
	maxForeignDepth = 16
	// maxAhead is for how many elements memory is taken before any of them was read.
	maxAhead = 32
)

var (
	errRepeated = errors.New("read cbor: a map key is repeated")
	errNumber   = errors.New("read cbor: a number is infinite or none")
)

// Value reads exactly one item of CBOR (RFC 8949) of another issuer, into the types
// of encoding/json: nil, bool, float64, string, []any and map[string]any; and
// []byte, which JSON does not have. Bytes may alias b. Other than [Deterministic]
// it accepts long heads, indefinite lengths, floats, and tags, whose content it
// keeps.
//
// Map keys become text: integers their decimal digits. So 1 and "1" are the same
// key, since one WHO issuer writes one in place of the other, and a map with both
// is refused for having a key twice.
func Value(b []byte) (any, error) {
	v, rest, err := value(b, maxForeignDepth)
	if err == nil && len(rest) > 0 {
		err = errTrailing
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// breakItem ends an item of indefinite length.
const breakItem = 0xff

func value(b []byte, depth int) (any, []byte, error) {
	major, info, n, rest, err := looseHead(b)
	if err != nil {
		return nil, nil, err
	}
	if depth == 0 && major >= majorArray && major <= majorTag {
		return nil, nil, errDepth
	}
	switch major {
	case majorUint:
		return float64(n), rest, nil
	case majorNegative:
		return -1 - float64(n), rest, nil
	case majorBytes:
		return looseString(majorBytes, info, n, rest)
	case majorText:
		s, rest, err := looseString(majorText, info, n, rest)
		return string(s), rest, err
	case majorArray:
		return looseArray(info, n, rest, depth-1)
	case majorMap:
		return looseMap(info, n, rest, depth-1)
	case majorTag:
		return value(rest, depth-1)
	default:
		return simple(info, n, rest)
	}
}

const indefinite = 31

// looseHead reads a head of any length; info is the low five bits of its first byte.
func looseHead(b []byte) (major, info byte, n uint64, rest []byte, err error) {
	if len(b) == 0 {
		return 0, 0, 0, nil, errShort
	}
	major, info, rest = b[0]>>5, b[0]&31, b[1:]
	switch {
	case info < 24:
		return major, info, uint64(info), rest, nil
	case info == indefinite:
		if major >= majorBytes && major <= majorMap {
			return major, info, 0, rest, nil
		}
		return 0, 0, 0, nil, errHead
	case info > 27:
		return 0, 0, 0, nil, errHead
	}
	size := 1 << (info - 24)
	if len(rest) < size {
		return 0, 0, 0, nil, errShort
	}
	var wide [8]byte
	copy(wide[8-size:], rest)
	return major, info, binary.BigEndian.Uint64(wide[:]), rest[size:], nil
}

// looseString reads the rest of a string, in one piece or in several.
func looseString(major, info byte, n uint64, rest []byte) ([]byte, []byte, error) {
	if info != indefinite {
		if n > uint64(len(rest)) {
			return nil, nil, errShort
		}
		if major == majorText && !utf8.Valid(rest[:n]) {
			return nil, nil, errText
		}
		return rest[:n:n], rest[n:], nil
	}
	whole := []byte{}
	for {
		if len(rest) > 0 && rest[0] == breakItem {
			return whole, rest[1:], nil
		}
		m, i, n, after, err := looseHead(rest)
		if err != nil {
			return nil, nil, err
		}
		if m != major || i == indefinite {
			return nil, nil, errKind
		}
		piece, after, err := looseString(m, i, n, after)
		if err != nil {
			return nil, nil, err
		}
		whole, rest = append(whole, piece...), after
	}
}

// more reports whether another element follows, and removes the break at the end.
func more(info byte, left *uint64, rest *[]byte) bool {
	if info != indefinite {
		if *left == 0 {
			return false
		}
		*left--
		return true
	}
	if len(*rest) > 0 && (*rest)[0] == breakItem {
		*rest = (*rest)[1:]
		return false
	}
	return true
}

func looseArray(info byte, n uint64, rest []byte, depth int) (any, []byte, error) {
	if n > uint64(len(rest)) { // every element has a byte at least
		return nil, nil, errShort
	}
	list := make([]any, 0, min(n, maxAhead))
	for more(info, &n, &rest) {
		v, after, err := value(rest, depth)
		if err != nil {
			return nil, nil, err
		}
		list, rest = append(list, v), after
	}
	return list, rest, nil
}

func looseMap(info byte, n uint64, rest []byte, depth int) (any, []byte, error) {
	if n > uint64(len(rest)) {
		return nil, nil, errShort
	}
	m := make(map[string]any, min(n, maxAhead))
	for more(info, &n, &rest) {
		key, after, err := looseKey(rest)
		if err != nil {
			return nil, nil, err
		}
		if _, there := m[key]; there {
			return nil, nil, fmt.Errorf("%w: %q", errRepeated, key)
		}
		if m[key], rest, err = value(after, depth); err != nil {
			return nil, nil, err
		}
	}
	return m, rest, nil
}

// looseKey reads a map key: an integer or text.
func looseKey(b []byte) (string, []byte, error) {
	major, info, n, rest, err := looseHead(b)
	if err != nil {
		return "", nil, err
	}
	switch {
	case major == majorUint:
		return strconv.FormatUint(n, 10), rest, nil
	case major == majorNegative && n <= math.MaxInt64:
		return strconv.FormatInt(-1-int64(n), 10), rest, nil
	case major == majorText:
		s, rest, err := looseString(majorText, info, n, rest)
		return string(s), rest, err
	}
	return "", nil, errKey
}

// simple reads what follows the head of a simple value or a float.
func simple(info byte, n uint64, rest []byte) (any, []byte, error) {
	var f float64
	switch info {
	case 20, 21:
		return n == 21, rest, nil
	case 22, 23: // null and undefined
		return nil, rest, nil
	case 25:
		f = half(uint16(n))
	case 26:
		f = float64(math.Float32frombits(uint32(n)))
	case 27:
		f = math.Float64frombits(n)
	default:
		return nil, nil, errKind
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, nil, errNumber
	}
	return f, rest, nil
}

// half is a float of 16 bits, read as in RFC 8949 appendix D.
func half(bits uint16) float64 {
	exponent, mantissa := int(bits>>10&31), float64(bits&1023)
	var f float64
	switch exponent {
	case 0:
		f = math.Ldexp(mantissa, -24)
	case 31:
		return math.NaN() // or infinite; the caller refuses both
	default:
		f = math.Ldexp(mantissa+1024, exponent-25)
	}
	if bits>>15 == 1 {
		return -f
	}
	return f
}

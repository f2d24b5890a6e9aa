package cose

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

// MaxDepth is how deep arrays and maps may nest.
const MaxDepth = 8

// Encoding writes deterministic CBOR (RFC 8949 section 4.2.1): shortest heads,
// definite lengths, map keys in the order of their encoded bytes. No tags.
var Encoding = must(cbor.EncOptions{
	Sort:          cbor.SortCoreDeterministic,
	ShortestFloat: cbor.ShortestFloat16,
	NaNConvert:    cbor.NaNConvert7e00,
	InfConvert:    cbor.InfConvertFloat16,
	IndefLength:   cbor.IndefLengthForbidden,
	TagsMd:        cbor.TagsForbidden,
}.EncMode())

// Decoding reads strict CBOR: no repeated keys, no indefinite lengths, no tags, no
// invalid UTF-8, and member names only in their own case. It does not check that
// heads are the shortest and keys in order. Where bytes must have one form, call
// [Deterministic] first.
var Decoding = must(cbor.DecOptions{
	DupMapKey:         cbor.DupMapKeyEnforcedAPF,
	IndefLength:       cbor.IndefLengthForbidden,
	TagsMd:            cbor.TagsForbidden,
	IntDec:            cbor.IntDecConvertNone,
	MaxNestedLevels:   MaxDepth,
	MaxArrayElements:  1 << 17,
	MaxMapPairs:       1 << 12,
	UTF8:              cbor.UTF8RejectInvalid,
	FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
}.DecMode())

func must[M any](mode M, err error) M {
	if err != nil {
		panic(err) // the options above contradict each other
	}
	return mode
}

// Errors of bytes that are not deterministic CBOR.
var (
	errShort    = errors.New("read cbor: it ends too early")
	errTrailing = errors.New("read cbor: there are bytes after its end")
	errHead     = errors.New("read cbor: a length or number is not in its shortest form")
	errRange    = errors.New("read cbor: a number is below -2^63")
	errDepth    = errors.New("read cbor: it is nested too deeply")
	errOrder    = errors.New("read cbor: map keys are repeated or out of order")
	errKey      = errors.New("read cbor: a map key is neither integer nor text")
	errText     = errors.New("read cbor: a text is not UTF-8")
	errKind     = errors.New("read cbor: tags, floats and undefined values have no place here")
)

// Deterministic reports whether b is exactly one item of the CBOR that is
// signed here: RFC 8949 section 4.2.1 without tags and floats, integers from
// -2^63 to 2^64-1, map keys integers or text, nested at most [MaxDepth] deep. What
// it accepts, [Encoding] writes back byte for byte. It allocates nothing. To
// decode, encode and compare instead would cost more than anything else in
// opening a pass, except the signature.
func Deterministic(b []byte) error {
	rest, err := skip(b, MaxDepth)
	if err == nil && len(rest) > 0 {
		err = errTrailing
	}
	return err
}

// The major types of RFC 8949 section 3.1.
const (
	majorUint = iota
	majorNegative
	majorBytes
	majorText
	majorArray
	majorMap
	majorTag
	majorSimple
)

// skip checks the item that b begins with and returns what follows it.
func skip(b []byte, depth int) ([]byte, error) {
	major, n, rest, err := head(b)
	if err != nil {
		return nil, err
	}
	switch major {
	case majorUint:
		return rest, nil
	case majorNegative:
		if n > math.MaxInt64 {
			return nil, errRange
		}
		return rest, nil
	case majorBytes, majorText:
		return skipString(major, n, rest)
	case majorArray, majorMap:
		if depth == 0 {
			return nil, errDepth
		}
		if n > uint64(len(rest)) { // every element has a byte at least
			return nil, errShort
		}
		if major == majorMap {
			return skipPairs(n, rest, depth-1)
		}
		for ; n > 0 && err == nil; n-- {
			rest, err = skip(rest, depth-1)
		}
		return rest, err
	case majorSimple:
		if n >= 20 && n <= 22 { // false, true, null
			return rest, nil
		}
	}
	return nil, errKind
}

func skipString(major byte, n uint64, rest []byte) ([]byte, error) {
	if n > uint64(len(rest)) {
		return nil, errShort
	}
	if major == majorText && !utf8.Valid(rest[:n]) {
		return nil, errText
	}
	return rest[n:], nil
}

func skipPairs(n uint64, b []byte, depth int) ([]byte, error) {
	var last []byte
	for ; n > 0; n-- {
		value, err := skip(b, depth)
		if err != nil {
			return nil, err
		}
		key := b[:len(b)-len(value)]
		if major := key[0] >> 5; major > majorText || major == majorBytes {
			return nil, errKey
		}
		if bytes.Compare(last, key) >= 0 {
			return nil, errOrder
		}
		last = key
		if b, err = skip(value, depth); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// head reads the head of an item, which must be in its shortest form.
func head(b []byte) (major byte, n uint64, rest []byte, err error) {
	if len(b) == 0 {
		return 0, 0, nil, errShort
	}
	major, info, rest := b[0]>>5, b[0]&31, b[1:]
	if info < 24 {
		return major, uint64(info), rest, nil
	}
	size := 1 << (info - 24)
	if info > 27 {
		return 0, 0, nil, errHead // indefinite or reserved
	}
	if len(rest) < size {
		return 0, 0, nil, errShort
	}
	var wide [8]byte
	copy(wide[8-size:], rest)
	n = binary.BigEndian.Uint64(wide[:])
	if least := [4]uint64{24, 1 << 8, 1 << 16, 1 << 32}; n < least[info-24] {
		return 0, 0, nil, errHead
	}
	return major, n, rest[size:], nil
}

// appendHead appends the shortest head.
func appendHead(dst []byte, major byte, n uint64) []byte {
	switch m := major << 5; {
	case n < 24:
		return append(dst, m|byte(n))
	case n < 1<<8:
		return append(dst, m|24, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, m|25), uint16(n))
	case n < 1<<32:
		return binary.BigEndian.AppendUint32(append(dst, m|26), uint32(n))
	default:
		return binary.BigEndian.AppendUint64(append(dst, m|27), n)
	}
}

func appendBytes(dst, b []byte) []byte {
	return append(appendHead(dst, majorBytes, uint64(len(b))), b...)
}

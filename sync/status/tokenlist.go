package status

import (
	"fmt"

	"postern/sync/internal/inflate"
)

// MaxTokenList bounds a foreign status list once inflated, in bytes (2 MiB).
const MaxTokenList = 2 << 20

// TokenList is the status list of a foreign issuer (IETF Token Status List,
// section 4): Bits bits per pass, the first pass in the lowest bits of the
// first byte. It is immutable.
//
//	bits 1: byte 0 = 7 6 5 4 3 2 1 0     bits 2: byte 0 = 33 22 11 00
//	bits 4: byte 0 = 1111 0000           bits 8: byte 0 = 00000000
type TokenList struct {
	bits   uint
	packed []byte
}

// NewTokenList takes the packed bytes of a list of 1, 2, 4 or 8 bits. It keeps
// packed, which the caller must not change afterwards.
func NewTokenList(bits int, packed []byte) (*TokenList, error) {
	if bits != 1 && bits != 2 && bits != 4 && bits != 8 {
		return nil, fmt.Errorf("read status list: it has %d bits an entry, want 1, 2, 4 or 8", bits)
	}
	if len(packed) > MaxTokenList {
		return nil, fmt.Errorf("read status list: it has %d bytes, at most %d are allowed", len(packed), MaxTokenList)
	}
	return &TokenList{bits: uint(bits), packed: packed}, nil
}

// InflateTokenList takes the bytes as they travel, compressed with zlib.
func InflateTokenList(bits int, compressed []byte) (*TokenList, error) {
	packed, err := inflate.Zlib(compressed, MaxTokenList)
	if err != nil {
		return nil, fmt.Errorf("read status list: %w", err)
	}
	return NewTokenList(bits, packed)
}

// Bytes are the packed statuses.
func (l *TokenList) Bytes() []byte { return l.packed }

// Bits is how many bits an entry has.
func (l *TokenList) Bits() int { return int(l.bits) }

// Len is how many entries there are, including the padding of the last byte.
func (l *TokenList) Len() uint64 { return uint64(len(l.packed)) * 8 / uint64(l.bits) }

// At is the status type of the pass at an index, or ErrNoEntry. See TypeOf.
func (l *TokenList) At(index uint64) (uint8, error) {
	if index >= l.Len() {
		return 0, fmt.Errorf("index %d of %d: %w", index, l.Len(), ErrNoEntry)
	}
	perByte := uint64(8 / l.bits)
	shift := uint(index%perByte) * l.bits
	return l.packed[index/perByte] >> shift & (1<<l.bits - 1), nil
}

// TypeOf gives the meaning of a foreign status type (section 7.1): valid,
// invalid, suspended. All others are the issuer's own: ok is false, v is not
// Good, and the caller must answer Unknown.
func TypeOf(statusType uint8) (v Value, ok bool) {
	if statusType > uint8(Suspended) {
		return Invalid, false
	}
	return Value(statusType), true
}

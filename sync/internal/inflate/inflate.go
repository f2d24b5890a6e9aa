// Package inflate undoes the compression of credentials, within a bound.
//
// A few hundred bytes can inflate to gigabytes. No function here holds more than
// the bound that it is given. What would inflate to more is an error; it is not
// cut.
package inflate

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"sync"
)

// Pass is the bound for a credential, in bytes (64 KiB).
const Pass = 64 << 10

// ErrTooLarge says that the text would exceed the bound.
var ErrTooLarge = errors.New("it inflates to more than a credential holds")

// IsZlib reports whether b begins with a header of RFC 1950: method 8, a window of
// at most 32 KiB, no dictionary, and the check bits of both bytes.
func IsZlib(b []byte) bool {
	return len(b) >= 2 && b[0]&15 == 8 && b[0]>>4 <= 7 && b[1]&32 == 0 && (uint(b[0])<<8|uint(b[1]))%31 == 0
}

// Zlib inflates a stream of RFC 1950 to at most most bytes. Its checksum must
// be right and nothing may follow it.
//
//	78 9c | deflate … | Adler-32, big-endian
func Zlib(b []byte, most int) ([]byte, error) {
	if !IsZlib(b) {
		return nil, errors.New("inflate: it is not a zlib stream")
	}
	plain, rest, err := inflate(b[2:], most)
	if err != nil {
		return nil, err
	}
	if len(rest) != 4 {
		return nil, errors.New("inflate: the zlib stream is cut short or something follows it")
	}
	if binary.BigEndian.Uint32(rest) != adler32.Checksum(plain) {
		return nil, errors.New("inflate: the checksum is wrong")
	}
	return plain, nil
}

// Raw inflates a bare stream of RFC 1951 to at most most bytes.
func Raw(b []byte, most int) ([]byte, error) {
	plain, rest, err := inflate(b, most)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, errors.New("inflate: something follows the deflate stream")
	}
	return plain, nil
}

// inflater is pooled, since its tables and window take 40 KiB.
type inflater struct {
	source bytes.Reader
	flate  io.ReadCloser
}

var inflaters = sync.Pool{New: func() any {
	r := new(inflater)
	r.flate = flate.NewReader(&r.source)
	return r
}}

func inflate(b []byte, most int) (plain, rest []byte, err error) {
	r := inflaters.Get().(*inflater)
	defer inflaters.Put(r)
	r.source.Reset(b)
	defer r.source.Reset(nil)
	if err := r.flate.(flate.Resetter).Reset(&r.source, nil); err != nil {
		return nil, nil, fmt.Errorf("inflate: %w", err)
	}
	plain, err = readAll(r.flate, make([]byte, 0, min(2*len(b)+64, most+1)), most)
	if err != nil {
		return nil, nil, fmt.Errorf("inflate: %w", err)
	}
	return plain, b[len(b)-r.source.Len():], nil
}

// readAll is io.ReadAll with a bound.
func readAll(from io.Reader, plain []byte, most int) ([]byte, error) {
	for {
		n, err := from.Read(plain[len(plain):cap(plain)])
		plain = plain[:len(plain)+n]
		if len(plain) > most {
			return nil, ErrTooLarge
		}
		if errors.Is(err, io.EOF) {
			return plain, nil
		}
		if err != nil {
			return nil, err
		}
		if len(plain) == cap(plain) {
			grown := make([]byte, len(plain), min(2*cap(plain), most+1))
			copy(grown, plain)
			plain = grown
		}
	}
}

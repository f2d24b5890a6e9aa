package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"postern/sync/internal/cose"
	"postern/sync/verdict"
)

// The times that an entry can bear: what time.Time writes with a year of four digits.
var (
	minTime = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	maxTime = time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC).UnixMilli()
)

// maxEntry bounds the bytes of one encoded entry: three names, two hashes and
// the heads of twelve items.
const maxEntry = 512

// wireEntry is the array of an entry without a way. An entry with a way has it
// as the twelfth item.
type wireEntry struct {
	_        struct{} `cbor:",toarray"`
	Seq      uint64
	Time     int64 // Unix milliseconds
	Lane     string
	Operator string
	Kind     uint8
	Outcome  uint8
	Reason   string
	Version  uint64
	Tag      []byte // 8
	RefHash  []byte // 32
	Prev     []byte // 32
}

// Genesis is the Prev of a chain's first entry:
//
//	SHA-256("postern/journal/1" || length of gate, 4 bytes big-endian || gate || chain, 8 bytes)
func Genesis(gate string, chain ChainID) Hash {
	b := []byte("postern/journal/1")
	b = appendPrefixed(b, []byte(gate))
	return sha256.Sum256(append(b, chain[:]...))
}

func appendPrefixed(dst, b []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(b)))
	return append(dst, b...)
}

// Encode writes e as it is hashed. Where Ref is set, its hash is written, and
// RefHash must be zero or that hash.
func (e *Entry) Encode() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("encode entry %d: %w", e.Seq, err)
	}
	return e.encode()
}

// Hash is SHA-256 of what Encode writes. Do not use it for an entry that Encode refuses.
func (e *Entry) Hash() Hash {
	b, err := e.encode()
	if err != nil {
		return Hash{}
	}
	return sha256.Sum256(b)
}

func (e *Entry) encode() ([]byte, error) {
	ref := e.refHash()
	b, err := cose.Encoding.Marshal(wireEntry{
		Seq: e.Seq, Time: e.Time.UnixMilli(), Lane: e.Lane, Operator: e.Operator, Kind: uint8(e.Kind),
		Outcome: uint8(e.Outcome), Reason: e.Reason, Version: e.Version,
		Tag: e.Tag[:], RefHash: ref[:], Prev: e.Prev[:],
	})
	if err != nil || e.Way == NoWay {
		return b, err
	}
	b[0] = headWithWay
	return append(b, byte(e.Way)), nil // a small number is its own encoding
}

// Heads of a CBOR array: eleven items, and twelve.
const (
	headWithoutWay = 0x80 | 11
	headWithWay    = 0x80 | 12
)

// cutWay takes the way off the end of an encoded entry of twelve items. The
// caller reads the rest as an entry of eleven items and refuses bytes left
// over, so that nothing but a way can stand at the end.
func cutWay(b []byte) ([]byte, Way, error) {
	if len(b) == 0 || b[0] != headWithWay {
		return b, NoWay, nil
	}
	way := Way(b[len(b)-1])
	if way != In && way != Out {
		return nil, NoWay, errors.New("its way is neither in (1) nor out (2)")
	}
	rest := append([]byte{headWithoutWay}, b[1:len(b)-1]...)
	return rest, way, nil
}

// refHash is the hash of the reference that the encoded entry has: of Ref where
// it is set, else RefHash.
func (e *Entry) refHash() Hash {
	if e.Ref == nil {
		return e.RefHash
	}
	return sha256.Sum256(e.Ref)
}

// ParseEntry reads what Encode writes, and nothing else. The entry that it
// returns has no Ref, which travels beside it.
func ParseEntry(b []byte) (Entry, error) {
	e, err := parseEntry(b)
	if err != nil {
		return Entry{}, fmt.Errorf("read entry: %w", err)
	}
	return e, nil
}

func parseEntry(b []byte) (Entry, error) {
	if len(b) > maxEntry {
		return Entry{}, fmt.Errorf("it has %d bytes, at most %d are allowed", len(b), maxEntry)
	}
	b, way, err := cutWay(b)
	if err != nil {
		return Entry{}, err
	}
	var w wireEntry
	if err := decode(b, &w); err != nil {
		return Entry{}, err
	}
	e := Entry{
		Way: way, Seq: w.Seq, Lane: w.Lane, Operator: w.Operator, Kind: Kind(w.Kind),
		Outcome: verdict.Outcome(w.Outcome), Reason: w.Reason, Version: w.Version,
	}
	if w.Time < minTime || w.Time > maxTime {
		return Entry{}, errTime
	}
	e.Time = time.UnixMilli(w.Time).UTC()
	if !fill(e.Tag[:], w.Tag) || !fill(e.RefHash[:], w.RefHash) || !fill(e.Prev[:], w.Prev) {
		return Entry{}, errors.New("a tag has 8 bytes and a hash 32")
	}
	return e, e.check()
}

// decode reads b into v, a pointer to a struct, and refuses b if it is not the
// one encoding of v. It encodes v again and compares, because the library
// reads some things leniently: null as a number, an array of small numbers as
// bytes.
func decode(b []byte, v any) error {
	if err := cose.Decoding.Unmarshal(b, v); err != nil {
		return err
	}
	again, err := cose.Encoding.Marshal(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, b) {
		return errors.New("it is not in its one deterministic form")
	}
	return nil
}

// fill copies src to dst, and reports whether they have the same length.
func fill(dst, src []byte) bool {
	return copy(dst, src) == len(dst) && len(src) == len(dst)
}

var errTime = errors.New("its time lies outside the years 0 to 9999")

// check is the error with which Encode refuses e. A kind that this version has
// no word for is let through: an entry of a newer gate is evidence, not damage.
func (e *Entry) check() error {
	switch ms := e.Time.UnixMilli(); {
	case e.Seq == 0:
		return errors.New("its number is 0; entries count from 1")
	case ms < minTime || ms > maxTime:
		return errTime
	case e.Kind == 0:
		return errors.New("it has no kind")
	case e.Way > Out:
		return fmt.Errorf("way %d is neither in nor out", e.Way)
	case e.Outcome > verdict.Refuse:
		return fmt.Errorf("outcome %d is none of the four", e.Outcome)
	case e.Ref != nil && len(e.Ref) == 0:
		return errors.New("its reference is empty; one that is not there is null")
	case len(e.Ref) > MaxRef:
		return fmt.Errorf("its reference has %d bytes, at most %d are allowed", len(e.Ref), MaxRef)
	case e.Ref != nil && e.RefHash != Hash{} && e.RefHash != e.refHash():
		return errors.New("its reference does not have the hash that the entry states")
	}
	for _, s := range [...]string{e.Lane, e.Operator, e.Reason} {
		if len(s) > MaxNameLength || !utf8.ValidString(s) {
			return fmt.Errorf("lane, operator and reason are UTF-8 of at most %d bytes each", MaxNameLength)
		}
	}
	return nil
}

package status

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The parts of an entry in a list of rids.
const (
	ridSize      = 24
	ridEntrySize = ridSize + 8
)

// RidList is the revocation list of one key of a SMART Health Cards issuer
// (framework, section "Revocation"): rids, each with the time before which
// cards that bear it are revoked.
//
//	24 bytes rid, filled up with zeros | 8 bytes Unix seconds, big-endian; all ones: whatever their time
//
// Entries are sorted. Each rid is there once, with its latest time. A look-up is
// exact.
type RidList struct {
	sorted []byte
}

// always is a time after any card's.
const always = math.MaxUint64

// NewRidList takes a list's entries as it has them: a rid, 1 to 24 letters of
// base64url, or a rid, a dot and a time in seconds.
func NewRidList(rids []string) (*RidList, error) {
	entries := make([][]byte, 0, len(rids))
	for i, text := range rids {
		e, err := ridEntry(text)
		if err != nil {
			return nil, fmt.Errorf("read rid list: entry %d: %w", i+1, err)
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b []byte) int { return cmp.Or(bytes.Compare(a[:ridSize], b[:ridSize]), bytes.Compare(b, a)) })
	entries = slices.CompactFunc(entries, func(a, b []byte) bool { return bytes.Equal(a[:ridSize], b[:ridSize]) })
	return &RidList{sorted: bytes.Join(entries, nil)}, nil
}

func ridEntry(text string) ([]byte, error) {
	rid, suffix, timed := strings.Cut(text, ".")
	if !validRid(rid) {
		return nil, fmt.Errorf("%.32q is no rid", rid)
	}
	before := uint64(always)
	if timed {
		var err error
		if before, err = strconv.ParseUint(suffix, 10, 63); err != nil {
			return nil, fmt.Errorf("%.32q is no time in seconds", suffix)
		}
	}
	e := make([]byte, ridSize, ridEntrySize)
	copy(e, rid)
	return binary.BigEndian.AppendUint64(e, before), nil
}

func validRid(rid string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return rid != "" && len(rid) <= ridSize && strings.Trim(rid, letters) == ""
}

// ParseRidList takes the bytes of a list as Bytes gives them.
func ParseRidList(b []byte) (*RidList, error) {
	if err := checkSorted(b, ridEntrySize); err != nil {
		return nil, fmt.Errorf("read rid list: %w", err)
	}
	for at := ridEntrySize; at < len(b); at += ridEntrySize {
		if bytes.Equal(b[at-ridEntrySize:][:ridSize], b[at:][:ridSize]) {
			return nil, errors.New("read rid list: a rid is there twice")
		}
	}
	return &RidList{sorted: b}, nil
}

// Bytes are the list's entries in order, one after the other.
func (l *RidList) Bytes() []byte { return l.sorted }

// Revokes reports whether a card with this rid and this time of issue (nbf) is
// revoked: a time in the list revokes only older cards. The nil list revokes no
// card, and no list revokes a card without a rid.
func (l *RidList) Revokes(rid string, issued time.Time) bool {
	if l == nil || !validRid(rid) {
		return false
	}
	key := make([]byte, ridSize)
	copy(key, rid)
	i, found := find(l.sorted, ridEntrySize, key)
	return found && uint64(max(issued.Unix(), 0)) < binary.BigEndian.Uint64(l.sorted[i*ridEntrySize+ridSize:])
}

// Package status holds what an authority says about a pass by its index: two
// bits of status and the latest test, packed in four bytes. It also reads the
// revocation and status lists of other issuers.
//
// An index outside a list has no status. Callers get ErrNoEntry and must answer
// Unknown, never Good.
package status

import (
	"errors"
	"time"

	"postern/sync/pass"
)

// ErrNoEntry says that a list is shorter than this index, or that there is no such list.
var ErrNoEntry = errors.New("status list has no such entry")

// Value is the two-bit status of IETF Token Status List, section 7.
type Value uint8

// Values; Barred uses the application-specific 0x03.
const (
	Good Value = iota
	Invalid
	Suspended
	Barred
)

// String is the value's word as the roster writes it; "unknown" for what is
// none of the four.
func (v Value) String() string {
	switch v {
	case Good:
		return "good"
	case Invalid:
		return "invalid"
	case Suspended:
		return "suspended"
	case Barred:
		return "barred"
	}
	return "unknown"
}

// Entry is four bytes about one pass:
//
//	bits  0–1   Value
//	bits  2–18  minute of the latest test, counted from the list's epoch; 0 is no test
//	bits 19–24  kind of that test
//	bits 25–27  its result
//	bits 28–31  zero
type Entry uint32

// The largest codes of a test that an entry has bits for.
const (
	maxKind   = 1<<6 - 1
	maxResult = 1<<3 - 1
)

// MaxMinute is the furthest minute after the epoch that an entry can hold (91 days).
const MaxMinute = 1<<17 - 1

// NewEntry packs v and t; a nil t is no test. ok is false where v is none of
// the four values, t lies outside (epoch, epoch+MaxMinute], or its codes do not
// fit. The entry is then Invalid, so that a caller which does not look at ok
// gets no good pass.
func NewEntry(v Value, t *pass.Test, epoch time.Time) (e Entry, ok bool) {
	if v > Barred {
		return Entry(Invalid), false
	}
	e = Entry(v)
	if t == nil {
		return e, true
	}
	minute := t.At.Unix()/60 - epoch.Unix()/60
	if minute < 1 || minute > MaxMinute || t.Kind > maxKind || t.Result > maxResult {
		return Entry(Invalid), false
	}
	return e | Entry(minute)<<2 | Entry(t.Kind)<<19 | Entry(t.Result)<<25, true
}

// Value is the pass's status: two bits, which are always one of the four.
func (e Entry) Value() Value { return Value(e & 3) }

// Minute counts from the epoch; 0 is no test.
func (e Entry) Minute() uint32 { return uint32(e>>2) & MaxMinute }

// Test is the latest test; ok is false where there is none.
func (e Entry) Test(epoch time.Time) (t pass.Test, ok bool) {
	if e.Minute() == 0 {
		return pass.Test{}, false
	}
	at := time.Unix((epoch.Unix()/60+int64(e.Minute()))*60, 0).UTC()
	return pass.Test{Kind: pass.Kind(e >> 19 & maxKind), Result: pass.Result(e >> 25 & maxResult), At: at}, true
}

// Valid reports whether the reserved bits are zero.
func (e Entry) Valid() bool { return e>>28 == 0 }

// Package journal is a gate's tamper-evident record: entries chained by hash,
// signed in batches, and acknowledged by receipts.
//
// The chain proves the order of its entries and that none is missing up to its
// head. Who wrote them is proved only by the gate's signature on a batch.
// Sealed references can be erased later, since the chain covers their hash.
package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"postern/sync/verdict"
)

// Limits of one batch.
const (
	MaxBatch      = 1 << 20 // bytes of a signed batch
	MaxEntries    = 2000    // entries in a batch
	MaxRef        = 512     // bytes of a sealed reference
	MaxNameLength = 64      // bytes of lane, operator and reason each
)

// Hash is a SHA-256 value.
type Hash [sha256.Size]byte

// String is the hash in lower-case hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ChainID tells the chains of one gate apart: a gate whose journal file was
// lost begins a new one and the hub sees both.
type ChainID [8]byte

// String is the chain's ID in lower-case hex.
func (c ChainID) String() string { return hex.EncodeToString(c[:]) }

// Kind says what an entry records.
type Kind uint8

// Kinds of entry.
const (
	Check        Kind = 1 + iota // a verdict
	Override                     // admitted by a person, against the verdict: emergency, supervisor
	Registration                 // somebody was sent on by paper, for a test or to be looked up; Reason ends in the paper number
	Slip                         // a temporary pass was issued here
	Start                        // the program started, or a new chain began; Reason says which
	Clock                        // the device's clock jumped
	Confirm                      // a guard compared the identity document after a check: Admit where it matches, else Check
	Shift                        // a guard came on duty or left; Reason says which
	Headcount                    // the count of who is inside began at zero again
)

// String is the kind's word as logs and JSON carry it.
func (k Kind) String() string {
	if int(k) < len(kindWords) {
		return kindWords[k]
	}
	return "kind-" + strconv.Itoa(int(k))
}

var kindWords = [...]string{"none", "check", "override", "registration", "slip", "start", "clock", "confirm", "shift", "headcount"}

// Way is the direction in which somebody went through the gate.
type Way uint8

// Ways. NoWay, the zero value, stands in entries that are not about anybody
// going through, and in all entries of a gate whose envelope has not come yet.
const (
	NoWay Way = iota
	In
	Out
)

// String is the way's word, as envelopes carry it; empty for NoWay and for ways that are not known.
func (w Way) String() string {
	switch w {
	case In:
		return "in"
	case Out:
		return "out"
	}
	return ""
}

// Tag marks one pass for one day: HMAC-SHA256(day's tag key, iss+cti), first 8 bytes. Zero: none.
type Tag [8]byte

// Entry is one line of the journal. On the wire it is the deterministic CBOR array
//
//	[seq, ms, lane, operator, kind, outcome, reason, version, tag, SHA-256(ref), prev, way]
//
// where way stands only if it is In or Out, and its hash is SHA-256 over exactly these bytes. ref travels beside it.
type Entry struct {
	Seq      uint64    // 1, 2, 3 … within the chain
	Time     time.Time // UTC, milliseconds, the device's clock
	Lane     string
	Operator string
	Kind     Kind
	Outcome  verdict.Outcome
	Reason   string // a verdict.Reason, or the reason of an override
	Version  uint64 // of the snapshot; 0 is none
	Tag      Tag
	Ref      []byte // sealed reference; nil where there is none or it was erased
	RefHash  Hash   // SHA-256 of Ref; zero where there never was one
	Prev     Hash   // hash of the entry before; Genesis for the first
	Way      Way
}

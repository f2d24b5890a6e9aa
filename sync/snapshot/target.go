package snapshot

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// TrustTarget names the trust list in the signed metadata.
const TrustTarget = "trust/list"

// FullTarget names the whole of version n.
func FullTarget(n uint64) string { return "status/" + strconv.FormatUint(n, 10) + ".full" }

// DeltaTarget names the delta from version m to n.
func DeltaTarget(m, n uint64) string {
	return "status/" + strconv.FormatUint(m, 10) + "-" + strconv.FormatUint(n, 10) + ".delta"
}

// ForeignTarget names the file of other issuers' lists that came with version n.
func ForeignTarget(n uint64) string { return "foreign/" + strconv.FormatUint(n, 10) }

// PolicyTarget names a policy.
func PolicyTarget(name string) string { return "policy/" + name }

// Custom is the custom field of a status or foreign target in the signed metadata, as JSON:
//
//	{"version":7,"from":6,"digest":"<64 hex digits>","made":1795336200,"key":681,"entries":65536}
type Custom struct {
	Version uint64   // of the content that the target gives
	From    uint64   // of the content that a delta starts from; 0 (and absent) for the whole
	Digest  [32]byte // of the content that the target gives
	Made    time.Time
	Key     uint64 // number of the epoch key in the envelopes
	Entries int    // entries of all lists together, or bytes in a foreign target; DecodeFull and DecodeForeign take it as their bound
}

type customWire struct {
	Version uint64 `json:"version"`
	From    uint64 `json:"from,omitempty"`
	Digest  string `json:"digest"`
	Made    int64  `json:"made"`
	Key     uint64 `json:"key"`
	Entries int    `json:"entries"`
}

// CustomOf is the custom field of a target that gives c. from is the version
// that a delta starts from, or 0 for the whole.
func CustomOf(c *Content, from, key uint64) Custom {
	n := 0
	for _, l := range c.Lists {
		n += len(l.Entries)
	}
	return Custom{Version: c.Version, From: from, Digest: c.Digest(), Made: c.Made, Key: key, Entries: n}
}

// Encode writes c as JSON.
func (c Custom) Encode() ([]byte, error) {
	return json.Marshal(customWire{c.Version, c.From, hex.EncodeToString(c.Digest[:]), c.Made.Unix(), c.Key, c.Entries})
}

// ParseCustom reads a custom field out of verified metadata. It ignores members
// that it does not know, so that later versions can add some.
func ParseCustom(b []byte) (Custom, error) {
	var w customWire
	if err := json.Unmarshal(b, &w); err != nil {
		return Custom{}, fmt.Errorf("read custom field: %w", err)
	}
	digest, err := hex.DecodeString(w.Digest)
	switch {
	case err != nil || len(digest) != 32:
		return Custom{}, errors.New("read custom field: the digest is not 64 hexadecimal digits")
	case w.Version == 0 || w.From >= w.Version:
		return Custom{}, fmt.Errorf("read custom field: no target leads from version %d to %d", w.From, w.Version)
	case w.Made < 1 || w.Made > maxUnix:
		return Custom{}, errors.New("read custom field: it was made outside 1970 to 9999")
	case w.Entries < 0 || w.Entries > MaxEntries:
		return Custom{}, fmt.Errorf("read custom field: %d entries, at most %d are read", w.Entries, MaxEntries)
	}
	return Custom{w.Version, w.From, [32]byte(digest), time.Unix(w.Made, 0).UTC(), w.Key, w.Entries}, nil
}

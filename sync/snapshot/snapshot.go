// Package snapshot is what an authority tells its gates at one version: the
// trust list, and per pass its status and latest test.
//
// Nothing here verifies a signature. After decoding, the caller must compare
// the digest of the content with the one in the signed metadata before it
// believes any of it, and it passes the sizes in that metadata as bounds for
// decoding.
package snapshot

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"time"

	"postern/sync/pass"
	"postern/sync/status"
)

// Content is one version of status and tests. Canonical columns, over which the digest is made:
//
//	deterministic CBOR [1, version, made (Unix seconds), epoch (minutes), [[uri, count]…]]
//	then for all lists in order: values, 2 bits each, four to a byte, lowest bits first, padded to a byte at each list's end
//	then five planes over all lists, a byte per entry each: minute bits 0–7, 8–15, 16; kind; result
type Content struct {
	Version uint64
	Made    time.Time
	Epoch   time.Time // whole minutes
	Lists   []List
}

// List is the entries of one status list, by index.
type List struct {
	URI     string // s:7
	Entries []status.Entry
}

// Block is how many entries one row of a gate's database holds: 1,008 × 4 bytes, which with its
// row fits a page of 4,096.
const Block = 1008

// Limits.
const (
	MaxLists   = 16
	MaxEntries = 1 << 27 // of all lists together: 134 million
)

// Trust is the target trust/list, deterministic CBOR; the offline targets role signs it.
type Trust struct {
	Version uint64
	City    map[string]string // by language
	Issuers []Issuer
	Receipt []ed25519.PublicKey // hub receipt keys
	Tracing *ecdh.PublicKey     // X25519: entries' references are sealed to it
}

// Issuer is one issuer with its keys.
type Issuer struct {
	ID   string // iss
	Name string // for people
	Keys []pass.Key
}

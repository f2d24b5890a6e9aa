package status

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sort"
)

// HashSize is the length of a hash in an EU list, in bytes: half of SHA-256.
const HashSize = 16

// Hash is an entry of an EU revocation list.
type Hash [HashSize]byte

func hashOf(parts ...string) (h Hash) {
	d := sha256.New()
	for _, p := range parts {
		d.Write([]byte(p))
	}
	copy(h[:], d.Sum(nil))
	return h
}

// The three types of hash (EU DCC revocation, technical specification, section
// "Hash types"). A list has one of them; a pass is revoked if its hash of that
// type is there.

// HashUCI is the type UCI: of the certificate's identifier, as it is written.
func HashUCI(uci string) Hash { return hashOf(uci) }

// HashCountryUCI is the type COUNTRYCODEUCI: the same behind the issuing
// country's two letters.
func HashCountryUCI(country, uci string) Hash { return hashOf(country, uci) }

// HashSignature is the type SIGNATURE. Of an ECDSA signature only r is hashed,
// since anybody can negate s and the signature still verifies. An RSA signature
// is hashed whole.
func HashSignature(signature []byte, ecdsa bool) Hash {
	if ecdsa {
		signature = signature[:len(signature)/2]
	}
	return hashOf(string(signature))
}

// HashList is a list of revoked hashes: sorted, each once, 16 bytes each. The
// look-up is exact; there are no false alarms.
type HashList struct {
	sorted []byte
}

// NewHashList sorts hashes into a list.
func NewHashList(hashes []Hash) *HashList {
	b := make([]byte, 0, len(hashes)*HashSize)
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return &HashList{sorted: SortHashes(b)}
}

// SortHashes sorts hashes that lie one after the other, and drops repeated ones.
// It makes one list of several that were joined.
func SortHashes(b []byte) []byte {
	hashes := slices.Collect(slices.Chunk(b[:len(b)-len(b)%HashSize], HashSize))
	slices.SortFunc(hashes, bytes.Compare)
	return bytes.Join(slices.CompactFunc(hashes, bytes.Equal), nil)
}

// ParseHashList takes the bytes of a list as Bytes gives them. Hashes that are
// out of order are an error, since a look-up in such a list would miss some.
func ParseHashList(b []byte) (*HashList, error) {
	if err := checkSorted(b, HashSize); err != nil {
		return nil, fmt.Errorf("read hash list: %w", err)
	}
	return &HashList{sorted: b}, nil
}

// Bytes are the list's entries in order, one after the other.
func (l *HashList) Bytes() []byte { return l.sorted }

// Has reports whether h is in the list, and so revoked. The nil list is empty.
func (l *HashList) Has(h Hash) bool {
	if l == nil {
		return false
	}
	_, found := find(l.sorted, HashSize, h[:])
	return found
}

// find looks for an entry that begins with key, among entries of size bytes. i
// is the first entry that is not below key.
func find(sorted []byte, size int, key []byte) (i int, found bool) {
	return sort.Find(len(sorted)/size, func(i int) int {
		return bytes.Compare(key, sorted[i*size:i*size+len(key)])
	})
}

func checkSorted(b []byte, size int) error {
	if len(b)%size != 0 {
		return fmt.Errorf("%d bytes are no whole number of entries of %d", len(b), size)
	}
	for i := size; i < len(b); i += size {
		if bytes.Compare(b[i-size:i], b[i:i+size]) >= 0 {
			return errors.New("its entries are out of order or repeated")
		}
	}
	return nil
}

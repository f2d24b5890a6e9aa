package journal

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"unicode/utf8"

	"postern/sync/internal/cose"
)

// Why a batch did not open. Match with errors.Is; the wrapped text says more.
var (
	ErrMalformed = errors.New("not a journal batch")                      // not our bytes
	ErrSignature = errors.New("signature does not match")                 // of a batch or a receipt
	ErrChain     = errors.New("entries do not follow each other")         // signed, but no chain
	ErrTooLarge  = errors.New("more than goes into one batch of entries") // send fewer
)

// Batch is entries of one chain in order, as a gate sends them: COSE_Sign1 by
// the gate's sign key, without a kid, over the deterministic CBOR
//
//	[1, gate, chain, first, prev, head, [[entry, ref or null], …]]
//
// where entry is the bytes that Entry.Encode writes, first is the seq of the
// first entry, prev its Prev and head the hash of the last.
type Batch struct {
	Gate    string
	Chain   ChainID
	First   uint64
	Prev    Hash
	Head    Hash
	Entries []Entry
}

// Last is the seq of the last entry.
func (b *Batch) Last() uint64 { return b.First + uint64(len(b.Entries)) - 1 }

type wireBatch struct {
	_       struct{} `cbor:",toarray"`
	Version uint64   // 1
	Gate    string
	Chain   []byte
	First   uint64
	Prev    []byte
	Head    []byte
	Entries []wirePair
}

type wirePair struct {
	_     struct{} `cbor:",toarray"`
	Entry []byte
	Ref   []byte // null where there is none
}

// Sign checks that b is a chain and signs it. [ErrTooLarge] asks for fewer entries.
func (b *Batch) Sign(key ed25519.PrivateKey) ([]byte, error) {
	if err := b.check(); err != nil {
		return nil, fmt.Errorf("sign batch: %w", err)
	}
	w := wireBatch{Version: 1, Gate: b.Gate, Chain: b.Chain[:], First: b.First, Prev: b.Prev[:], Head: b.Head[:]}
	w.Entries = make([]wirePair, len(b.Entries))
	for i := range b.Entries {
		entry, err := b.Entries[i].Encode()
		if err != nil {
			return nil, fmt.Errorf("sign batch: %w", err)
		}
		w.Entries[i] = wirePair{Entry: entry, Ref: b.Entries[i].Ref}
	}
	payload, err := cose.Encoding.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("sign batch: %w", err)
	}
	body, err := cose.Sign(key, nil, payload)
	if err != nil {
		return nil, fmt.Errorf("sign batch: %w", err)
	}
	if len(body) > MaxBatch {
		return nil, fmt.Errorf("sign batch: %w: it has %d bytes, at most %d are allowed", ErrTooLarge, len(body), MaxBatch)
	}
	return body, nil
}

// OpenBatch verifies body: first the signature by key, then that it has the
// form drawn at [Batch], then that its entries are a chain. It returns the
// whole batch or an error. The caller must compare Gate with the gate whose key
// it gave.
func OpenBatch(body []byte, key ed25519.PublicKey) (*Batch, error) {
	b, err := openBatch(body, key)
	if err != nil {
		return nil, fmt.Errorf("open batch: %w", err)
	}
	return b, nil
}

func openBatch(body []byte, key ed25519.PublicKey) (*Batch, error) {
	if len(body) > MaxBatch {
		return nil, fmt.Errorf("%w: it has %d bytes, at most %d are allowed", ErrTooLarge, len(body), MaxBatch)
	}
	m, err := cose.Parse(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if !m.Verify(key) {
		return nil, ErrSignature
	}
	b, err := parseBatch(m.Payload)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return b, b.check()
}

func parseBatch(payload []byte) (*Batch, error) {
	var w wireBatch
	if err := decode(payload, &w); err != nil {
		return nil, err
	}
	if w.Version != 1 {
		return nil, fmt.Errorf("it is version %d, this program reads 1", w.Version)
	}
	if len(w.Entries) > MaxEntries {
		return nil, fmt.Errorf("it has %d entries, at most %d are allowed", len(w.Entries), MaxEntries)
	}
	b := &Batch{Gate: w.Gate, First: w.First, Entries: make([]Entry, len(w.Entries))}
	if !fill(b.Chain[:], w.Chain) || !fill(b.Prev[:], w.Prev) || !fill(b.Head[:], w.Head) {
		return nil, errors.New("a chain's ID has 8 bytes and a hash 32")
	}
	for i, p := range w.Entries {
		e, err := parseEntry(p.Entry)
		if err != nil {
			return nil, fmt.Errorf("entry %d of it: %w", i+1, err)
		}
		e.Ref = p.Ref
		b.Entries[i] = e
	}
	return b, nil
}

// check is the error of a batch that is no chain of its gate or exceeds a limit.
func (b *Batch) check() error {
	switch {
	case len(b.Gate) == 0 || len(b.Gate) > MaxNameLength || !utf8.ValidString(b.Gate):
		return fmt.Errorf("%w: a gate's ID has 1 to %d bytes", ErrMalformed, MaxNameLength)
	case len(b.Entries) == 0:
		return fmt.Errorf("%w: it has no entries", ErrMalformed)
	case len(b.Entries) > MaxEntries:
		return fmt.Errorf("%w: it has %d entries, at most %d are allowed", ErrTooLarge, len(b.Entries), MaxEntries)
	case b.First == 0 || b.Last() < b.First:
		return fmt.Errorf("%w: its first entry has number %d", ErrChain, b.First)
	case b.First == 1 && b.Prev != Genesis(b.Gate, b.Chain):
		return fmt.Errorf("%w: entry 1 does not begin this gate's chain", ErrChain)
	}
	prev := b.Prev
	for i := range b.Entries {
		e := &b.Entries[i]
		if e.Seq != b.First+uint64(i) || e.Prev != prev {
			return fmt.Errorf("%w: entry %d is not the one after entry %d", ErrChain, e.Seq, b.First+uint64(i)-1)
		}
		if err := e.check(); err != nil {
			return fmt.Errorf("%w: entry %d: %w", ErrMalformed, e.Seq, err)
		}
		prev = e.Hash()
	}
	if prev != b.Head {
		return fmt.Errorf("%w: the head is not the hash of entry %d", ErrChain, b.Last())
	}
	return nil
}

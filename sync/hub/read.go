package hub

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"postern/sync/journal"
)

// ErrBroken says that what is stored of a chain is not one chain.
var ErrBroken = errors.New("stored chain is broken")

// Record is one stored entry.
type Record struct {
	Gate  string
	Chain journal.ChainID
	Entry journal.Entry
}

// Entries reads back the entries of one gate, or of all where gate is "", each
// once and in order, and verifies all of it again: every signature, every
// chain from its beginning, and that each chain ends at its head. A batch that
// does not verify is yielded as an error that wraps [ErrBroken]. A caller that
// goes on gets the next batch.
func Entries(ctx context.Context, store Store, gate string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		var at chainReader
		for b, err := range store.Batches(ctx, Query{Gate: gate}) {
			if err == nil && (at.gate.ID != b.Gate || at.head.Chain != b.Chain) {
				if err := at.finish(); err != nil && !yield(Record{}, err) {
					return
				}
				err = at.begin(ctx, store, b)
			}
			if err != nil {
				if !yield(Record{}, err) {
					return
				}
				continue
			}
			if !at.batch(b, yield) {
				return
			}
		}
		if err := at.finish(); err != nil {
			yield(Record{}, err)
		}
	}
}

// chainReader verifies the batches of one chain in order.
type chainReader struct {
	gate Gate
	head Head // after the entries read so far
}

func (r *chainReader) begin(ctx context.Context, store Store, b Batch) error {
	r.gate = Gate{ID: b.Gate}
	r.head = Head{Chain: b.Chain, Hash: journal.Genesis(b.Gate, b.Chain)}
	g, err := store.Gate(ctx, b.Gate)
	if err != nil {
		return fmt.Errorf("read journal of gate %s: %w", b.Gate, err)
	}
	r.gate = g
	return nil
}

// batch yields the entries of b that were not read before. It is false where the
// caller wants no more.
func (r *chainReader) batch(stored Batch, yield func(Record, error) bool) bool {
	b, err := journal.OpenBatch(stored.Body, r.gate.Sign)
	if err == nil && (b.Gate != stored.Gate || b.Chain != stored.Chain || b.First != stored.First || b.Last() != stored.Last) {
		err = errors.New("its row says otherwise than its body")
	}
	if err == nil {
		err = r.follows(b)
	}
	if err != nil {
		return yield(Record{}, fmt.Errorf("%w: gate %s, chain %s, entries %d to %d: %w",
			ErrBroken, stored.Gate, stored.Chain, stored.First, stored.Last, err))
	}
	for _, e := range b.Entries {
		if e.Seq > r.head.Through && !yield(Record{b.Gate, b.Chain, e}, nil) {
			return false
		}
	}
	r.head.Through, r.head.Hash = b.Last(), b.Head
	return true
}

// follows is an error unless b continues the entries read so far. It may begin
// with some of those again.
func (r *chainReader) follows(b *journal.Batch) error {
	through := r.head.Through
	if b.First > through+1 || b.Last() <= through {
		return fmt.Errorf("they do not follow entry %d", through)
	}
	joint := b.Prev
	if b.First <= through {
		joint = b.Entries[through-b.First].Hash()
	}
	if joint != r.head.Hash {
		return fmt.Errorf("they do not continue entry %d", through)
	}
	return nil
}

// finish compares where the chain ended with the head that receipts were given for.
func (r *chainReader) finish() error {
	want := r.gate.Head(r.head.Chain)
	if want.Through == r.head.Through && want.Hash == r.head.Hash || r.gate.ID == "" {
		return nil
	}
	return fmt.Errorf("%w: gate %s, chain %s: it ends at entry %d, receipts went to %d",
		ErrBroken, r.gate.ID, r.head.Chain, r.head.Through, want.Through)
}

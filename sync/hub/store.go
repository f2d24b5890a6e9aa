package hub

import (
	"context"
	"crypto/ed25519"
	"errors"
	"iter"
	"time"

	"postern/sync/journal"
)

// MaxChains is how many chains one gate can begin. A gate begins a new one when
// its journal file was lost; one that needs more has to be enrolled again.
const MaxChains = 256

// Errors of a Store. Match with errors.Is.
var (
	ErrNoGate   = errors.New("no such gate")
	ErrConflict = errors.New("the head has moved") // by another request; read it again
)

// Store keeps what the hub must not lose. A method that returns nil has done
// its work durably; one that fails has done nothing, and may be called again.
// All methods may be called at the same time.
type Store interface {
	// Gate reads one gate, with the heads of its chains; [ErrNoGate] where it was never put.
	Gate(ctx context.Context, id string) (Gate, error)
	// PutGate stores a gate, and replaces the one with its ID. It does not change heads.
	PutGate(ctx context.Context, g Gate) error
	// Append stores b and moves the head of its chain from from to (b.Last,
	// b.Head); it does both or neither. It returns [ErrConflict] where the head
	// is not from, or where the gate would have more than MaxChains chains. The
	// head of a chain that is not there yet is Through 0 with its Genesis.
	Append(ctx context.Context, from Head, b Batch) error
	// Refuse keeps a batch of another history as evidence: the first few of each gate.
	Refuse(ctx context.Context, b Batch) error
	// Batches reads back what was appended, by gate, chain and number.
	Batches(ctx context.Context, q Query) iter.Seq2[Batch, error]
	// Ready proves that the store can commit.
	Ready(ctx context.Context) error
}

// Gate is what the hub knows of a gate.
type Gate struct {
	ID          string
	Sign        ed25519.PublicKey
	Certificate []byte // the authority's, as it came
	Envelope    []byte // as it came; opaque to the hub
	Heads       []Head // of its chains; the order is not defined
}

// Head is how far a chain reaches.
type Head struct {
	Chain   journal.ChainID
	Through uint64
	Hash    journal.Hash // of entry Through, or the chain's Genesis
	Moved   time.Time    // whole seconds
}

// Batch is a signed batch as it came, with the numbers it is stored under. It may
// overlap the batch before it, where a gate sent entries again.
type Batch struct {
	Gate        string
	Chain       journal.ChainID
	First, Last uint64
	Head        journal.Hash
	Received    time.Time // whole seconds
	Body        []byte
}

// Query selects batches. The zero Query is all of them.
type Query struct {
	Gate  string          // "" is every gate
	Chain journal.ChainID // zero is every chain
	From  uint64          // leaves out batches that end before this entry
}

// Head is the head of a chain. Before its first entry has come that is Through 0
// with the chain's Genesis.
func (g Gate) Head(chain journal.ChainID) Head {
	for _, h := range g.Heads {
		if h.Chain == chain {
			return h
		}
	}
	return Head{Chain: chain, Hash: journal.Genesis(g.ID, chain)}
}

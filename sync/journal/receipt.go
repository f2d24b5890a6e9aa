package journal

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"postern/sync/internal/cose"
)

// MaxReceipt bounds the bytes of a signed receipt.
const MaxReceipt = 512

// Receipt is the hub's word that it durably holds entries 1 to Through of a
// chain, and that entry Through has the hash Head. With Through 0 Head is the
// chain's Genesis, and the hub holds no entry. On the wire: COSE_Sign1 by the
// hub's receipt key, without a kid, over deterministic CBOR
//
//	{1: gate, 2: chain, 3: through, 4: head, 5: time (Unix seconds)}
type Receipt struct {
	Gate    string
	Chain   ChainID
	Through uint64
	Head    Hash
	Time    time.Time // the hub's clock; it only warns, it never sets a gate's time
}

type wireReceipt struct {
	Gate    string `cbor:"1,keyasint"`
	Chain   []byte `cbor:"2,keyasint"`
	Through uint64 `cbor:"3,keyasint"`
	Head    []byte `cbor:"4,keyasint"`
	Time    int64  `cbor:"5,keyasint"`
}

// Sign makes the receipt's wire form.
func (r Receipt) Sign(key ed25519.PrivateKey) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("sign receipt: %w", err)
	}
	payload, err := r.encode()
	if err != nil {
		return nil, fmt.Errorf("sign receipt: %w", err)
	}
	b, err := cose.Sign(key, nil, payload)
	if err != nil {
		return nil, fmt.Errorf("sign receipt: %w", err)
	}
	return b, nil
}

func (r Receipt) encode() ([]byte, error) {
	return cose.Encoding.Marshal(wireReceipt{
		Gate: r.Gate, Chain: r.Chain[:], Through: r.Through, Head: r.Head[:], Time: r.Time.Unix(),
	})
}

// OpenReceipt verifies b with any of keys, the receipt keys of the trust list.
// The error wraps [ErrSignature] where none of them signed it.
func OpenReceipt(b []byte, keys []ed25519.PublicKey) (Receipt, error) {
	r, err := openReceipt(b, keys)
	if err != nil {
		return Receipt{}, fmt.Errorf("open receipt: %w", err)
	}
	return r, nil
}

func openReceipt(b []byte, keys []ed25519.PublicKey) (Receipt, error) {
	if len(b) > MaxReceipt {
		return Receipt{}, fmt.Errorf("%w: it has %d bytes, at most %d are allowed", ErrNoReceipt, len(b), MaxReceipt)
	}
	m, err := cose.Parse(b)
	if err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrNoReceipt, err)
	}
	for _, key := range keys {
		if m.Verify(key) {
			return parseReceipt(m.Payload)
		}
	}
	return Receipt{}, ErrSignature
}

// ErrNoReceipt says that bytes are no receipt, signed or not.
var ErrNoReceipt = errors.New("not a receipt")

func parseReceipt(payload []byte) (Receipt, error) {
	var w wireReceipt
	if err := decode(payload, &w); err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrNoReceipt, err)
	}
	r := Receipt{Gate: w.Gate, Through: w.Through, Time: time.Unix(w.Time, 0).UTC()}
	if !fill(r.Chain[:], w.Chain) || !fill(r.Head[:], w.Head) {
		return Receipt{}, fmt.Errorf("%w: a chain's ID has 8 bytes and a hash 32", ErrNoReceipt)
	}
	return r, r.check()
}

func (r Receipt) check() error {
	switch seconds := r.Time.Unix(); {
	case len(r.Gate) == 0 || len(r.Gate) > MaxNameLength || !utf8.ValidString(r.Gate):
		return fmt.Errorf("%w: a gate's ID has 1 to %d bytes", ErrNoReceipt, MaxNameLength)
	case seconds < minTime/1000 || seconds > maxTime/1000:
		return fmt.Errorf("%w: its time lies outside the years 0 to 9999", ErrNoReceipt)
	case r.Through == 0 && r.Head != Genesis(r.Gate, r.Chain):
		return fmt.Errorf("%w: it is for no entry, and its head is not where the chain begins", ErrNoReceipt)
	}
	return nil
}

package hub

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"postern/sync/journal"
)

// bodyTime is how long a request's body may take.
const bodyTime = 30 * time.Second

// casTries is how often a batch is placed again after another request moved the head.
const casTries = 4

// problemHeader says in a 409 what the receipt in its body proves: "gap" or "fork".
const problemHeader = "Postern-Problem"

// refusal says why a batch cannot be appended, and how far the chain reaches.
type refusal struct {
	problem string // gap or fork
	head    Head
}

func (r *refusal) Error() string {
	return fmt.Sprintf("the batch is a %s; the chain reaches entry %d", r.problem, r.head.Through)
}

// takeJournal takes a signed batch. Entries that are stored already get a receipt
// like new ones: a gate may send any of them again, alone or before new ones.
func (h *Hub) takeJournal(w http.ResponseWriter, r *http.Request) error {
	g, err := h.gate(r)
	if err != nil {
		return err
	}
	body, done, err := h.upload(w, r, g.ID)
	if err != nil {
		return err
	}
	defer done()
	b, err := journal.OpenBatch(body, g.Sign)
	if err != nil {
		return err
	}
	if b.Gate != g.ID {
		return errWrongGate
	}
	head, err := h.ingest(r.Context(), b, body)
	var no *refusal
	if errors.As(err, &no) {
		return h.refuse(w, r, b, no)
	}
	if err != nil {
		return err
	}
	h.Log.Info("journal taken", "gate", g.ID, "chain", b.Chain.String(), "first", b.First, "last", b.Last(), "through", head.Through)
	return h.writeReceipt(w, http.StatusOK, g.ID, head)
}

// refuse writes 409 and a receipt, from which the gate sees how far the chain
// reaches.
func (h *Hub) refuse(w http.ResponseWriter, r *http.Request, b *journal.Batch, no *refusal) error {
	log := h.Log.Warn
	if no.problem == "fork" {
		log = h.Log.Error
	}
	log("journal refused", "problem", no.problem, "gate", b.Gate, "chain", b.Chain.String(),
		"first", b.First, "last", b.Last(), "through", no.head.Through)
	w.Header().Set(problemHeader, no.problem)
	return h.writeReceipt(w, http.StatusConflict, b.Gate, no.head)
}

// ingest appends b to its chain and returns the head to give a receipt for.
func (h *Hub) ingest(ctx context.Context, b *journal.Batch, body []byte) (Head, error) {
	now := h.Now().UTC().Truncate(time.Second)
	stored := Batch{Gate: b.Gate, Chain: b.Chain, First: b.First, Last: b.Last(), Head: b.Head, Received: now, Body: body}
	to := Head{Chain: b.Chain, Through: b.Last(), Hash: b.Head, Moved: now}
	for range casTries {
		g, err := h.Store.Gate(ctx, b.Gate)
		if err != nil {
			return Head{}, err
		}
		from, err := h.place(ctx, g, b)
		var no *refusal
		if errors.As(err, &no) && no.problem == "fork" {
			if err := h.Store.Refuse(ctx, stored); err != nil {
				return Head{}, fmt.Errorf("keep fork: %w", err)
			}
		}
		if err != nil || from.Through >= to.Through {
			return to, err
		}
		if from.Through == 0 && len(g.Heads) >= MaxChains {
			return Head{}, errChains
		}
		if err = h.Store.Append(ctx, from, stored); err == nil {
			return to, nil
		}
		if !errors.Is(err, ErrConflict) {
			return Head{}, err
		}
	}
	return Head{}, errBusy
}

// place finds the head that b continues. If the head is at or past b's last
// entry, all of b is stored already. The error is a *refusal where entries are
// missing before b, or where b differs from what is stored.
//
// It compares one hash, since each entry contains the hash of the one before.
func (h *Hub) place(ctx context.Context, g Gate, b *journal.Batch) (Head, error) {
	head := g.Head(b.Chain)
	known := head
	var err error
	ours := b.Prev
	switch {
	case b.First > head.Through+1:
		return head, &refusal{"gap", head}
	case b.Last() < head.Through:
		if known.Hash, err = h.storedHash(ctx, g, b.Chain, b.Last()); err != nil {
			return head, err
		}
		known.Through, ours = b.Last(), b.Head
	case b.First <= head.Through:
		ours = b.Entries[head.Through-b.First].Hash()
	}
	if ours != known.Hash {
		return head, &refusal{"fork", known}
	}
	return head, nil
}

// storedHash reads the hash of one entry that is stored.
func (h *Hub) storedHash(ctx context.Context, g Gate, chain journal.ChainID, seq uint64) (journal.Hash, error) {
	for stored, err := range h.Store.Batches(ctx, Query{Gate: g.ID, Chain: chain, From: seq}) {
		if err != nil {
			return journal.Hash{}, fmt.Errorf("read stored batch: %w", err)
		}
		b, err := journal.OpenBatch(stored.Body, g.Sign)
		if err != nil {
			return journal.Hash{}, fmt.Errorf("read stored batch: %w", err)
		}
		if seq < b.First || seq > b.Last() {
			break
		}
		return b.Entries[seq-b.First].Hash(), nil
	}
	return journal.Hash{}, fmt.Errorf("read stored batch: entry %d of chain %s is not in the store", seq, chain)
}

// serveReceipt gives the receipt for ?chain=, or for the chain that moved last.
func (h *Hub) serveReceipt(w http.ResponseWriter, r *http.Request) error {
	g, err := h.gate(r)
	if err != nil {
		return err
	}
	chain, err := chainOf(r, g)
	if err != nil {
		return err
	}
	return h.writeReceipt(w, http.StatusOK, g.ID, g.Head(chain))
}

func chainOf(r *http.Request, g Gate) (journal.ChainID, error) {
	if text := r.URL.Query().Get("chain"); text != "" {
		b, err := hex.DecodeString(text)
		if err != nil || len(b) != len(journal.ChainID{}) {
			return journal.ChainID{}, errChain
		}
		return journal.ChainID(b), nil
	}
	var newest Head
	for _, head := range g.Heads {
		if newest.Through == 0 || head.Moved.After(newest.Moved) {
			newest = head
		}
	}
	return newest.Chain, nil
}

func (h *Hub) writeReceipt(w http.ResponseWriter, code int, gate string, head Head) error {
	b, err := journal.Receipt{
		Gate: gate, Chain: head.Chain, Through: head.Through, Head: head.Hash, Time: h.Now().UTC().Truncate(time.Second),
	}.Sign(h.Receipt)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	writeCBOR(w, code, b)
	return nil
}

// gate is the enrolled gate that the path names.
func (h *Hub) gate(r *http.Request) (Gate, error) {
	id := r.PathValue("gate")
	if !validGate(id) {
		return Gate{}, ErrNoGate
	}
	return h.Store.Gate(r.Context(), id)
}

func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTime)) // tests have no connection
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	_ = control.SetReadDeadline(time.Time{}) // a deadline that passes later would cancel the work
	var large *http.MaxBytesError
	if err != nil && !errors.As(err, &large) {
		return nil, fmt.Errorf("%w: %w", errCut, err)
	}
	return b, err
}

// errCut says that a body did not come whole. The client has probably gone.
var errCut = errors.New("the request broke off")

func writeCBOR(w http.ResponseWriter, code int, b []byte) {
	w.Header().Set("Content-Type", "application/cbor")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(code)
	_, _ = w.Write(b) // a client that has gone asks again
}

package client

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/http"

	"postern/sync/journal"
	"postern/sync/snapshot"
)

// fewest is how many entries a batch still has after a bad line broke off larger ones.
const fewest = 16

// Rereader is a Store that can read entries again after a receipt covered them.
// If the hub was restored from an older copy, the client sends it the entries
// that it lost. Reread gives entries of chain from number from on, within the
// limits of Backlog.
type Rereader interface {
	Reread(ctx context.Context, chain journal.ChainID, from uint64, limit int) (journal.Batch, error)
}

// Push sends every entry past the last receipt and returns for how many the hub
// has signed. It deletes no entry. It acknowledges entries only by a receipt
// that a key of the installed trust list signed and whose head is the hash of
// the gate's own entry.
func (c *Client) Push(ctx context.Context) (n int, err error) {
	for {
		sent, more, err := c.pushOnce(ctx)
		n += sent
		if err != nil {
			return n, fmt.Errorf("push: %w", err)
		}
		if !more {
			return n, nil
		}
	}
}

// pushOnce sends one batch; more is false where there was nothing to send.
func (c *Client) pushOnce(ctx context.Context) (sent int, more bool, err error) {
	b, err := c.Store.Backlog(ctx, c.batchLimit())
	if err != nil {
		return 0, false, storage(err)
	}
	if b.First == 0 || len(b.Entries) == 0 {
		return 0, false, nil
	}
	keys, err := c.receiptKeys(ctx)
	if err != nil {
		return 0, false, err
	}
	r, err := c.send(ctx, &b, keys)
	if err != nil {
		return 0, false, err
	}
	if err := c.Store.Acknowledge(ctx, r); err != nil {
		return 0, false, storage(err)
	}
	return int(r.Through - b.First + 1), true, nil
}

func (c *Client) batchLimit() int {
	if c.limit == 0 {
		return journal.MaxEntries
	}
	return c.limit
}

// receiptKeys are the keys of the installed trust list that may sign receipts.
func (c *Client) receiptKeys(ctx context.Context) ([]ed25519.PublicKey, error) {
	in, err := c.Store.Installed(ctx)
	if err != nil {
		return nil, storage(err)
	}
	if in.Trust == nil {
		return nil, fmt.Errorf("%w: without a trust list no receipt could be believed; pull first", ErrWaiting)
	}
	trust, err := snapshot.ParseTrust(in.Trust)
	if err != nil {
		return nil, storage(err)
	}
	return trust.Receipt, nil
}

// send posts b and returns the receipt that proves how much of it the hub holds.
// If b does not get through, the next batch is smaller.
func (c *Client) send(ctx context.Context, b *journal.Batch, keys []ed25519.PublicKey) (journal.Receipt, error) {
	reply, err := c.post(ctx, b)
	switch {
	case errors.Is(err, ErrUnreachable), errors.Is(err, journal.ErrTooLarge), err == nil && reply.code == http.StatusRequestEntityTooLarge:
		c.limit = max(len(b.Entries)/2, 1)
		if errors.Is(err, ErrUnreachable) {
			c.limit = max(c.limit, fewest)
		}
	case err == nil && reply.code == http.StatusOK:
		c.limit = min(2*c.batchLimit(), journal.MaxEntries)
	}
	if err != nil {
		return journal.Receipt{}, err
	}
	switch reply.code {
	case http.StatusOK, http.StatusConflict:
		return c.prove(ctx, b, reply, keys)
	case http.StatusNotFound:
		return journal.Receipt{}, fmt.Errorf("%w: it does not know this gate: %s", ErrRefused, explanationIn(reply))
	}
	return journal.Receipt{}, problemOf(reply)
}

func (c *Client) post(ctx context.Context, b *journal.Batch) (*reply, error) {
	if b.Gate == "" {
		b.Gate = c.Identity.Gate
	}
	body, err := b.Sign(c.Identity.Sign)
	if err != nil {
		return nil, storage(err)
	}
	return c.call(ctx, request{method: http.MethodPost, path: c.gatePath("journal"), body: body, limit: journal.MaxReceipt})
}

// prove compares the receipt in reply with the gate's own entries.
func (c *Client) prove(ctx context.Context, b *journal.Batch, reply *reply, keys []ed25519.PublicKey) (journal.Receipt, error) {
	r, err := journal.OpenReceipt(reply.body, keys)
	switch {
	case errors.Is(err, journal.ErrNoReceipt) && reply.code == http.StatusConflict:
		return journal.Receipt{}, problemOf(reply)
	case errors.Is(err, journal.ErrNoReceipt):
		return journal.Receipt{}, fmt.Errorf("%w: %w", ErrGarbage, err)
	case err != nil:
		return journal.Receipt{}, fmt.Errorf("%w: %w", ErrNotVerified, err)
	case r.Gate != b.Gate || r.Chain != b.Chain:
		return journal.Receipt{}, fmt.Errorf("%w: the receipt is for another journal", ErrNotVerified)
	case r.Through+1 < b.First:
		return c.sendAgain(ctx, b, r, keys)
	case r.Through > b.Last():
		return journal.Receipt{}, fmt.Errorf("%w: it holds entries to %d, the gate sent %d", ErrFork, r.Through, b.Last())
	}
	ours := b.Prev
	if r.Through >= b.First {
		ours = b.Entries[r.Through-b.First].Hash()
	}
	switch {
	case r.Head != ours:
		return journal.Receipt{}, fmt.Errorf("%w: entry %d is another there", ErrFork, r.Through)
	case r.Through+1 == b.First:
		return journal.Receipt{}, fmt.Errorf("%w: it did not take entry %d, and gave no reason", ErrRefused, b.First)
	}
	return r, nil
}

// sendAgain sends a hub the entries between those that it holds, to
// stands.Through, and b, for which it had given receipts, and then b itself. It
// returns the receipt for b.
func (c *Client) sendAgain(ctx context.Context, b *journal.Batch, stands journal.Receipt, keys []ed25519.PublicKey) (journal.Receipt, error) {
	behind := fmt.Errorf("%w: it holds entries to %d, the gate has receipts to %d", ErrBehind, stands.Through, b.First-1)
	store, ok := c.Store.(Rereader)
	if !ok {
		return journal.Receipt{}, behind
	}
	c.log().Warn("hub is behind, sending entries again", "chain", b.Chain.String(), "through", stands.Through, "receipts", b.First-1)
	for stands.Through+1 < b.First {
		limit := min(uint64(c.batchLimit()), b.First-1-stands.Through)
		again, err := store.Reread(ctx, b.Chain, stands.Through+1, int(limit))
		if err != nil {
			return journal.Receipt{}, storage(err)
		}
		if len(again.Entries) == 0 || again.First != stands.Through+1 || again.Prev != stands.Head {
			return journal.Receipt{}, behind // they are gone here too, or the hub holds another history
		}
		next, err := c.sendPart(ctx, &again, keys)
		if err != nil {
			return journal.Receipt{}, err
		}
		stands = next
	}
	return c.sendPart(ctx, b, keys)
}

// sendPart posts a batch that the hub must take whole. Any other reply is an error.
func (c *Client) sendPart(ctx context.Context, b *journal.Batch, keys []ed25519.PublicKey) (journal.Receipt, error) {
	reply, err := c.post(ctx, b)
	if err != nil {
		return journal.Receipt{}, err
	}
	if reply.code != http.StatusOK {
		return journal.Receipt{}, problemOf(reply)
	}
	r, err := journal.OpenReceipt(reply.body, keys)
	if err != nil {
		return journal.Receipt{}, fmt.Errorf("%w: %w", ErrNotVerified, err)
	}
	if r.Gate != b.Gate || r.Chain != b.Chain || r.Through != b.Last() || r.Head != b.Head {
		return journal.Receipt{}, fmt.Errorf("%w: the receipt is for other entries than were sent", ErrNotVerified)
	}
	return r, nil
}

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

// fewest is the smallest batch that a bad line makes of a large one.
const fewest = 16

// Rereader is a Store that can read entries again which a receipt covered. To
// such a store's hub, restored from an older copy, the client sends again what
// it lost. Entries are given from number from on, within the limits of Backlog.
type Rereader interface {
	Reread(ctx context.Context, chain journal.ChainID, from uint64, limit int) (journal.Batch, error)
}

// Push sends every entry past the last receipt and returns how many the hub
// has signed for. Entries are never deleted here, and nothing is acknowledged
// but by a receipt that a key of the installed trust list signed and whose
// head is the hash of the gate's own entry.
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

// receiptKeys are the keys whose receipts are believed.
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

// send posts b and gives the receipt that proves how far the hub holds it. A
// line on which a large batch does not get through gets smaller ones.
func (c *Client) send(ctx context.Context, b *journal.Batch, keys []ed25519.PublicKey) (journal.Receipt, error) {
	a, err := c.post(ctx, b)
	switch {
	case errors.Is(err, ErrUnreachable), errors.Is(err, journal.ErrTooLarge), err == nil && a.code == http.StatusRequestEntityTooLarge:
		c.limit = max(len(b.Entries)/2, 1)
		if errors.Is(err, ErrUnreachable) {
			c.limit = max(c.limit, fewest)
		}
	case err == nil && a.code == http.StatusOK:
		c.limit = min(2*c.batchLimit(), journal.MaxEntries)
	}
	if err != nil {
		return journal.Receipt{}, err
	}
	switch a.code {
	case http.StatusOK, http.StatusConflict:
		return c.prove(ctx, b, a, keys)
	case http.StatusNotFound:
		return journal.Receipt{}, fmt.Errorf("%w: it does not know this gate: %s", ErrRefused, explain(a))
	}
	return journal.Receipt{}, problemOf(a)
}

func (c *Client) post(ctx context.Context, b *journal.Batch) (*answer, error) {
	if b.Gate == "" {
		b.Gate = c.Identity.Gate
	}
	body, err := b.Sign(c.Identity.Sign)
	if err != nil {
		return nil, storage(err)
	}
	return c.call(ctx, request{method: http.MethodPost, path: c.gatePath("journal"), body: body, limit: journal.MaxReceipt})
}

// prove holds the receipt in a against the gate's own entries.
func (c *Client) prove(ctx context.Context, b *journal.Batch, a *answer, keys []ed25519.PublicKey) (journal.Receipt, error) {
	r, err := journal.OpenReceipt(a.body, keys)
	switch {
	case errors.Is(err, journal.ErrNoReceipt) && a.code == http.StatusConflict:
		return journal.Receipt{}, problemOf(a)
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

// sendAgain fills the gap of a hub that has fewer entries than it gave
// receipts for. The receipt at hand proves where it stands now. The entries of
// b follow with the next push.
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
			return journal.Receipt{}, behind // they are gone here too, or the hub stands on another history
		}
		next, err := c.sendPart(ctx, &again, keys)
		if err != nil {
			return journal.Receipt{}, err
		}
		stands = next
	}
	return c.sendPart(ctx, b, keys)
}

// sendPart posts a batch that must get through: a second gap is no gap but a fault.
func (c *Client) sendPart(ctx context.Context, b *journal.Batch, keys []ed25519.PublicKey) (journal.Receipt, error) {
	a, err := c.post(ctx, b)
	if err != nil {
		return journal.Receipt{}, err
	}
	if a.code != http.StatusOK {
		return journal.Receipt{}, problemOf(a)
	}
	r, err := journal.OpenReceipt(a.body, keys)
	if err != nil {
		return journal.Receipt{}, fmt.Errorf("%w: %w", ErrNotVerified, err)
	}
	if r.Gate != b.Gate || r.Chain != b.Chain || r.Through != b.Last() || r.Head != b.Head {
		return journal.Receipt{}, fmt.Errorf("%w: the receipt is for other entries than were sent", ErrNotVerified)
	}
	return r, nil
}

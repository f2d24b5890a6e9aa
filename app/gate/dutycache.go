package gate

import (
	"context"
	"sync"
)

// dutyCache keeps Duty in memory beside the store's. What could not be read at
// first is read again before it is changed: a counter of wrong PINs must not
// begin at zero because a disk was slow.
type dutyCache struct {
	store Store

	mu   sync.Mutex
	duty Duty
	read bool
}

// get gives what is kept; the zero Duty where it cannot be read.
func (c *dutyCache) get(ctx context.Context) Duty {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.load(ctx)
	return c.duty
}

func (c *dutyCache) load(ctx context.Context) error {
	if c.read {
		return nil
	}
	d, err := c.store.Duty(ctx)
	if err != nil {
		return err
	}
	if d.Shift.Check() != nil { // of another version of the program, say
		d.Shift = Shift{}
	}
	c.duty, c.read = d, true
	return nil
}

// change lets f change what is kept. It is durable when it returns nil; after an
// error nothing changed.
func (c *dutyCache) change(ctx context.Context, f func(*Duty)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.load(ctx); err != nil {
		return err
	}
	d := c.duty
	f(&d)
	if err := c.store.SaveDuty(ctx, d); err != nil {
		return err
	}
	c.duty = d
	return nil
}

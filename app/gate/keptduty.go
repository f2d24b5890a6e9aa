package gate

import (
	"context"
	"sync"
)

// keptDuty is Duty in memory and in the store. What could not be read at first
// is read again before it is changed: a counter of wrong PINs must not begin
// at zero because a disk was slow.
type keptDuty struct {
	store Store

	mu   sync.Mutex
	duty Duty
	read bool
}

// get gives what is known; the zero Duty where it cannot be read.
func (k *keptDuty) get(ctx context.Context) Duty {
	k.mu.Lock()
	defer k.mu.Unlock()
	_ = k.load(ctx)
	return k.duty
}

func (k *keptDuty) load(ctx context.Context) error {
	if k.read {
		return nil
	}
	d, err := k.store.Duty(ctx)
	if err != nil {
		return err
	}
	if d.Shift.Check() != nil { // of another version of the program, say
		d.Shift = Shift{}
	}
	k.duty, k.read = d, true
	return nil
}

// change is durable when it returns nil, and has done nothing else.
func (k *keptDuty) change(ctx context.Context, f func(*Duty)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.load(ctx); err != nil {
		return err
	}
	d := k.duty
	f(&d)
	if err := k.store.SaveDuty(ctx, d); err != nil {
		return err
	}
	k.duty = d
	return nil
}

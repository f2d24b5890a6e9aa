package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"postern/app/store"
	"postern/app/ui"
	"postern/sync/client"
	"postern/sync/enrol"
)

// confirmTime is how long the enrolment screen waits for the authority's
// countersignature before it says that it is waiting.
const confirmTime = 45 * time.Second

// enrol makes this device a gate by a code. A gate that is there stays what it
// is until the hub has answered for the new one.
func (h *house) enrol(ctx context.Context, text string) error {
	code, err := enrol.ParseCode(text)
	if err != nil {
		return err
	}
	waiting, cancel := context.WithTimeout(ctx, confirmTime)
	defer cancel()
	h.unfollow()
	h.sendFirst(waiting, code)
	id, err := h.store.Enrol(waiting, nil, code)
	if err != nil {
		h.follow(ctx) // the gate that was here, where there was one, goes on
		if errors.Is(err, store.ErrUnsent) {
			err = fmt.Errorf("%w: %w", ui.ErrUnsent, err)
		}
		return err
	}
	// The first pull is where a wrong root shows. A network that is gone again
	// is no failure of enrolment: what follows the hub goes on from here.
	if _, err := h.client(id).Pull(ctx); errors.Is(err, client.ErrWrongCity) || errors.Is(err, client.ErrNotVerified) {
		return err
	}
	return nil
}

// sendFirst sends what the gate that is here recorded, where the code is for
// another: afterwards nobody can. Where that fails, the store refuses the code.
func (h *house) sendFirst(ctx context.Context, code enrol.Code) {
	id, ok, err := h.store.Identity(ctx)
	if err != nil || !ok || id.Gate == code.GateID() {
		return
	}
	if _, err := h.client(id).Push(ctx); err != nil {
		slog.Warn("send before enrolling again", "error", err)
	}
}

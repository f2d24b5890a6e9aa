package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"postern/sync/client"
	"postern/sync/enrol"
)

// confirmTime is how long the enrolment screen waits for the authority's
// countersignature before it says that it is waiting.
const confirmTime = 45 * time.Second

// pendingFile holds the keys that a code was spent on, until the authority has
// countersigned them: a code works once, and whoever asks again must have the
// same keys. It may be deleted; the code is lost then.
const pendingFile = "enrolling"

// enrol makes this device a gate by a code. A gate that is there stays what it
// is until the hub has answered for the new one.
func (h *house) enrol(ctx context.Context, text string) error {
	code, err := enrol.ParseCode(text)
	if err != nil {
		return err
	}
	path := filepath.Join(h.folder, pendingFile)
	id, err := pending(path, code)
	if err != nil {
		return fmt.Errorf("enrol gate: %w: %w", client.ErrStorage, err)
	}
	waiting, cancel := context.WithTimeout(ctx, confirmTime)
	defer cancel()
	if _, err := client.Enrol(waiting, nil, code, id); err != nil {
		return err
	}
	h.unfollow()
	if err := h.store.SaveIdentity(ctx, id); err != nil {
		return fmt.Errorf("enrol gate: %w: %w", client.ErrStorage, err)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("enrol gate: remove %s: %w", pendingFile, err)
	}
	// The first pull is where a wrong root shows. A network that is gone again
	// is no failure of enrolment: what follows the hub goes on from here.
	if _, err := h.client(id).Pull(ctx); errors.Is(err, client.ErrWrongCity) || errors.Is(err, client.ErrNotVerified) {
		return err
	}
	return nil
}

// pending gives the keys that wait for this code's countersignature, or makes and keeps new ones.
func pending(path string, code enrol.Code) (enrol.Identity, error) {
	b, err := os.ReadFile(path)
	if err == nil {
		if id, err := enrol.ParseIdentity(b); err == nil && id.Gate == code.GateID() {
			return id, nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return enrol.Identity{}, err
	}
	id, err := enrol.NewIdentity(code, rand.Reader)
	if err != nil {
		return enrol.Identity{}, err
	}
	b, err = id.Marshal()
	if err != nil {
		return enrol.Identity{}, err
	}
	return id, keep(path, b)
}

// keep writes a file of keys whole and durably, for its owner alone.
func keep(path string, b []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

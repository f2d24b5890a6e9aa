package store

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"postern/sync/client"
	"postern/sync/enrol"
)

// Enrol makes this folder the gate that code is for. A code works once, for
// one pair of keys, so these are kept before the hub is asked: whoever is cut
// off asks again with the same keys and gets the same answer. A gate that is
// here stays what it is until the hub has answered for the new one, and while
// its entries wait for their receipt: then it is ErrUnsent, and the same code
// works later. Nobody may be pulling or pushing meanwhile. A nil hc is one that
// suits a gate.
//
// What the hub answered is verified by the first pull, not here.
func (s *Store) Enrol(ctx context.Context, hc *http.Client, code enrol.Code) (enrol.Identity, error) {
	id, err := s.keysFor(ctx, code)
	if err != nil {
		return enrol.Identity{}, notEnrolled(err)
	}
	if _, err := client.Enrol(ctx, hc, code, id); err != nil {
		return enrol.Identity{}, err
	}
	if err := s.SaveIdentity(ctx, id); err != nil { // ErrUnsent, where a check fell meanwhile
		return enrol.Identity{}, notEnrolled(err)
	}
	return id, nil
}

func notEnrolled(err error) error {
	if errors.Is(err, ErrUnsent) {
		return fmt.Errorf("enrol gate: %w", err)
	}
	return fmt.Errorf("enrol gate: %w: %w", client.ErrStorage, explain(err))
}

// keysFor gives the keys that were made for this code before, or makes and keeps new ones.
func (s *Store) keysFor(ctx context.Context, code enrol.Code) (enrol.Identity, error) {
	if s.readOnly {
		return enrol.Identity{}, ErrReadOnly
	}
	s.pulling.Lock()
	defer s.pulling.Unlock()
	s.journal.mu.Lock()
	err := s.mayBecome(ctx, code.GateID())
	s.journal.mu.Unlock()
	if err != nil {
		return enrol.Identity{}, err
	}
	facts, err := s.facts.all(ctx)
	if err != nil {
		return enrol.Identity{}, err
	}
	for _, name := range []string{factIdentity, factEnrolling} {
		if id, err := enrol.ParseIdentity(facts[name]); err == nil && id.Gate == code.GateID() {
			return id, nil
		}
	}
	id, err := enrol.NewIdentity(code, s.random)
	if err != nil {
		return enrol.Identity{}, err
	}
	b, err := id.Marshal()
	return id, errors.Join(err, s.facts.write(ctx, change{factEnrolling: b}))
}

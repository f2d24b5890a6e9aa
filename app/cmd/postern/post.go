package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"postern/app/gate"
	"postern/app/store"
	"postern/sync/client"
	"postern/sync/enrol"
)

// post is a gate at work with its folder and its line to the hub.
type post struct {
	store  *store.Store
	gate   *gate.Gate
	client *client.Client
}

// openPost opens the gate in dir, enrolling it first where code is given and
// the folder has no gate yet.
func openPost(ctx context.Context, dir, code string, now func() time.Time) (*post, error) {
	s, err := store.Open(ctx, dir, store.Options{Now: now})
	if err != nil {
		return nil, err
	}
	p, err := joinPost(ctx, s, dir, code, now)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return p, nil
}

func joinPost(ctx context.Context, s *store.Store, dir, code string, now func() time.Time) (*post, error) {
	id, enrolled, err := s.Identity(ctx)
	if err != nil {
		return nil, err
	}
	if !enrolled {
		if code == "" {
			return nil, fmt.Errorf("open gate %s: %w; give it a code with --enrol", dir, store.ErrNoGate)
		}
		if id, err = enrolGate(ctx, s, code, now()); err != nil {
			return nil, err
		}
	}
	return &post{
		store:  s,
		gate:   gate.New(s, gate.Options{Now: now}),
		client: &client.Client{Identity: id, Store: s, Now: now, Dir: filepath.Join(dir, "partial")},
	}, nil
}

// enrolTime is how long an enrolment waits for the authority's countersignature. Asking again later goes on with the same keys.
const enrolTime = 2 * time.Minute

// enrolGate makes the gate that code is for.
func enrolGate(ctx context.Context, s *store.Store, text string, now time.Time) (enrol.Identity, error) {
	code, err := enrol.ParseCode(text)
	if err != nil {
		return enrol.Identity{}, err
	}
	if code.Expired(now) {
		return enrol.Identity{}, fmt.Errorf("enrol gate: the code ended on %s; ask the operator for a new one", code.Expiry.Local().Format("2006-01-02 15:04"))
	}
	ctx, stop := context.WithTimeout(ctx, enrolTime)
	defer stop()
	return s.Enrol(ctx, nil, code)
}

func (p *post) close() error { return p.store.Close() }

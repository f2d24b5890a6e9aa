package station

import (
	"context"
	"errors"
	"fmt"

	"postern/sync/client"
	"postern/sync/enrol"
)

// Enrol makes this device the gate that a code is for, and records the start of
// the program in its journal. A gate that is there stays what it is until the
// hub has answered for the new one. Enrol ends what Follow began; call Follow
// afterwards, whatever came of it.
//
// The errors are those of [enrol.ParseCode], [client.Enrol] and
// [store.Store.Enrol], and client.ErrWrongCity or client.ErrNotVerified where
// the first pull shows that the hub is not the one of the code.
func (s *Station) Enrol(ctx context.Context, text string) error {
	code, err := enrol.ParseCode(text)
	if err != nil {
		return err
	}
	if code.Expired(s.opt.Now()) {
		return fmt.Errorf("enrol gate: the code ended on %s; ask the operator for a new one", code.Expiry.Local().Format("2006-01-02 15:04"))
	}
	s.hub.Lock()
	defer s.hub.Unlock()
	s.unfollowLocked()
	was := s.View().Gate
	id, err := s.join(ctx, code)
	if err != nil {
		return err
	}
	if id.Gate != was {
		s.recordStart(ctx)
	}
	// The first pull is where a wrong root shows. A network that is gone again
	// is no failure of enrolment: Follow goes on from here.
	if _, err := s.client(id).Pull(ctx); errors.Is(err, client.ErrWrongCity) || errors.Is(err, client.ErrNotVerified) {
		return err
	}
	return nil
}

// join asks the hub of code, which may have to ask its authority first. The caller holds s.hub.
func (s *Station) join(ctx context.Context, code enrol.Code) (enrol.Identity, error) {
	ctx, stop := context.WithTimeout(ctx, s.opt.EnrolTime)
	defer stop()
	s.sendFirst(ctx, code)
	return s.store.Enrol(ctx, nil, code)
}

// sendFirst sends what the gate that is here recorded, where code is for
// another: afterwards nobody can. Where that fails, the store refuses the code.
// The caller holds s.hub.
func (s *Station) sendFirst(ctx context.Context, code enrol.Code) {
	id, enrolled, err := s.store.Identity(ctx)
	if err != nil || !enrolled || id.Gate == code.GateID() {
		return
	}
	if _, err := s.client(id).Push(ctx); err != nil {
		s.opt.Log.Warn("send before enrolling again", "error", err)
	}
}

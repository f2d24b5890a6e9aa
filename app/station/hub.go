package station

import (
	"context"
	"fmt"

	"postern/app/gate"
	"postern/app/store"
	"postern/sync/client"
	"postern/sync/enrol"
)

// Follow keeps in step with the hub from now on, until ctx ends, Close is
// called, or somebody else talks to the hub: pulls at the envelope's interval,
// a push soon after each entry. Whatever followed before has ended when it
// returns; a second call begins with a pull. Where the folder has no gate it
// does nothing.
func (s *Station) Follow(ctx context.Context) {
	s.hub.Lock()
	defer s.hub.Unlock()
	s.unfollowLocked()
	id, enrolled, err := s.store.Identity(ctx)
	if err != nil || !enrolled || ctx.Err() != nil {
		return
	}
	c := s.client(id)
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	s.stop, s.closed = stop, ended
	go func() {
		defer close(ended)
		c.Run(running, s.entries, s.opt.Exchanged)
	}()
}

func (s *Station) unfollow() {
	s.hub.Lock()
	defer s.hub.Unlock()
	s.unfollowLocked()
}

// unfollowLocked ends what Follow began and waits for it. The caller holds s.hub.
func (s *Station) unfollowLocked() {
	if s.stop == nil {
		return
	}
	s.stop()
	<-s.closed
	s.stop, s.closed = nil, nil
}

// Pull fetches what the hub has that is new, once; see [client.Client.Pull].
// It ends what Follow began.
func (s *Station) Pull(ctx context.Context) (r client.Result, err error) {
	err = s.once(ctx, func(c *client.Client) (err error) {
		r, err = c.Pull(ctx)
		return err
	})
	return r, err
}

// Push sends what the gate recorded, once, and returns how many entries the hub
// has signed for; see [client.Client.Push]. It ends what Follow began.
func (s *Station) Push(ctx context.Context) (n int, err error) {
	err = s.once(ctx, func(c *client.Client) (err error) {
		n, err = c.Push(ctx)
		return err
	})
	return n, err
}

// once has the gate's client do one thing, alone.
func (s *Station) once(ctx context.Context, do func(*client.Client) error) error {
	s.hub.Lock()
	defer s.hub.Unlock()
	s.unfollowLocked()
	id, enrolled, err := s.store.Identity(ctx)
	if err == nil && !enrolled {
		err = store.ErrNoGate
	}
	if err != nil {
		return fmt.Errorf("talk to the hub: %w", err)
	}
	return do(s.client(id))
}

// client talks to the hub as gate id. The caller holds s.hub for as long as it does.
func (s *Station) client(id enrol.Identity) *client.Client {
	return &client.Client{
		Identity: id, Store: s.store, Now: s.opt.Now, Dir: s.store.FetchDir(), Log: s.opt.Log, Traffic: s.count,
	}
}

// count adds to the month's traffic what a call to the hub moved, in bytes.
// A call that was cut short counts as far as it came.
func (s *Station) count(ctx context.Context, down, up int64) {
	if err := s.Gate.AddTraffic(context.WithoutCancel(ctx), gate.Traffic{Down: down, Up: up}); err != nil {
		s.opt.Log.Warn("count data", "error", err)
	}
}

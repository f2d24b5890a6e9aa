// Package station is one open gate: its folder, its checks, its relay and its
// exchange with the hub. Every program that opens a gate opens it here, so that
// all of them record, send and open barriers alike.
//
// An entry is durable before an answer is given, and no answer waits for the
// hub or the relay. A gate's journal has an entry for each start of a program
// on it. The caller closes a station; its journal is closed last.
package station

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"postern/app/gate"
	"postern/app/relay"
	"postern/app/store"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/journal"
)

// Version of the programs; FyneApp.toml says the same.
const Version = "0.1.0"

// Options of a station; the zero Options will do.
type Options struct {
	Program   string              // that opens the gate, for the start entry: "app", "gate"
	Now       func() time.Time    // the device's clock; nil is time.Now
	Log       *slog.Logger        // for what no caller hears of otherwise; nil: no log
	Exchanged func(client.Status) // called from Follow's goroutine with each new status of the exchange; it must not block; nil: nobody is told
	EnrolTime time.Duration       // how long Enrol waits for the authority's countersignature; 0 is 45 s
}

// defaultEnrolTime is as long as somebody waits before a screen.
const defaultEnrolTime = 45 * time.Second

// Station is an open gate. Make it with Open. It is safe for concurrent use;
// Close comes after everything else.
type Station struct {
	Gate *gate.Gate // each entry that it records asks for a push

	store   *store.Store
	relay   *relay.Relay // nil: nothing opens by itself
	opt     Options
	entries chan struct{} // with room for one: an entry waits to be sent

	hub    sync.Mutex         // held while somebody talks to the hub, and guards what follows: one client at a time uses the store
	stop   context.CancelFunc // ends what Follow began; nil: nothing follows
	closed chan struct{}      // closed when that has ended
}

// Open opens the gate in a folder, which is made where there is none, and
// records the start of the program. Where the folder has no gate yet, nothing
// is recorded, and Enrol makes it one. The relay's calls are cut short when ctx
// ends. The errors are those of [store.Open], among them store.ErrBusy and
// store.ErrReadOnly. A relay that cannot be set up is no error but one of the
// gate's problems: people are checked, and the guard opens by hand.
func Open(ctx context.Context, folder string, o Options) (*Station, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Exchanged == nil {
		o.Exchanged = func(client.Status) {}
	}
	if o.EnrolTime == 0 {
		o.EnrolTime = defaultEnrolTime
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the gate's folder: %w", err)
	}
	opened, err := store.Open(ctx, folder, store.Options{Now: o.Now})
	if err != nil {
		return nil, err
	}
	s := &Station{store: opened, opt: o, entries: make(chan struct{}, 1)}
	s.makeGate(ctx, filepath.Join(folder, relay.File))
	s.recordStart(ctx)
	return s, nil
}

// makeGate makes the gate, with the relay that the setting at path describes.
func (s *Station) makeGate(ctx context.Context, path string) {
	setting, there, err := relay.Load(path)
	if err == nil && there {
		s.relay, err = relay.Start(ctx, setting, s.relayed)
	}
	o := gate.Options{Now: s.opt.Now}
	if s.relay != nil {
		o.Admitted = s.relay.Admitted
	}
	s.Gate = gate.New(ctx, sending{s.store, s.entries}, o)
	if err != nil {
		s.relayed(err)
	}
}

// relayed takes note of how a call of the relay went.
func (s *Station) relayed(err error) {
	if err != nil {
		s.opt.Log.Error("relay", "error", err)
	}
	s.Gate.Relayed(err)
}

// Wiped says which gate this folder was until the authority took it back; nil
// where none was, or another gate is here now.
func (s *Station) Wiped() *gate.Wiped { return s.store.View().Wiped }

// recordStart records that a program began to work as the gate in this folder.
// Where that cannot be written, no check can: each of them will say so.
func (s *Station) recordStart(ctx context.Context) {
	if !s.store.View().Enrolled {
		return
	}
	if err := s.Gate.Record(ctx, journal.Start, s.opt.Program+" "+Version); err != nil {
		s.opt.Log.Error("record the start", "error", err)
	}
}

// sending is the store of a gate whose every entry asks for a push.
type sending struct {
	*store.Store
	asks chan<- struct{}
}

// Append records an entry; see [store.Store.Append].
func (s sending) Append(ctx context.Context, d gate.Draft) (journal.Entry, error) {
	e, err := s.Store.Append(ctx, d)
	if err == nil {
		select {
		case s.asks <- struct{}{}:
		default: // a push is asked for already
		}
	}
	return e, err
}

// Identity is the gate in the folder; false where it has none.
func (s *Station) Identity(ctx context.Context) (enrol.Identity, bool, error) {
	return s.store.Identity(ctx)
}

// View is what the gate goes by now.
func (s *Station) View() *gate.View { return s.store.View() }

// Relays reports whether something opens by itself when somebody is admitted.
func (s *Station) Relays() bool { return s.relay != nil }

// Close ends the exchange with the hub, lets the relay make the call that was
// asked for last, and closes the folder, the journal last. Where the ctx of
// Open has ended, the relay's call is cut short.
func (s *Station) Close(ctx context.Context) error {
	s.unfollow()
	if s.relay != nil {
		s.relay.Close()
	}
	counted := s.Gate.FlushTraffic(context.WithoutCancel(ctx))
	return errors.Join(counted, s.store.Close())
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"postern/app/cue"
	"postern/app/gate"
	"postern/app/relay"
	"postern/app/scan"
	"postern/app/store"
	"postern/app/ui"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// house is one open gate: its folder, its checks, and its talk with the hub.
type house struct {
	folder  string
	screens *ui.UI

	store *store.Store
	gate  *gate.Gate
	relay *relay.Relay // nil: nothing opens by itself
	kick  chan struct{}
	sound *cue.Player

	work sync.WaitGroup // open, and what the screens ask for beside it

	mu    sync.Mutex // guards stop and ended, and orders who follows
	stop  context.CancelFunc
	ended chan struct{}
}

// open opens the folder and hands the gate to the screens. It ends at the
// first error, which the screens have then told.
func (h *house) open(ctx context.Context, opt options) error {
	s, err := h.openStore(ctx)
	if err != nil {
		h.screens.Failed(err)
		return err
	}
	h.store = s
	h.kick = make(chan struct{}, 1)
	h.sound = cue.NewPlayer(cue.Machine(), cue.Defaults(wording.Languages[0]))
	g := h.newGate(ctx)
	h.gate = g
	startErr := g.Record(ctx, journal.Start, "app "+Version) // where it cannot be written, the view's Problems say so
	if opt.enrol != "" && !s.View().Enrolled {
		if err := h.enrol(ctx, opt.enrol); err != nil {
			slog.Error("enrol", "error", err) // the enrolment screen opens, and takes the code again
		}
	}
	h.screens.Attach(ui.Backend{
		Gate:    kicked{g, h.kick, h.sound},
		Sound:   h.sound,
		Relay:   h.relay != nil,
		Cameras: camerasOf(opt.camera), Camera: opt.camera,
		Update: func() { h.work.Go(func() { h.follow(ctx) }) }, // beginning anew pulls at once
		Enrol: func(asked context.Context, code string) error {
			if err := h.enrol(asked, code); err != nil {
				return err
			}
			h.follow(ctx) // asked ends with the screens, following with the program
			return nil
		},
	})
	if opt.scanner != (scan.Profile{}) {
		h.screens.SetScanner(opt.scanner)
	}
	told := func(err error) { slog.Warn("scanner", "error", err) }
	if opt.serial != nil {
		line := *opt.serial
		line.Profile = opt.scanner
		h.work.Go(func() { line.Steady(ctx, h.screens.Submit, told) })
	}
	if opt.hid != nil {
		pos := *opt.hid
		pos.Profile = opt.scanner
		h.work.Go(func() { pos.Steady(ctx, h.screens.Submit, told) })
	}
	slog.Info("ready to scan", "after", time.Since(opt.began).Round(time.Millisecond).String())
	h.follow(ctx)
	if opt.check != "" {
		h.screens.Submit(scan.Reading{Text: opt.check, At: time.Now(), Source: scan.Typed})
	}
	if startErr != nil {
		slog.Error("record the start", "error", startErr)
	}
	return nil
}

// newGate makes the gate, with the relay of its folder where there is one. A
// relay that cannot be set up is a problem to show: people are checked all the
// same, and the guard opens by hand.
func (h *house) newGate(ctx context.Context) (g *gate.Gate) {
	setting, ok, err := relay.Load(filepath.Join(h.folder, relay.File))
	if err == nil && ok {
		h.relay, err = relay.Start(ctx, setting, func(err error) {
			if err != nil {
				slog.Error("relay", "error", err)
			}
			g.Relayed(err)
		})
	}
	if h.relay != nil {
		g = gate.New(h.store, gate.Options{Admitted: h.relay.Admitted})
		return g
	}
	g = gate.New(h.store, gate.Options{})
	if err != nil {
		slog.Error("relay", "error", err)
		g.Relayed(err)
	}
	return g
}

func (h *house) openStore(ctx context.Context) (*store.Store, error) {
	if err := os.MkdirAll(h.folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the gate's folder: %w", err)
	}
	s, err := store.Open(ctx, h.folder, store.Options{})
	switch {
	case errors.Is(err, store.ErrBusy):
		return nil, fmt.Errorf("%w: %w", ui.ErrBusy, err)
	case errors.Is(err, store.ErrReadOnly):
		return nil, fmt.Errorf("%w: %w", ui.ErrReadOnly, err)
	}
	return s, err
}

// follow keeps in step with the hub from now on, where the gate is enrolled;
// whatever followed before has ended then.
func (h *house) follow(ctx context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.unfollowLocked()
	id, ok, err := h.store.Identity(ctx)
	if err != nil || !ok || ctx.Err() != nil {
		return
	}
	c := h.client(id)
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	h.stop, h.ended = stop, ended
	go func() {
		defer close(ended)
		c.Run(running, h.kick, h.screens.Exchanged)
	}()
}

func (h *house) client(id enrol.Identity) *client.Client {
	return &client.Client{
		Identity: id, Store: h.store, Dir: filepath.Join(h.folder, "fetching"), Log: slog.Default(),
		Traffic: func(ctx context.Context, down, up int64) {
			if h.gate == nil {
				return // before open ends
			}
			if err := h.gate.AddTraffic(context.WithoutCancel(ctx), gate.Traffic{Down: down, Up: up}); err != nil {
				slog.Warn("count data", "error", err)
			}
		},
	}
}

// unfollow ends the talk with the hub and waits for it: one client at a time uses the store.
func (h *house) unfollow() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.unfollowLocked()
}

func (h *house) unfollowLocked() {
	if h.stop == nil {
		return
	}
	h.stop()
	<-h.ended
	h.stop, h.ended = nil, nil
}

// kicked is a gate whose every verdict sounds and whose every entry asks for a
// push: the talk with the hub learns of it, and no check waits for either.
type kicked struct {
	*gate.Gate
	kick  chan<- struct{} // with room for one
	sound *cue.Player
}

func (k kicked) Answer(ctx context.Context, r scan.Reading) gate.Answer {
	return k.heard(k.Gate.Answer(ctx, r))
}

func (k kicked) AnswerUnreadable(ctx context.Context) gate.Answer {
	return k.heard(k.Gate.AnswerUnreadable(ctx))
}

func (k kicked) Confirm(ctx context.Context, t gate.Token, matches bool) (gate.Answer, error) {
	a, err := k.Gate.Confirm(ctx, t, matches)
	if err == nil {
		k.told(a.Verdict)
	}
	return a, err
}

func (k kicked) Override(ctx context.Context, t gate.Token, pin, reason string) error {
	defer k.push()
	return k.Gate.Override(ctx, t, pin, reason)
}

func (k kicked) Emergency(ctx context.Context, t gate.Token, reason string) error {
	defer k.push()
	return k.Gate.Emergency(ctx, t, reason)
}

// heard is told for an answer: what stays before the camera sounds once.
func (k kicked) heard(a gate.Answer) gate.Answer {
	if !a.Repeated {
		k.told(a.Verdict)
	}
	return a
}

func (k kicked) told(v verdict.Verdict) verdict.Verdict {
	k.sound.Play(v.Outcome)
	k.push()
	return v
}

func (k kicked) BeginShift(ctx context.Context, s gate.Shift, pin string) error {
	defer k.push()
	return k.Gate.BeginShift(ctx, s, pin)
}

func (k kicked) EndShift(ctx context.Context) error {
	defer k.push()
	return k.Gate.EndShift(ctx)
}

func (k kicked) Record(ctx context.Context, kind journal.Kind, reason string) error {
	defer k.push()
	return k.Gate.Record(ctx, kind, reason)
}

func (k kicked) push() {
	select {
	case k.kick <- struct{}{}:
	default: // one is asked for already
	}
}

// close ends what open began, the journal last; the context of open has ended before.
func (h *house) close() error {
	h.work.Wait()
	h.unfollow()
	if h.store == nil {
		return nil
	}
	h.sound.Close()
	var flushed error
	if h.gate != nil {
		flushed = h.gate.FlushTraffic(context.Background())
	}
	if h.relay != nil {
		h.relay.Wait()
	}
	return errors.Join(flushed, h.store.Close())
}

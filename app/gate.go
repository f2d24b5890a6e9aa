package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"postern/app/cue"
	"postern/app/scan"
	"postern/app/station"
	"postern/app/ui"
	"postern/sync/client"
	"postern/sync/wording"
)

// screens is what a gate needs of the guard's screens; *ui.UI is one.
type screens interface {
	Attach(b ui.Backend)
	Failed(err error)
	Exchanged(s client.Status)
	Submit(r scan.Reading)
	SetScanner(p scan.Profile)
}

// openGate opens a station for the screens, and the scanners that the command line names.
type openGate struct {
	opt     options
	screens screens
	station *station.Station // nil until it is open
	sound   *cue.Player
	work    sync.WaitGroup // open, the scanners, and what the screens ask for beside them
}

// open opens the folder and hands the gate to the screens. It ends at the
// first error, which the screens show.
func (g *openGate) open(ctx context.Context) error {
	s, err := station.Open(ctx, g.opt.data, station.Options{Program: "app", Log: slog.Default(), Exchanged: g.screens.Exchanged})
	if err != nil {
		g.screens.Failed(err)
		return err
	}
	g.station = s
	g.sound = cue.NewPlayer(ctx, cue.Machine(), cue.Defaults(wording.Languages[0]))
	g.enrolByFlag(ctx)
	g.screens.Attach(ui.Backend{
		Gate:    s.Gate,
		Sound:   g.sound,
		Relay:   s.Relays(),
		Cameras: camerasOf(g.opt.camera), Camera: g.opt.camera,
		Update: func() { g.work.Go(func() { s.Follow(ctx) }) }, // beginning anew pulls at once
		Enrol: func(asked context.Context, code string) error {
			defer s.Follow(ctx) // asked ends with the screens, following with the program
			return s.Enrol(asked, code)
		},
	})
	g.beginScanners(ctx)
	slog.Info("ready to scan", "after", time.Since(g.opt.began).Round(time.Millisecond).String())
	s.Follow(ctx)
	if g.opt.check != "" {
		g.screens.Submit(scan.Reading{Text: g.opt.check, At: time.Now(), Source: scan.Typed})
	}
	return nil
}

// enrolByFlag spends the code of the command line where the folder has no gate
// yet. Where that fails, the enrolment screen takes the code again.
func (g *openGate) enrolByFlag(ctx context.Context) {
	_, enrolled, err := g.station.Identity(ctx)
	if err == nil && !enrolled && g.opt.enrol != "" {
		err = g.station.Enrol(ctx, g.opt.enrol)
	}
	if err != nil {
		slog.Error("enrol", "error", err)
	}
}

// beginScanners reads from the scanners that the command line names until ctx ends.
func (g *openGate) beginScanners(ctx context.Context) {
	if g.opt.scanner != (scan.Profile{}) {
		g.screens.SetScanner(g.opt.scanner)
	}
	warn := func(err error) { slog.Warn("scanner", "error", err) }
	if g.opt.serial != nil {
		line := *g.opt.serial
		line.Profile = g.opt.scanner
		g.work.Go(func() { line.Steady(ctx, g.screens.Submit, warn) })
	}
	if g.opt.hid != nil {
		pos := *g.opt.hid
		pos.Profile = g.opt.scanner
		g.work.Go(func() { pos.Steady(ctx, g.screens.Submit, warn) })
	}
}

// close ends what open began, the journal last; the context of open has ended before.
func (g *openGate) close(ctx context.Context) error {
	g.work.Wait()
	if g.station == nil {
		return nil
	}
	g.sound.Close()
	return g.station.Close(ctx)
}

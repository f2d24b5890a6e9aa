package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"sync"
	"time"

	"postern/app/qr"
	"postern/app/scan"
	"postern/sync/client"
)

// gate is a checkpoint without a screen, for a turnstile or a serial scanner:
// a text a line comes in, and its verdict goes out once it is recorded. What is
// recorded reaches the hub beside it, whenever there is a network.
func (p *program) gate(ctx context.Context, args []string) int {
	flags := flag.NewFlagSet("gate", flag.ContinueOnError)
	flags.SetOutput(p.stderr)
	dir := flags.String("data", "", "the gate's `folder`")
	code := flags.String("enrol", "", "enrolment `code`, used where the folder has no gate yet")
	if err := flags.Parse(args); err != nil || *dir == "" || flags.NArg() > 0 {
		if err == nil {
			fmt.Fprintln(p.stderr, "gate wants --data FOLDER, and texts on standard input")
		}
		return exitMisuse
	}
	if err := p.runGate(ctx, *dir, *code); err != nil {
		fmt.Fprintf(p.stderr, "postern gate: %v\n", err)
		return exitFailed
	}
	return exitOK
}

// patienceTime is how long opening a gate may take before it says what it waits for.
const patienceTime = 3 * time.Second

func (p *program) runGate(ctx context.Context, dir, code string) (err error) {
	patience := time.AfterFunc(patienceTime, func() {
		fmt.Fprintf(p.stderr, "postern gate: waiting for the hub and its authority to answer the enrolment, %v at most\n", enrolTime)
	})
	gatePost, err := openPost(ctx, dir, code, p.now)
	patience.Stop()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, gatePost.close()) }()
	ctx, stop := context.WithCancel(ctx)
	kick := make(chan struct{}, 1)
	var syncing sync.WaitGroup
	syncing.Go(func() { gatePost.client.Run(ctx, kick, func(client.Status) {}) })
	defer syncing.Wait()
	defer stop()
	return p.checkLines(ctx, gatePost, kick)
}

// checkLines checks each line of standard input, and answers each after it is recorded.
func (p *program) checkLines(ctx context.Context, gatePost *post, kick chan<- struct{}) error {
	out := json.NewEncoder(p.stdout)
	for text, err := range lines(ctx, p.stdin, 2*qr.MaxText) {
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
		if text == "" {
			continue
		}
		// Typed: whatever writes lines has its own notion of a showing, and a code
		// handed back must not open a turnstile twice.
		a := gatePost.gate.Answer(ctx, scan.Reading{Text: text, At: p.now(), Source: scan.Typed})
		if err := out.Encode(recordedAnswer(a)); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		select {
		case kick <- struct{}{}:
		default: // a push is due already
		}
	}
	return nil
}

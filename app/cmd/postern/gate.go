package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"

	"postern/app/gate"
	"postern/app/qr"
	"postern/app/scan"
)

// gate is a gate without a screen, for a turnstile or a serial scanner: a text
// a line comes in, and its verdict goes out once it is recorded. What is
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

func (p *program) runGate(ctx context.Context, dir, code string) (err error) {
	s, err := p.openStation(ctx, "gate", dir, code)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	s.Follow(ctx)
	return p.checkLines(ctx, s.Gate)
}

// checkLines checks each line of standard input, and answers each after it is recorded.
func (p *program) checkLines(ctx context.Context, g *gate.Gate) error {
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
		a := g.Answer(ctx, scan.Reading{Text: text, At: p.now(), Source: scan.Typed})
		if err := out.Encode(recordedAnswer(a)); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	return nil
}

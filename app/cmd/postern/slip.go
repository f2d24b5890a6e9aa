package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"postern/app/gate"
	"postern/app/qr"
	"postern/app/store"
	"postern/sync/pass"
)

const slipUsage = `usage: postern slip --gate FOLDER [--kind KIND] [--name NAME] [--born YEAR] [--life TIME] [--png FILE]

Signs a temporary pass as the gate in FOLDER, which must not be running, and
writes its text. It needs no network; other gates judge it offline, as 'postern
verify' does. The authority must let the gate sign slips (postern-hub gate
slips). The slip is recorded in the gate's journal before it is written out.

Exit code: 0 with a slip; 1 where there is none; 2 for misuse.

`

// slipCall is one call of slip.
type slipCall struct {
	folder, png string
	wanted      gate.SlipRequest
}

// slip makes a temporary pass.
func (p *program) slip(ctx context.Context, args []string) int {
	call, err := p.parseSlip(args)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		return exitMisuse
	}
	if err := p.runSlip(ctx, call); err != nil {
		fmt.Fprintf(p.stderr, "postern slip: %v\n", err)
		return exitFailed
	}
	return exitOK
}

func (p *program) parseSlip(args []string) (call slipCall, err error) {
	flags := flag.NewFlagSet("slip", flag.ContinueOnError)
	flags.SetOutput(p.stderr)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), slipUsage)
		flags.PrintDefaults()
	}
	flags.StringVar(&call.folder, "gate", "", "the gate's `folder`")
	flags.StringVar(&call.png, "png", "", "`file` for the code as a picture")
	flags.StringVar(&call.wanted.Name, "name", "", "the holder's `name`, which is masked")
	flags.IntVar(&call.wanted.BirthYear, "born", 0, "the holder's `year` of birth")
	flags.DurationVar(&call.wanted.Life, "life", 0, "how `long` it lasts, such as 4h (default: as long as the authority allows)")
	call.wanted.Kind = pass.Visitor
	flags.Func("kind", "`kind`: visitor (the default), replacement, medical", func(s string) error {
		for _, k := range pass.SlipKinds {
			if k.String() == s {
				call.wanted.Kind = k
				return nil
			}
		}
		return errors.New("there are visitor, replacement and medical")
	})
	if err := flags.Parse(args); err != nil {
		return call, err
	}
	if err = call.check(flags.Args()); err != nil {
		fmt.Fprintf(p.stderr, "postern slip: %v\n", err)
	}
	return call, err
}

// check says what is wrong with the call; left are the arguments behind its flags.
func (c slipCall) check(left []string) error {
	switch {
	case len(left) > 0:
		return leftOver(left)
	case c.folder == "":
		return errors.New("--gate is missing; name the gate's folder")
	case c.wanted.Life < 0 || c.wanted.Life%time.Second != 0:
		return fmt.Errorf("--life %v is not possible; give whole seconds, such as 4h", c.wanted.Life)
	}
	return nil
}

// leftOver is the error of a command that takes no arguments behind its flags.
func leftOver(args []string) error {
	return fmt.Errorf("%q is left over on the command line", args[0])
}

// checkGate refuses a folder that holds no gate, in which opening a station
// would make files. It opens the folder for looking only.
func (p *program) checkGate(ctx context.Context, folder string) error {
	s, err := store.Open(ctx, folder, store.Options{Now: p.now, ReadOnly: true})
	if errors.Is(err, store.ErrNoGate) {
		return fmt.Errorf("open gate %s: %w: postern gate --data %s --enrol CODE", folder, store.ErrNoGate, folder)
	}
	if err != nil {
		return nil // opening the station mends it, or says what is wrong
	}
	return s.Close()
}

// runSlip makes the picture's file first: a slip that is signed and recorded
// must not be in vain for a name that cannot be written.
func (p *program) runSlip(ctx context.Context, call slipCall) (err error) {
	if err := p.checkGate(ctx, call.folder); err != nil {
		return err
	}
	var picture *os.File
	if call.png != "" {
		if picture, err = os.OpenFile(call.png, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
			return fmt.Errorf("write picture: %w", err)
		}
		defer func() {
			if err = errors.Join(err, picture.Close()); err != nil {
				err = errors.Join(err, os.Remove(call.png))
			}
		}()
	}
	s, err := p.openStation(ctx, "slip", call.folder, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	text, made, err := s.Gate.Slip(ctx, call.wanted)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(p.stdout, text); err != nil {
		return fmt.Errorf("the slip is signed and recorded, but nobody has it; make another: %w", err)
	}
	fmt.Fprintf(p.stderr, "temporary slip (%s) by gate %s, %s, until %s\n",
		made.Slip.Kind, made.Slip.Gate, made.Slip.Place, made.Expires.Local().Format("2006-01-02 15:04"))
	if picture == nil {
		return nil
	}
	return qr.WritePNG(picture, text, 4)
}

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
	if call.folder == "" || flags.NArg() > 0 || call.wanted.Life < 0 || call.wanted.Life%time.Second != 0 {
		err = errors.New("slip wants --gate FOLDER, and --life in whole seconds")
		fmt.Fprintf(p.stderr, "postern slip: %v\n", err)
	}
	return call, err
}

// runSlip makes the picture's file first: a slip that is signed and recorded
// must not be in vain for a name that cannot be written.
func (p *program) runSlip(ctx context.Context, call slipCall) (err error) {
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
	fmt.Fprintln(p.stdout, text)
	fmt.Fprintf(p.stderr, "temporary slip (%s) by gate %s, %s, until %s\n",
		made.Slip.Kind, made.Slip.Gate, made.Slip.Place, made.Expires.Local().Format("2006-01-02 15:04"))
	if picture == nil {
		return nil
	}
	return qr.WritePNG(picture, text, 4)
}

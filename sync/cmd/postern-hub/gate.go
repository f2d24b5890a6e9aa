package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/skip2/go-qrcode"

	"postern/sync/authority"
	"postern/sync/enrol"
)

// gate runs the command that its first argument names: what can be done with gates.
func (p *program) gate(ctx context.Context, args []string) int {
	return p.dispatch(ctx, "gate", args,
		verb{"add", p.gateAdd}, verb{"list", p.gateList}, verb{"slips", p.gateSlips}, verb{"pin", p.gatePIN},
		verb{"direction", p.gateDirection},
		p.gateChange("suspend", func(ctx context.Context, a *authority.Authority, id string) error {
			return a.Gates.Suspend(ctx, id, true)
		}),
		p.gateChange("resume", func(ctx context.Context, a *authority.Authority, id string) error {
			return a.Gates.Suspend(ctx, id, false)
		}),
		p.gateChange("wipe", func(ctx context.Context, a *authority.Authority, id string) error { return a.Gates.Wipe(ctx, id) }),
		verb{"countersign", p.gateCountersign})
}

// gateAdd prints the code on standard output and, for a tablet's camera, its
// picture on standard error, so that a script can take the one without the other.
func (p *program) gateAdd(ctx context.Context, args []string) int {
	c := p.command("gate add")
	hub := c.String("hub", "", "`URL` at which the gate reaches the hub")
	place := c.String("place", "", "`name` of the place, for people")
	places := map[string]string{}
	c.Func("place-in", "the place's name in another language, as `language=name`, such as en=East Gate; may be repeated", func(s string) error {
		language, name, ok := strings.Cut(s, "=")
		if !ok || places[language] != "" {
			return errors.New("write language=name, each language once")
		}
		places[language] = name
		return nil
	})
	rules := c.String("policy", "residential", "`name` of the policy, as policy list shows it")
	days := c.Int("days", 7, "for how many `days` the code enrols")
	slips := c.Duration("slips", 0, "let the gate sign temporary passes that last this `long` at most, such as 12h")
	slipsAt := c.String("slips-at", "", "the `policies`, by comma, at whose places such passes count (default: all)")
	direction := c.String("direction", "both", "which way people go there: in, out, or both, where the guard chooses")
	pin := c.Bool("pin", false, "give the gate a supervisor's PIN: asked for, or one line of standard input")
	png := c.String("png", "", "`file` for the code as a picture")
	if code, done := c.parse(p, args, "hub", "place"); done {
		return code
	}
	if *days < 1 || *days > 365 {
		return p.misuse("--days is 1 to 365")
	}
	if *slipsAt != "" && *slips == 0 {
		return p.misuse("--slips-at says where temporary passes count, but none are allowed: give --slips too")
	}
	n := authority.NewGate{
		Hub: *hub, Place: *place, Places: places, Policy: *rules, Direction: *direction, Expiry: p.now().Add(time.Duration(*days) * 24 * time.Hour),
		Slips: *slips, Policies: names(*slipsAt),
		Hand: func(code enrol.Code) error {
			_, err := fmt.Fprintln(p.stdout, code.Encode())
			return err
		},
	}
	var err error
	if n.PIN, err = p.newPIN(*pin); err != nil {
		return p.fail(err)
	}
	var picture *output
	if *png != "" {
		if picture, err = openOutput(*png); err != nil {
			return p.fail(err)
		}
		defer picture.drop()
	}
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	code, err := a.Gates.Add(ctx, n)
	if err != nil {
		return p.fail(err)
	}
	return p.drawCode(code, picture)
}

// drawCode draws a new gate's code, for people and into picture, if there is one.
func (p *program) drawCode(code enrol.Code, picture *output) int {
	if small, err := qrcode.New(code.Encode(), qrcode.Medium); err == nil {
		fmt.Fprintln(p.stderr, small.ToSmallString(false))
	}
	fmt.Fprintf(p.stderr, "gate %s at %s; the code enrols one device, until %s: show it to nobody else\n",
		code.GateID(), code.Place, code.Expiry.Local().Format("2006-01-02 15:04"))
	if picture == nil {
		return exitOK
	}
	image, err := drawQR(code.Encode())
	if err == nil {
		_, err = picture.Write(image)
	}
	if err := picture.end(err); err != nil {
		return p.fail(fmt.Errorf("the gate is there and its code stands on standard output, but not in %s: %w", picture.name, err))
	}
	return exitOK
}

func (p *program) gateList(ctx context.Context, args []string) int {
	c := p.command("gate list")
	if code, done := c.parse(p, args); done {
		return code
	}
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	gates, err := a.Gates.All(ctx)
	if err != nil {
		return p.fail(err)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "GATE\tPLACE\tPOLICY\tSTATE\tENVELOPE\tSLIPS\tDIRECTION\tPIN")
	for _, g := range gates {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\n", g.ID, g.Place, g.Policy, p.stateOf(g), g.Version, slipsOf(g), g.Direction, yesNo(g.HasPIN))
	}
	if err := w.Flush(); err != nil {
		return p.fail(err)
	}
	return exitOK
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (p *program) stateOf(g authority.Gate) string {
	switch {
	case g.Wipe:
		return "wiped"
	case g.Suspended:
		return "suspended"
	case g.Enrolled:
		return "enrolled"
	case !p.now().Before(g.Expiry):
		return "code expired"
	}
	return "waits until " + g.Expiry.Local().Format("2006-01-02 15:04")
}

func slipsOf(g authority.Gate) string {
	if g.Slips == 0 {
		return "none"
	}
	return g.Slips.String()
}

// gateSlips lets a gate sign temporary passes, or takes that back.
func (p *program) gateSlips(ctx context.Context, args []string) int {
	c := p.command("gate slips")
	id := c.String("gate", "", "the gate's `ID`, as gate list shows it")
	life := c.Duration("life", 0, "how `long` a temporary pass of the gate may last, such as 12h")
	at := c.String("at", "", "the `policies`, by comma, at whose places they count (default: all)")
	stop := c.Bool("stop", false, "take it back: every temporary pass that the gate has signed is revoked")
	if code, done := c.parse(p, args, "gate"); done {
		return code
	}
	if *stop == (*life != 0) {
		return p.misuse("gate slips wants either --life or --stop")
	}
	if *stop && *at != "" {
		return p.misuse("--at says where temporary passes count, and --stop ends them; leave one out")
	}
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	if *stop {
		err = a.Gates.StopSlips(ctx, *id)
	} else {
		err = a.Gates.AllowSlips(ctx, *id, *life, names(*at))
	}
	if err != nil {
		return p.fail(err)
	}
	fmt.Fprintln(p.stdout, "the gate learns it after the next publish")
	return exitOK
}

// names splits a list of names at commas and spaces.
func names(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// gatePIN gives a gate a supervisor's PIN, or takes it away.
func (p *program) gatePIN(ctx context.Context, args []string) int {
	c := p.command("gate pin")
	id := c.String("gate", "", "the gate's `ID`, as gate list shows it")
	none := c.Bool("none", false, "take the PIN away: nobody can act as supervisor there")
	if code, done := c.parse(p, args, "gate"); done {
		return code
	}
	digits, err := p.newPIN(!*none)
	if err != nil {
		return p.fail(err)
	}
	return p.changeOne(ctx, c, func(a *authority.Authority) error { return a.Gates.SetPIN(ctx, *id, digits) })
}

// gateDirection says which way people go at a gate.
func (p *program) gateDirection(ctx context.Context, args []string) int {
	c := p.command("gate direction")
	id := c.String("gate", "", "the gate's `ID`, as gate list shows it")
	direction := c.String("direction", "", "which way people go there: in, out, or both, where the guard chooses")
	if code, done := c.parse(p, args, "gate", "direction"); done {
		return code
	}
	return p.changeOne(ctx, c, func(a *authority.Authority) error { return a.Gates.SetDirection(ctx, *id, *direction) })
}

// newPIN asks for a PIN where one is wanted. It is never a flag, since every
// program on the machine can read the command line of the others.
func (p *program) newPIN(wanted bool) (string, error) {
	if !wanted {
		return "", nil
	}
	digits, err := readPIN(p.stdin)
	if err == nil && digits == "" {
		err = enrol.ErrPIN
	}
	return digits, err
}

// gateChange makes the verb that changes one gate in the ledger. The gate learns
// it from the next publish.
func (p *program) gateChange(name string, change func(context.Context, *authority.Authority, string) error) verb {
	return verb{name, func(ctx context.Context, args []string) int {
		c := p.command("gate " + name)
		id := c.String("gate", "", "the gate's `ID`, as gate list shows it")
		if code, done := c.parse(p, args, "gate"); done {
			return code
		}
		return p.changeOne(ctx, c, func(a *authority.Authority) error { return change(ctx, a, *id) })
	}}
}

func (p *program) changeOne(ctx context.Context, c *command, change func(*authority.Authority) error) int {
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	if err := change(a); err != nil {
		return p.fail(err)
	}
	fmt.Fprintln(p.stdout, "the gate learns it after the next publish")
	return exitOK
}

// gateCountersign answers one request: the bytes of an enrol.Request on
// standard input; on standard output the deterministic CBOR array
// [certificate, envelope] (enrol.EncodeAnswer). Exit 0 with an answer; else
// one line on standard error and exit 1.
func (p *program) gateCountersign(ctx context.Context, args []string) int {
	c := p.command("gate countersign")
	if code, done := c.parse(p, args); done {
		return code
	}
	request, err := io.ReadAll(io.LimitReader(p.stdin, enrol.MaxBytes+1))
	if err != nil {
		return p.fail(fmt.Errorf("read request: %w", err))
	}
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	certificate, envelope, err := a.Gates.Countersign(ctx, request)
	if err != nil {
		return p.fail(err)
	}
	answer, err := enrol.EncodeAnswer(certificate, envelope)
	if err != nil {
		return p.fail(err)
	}
	if _, err := p.stdout.Write(answer); err != nil {
		return p.fail(fmt.Errorf("write answer: %w", err))
	}
	return exitOK
}

// Command postern-hub is the authority's and the operator's program: it makes
// keys, issues passes, publishes snapshots, prints gates' enrolment codes, and
// serves them all.
//
// Serve loads no key but the hub's own receipt key. Countersigning gates is the
// one thing in which serve needs the authority, and it asks a child process for
// that (gate countersign).
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // --zone works on a machine without a time zone database

	"postern/sync/authority"
)

// Exit codes of every command.
const (
	exitOK     = 0 // all is as asked
	exitFailed = 1 // something that should have worked did not
	exitMisuse = 2 // the command line makes no sense
)

// program is one run of postern-hub; tests fill its fields.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	getenv         func(string) string
	// askPassphrase asks the person at the terminal; again is for a new one.
	askPassphrase func(again bool) (string, error)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &program{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now,
		getenv: os.Getenv, askPassphrase: askTerminal,
	}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

const usage = `postern-hub makes keys, passes and snapshots, and serves them to gates.

  postern-hub keygen --authority DIR --hub DIR --issuer ID    a new city: keys, ready policies, an empty snapshot
  postern-hub issue --authority DIR --roster FILE             read a roster, write everybody's pass
  postern-hub publish --authority DIR --out DIR               make the next snapshot of roster, results and policies
  postern-hub gate add --authority DIR --hub URL --place NAME print the code that enrols one gate
  postern-hub gate list|suspend|resume|wipe --authority DIR   the gates that there are
  postern-hub gate slips --authority DIR --gate ID --life 12h let a gate sign temporary passes, or --stop it
  postern-hub gate pin|direction --authority DIR --gate ID    a gate's supervisor PIN (asked for), and which way people go
  postern-hub gate countersign --authority DIR                answer an enrolment request (standard input to output)
  postern-hub trust import FILE... --authority DIR            trust other issuers' keys: PEM, JWK sets, DID documents
  postern-hub trust list|withdraw|remove --authority DIR      the issuers and keys that gates trust
  postern-hub revoked import FILE... --authority DIR          other issuers' revocation lists: EU, SMART Health Cards, tokens
  postern-hub revoked list|withdraw --authority DIR           the lists that gates get
  postern-hub policy check FILE                               what a policy would do, before it is published
  postern-hub policy list|show|set --authority DIR            the policies that places follow
  postern-hub serve                                           serve snapshots, enrol gates, take journals
  postern-hub journal                                         what gates have recorded

'postern-hub COMMAND -h' explains a command. Passphrases come from
--passphrase-file, from POSTERN_PASSPHRASE, or are asked for.
`

// run runs a command and gives its exit code. A command whose output could not
// be written has failed, whatever it did: a policy that a full disk cut short
// is no policy.
func (p *program) run(ctx context.Context, args []string) int {
	out := &printed{w: p.stdout}
	p.stdout = out
	code := p.choose(ctx, args)
	if code == exitOK && out.err != nil {
		return p.fail(fmt.Errorf("the command is done, but its output could not be written: %w", out.err))
	}
	return code
}

// printed is the standard output, which remembers the first error of a write.
type printed struct {
	w   io.Writer
	err error
}

func (o *printed) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// choose runs the command that the first argument names.
func (p *program) choose(ctx context.Context, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(p.stderr, usage)
		return exitMisuse
	}
	commands := map[string]func(context.Context, []string) int{
		"keygen": p.keygen, "issue": p.issue, "publish": p.publish, "gate": p.gate, "serve": p.serve, "journal": p.journal,
		"trust": p.trust, "revoked": p.revoked, "policy": p.policy,
	}
	switch command, known := commands[args[0]]; {
	case known:
		return command(ctx, args[1:])
	case args[0] == "help", args[0] == "-h", args[0] == "--help":
		fmt.Fprint(p.stdout, usage)
		return exitOK
	}
	fmt.Fprintf(p.stderr, "postern-hub: no command %q\n\n%s", args[0], usage)
	return exitMisuse
}

// fail says what went wrong.
func (p *program) fail(err error) int {
	fmt.Fprintf(p.stderr, "postern-hub: %v\n", err)
	return exitFailed
}

// misuse says what is wrong with the command line.
func (p *program) misuse(what string) int {
	fmt.Fprintf(p.stderr, "postern-hub: %s\n", what)
	return exitMisuse
}

// command is the flags that authority commands share.
type command struct {
	*flag.FlagSet
	dir, passphraseFile, zone string
}

func (p *program) command(name string) *command {
	c := &command{FlagSet: flag.NewFlagSet("postern-hub "+name, flag.ContinueOnError)}
	c.SetOutput(p.stderr)
	c.StringVar(&c.dir, "authority", "", "the authority's `folder`; keep it off the network")
	c.StringVar(&c.passphraseFile, "passphrase-file", "", "`file` that holds the passphrase of the offline keys")
	c.StringVar(&c.zone, "zone", "", "time zone of times that name none, such as Asia/Shanghai (default: this machine's)")
	return c
}

// parse reads the flags. Where done is true the command ends with code: after a
// mistake, or where only help was asked for.
func (c *command) parse(p *program, args []string, required ...string) (code int, done bool) {
	switch err := c.Parse(args); {
	case err == flag.ErrHelp:
		return exitOK, true
	case err != nil:
		return exitMisuse, true
	}
	if c.NArg() > 0 {
		fmt.Fprintf(p.stderr, "postern-hub: %q is left over on the command line\n", c.Arg(0))
		return exitMisuse, true
	}
	for _, name := range append([]string{"authority"}, required...) {
		if c.Lookup(name).Value.String() == "" {
			fmt.Fprintf(p.stderr, "postern-hub: --%s is missing\n", name)
			return exitMisuse, true
		}
	}
	return exitOK, false
}

// parseMixed is parse for commands that also take words.
func (c *command) parseMixed(p *program, args []string) (words []string, code int, done bool) {
	if words, code, done = c.parseWords(p, args); !done {
		code, done = c.parse(p, nil)
	}
	return words, code, done
}

// parseWords reads flags and words, which may stand before, between and after
// the flags. It asks for no flag.
func (c *command) parseWords(p *program, args []string) (words []string, code int, done bool) {
	for rest := args; ; rest = c.Args()[1:] {
		switch err := c.Parse(rest); {
		case err == flag.ErrHelp:
			return nil, exitOK, true
		case err != nil:
			return nil, exitMisuse, true
		}
		if c.NArg() == 0 {
			return words, exitOK, false
		}
		words = append(words, c.Arg(0))
	}
}

// options is what the authority is opened with.
func (c *command) options(p *program, newPassphrase bool) (authority.Options, error) {
	o := authority.Options{Now: p.now, Passphrase: c.passphrase(p, newPassphrase)}
	if c.zone != "" {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			return o, fmt.Errorf("read --zone: %w", err)
		}
		o.Zone = zone
	}
	return o, nil
}

func (c *command) open(ctx context.Context, p *program) (*authority.Authority, error) {
	o, err := c.options(p, false)
	if err != nil {
		return nil, err
	}
	return authority.Open(ctx, c.dir, o)
}

// passphrase gives a function that reads the passphrase from the file, the
// environment or the terminal, in this order. Commands that need no offline key
// never call it.
func (c *command) passphrase(p *program, again bool) authority.Passphrase {
	return func() (string, error) {
		if c.passphraseFile != "" {
			b, err := os.ReadFile(c.passphraseFile)
			if err != nil {
				return "", fmt.Errorf("read passphrase: %w", err)
			}
			return strings.TrimRight(string(b), "\r\n"), nil
		}
		if s := p.getenv("POSTERN_PASSPHRASE"); s != "" {
			return s, nil
		}
		return p.askPassphrase(again)
	}
}

// checkInput says why a file that is named on the command line cannot be read,
// before anything is written. It leaves pipes closed: whoever writes into one
// would take that for the end.
func checkInput(name string) error {
	if name == "" || name == "-" {
		return nil
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("read %s: it is a folder; name a file in it", name)
	case !info.Mode().IsRegular():
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return f.Close()
}

// input opens a file that is named on the command line, where - is standard
// input. The caller calls the function to close it.
func (p *program) input(name string) (io.Reader, func(), error) {
	if name == "-" {
		return p.stdin, func() {}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	return f, func() { f.Close() }, nil
}

package main

import (
	"context"
	"errors"
	"fmt"

	"postern/sync/authority"
	"postern/sync/policy"
)

// publish reads what is new, makes the next snapshot and copies it to the hub's folder.
func (p *program) publish(ctx context.Context, args []string) int {
	c := p.command("publish")
	out := c.String("out", "", "the hub's `folder`, or a stick: metadata/, targets/ and gates/ go there")
	roster := c.String("roster", "", "roster to read first, a CSV `file`")
	results := c.String("results", "", "laboratory results to read first, a CSV `file` with number,kind,result,taken_at")
	rules := c.String("policy", "", "policy to put in place first, a JSON `file`; needs the passphrase")
	sure := c.Bool("clock-is-right", false, "publish although the last version was made after now, or very long ago")
	if code, done := c.parse(p, args, "out"); done {
		return code
	}
	in := inputs{roster: *roster, results: *results, policy: *rules}
	if in.standardInputs() > 1 {
		return p.misuse("only one of --roster, --results and --policy can be standard input; give files for the others")
	}
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	a.ClockIsRight = *sure
	version, err := p.publishTo(ctx, a, *out, in)
	if err != nil {
		return p.fail(err)
	}
	fmt.Fprintf(p.stdout, "published version %d to %s\n", version, *out)
	return exitOK
}

// publishTo finds out whether the version can go to folder out before it
// changes anything.
func (p *program) publishTo(ctx context.Context, a *authority.Authority, out string, in inputs) (version uint64, err error) {
	if err := a.CheckExport(ctx, out); err != nil {
		return 0, err
	}
	if err := writableFolder(out, 0o755); err != nil {
		return 0, err
	}
	if err := p.readInputs(ctx, a, in); err != nil {
		return 0, err
	}
	if version, err = a.Publish(ctx); err != nil {
		return 0, err
	}
	return version, a.Export(ctx, out)
}

// inputs names the files to read before a publish, "" for none.
type inputs struct{ roster, results, policy string }

// standardInputs counts the files that are read from standard input, which has one end.
func (in inputs) standardInputs() (count int) {
	for _, name := range []string{in.roster, in.results, in.policy} {
		if name == "-" {
			count++
		}
	}
	return count
}

// readInputs reads the files into the ledger. A file that cannot be read, a
// policy that is none and a wrong passphrase are told before the first of them
// is read in.
func (p *program) readInputs(ctx context.Context, a *authority.Authority, in inputs) error {
	if err := errors.Join(checkInput(in.roster), checkInput(in.results)); err != nil {
		return err
	}
	rules, err := p.readNewPolicy(a, in.policy)
	if err != nil {
		return err
	}
	if err := p.importFile(ctx, in.roster, a.Roster.Import); err != nil {
		return err
	}
	if err := p.importFile(ctx, in.results, a.Roster.ImportResults); err != nil {
		return err
	}
	if rules == nil {
		return nil
	}
	return a.Policies.Set(ctx, rules)
}

// readNewPolicy reads a policy and unlocks the key that signs it; nil where none is named.
func (p *program) readNewPolicy(a *authority.Authority, name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	rules, err := p.readPolicyFile(name)
	if err != nil {
		return nil, err
	}
	if _, err := policy.Parse(rules); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rules, a.Policies.Unlock()
}

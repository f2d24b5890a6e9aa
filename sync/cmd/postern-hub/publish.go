package main

import (
	"context"
	"fmt"
	"os"

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
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	a.ClockIsRight = *sure
	if err := writableFolder(*out, 0o755); err != nil {
		return p.fail(err)
	}
	if err := p.readNews(ctx, a, news{*roster, *results, *rules}); err != nil {
		return p.fail(err)
	}
	version, err := a.Publish(ctx)
	if err != nil {
		return p.fail(err)
	}
	if err := a.Export(ctx, *out); err != nil {
		return p.fail(err)
	}
	fmt.Fprintf(p.stdout, "published version %d to %s\n", version, *out)
	return exitOK
}

// news names the files to read before a publish, "" for none.
type news struct{ roster, results, policy string }

// readNews reads the files into the ledger. Those that are not there, and a
// policy that is none, are told before the first of them is read in.
func (p *program) readNews(ctx context.Context, a *authority.Authority, n news) error {
	for _, name := range []string{n.roster, n.results} {
		if name == "" || name == "-" {
			continue
		}
		if _, err := os.Stat(name); err != nil {
			return err
		}
	}
	var rules []byte
	if n.policy != "" {
		var err error
		if rules, err = p.readPolicyFile(n.policy); err != nil {
			return err
		}
		if _, err := policy.Parse(rules); err != nil {
			return fmt.Errorf("%s: %w", n.policy, err)
		}
	}
	if err := p.importFile(ctx, n.roster, a.Roster.Import); err != nil {
		return err
	}
	if err := p.importFile(ctx, n.results, a.Roster.ImportResults); err != nil {
		return err
	}
	if rules == nil {
		return nil
	}
	return a.Policies.Set(ctx, rules)
}

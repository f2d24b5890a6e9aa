package main

import (
	"context"
	"fmt"
	"io"

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

func (p *program) readNews(ctx context.Context, a *authority.Authority, n news) error {
	if err := p.importFile(ctx, n.roster, a.ImportRoster); err != nil {
		return err
	}
	if err := p.importFile(ctx, n.results, a.ImportResults); err != nil {
		return err
	}
	return p.setPolicy(ctx, a, n.policy)
}

func (p *program) setPolicy(ctx context.Context, a *authority.Authority, name string) error {
	if name == "" {
		return nil
	}
	in, done, err := p.input(name)
	if err != nil {
		return err
	}
	defer done()
	b, err := io.ReadAll(io.LimitReader(in, policy.MaxBytes+1))
	if err != nil {
		return err
	}
	return a.SetPolicy(ctx, b)
}

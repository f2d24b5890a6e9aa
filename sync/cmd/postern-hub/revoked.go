package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"postern/sync/authority"
	"postern/sync/status"
)

// revoked runs the command that its first argument names: what can be done with other issuers' revocation lists.
func (p *program) revoked(ctx context.Context, args []string) int {
	return p.dispatch(ctx, "revoked", args,
		verb{"import", p.revokedImport}, verb{"list", p.revokedList}, verb{"withdraw", p.revokedWithdraw})
}

func (p *program) revokedImport(ctx context.Context, args []string) int {
	c := p.command("revoked import")
	issuer := c.String("issuer", "", "`ID` of the issuer, as trust list shows it; a SMART Health Cards list does not say it")
	files, code, done := c.parseMixed(p, args)
	if done {
		return code
	}
	if len(files) == 0 {
		return p.misuse("revoked import wants files: EU batches, SMART Health Cards lists, status list tokens")
	}
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	texts := make([][]byte, len(files))
	lists := make([][]authority.RevokedList, len(files))
	for i, name := range files {
		if texts[i], err = p.readList(name); err != nil {
			return p.fail(err)
		}
		if lists[i], err = a.Revoked.Read(ctx, texts[i], *issuer); err != nil {
			return p.fail(fmt.Errorf("%s: %w", name, err))
		}
	}
	if err := a.Revoked.Import(ctx, *issuer, texts...); err != nil {
		return p.fail(err)
	}
	for i, name := range files {
		for _, l := range lists[i] {
			fmt.Fprintf(p.stdout, "%s: %d entries of kind %s, issuer %s\n", name, l.Count, l.Kind, printable(l.Issuer))
		}
	}
	fmt.Fprintln(p.stdout, "gates learn it after the next publish")
	return exitOK
}

func (p *program) readList(name string) ([]byte, error) {
	in, done, err := p.input(name)
	if err != nil {
		return nil, err
	}
	defer done()
	return io.ReadAll(io.LimitReader(in, status.MaxListFile+1))
}

// revokedList shows the lists that the next publish carries.
func (p *program) revokedList(ctx context.Context, args []string) int {
	c := p.command("revoked list")
	if code, done := c.parse(p, args); done {
		return code
	}
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	lists, err := a.Revoked.All(ctx)
	if err != nil {
		return p.fail(err)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ISSUER\tKIND\tENTRIES\tEDITION\tUNTIL\tSTATE\tNAME")
	for _, l := range lists {
		fmt.Fprintln(w, strings.Join([]string{
			printable(l.Issuer), l.Kind.String(), strconv.Itoa(l.Count), edition(l), dayOrOpen(l.Until), p.listState(l), printable(l.Name),
		}, "\t"))
	}
	if err := w.Flush(); err != nil {
		return p.fail(err)
	}
	return exitOK
}

// edition is how an issuer counts its list.
func edition(l authority.RevokedList) string {
	switch {
	case l.Kind.Hashes():
		return "-"
	case l.Kind == status.Tokens:
		return time.Unix(l.Number, 0).Local().Format("2006-01-02 15:04")
	}
	return strconv.FormatInt(l.Number, 10)
}

// listState says whether a list is still good, and whether its issuer wants a newer one to be fetched.
func (p *program) listState(l authority.RevokedList) string {
	switch now := p.now(); {
	case !l.Until.IsZero() && !now.Before(l.Until):
		return "over"
	case !l.Due.IsZero() && !now.Before(l.Due):
		return "due"
	}
	return "good"
}

func (p *program) revokedWithdraw(ctx context.Context, args []string) int {
	c := p.command("revoked withdraw")
	issuer := c.String("issuer", "", "`ID` of the issuer, as revoked list shows it")
	kind := c.String("kind", "", "without files: the list's `kind`, as revoked list shows it")
	name := c.String("name", "", "without files: the list's `name`, as revoked list shows it")
	files, code, done := c.parseMixed(p, args)
	if done {
		return code
	}
	k, known := status.ParseKind(*kind)
	if len(files) == 0 && (!known || *issuer == "" || *name == "") || len(files) > 0 && *kind+*name != "" {
		return p.misuse("revoked withdraw wants files as they were imported, or --issuer, --kind and --name as revoked list shows them")
	}
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	gone := []status.Head{{Issuer: *issuer, Kind: k, Name: *name}}
	if len(files) > 0 {
		if gone, err = p.listsOf(ctx, a, files, *issuer); err != nil {
			return p.fail(err)
		}
	}
	if err := a.Revoked.Withdraw(ctx, gone); err != nil {
		return p.fail(err)
	}
	fmt.Fprintf(p.stdout, "%d lists withdrawn; gates learn it after the next publish\n", len(gone))
	return exitOK
}

func (p *program) listsOf(ctx context.Context, a *authority.Authority, files []string, issuer string) (heads []status.Head, err error) {
	for _, name := range files {
		b, err := p.readList(name)
		if err != nil {
			return nil, err
		}
		lists, err := a.Revoked.Read(ctx, b, issuer)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, l := range lists {
			heads = append(heads, l.Head)
		}
	}
	return heads, nil
}

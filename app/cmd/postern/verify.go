package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"postern/app/gate"
	"postern/app/store"
	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/status"
	"postern/sync/verdict"
)

const verifyUsage = `usage: postern verify [--json] [--at TIME] [--gate FOLDER] [--trust FILE]... TEXT...

Says what a gate would answer to each presentation, and records nothing. TEXT -
reads presentations from standard input, one a line, and answers each before it
takes the next. Whether a pass was seen before is not asked.

Without --gate there is no status data and no policy of a place: paper is
accepted, no test is asked, and what was not looked at stands in "unchecked".

  {"outcome":"Admit","reason":"ok","help":"A-OK","format":"native","issuer":"XA","pass":"3031323334353637", ...}

Exit code: 0 when every verdict is Admit; 3 when one is not; 1 when something
could not be read; 2 for misuse.

`

// verify judges presentations. It opens a gate's folder for looking only, so
// that it works beside the program that is using it.
func (p *program) verify(ctx context.Context, args []string) int {
	v, texts, err := p.parseVerify(args)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		return exitMisuse
	}
	all, err := p.runVerify(ctx, v, texts)
	switch {
	case errors.Is(err, errNoText):
		fmt.Fprintf(p.stderr, "postern verify: %v\n", err)
		return exitMisuse
	case err != nil:
		fmt.Fprintf(p.stderr, "postern verify: %v\n", err)
		return exitFailed
	case !all:
		return exitNotAll
	}
	return exitOK
}

var errNoText = errors.New("there is no text; give presentations, or - and one a line on standard input")

// verification is one call of verify.
type verification struct {
	asJSON bool
	at     time.Time // zero: now
	folder string
	trust  []string

	reader lookup
	clock  verdict.Clock
}

func (p *program) parseVerify(args []string) (*verification, []string, error) {
	v := &verification{}
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(p.stderr)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), verifyUsage)
		flags.PrintDefaults()
	}
	flags.BoolVar(&v.asJSON, "json", false, "write JSON lines")
	flags.StringVar(&v.folder, "gate", "", "judge by what the gate in `folder` has installed")
	flags.Func("at", "judge as of this `time`, such as 2026-11-22T08:30:00+08:00", func(s string) (err error) {
		v.at, err = time.Parse(time.RFC3339, s)
		return err
	})
	flags.Func("trust", "trust the issuers' keys in this `file` (PEM, JWK, JWK set, DID document) for this call; may be repeated", func(s string) error {
		v.trust = append(v.trust, s)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return nil, nil, err
	}
	if flags.NArg() == 0 {
		fmt.Fprintf(p.stderr, "postern verify: %v\n", errNoText)
		return nil, nil, errNoText
	}
	return v, flags.Args(), nil
}

// runVerify says whether all verdicts are Admit.
func (p *program) runVerify(ctx context.Context, v *verification, texts []string) (all bool, err error) {
	keys, err := p.readTrust(v.trust)
	if err != nil {
		return false, err
	}
	v.clock = verdict.Clock{Now: v.at.UTC()} // a time that the caller names is believed
	if v.at.IsZero() {
		v.clock.Now = p.now().UTC()
	}
	v.reader = builtIn(keys)
	if v.folder != "" {
		s, err := store.Open(ctx, v.folder, store.Options{Now: p.now, ReadOnly: true})
		if err != nil {
			return false, err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		for _, problem := range s.View().Problems {
			fmt.Fprintf(p.stderr, "postern verify: the gate in %s says: %s\n", v.folder, problem)
		}
		v.reader = ofGate(s, keys)
		if v.at.IsZero() {
			v.clock = gate.Clock(v.clock.Now, s.Trusted())
		}
	}
	return p.verifyAll(ctx, v, texts)
}

func (p *program) verifyAll(ctx context.Context, v *verification, texts []string) (all bool, err error) {
	all, none := true, true
	for text, err := range p.presentations(ctx, texts) {
		if err != nil {
			return false, fmt.Errorf("read presentations: %w", err)
		}
		none = false
		admitted, err := p.verifyOne(v, text)
		if err != nil {
			return false, err
		}
		all = all && admitted
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if none {
		return false, errNoText
	}
	return all, nil
}

// presentations gives the texts, and the lines of standard input that are not
// empty in place of "-".
func (p *program) presentations(ctx context.Context, texts []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, text := range texts {
			if text != "-" {
				if !yield(text, nil) {
					return
				}
				continue
			}
			for line, err := range lines(ctx, p.stdin, pass.MaxText) {
				if (line != "" || err != nil) && !yield(line, err) {
					return
				}
			}
		}
	}
}

func (p *program) verifyOne(v *verification, text string) (admitted bool, err error) {
	found, why := gate.Judge(v.reader, text, v.clock)
	a := newAnswer(found)
	if why != nil {
		a.Error = why.Error()
	}
	if v.asJSON {
		out := json.NewEncoder(p.stdout)
		out.SetEscapeHTML(false)
		err = out.Encode(a)
	} else {
		_, err = io.WriteString(p.stdout, a.forPeople(found, p.now()))
	}
	if err != nil {
		return false, fmt.Errorf("write answer: %w", err)
	}
	return found.Outcome == verdict.Admit, nil
}

// readTrust reads trust files. Entries of a kind that is not supported are reported and left out.
func (p *program) readTrust(files []string) ([]pass.Key, error) {
	var keys []pass.Key
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read trust file: %w", err)
		}
		more, err := pass.ReadTrust(data)
		switch {
		case errors.Is(err, pass.ErrLeftOut):
			fmt.Fprintf(p.stderr, "postern verify: %s: %v\n", name, err)
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		keys = append(keys, more...)
	}
	return keys, nil
}

// lookup is what verify judges by; it never changes.
type lookup struct {
	view    *gate.View
	status  func(uri string, index uint64) (status.Entry, error)
	foreign func(*pass.Pass) (status.Finding, error)
}

func (l lookup) View() *gate.View { return l.view }

func (l lookup) Status(uri string, index uint64) (status.Entry, error) { return l.status(uri, index) }

func (l lookup) Foreign(p *pass.Pass) (status.Finding, error) { return l.foreign(p) }

// builtIn judges by keys alone.
func builtIn(keys []pass.Key) lookup {
	rules := policy.Default()
	rules.Name, rules.Fresh.Blind = "built-in", policy.Admit
	return lookup{
		view:    &gate.View{Enrolled: true, Keys: pass.NewKeyring(keys), Policy: rules},
		status:  func(string, uint64) (status.Entry, error) { return 0, status.ErrNoEntry },
		foreign: func(p *pass.Pass) (status.Finding, error) { return status.Find(p, status.Lists(nil)) },
	}
}

// ofGate judges by a gate's folder, and trusts more keys besides.
func ofGate(s *store.Store, more []pass.Key) lookup {
	view := *s.View()
	if len(more) > 0 {
		var keys []pass.Key // the gate's own first, since they bear names
		if view.Trust != nil {
			for _, i := range view.Trust.Issuers {
				keys = append(keys, i.Keys...)
			}
		}
		view.Keys = pass.NewKeyring(append(keys, more...))
	}
	return lookup{view: &view, status: s.Status, foreign: s.Foreign}
}

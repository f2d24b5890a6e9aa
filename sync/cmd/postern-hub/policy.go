package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"postern/sync/authority"
	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/verdict"
	"postern/sync/verdict/sample"
	"postern/sync/wording"
)

// policy runs the command that its first argument names: what can be done with policies.
func (p *program) policy(ctx context.Context, args []string) int {
	return p.dispatch(ctx, "policy", args,
		verb{"check", func(_ context.Context, args []string) int { return p.policyCheck(args) }},
		verb{"list", p.policyList}, verb{"show", p.policyShow}, verb{"set", p.policySet})
}

// policyCheck prints a table of what a policy would do on standard output, and
// what in it is likely a mistake on standard error. It needs no authority.
func (p *program) policyCheck(args []string) int {
	c := p.command("policy check")
	at := p.now()
	c.Func("at", "judge as of this `time`, such as 2026-11-22T08:30:00+08:00", func(s string) (err error) {
		at, err = time.Parse(time.RFC3339, s)
		return err
	})
	language := c.String("language", "en", "of the sentences: zh or `en`")
	trust := c.String("trust", "", "trust the keys in this `file` for presentations on the command line")
	words, code, done := c.parseWords(p, args)
	if done {
		return code
	}
	if len(words) == 0 || *language != "en" && *language != "zh" {
		fmt.Fprint(p.stderr, "postern-hub: policy check wants a policy's file, then presentations if there are any, and --language zh or en\n")
		return exitMisuse
	}
	rules, err := p.readPolicy(words[0])
	if err != nil {
		return p.fail(err)
	}
	answers, err := sample.Rehearse(rules, at)
	if err != nil {
		return p.fail(err)
	}
	keys, err := readKeys(*trust)
	if err != nil {
		return p.fail(err)
	}
	for i, text := range words[1:] {
		a := sample.One(rules, at, text, keys)
		a.Sample = fmt.Sprintf("presentation %d", i+1)
		answers = append(answers, a)
	}
	if err := p.tell(answers, *language); err != nil {
		return p.fail(err)
	}
	p.tellContacts(answers, *language, at)
	if words := rules.Emergency[*language]; words != "" {
		fmt.Fprintf(p.stdout, "\nin a medical emergency, whatever the outcome: %s\n", printable(words))
	}
	for _, doubt := range append(rules.Doubts(at), unanswered(answers)...) {
		fmt.Fprintf(p.stderr, "postern-hub: %s: %s\n", words[0], doubt)
	}
	return exitOK
}

func (p *program) readPolicy(name string) (*policy.Policy, error) {
	b, err := p.readPolicyFile(name)
	if err != nil {
		return nil, err
	}
	rules, err := policy.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rules, nil
}

func (p *program) readPolicyFile(name string) ([]byte, error) {
	in, done, err := p.input(name)
	if err != nil {
		return nil, err
	}
	defer done()
	return io.ReadAll(io.LimitReader(in, policy.MaxBytes+1))
}

func readKeys(name string) (*pass.Keyring, error) {
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	keys, err := pass.ReadTrust(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return pass.NewKeyring(keys), nil
}

// tell writes the table of outcomes, a row for each sample or presentation.
func (p *program) tell(answers []sample.Answer, language string) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SHOWN\tOUTCOME\tREASON\tHELP\tSENTENCE")
	for _, a := range answers {
		v := a.Verdict
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Sample, v.Outcome, v.Reason, v.Help(), printable(wording.Sentence(v, language, p.now())))
	}
	return w.Flush()
}

// tellContacts writes whom the policy names where an outcome is not Admit, once
// for each act that the answers lead to.
func (p *program) tellContacts(answers []sample.Answer, language string, at time.Time) {
	told := map[verdict.Act]bool{"": true}
	for _, a := range answers {
		act, lines := a.Verdict.Act(), wording.Asked(a.Verdict, language, at)
		if told[act] || len(lines) == 0 {
			continue
		}
		told[act] = true
		fmt.Fprintf(p.stdout, "\n%s\n", printable(wording.Todo(a.Verdict, language)))
		for _, line := range lines {
			fmt.Fprintf(p.stdout, "  %s\n", printable(line))
		}
	}
}

// unanswered says which rules gave no answer, with the first cause of each.
func unanswered(answers []sample.Answer) (doubts []string) {
	count, cause := map[string]int{}, map[string]error{}
	for _, a := range answers {
		for _, f := range a.Unmet {
			if f.Err == nil {
				continue
			}
			if count[f.Rule]++; cause[f.Rule] == nil {
				cause[f.Rule] = f.Err
			}
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(count)) {
		doubts = append(doubts, fmt.Sprintf("no answer for %d of %d: %v", count[rule], len(answers), cause[rule]))
	}
	return doubts
}

// policyList shows the policies that the next publish carries.
func (p *program) policyList(ctx context.Context, args []string) int {
	c := p.command("policy list")
	if code, done := c.parse(p, args); done {
		return code
	}
	all, err := p.policies(ctx, c)
	if err != nil {
		return p.fail(err)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "POLICY\tTITLE\tASKS")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		rules, err := policy.Parse(all[name])
		if err != nil {
			return p.fail(err)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", name, title(rules), asks(rules))
	}
	if err := w.Flush(); err != nil {
		return p.fail(err)
	}
	return exitOK
}

func (p *program) policies(ctx context.Context, c *command) (map[string][]byte, error) {
	a, err := c.open(ctx, p)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	return a.Policies.All(ctx)
}

func title(rules *policy.Policy) string {
	var all []string
	for _, language := range slices.Sorted(maps.Keys(rules.Title)) {
		all = append(all, rules.Title[language])
	}
	return strings.Join(all, " / ")
}

// asks says in a few words what a policy wants beyond a good status.
func asks(rules *policy.Policy) string {
	var all []string
	if rules.Test != nil {
		all = append(all, fmt.Sprintf("test within %d h", rules.Test.Hours))
	}
	if !rules.Paper {
		all = append(all, "live code")
	}
	if rules.Reentry > 0 {
		all = append(all, fmt.Sprintf("once in %d min", rules.Reentry))
	}
	if n := len(rules.Formats); n > 0 {
		all = append(all, fmt.Sprintf("one of %d formats", n))
	}
	if n := len(rules.Issuers); n > 0 {
		all = append(all, fmt.Sprintf("one of %d issuers", n))
	}
	for i := range rules.Rules {
		all = append(all, "rule "+rules.Rules[i].ID)
	}
	if rules.IDMatch {
		all = append(all, "ID")
	}
	if len(all) == 0 {
		return "-"
	}
	return strings.Join(all, ", ")
}

// policyShow prints policies as they were put in place, to be edited.
func (p *program) policyShow(ctx context.Context, args []string) int {
	c := p.command("policy show")
	names, code, done := c.parseMixed(p, args)
	if done {
		return code
	}
	all, err := p.policies(ctx, c)
	if err != nil {
		return p.fail(err)
	}
	for _, name := range names {
		b, ok := all[name]
		if !ok {
			return p.fail(fmt.Errorf("%w: %q; policy list shows those that there are", authority.ErrNoPolicy, name))
		}
		fmt.Fprintf(p.stdout, "%s\n", strings.TrimSpace(string(b)))
	}
	return exitOK
}

// policySet puts policies in place, beside the others or instead of those of their names.
func (p *program) policySet(ctx context.Context, args []string) int {
	c := p.command("policy set")
	files, code, done := c.parseMixed(p, args)
	if done {
		return code
	}
	if len(files) == 0 {
		fmt.Fprint(p.stderr, "postern-hub: policy set wants files\n")
		return exitMisuse
	}
	texts := make([][]byte, len(files))
	rules := make([]*policy.Policy, len(files))
	for i, name := range files {
		var err error
		if texts[i], err = p.readPolicyFile(name); err != nil {
			return p.fail(err)
		}
		if rules[i], err = policy.Parse(texts[i]); err != nil {
			return p.fail(fmt.Errorf("%s: %w", name, err))
		}
	}
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	if err := a.Policies.Set(ctx, texts...); err != nil {
		return p.fail(err)
	}
	for i, name := range files {
		fmt.Fprintf(p.stdout, "policy %s is in place; gates learn it after the next publish\n", rules[i].Name)
		for _, doubt := range rules[i].Doubts(p.now()) {
			fmt.Fprintf(p.stderr, "postern-hub: %s: %s\n", name, doubt)
		}
	}
	return exitOK
}

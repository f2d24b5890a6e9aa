package wording

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"postern/sync/pass"
	"postern/sync/verdict"
)

// Verdict is a verdict in words, for one screen.
type Verdict struct {
	Word     string // in the guard's language, very large
	Other    string // the same in the other language, small
	Side     string // what it means for the person
	Sentence string // the reason, with its numbers
	Help     string // the code for a telephone line
	Name     string // the holder's masked name; empty where nothing opened
	Card     []string

	Act      string    // what the guard does now, one line; empty on an Admit
	ActSay   string    // a line under it
	Contacts []Contact // whom the policy names, the first first
}

// Verdict puts v into words; other is the second language of the screen and now the time of the check.
func (c *Catalogue) Verdict(v verdict.Verdict, other *Catalogue, now time.Time) Verdict {
	o := strings.ToLower(v.Outcome.String()) // as the keys name it
	s := Verdict{
		Word: c.Say("outcome." + o), Other: other.Say("outcome." + o), Side: c.Say("side." + o),
		Sentence: c.Reason(v, now), Help: v.Help(), Contacts: c.Contacts(v.Contacts(now.In(c.zone)), now),
	}
	s.Act, s.ActSay = c.act(v)
	if v.Act() == verdict.Hold { // more than one thing that is missing
		s.Side = c.Say("side.hold")
	}
	if v.Pass != nil {
		s.Name, s.Card = c.Name(v.Pass), c.card(v, now)
	}
	return s
}

// act answers "in or not?": what the guard does, and a line under it, the
// policy's own where it has one. Both are empty on an Admit.
func (c *Catalogue) act(v verdict.Verdict) (do, say string) {
	a := v.Act()
	if a == "" {
		return "", ""
	}
	do, say = c.Say("act."+string(a)), c.Say("act_say."+string(a))
	switch {
	case a == verdict.Refer && len(v.Contacts(time.Time{})) == 0: // "there" would be nowhere
		return c.Say("verdict.to_issuer"), c.Say("verdict.to_issuer_say")
	case a == verdict.Hold && (v.Policy == nil || v.Policy.Waiting == nil):
		return do, c.Say("verdict.wait_aside_say")
	case a == verdict.SeeID && v.Reason == verdict.SeenBefore && v.Policy != nil && len(v.Policy.ReentryWhy) > 0:
		return do, v.Policy.ReentryWhy.In(c.Language)
	}
	return do, say
}

// Name is a holder's masked name as the screen shows it, empty where the pass
// has none. A name that the screen cannot draw is shown in the Latin letters
// that the pass has too, else a sentence says so: nobody can compare a box.
func (c *Catalogue) Name(p *pass.Pass) string {
	draws := func(name string) bool { return c.Draws == nil || c.Draws(name) }
	switch {
	case p.Name == "":
		return ""
	case !strings.ContainsFunc(p.Name, unicode.IsLetter): // characters that nobody sees
		return c.Say("verdict.no_name")
	case draws(p.Name):
		return p.Name
	case p.Latin != "" && draws(p.Latin):
		return p.Latin
	}
	return c.Say("verdict.name_undrawn")
}

// Reason is the sentence of a verdict with its numbers; its times are told from now.
func (c *Catalogue) Reason(v verdict.Verdict, now time.Time) string {
	key := "reason." + string(v.Reason)
	if _, ok := c.sentences[key]; !ok {
		key = "reason." + string(verdict.InternalFailed)
	}
	return c.Say(key,
		"ago", c.Span(v.Detail.Ago), "asked", c.Span(v.Detail.Asked),
		"at", c.Moment(v.Detail.At, now), "version", strconv.FormatUint(v.Version, 10),
		"rule", v.Detail.Rule, "issuer", issuer(v), "sentence", c.ruleSentence(v.Detail)) // others' words last: no brace in them is filled
}

// Sentence is [Catalogue.Reason] for a command line: without the joiners of the
// screens, in local time, and the code of the reason where the language has no
// sentence for it.
func Sentence(v verdict.Verdict, language string, now time.Time) string {
	c, err := New(language, time.Local)
	if err != nil {
		return string(v.Reason)
	}
	if _, ok := c.sentences["reason."+string(v.Reason)]; !ok {
		return string(v.Reason)
	}
	return plain(c.Reason(v, now))
}

// ruleSentence is the authority's own on the rule that is not met.
func (c *Catalogue) ruleSentence(d verdict.Detail) string {
	if s := c.Pick(d.Words); s != "" {
		return s
	}
	if s := d.Sentence(c.Language); s != "" {
		return s
	}
	return c.Say("verdict.no_sentence")
}

// issuer is the name of a verdict's issuer, else its identifier, else empty.
func issuer(v verdict.Verdict) string {
	switch {
	case v.Pass == nil:
		return ""
	case v.Pass.IssuerName != "":
		return v.Pass.IssuerName
	}
	return v.Pass.Issuer
}

// card tells what the pass and the snapshot know of the holder, and no more than a guard needs.
func (c *Catalogue) card(v verdict.Verdict, now time.Time) []string {
	var lines []string
	if y := v.Pass.BirthYear; y > 0 && now.Year() >= y {
		decade := (now.Year() - y) / 10 * 10
		lines = append(lines, c.Say("card.age", "from", strconv.Itoa(decade), "to", strconv.Itoa(decade+9)))
	}
	if v.Test != nil {
		lines = append(lines, c.Say("card.test",
			"kind", c.testKind(v.Test.Kind), "result", c.Say("result."+strconv.Itoa(int(v.Test.Result))),
			"ago", c.Span(now.Sub(v.Test.At))))
	} else {
		lines = append(lines, c.Say("card.notest"))
	}
	if len(v.Unchecked) > 0 {
		lines = append(lines, c.Say("card.unchecked"))
	}
	return lines
}

func (c *Catalogue) testKind(k pass.Kind) string {
	return c.Either("test."+strconv.Itoa(int(k)), "test.63", "")
}

// Code puts into words the reason of a verdict as the journal keeps it, and its rule.
func (c *Catalogue) Code(code string) string {
	reason, rule := verdict.ParseCode(code)
	words := c.Either("short."+string(reason), "recorded.other", "")
	if rule != "" {
		words += c.Say("lang.aside", "said", rule)
	}
	return words
}

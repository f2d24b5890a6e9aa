package ui

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"postern/app/gate"
	"postern/app/look"
	"postern/sync/journal"
	"postern/sync/pass"
	"postern/sync/verdict"
)

// Said is a verdict in words, for one screen.
type Said struct {
	Word     string // in the guard's language, very large
	Other    string // the same in the other language, small
	Side     string // what it means for the person
	Sentence string // the reason, with its numbers
	Help     string // the code for a telephone line
	Name     string // the holder's masked name; empty where nothing opened
	Card     []string
}

// Verdict words v; other is the second language of the screen and now the time of the check.
func (t *Tongue) Verdict(v verdict.Verdict, other *Tongue, now time.Time) Said {
	o := look.Name(v.Outcome)
	s := Said{
		Word: t.Say("outcome." + o), Other: other.Say("outcome." + o), Side: t.Say("side." + o),
		Sentence: t.reason(v, now), Help: v.Help(),
	}
	if v.Pass != nil {
		s.Name, s.Card = v.Pass.Name, t.card(v, now)
		if s.Name != "" && !strings.ContainsFunc(s.Name, unicode.IsLetter) { // characters that nobody sees
			s.Name = t.Say("verdict.no_name")
		}
	}
	return s
}

func (t *Tongue) reason(v verdict.Verdict, now time.Time) string {
	key := "reason." + string(v.Reason)
	if _, ok := t.words[key]; !ok {
		key = "reason." + string(verdict.InternalFailed)
	}
	return t.Say(key,
		"ago", t.Span(v.Detail.Ago), "asked", t.Span(v.Detail.Asked),
		"at", t.Moment(v.Detail.At, now), "version", strconv.FormatUint(v.Version, 10),
		"rule", v.Detail.Rule, "issuer", issuerOf(v), "sentence", t.ruleSentence(v.Detail)) // others' words last: no brace in them is filled
}

// ruleSentence is the authority's own on the rule that is not met.
func (t *Tongue) ruleSentence(d verdict.Detail) string {
	if s := t.pick(d.Words); s != "" {
		return s
	}
	if s := d.Sentence(t.Language); s != "" {
		return s
	}
	return t.Say("verdict.no_sentence")
}

func issuerOf(v verdict.Verdict) string {
	switch {
	case v.Pass == nil:
		return ""
	case v.Pass.IssuerName != "":
		return v.Pass.IssuerName
	}
	return v.Pass.Issuer
}

// card tells what the pass and the snapshot know of the holder, and no more than a guard needs.
func (t *Tongue) card(v verdict.Verdict, now time.Time) []string {
	var lines []string
	if y := v.Pass.BirthYear; y > 0 && now.Year() >= y {
		decade := (now.Year() - y) / 10 * 10
		lines = append(lines, t.Say("card.age", "from", strconv.Itoa(decade), "to", strconv.Itoa(decade+9)))
	}
	if v.Test != nil {
		lines = append(lines, t.Say("card.test",
			"kind", t.testKind(v.Test.Kind), "result", t.Say("result."+strconv.Itoa(int(v.Test.Result))),
			"ago", t.Span(now.Sub(v.Test.At))))
	} else {
		lines = append(lines, t.Say("card.notest"))
	}
	if len(v.Unchecked) > 0 {
		lines = append(lines, t.Say("card.unchecked"))
	}
	return lines
}

func (t *Tongue) testKind(k pass.Kind) string {
	return t.either("test."+strconv.Itoa(int(k)), "test.63", "")
}

// code words the reason of a verdict as the journal keeps it, and its rule.
func (t *Tongue) code(code string) string {
	reason, rule := verdict.ParseCode(code)
	said := t.either("short."+string(reason), "recorded.other", "")
	if rule != "" {
		said += t.Say("lang.aside", "said", rule)
	}
	return said
}

// Line words an entry for the list of today: what it was, and why.
func (t *Tongue) Line(e journal.Entry) (what, why string) {
	switch e.Kind {
	case journal.Check:
		return t.Say("outcome." + look.Name(e.Outcome)), t.code(e.Reason)
	case journal.Override:
		what = t.Say("kind.override")
	case journal.Registration:
		what = t.Say("kind.registration")
	case journal.Slip:
		what = t.Say("kind.slip")
	case journal.Confirm:
		return t.Say("kind.confirm"), t.code(e.Reason)
	case journal.Shift:
		switch e.Reason {
		case gate.WayIn:
			return t.Say("kind.way"), t.Say("direction.in")
		case gate.WayOut:
			return t.Say("kind.way"), t.Say("direction.out")
		}
		return t.Say("kind.shift"), e.Operator
	case journal.Headcount:
		return t.Say("kind.headcount"), ""
	case journal.Clock:
		return t.Say("kind.clock"), ""
	default:
		return t.Say("kind.start"), ""
	}
	return what, t.either("recorded."+e.Reason, "recorded.other", "")
}

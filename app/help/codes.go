// Package help explains the help codes: as data for a screen, and as one
// printable page. It makes both from the table of reasons and the catalogues,
// and defines no code itself.
package help

import (
	"slices"
	"strings"
	"time"

	"postern/sync/verdict"
	"postern/sync/wording"
)

// Code is one line of the table.
type Code struct {
	Help    string // C-T48 stands for every number of hours
	Reason  verdict.Reason
	Outcome verdict.Outcome
	Texts   []Text // one for each language asked for, in that order
}

// Text explains a code in one language.
type Text struct {
	Short    string   // two or three words
	Sentence string   // as on the screen, with … where a number of the case stands
	Steps    []string // next steps, the best first
}

// order is the order of the outcomes on the card and on the screen.
var order = []verdict.Outcome{verdict.Admit, verdict.Check, verdict.Refuse, verdict.Unknown}

// Codes lists every help code by outcome and then by letters, in the languages
// of the catalogues that are named (zh, zh-Hant, en).
func Codes(languages ...string) ([]Code, error) {
	var catalogues []*wording.Catalogue
	for _, language := range languages {
		c, err := wording.New(language, time.Local)
		if err != nil {
			return nil, err
		}
		catalogues = append(catalogues, c)
	}
	var all []Code
	for _, r := range verdict.Reasons() {
		c := Code{Help: r.Help(verdict.Detail{Asked: 48 * time.Hour}), Reason: r, Outcome: r.Outcome()}
		for _, words := range catalogues {
			c.Texts = append(c.Texts, text(words, r))
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Code) int {
		if d := slices.Index(order, a.Outcome) - slices.Index(order, b.Outcome); d != 0 {
			return d
		}
		return strings.Compare(a.Help, b.Help)
	})
	return all, nil
}

// text explains a reason in the language of a catalogue.
func text(c *wording.Catalogue, r verdict.Reason) Text {
	t := Text{
		Short:    c.Say("short." + string(r)),
		Sentence: blank.Replace(strings.ReplaceAll(c.Say("reason."+string(r)), "{sentence}", c.Say("verdict.no_sentence"))),
	}
	for _, s := range r.Steps() {
		t.Steps = append(t.Steps, c.Say("step."+string(s)))
	}
	return t
}

// blank puts … where the screen has a number of the case; U+2060 forbids line breaks there.
var blank = strings.NewReplacer("{ago}", "…", "{asked}", "…", "{at}", "…", "{version}", "…", "{rule}", "…", "{issuer}", "…", "\u2060", "")

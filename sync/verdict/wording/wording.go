// Package wording says a verdict in a sentence, for command lines; screens
// have their own way, with the same catalogue.
//
// What a reader must know to be safe: it words what was decided elsewhere and
// decides nothing. Words of policies and issuers come in unchanged.
package wording

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"postern/assets"
	"postern/sync/verdict"
)

// Sentence words v's reason in a language of the catalogue, zh or en; where
// there is no word for it, it gives the reason's code. Times are local.
func Sentence(v verdict.Verdict, language string) string {
	c := catalogue(language)
	said, ok := c["reason."+string(v.Reason)]
	if !ok {
		return string(v.Reason)
	}
	rule := v.Detail.Sentence(language)
	if rule == "" {
		rule = c["verdict.no_sentence"]
	}
	return strings.NewReplacer(
		"{ago}", c.span(v.Detail.Ago), "{asked}", c.span(v.Detail.Asked),
		"{at}", v.Detail.At.Local().Format("2006-01-02 15:04"), "{version}", strconv.FormatUint(v.Version, 10),
		"{rule}", v.Detail.Rule, "{sentence}", rule, "{issuer}", issuer(v), joiner, "",
	).Replace(said)
}

// joiner forbids line breaks on screens.
const joiner = "\u2060"

type words map[string]string

func catalogue(language string) words {
	var c words
	file, err := assets.Words.ReadFile("words/" + language + ".json")
	if err != nil || json.Unmarshal(file, &c) != nil {
		return nil
	}
	return c
}

// span tells a length of time, such as 51 h 20 min.
func (c words) span(d time.Duration) string {
	d = d.Abs()
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	key := "span.hours_minutes"
	switch {
	case d < time.Minute:
		key = "span.now"
	case d < time.Hour:
		key = "span.minutes"
	case hours >= 72:
		key = "span.days"
	case minutes == 0:
		key = "span.hours"
	}
	return strings.NewReplacer(
		"{d}", strconv.Itoa(hours/24), "{h}", strconv.Itoa(hours), "{m}", strconv.Itoa(minutes),
	).Replace(c[key])
}

func issuer(v verdict.Verdict) string {
	switch {
	case v.Pass == nil:
		return ""
	case v.Pass.IssuerName != "":
		return v.Pass.IssuerName
	}
	return v.Pass.Issuer
}

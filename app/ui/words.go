package ui

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"postern/assets"
)

// Languages are those of the screens: Chinese in simplified and in traditional
// characters, and English.
var Languages = []string{"zh", "zh-Hant", "en"}

// secondLanguage stands small under the large word: for whoever comes from elsewhere.
func secondLanguage(first string) string {
	if first == "en" {
		return "zh"
	}
	return "en"
}

// Tongue speaks one language. What a reader must know to be safe: it only
// words what was decided elsewhere; a key that is missing shows itself, and a
// test finds it before a guard does.
type Tongue struct {
	Language string
	words    map[string]string
	zone     *time.Location
}

// NewTongue reads the catalogue of a language; times are told in zone.
func NewTongue(language string, zone *time.Location) (*Tongue, error) {
	file, err := assets.Words.ReadFile("words/" + language + ".json")
	if err != nil {
		return nil, fmt.Errorf("read words: no language %q, choose from %v", language, Languages)
	}
	t := &Tongue{Language: language, zone: zone}
	if err := json.Unmarshal(file, &t.words); err != nil {
		return nil, fmt.Errorf("read words of %q: %w", language, err)
	}
	return t, nil
}

// Say gives the sentence for key, with {name} replaced for each pair of name
// and value, and {name:one|many} by the word that goes with the value.
func (t *Tongue) Say(key string, pairs ...string) string {
	s, ok := t.words[key]
	if !ok {
		return key
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		s = agree(s, pairs[i], pairs[i+1])
		s = strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1])
	}
	return s
}

// agree puts the first word of {name:one|many} beside a value of 1, else the second.
func agree(s, name, value string) string {
	before, rest, found := strings.Cut(s, "{"+name+":")
	if !found {
		return s
	}
	words, after, _ := strings.Cut(rest, "}")
	one, many, _ := strings.Cut(words, "|")
	if value != "1" {
		one = many
	}
	return before + one + agree(after, name, value)
}

// Number writes a count; from ten thousand on its thousands stand apart.
func Number(n int) string {
	s := strconv.Itoa(n)
	if n < 10_000 {
		return s
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// pick takes from an authority's own words, by language, those of this one;
// simplified characters are better for a reader of traditional ones than none.
func (t *Tongue) pick(words map[string]string) string {
	if s := words[t.Language]; s != "" || t.Language != "zh-Hant" {
		return s
	}
	return words["zh"]
}

// either says key where the catalogue has it, else the other key, which takes {code}.
func (t *Tongue) either(key, other, code string) string {
	if s, ok := t.words[key]; ok {
		return s
	}
	return t.Say(other, "code", code)
}

// Span tells a length of time, never its sign: 20 min, 51 h 20 min, and from three days on 4 days.
// It is held together on one line.
func (t *Tongue) Span(d time.Duration) string {
	d = d.Abs()
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	var s string
	switch {
	case d < time.Minute:
		return t.Say("span.now")
	case d < time.Hour:
		s = t.Say("span.minutes", "m", strconv.Itoa(minutes))
	case hours < 72 && minutes == 0:
		s = t.Say("span.hours", "h", strconv.Itoa(hours))
	case hours < 72:
		s = t.Say("span.hours_minutes", "h", strconv.Itoa(hours), "m", strconv.Itoa(minutes))
	default:
		s = t.Say("span.days", "d", strconv.Itoa(hours/24))
	}
	return whole(s)
}

// after puts one sentence behind another. A full-width mark brings its own space.
func after(first, second string) string {
	if r, _ := utf8.DecodeLastRuneInString(first); r >= 0x3000 {
		return first + second
	}
	return first + " " + second
}

// joiner is a mark that is never drawn: lines do not break at it.
const joiner = "\u2060"

// whole holds a number and what belongs to it on one line.
func whole(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 {
			b.WriteString(joiner)
		}
		b.WriteRune(r)
	}
	return strings.ReplaceAll(b.String(), " ", "\u00a0")
}

// Ago tells how long before now at was.
func (t *Tongue) Ago(at, now time.Time) string { return t.Say("ago", "span", t.Span(now.Sub(at))) }

// Clock tells the time of day, to the second.
func (t *Tongue) Clock(at time.Time) string { return at.In(t.zone).Format(t.Say("time.clock")) }

// Moment tells day and time, with the year where it lies more than half a year from now.
func (t *Tongue) Moment(at, now time.Time) string {
	key := "time.moment"
	if at.Sub(now).Abs() > 180*24*time.Hour {
		key = "time.year"
	}
	return whole(at.In(t.zone).Format(t.Say(key)))
}

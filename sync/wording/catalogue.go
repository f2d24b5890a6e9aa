// Package wording words what was decided elsewhere, in the languages of the
// catalogue (assets/words): one sentence for each verdict, for the screens and
// for both command lines. It decides nothing. Words of policies and issuers
// come in unchanged.
package wording

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"postern/assets"
)

// Languages are those of the catalogue: Chinese in simplified and in
// traditional characters, and English.
var Languages = []string{"zh", "zh-Hant", "en"}

// Second is the language that stands small under the large word of a verdict,
// for people who do not read the guard's: English, or Chinese beside English.
func Second(first string) string {
	if first == "en" {
		return "zh"
	}
	return "en"
}

// Catalogue has the sentences of one language, by key. A key that is missing
// gives itself; a test of the screens holds that none is.
type Catalogue struct {
	Language  string
	Draws     func(string) bool // whether the screen has a drawing of each letter; nil is true
	sentences map[string]string
	zone      *time.Location
}

// New reads the catalogue of one of [Languages]; times are told in zone.
func New(language string, zone *time.Location) (*Catalogue, error) {
	file, err := assets.Words.ReadFile("words/" + language + ".json")
	if err != nil {
		return nil, fmt.Errorf("read words: no language %q, choose from %v", language, Languages)
	}
	c := &Catalogue{Language: language, zone: zone}
	if err := json.Unmarshal(file, &c.sentences); err != nil {
		return nil, fmt.Errorf("read words of %q: %w", language, err)
	}
	return c, nil
}

// Say gives the sentence for key, with {name} replaced for each pair of name
// and value, and {name:one|many} by the word that goes with the value.
func (c *Catalogue) Say(key string, pairs ...string) string {
	s, ok := c.sentences[key]
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

// Pick takes from an authority's own words, by language, those in the language
// of the catalogue; a reader of traditional characters gets simplified ones where
// there are no others. It is empty where there are none.
func (c *Catalogue) Pick(words map[string]string) string {
	if s := words[c.Language]; s != "" || c.Language != "zh-Hant" {
		return s
	}
	return words["zh"]
}

// Either says key where the catalogue has it, else the other key, which takes {code}.
func (c *Catalogue) Either(key, other, code string) string {
	if s, ok := c.sentences[key]; ok {
		return s
	}
	return c.Say(other, "code", code)
}

// Join puts one sentence behind another. A full-width mark brings its own space.
func Join(first, second string) string {
	if r, _ := utf8.DecodeLastRuneInString(first); r >= 0x3000 {
		return first + second
	}
	return first + " " + second
}

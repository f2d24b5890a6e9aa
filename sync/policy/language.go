package policy

import (
	"fmt"
	"regexp"
	"slices"
)

// Language is a further language in which a policy speaks to people: what the
// screens say on a verdict, by the keys of their catalogue (reason.test_old,
// act.test). What it leaves out is said in English.
type Language struct {
	Name  string            `json:"name"`          // in the language itself, as it stands on its button
	RTL   bool              `json:"rtl,omitempty"` // it is written from right to left
	Words map[string]string `json:"words"`         // by key; {name} stands for a number, as in the catalogue
}

// Spoken are the languages of the screens themselves, which a policy cannot replace.
var Spoken = []string{"zh", "zh-Hant", "en"}

const (
	maxLanguages = 8
	maxKeys      = 256 // in one language
)

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

// validateLanguages checks the further languages.
func (p *Policy) validateLanguages() error {
	if len(p.Languages) > maxLanguages {
		return fmt.Errorf("languages: %d are listed, at most %d are read", len(p.Languages), maxLanguages)
	}
	for tag, l := range p.Languages {
		switch {
		case !languageForm.MatchString(tag):
			return fmt.Errorf("languages: %.20q is not a language's tag, such as ko or ug-Arab", tag)
		case slices.Contains(Spoken, tag):
			return fmt.Errorf("languages: the screens speak %s themselves; remove it", tag)
		}
		if err := l.validate(); err != nil {
			return fmt.Errorf("languages: %s: %w", tag, err)
		}
	}
	return nil
}

func (l Language) validate() error {
	if err := validName(Words{"en": l.Name}); err != nil {
		return fmt.Errorf("the language's name, as its speakers write it, is missing or too long: %w", err)
	}
	if len(l.Words) == 0 || len(l.Words) > maxKeys {
		return fmt.Errorf("%d words; 1 to %d are read", len(l.Words), maxKeys)
	}
	for key, text := range l.Words {
		if len(key) > 64 || !keyForm.MatchString(key) {
			return fmt.Errorf("words: %.70q is no key, such as reason.test_old", key)
		}
		if err := validWords(Words{"en": text}); err != nil {
			return fmt.Errorf("words: %s: the text is empty, longer than %d bytes or has a control character", key, maxWords)
		}
	}
	return nil
}

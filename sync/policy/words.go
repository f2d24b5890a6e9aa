package policy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Words is one text by language. The keys are BCP 47 tags, such as zh, zh-Hant,
// en or ug-Arab.
type Words map[string]string

// In gives the words in this language, else in one that contains it (zh for
// zh-Hant), else in English, else in Chinese, else in the first language by
// name. It is empty where there are no words at all.
func (w Words) In(language string) string {
	for tag := language; tag != ""; tag, _ = cutLast(tag) {
		if s, ok := w[tag]; ok {
			return s
		}
	}
	for _, tag := range append([]string{"en", "zh"}, slices.Sorted(maps.Keys(w))...) {
		if s, ok := w[tag]; ok {
			return s
		}
	}
	return ""
}

// ValidLanguage reports whether s can be a language's tag.
func ValidLanguage(s string) bool { return len(s) <= 35 && languageForm.MatchString(s) }

// cutLast takes the last part off a language's tag; a tag of one part becomes empty.
func cutLast(tag string) (shorter, last string) {
	i := strings.LastIndexByte(tag, '-')
	if i < 0 {
		return "", tag
	}
	return tag[:i], tag[i+1:]
}

// maxName is how many bytes the name of a place or a contact has at most.
const maxName = 120

// validName checks a name by language: there is one, and it fits on a button.
func validName(name Words) error {
	if len(name) == 0 {
		return errors.New(`name is missing; give it by language, such as {"zh": "…", "en": "…"}`)
	}
	if err := validWords(name); err != nil {
		return fmt.Errorf("name: %w", err)
	}
	for language, text := range name {
		if len(text) > maxName {
			return fmt.Errorf("name: in %s it has %d bytes; at most %d fit on the screens", language, len(text), maxName)
		}
	}
	return nil
}

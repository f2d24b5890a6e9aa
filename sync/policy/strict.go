package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNesting bounds how deep a policy file is nested. Each level of an
// expression takes two levels of JSON.
const maxNesting = 2*MaxExprDepth + 8

// unambiguous refuses JSON in which encoding/json would drop something silently:
// a member that is twice in one object, where the last wins, also if the two
// differ in case, which Go ignores; and text that is not UTF-8. One of two
// "rules" would be lost.
func unambiguous(b []byte) error {
	if !utf8.Valid(b) {
		return errors.New("it is not UTF-8")
	}
	w := walker{d: json.NewDecoder(bytes.NewReader(b))}
	w.d.UseNumber()
	for {
		t, err := w.d.Token()
		if errors.Is(err, io.EOF) {
			return nil // Decode says whether the end came too early
		}
		if err != nil {
			return fmt.Errorf("byte %d: %w", w.d.InputOffset(), err)
		}
		if err := w.take(t); err != nil {
			return err
		}
	}
}

// walker checks token after token. For each open object, seen has the names of
// its members so far; for each open array it has nil.
type walker struct {
	d       *json.Decoder
	seen    []map[string]bool
	isValue bool // the next string is a value, not a member's name
}

func (w *walker) take(t json.Token) error {
	switch t {
	case json.Delim('{'):
		w.seen = append(w.seen, map[string]bool{})
	case json.Delim('['):
		w.seen = append(w.seen, nil)
	case json.Delim('}'), json.Delim(']'):
		w.seen = w.seen[:len(w.seen)-1]
	default:
		return w.scalar(t)
	}
	w.isValue = false
	if len(w.seen) > maxNesting {
		return fmt.Errorf("byte %d: nested more than %d deep", w.d.InputOffset(), maxNesting)
	}
	return nil
}

func (w *walker) scalar(t json.Token) error {
	if len(w.seen) == 0 || w.seen[len(w.seen)-1] == nil || w.isValue {
		w.isValue = false
		return nil
	}
	name, _ := t.(string)
	folded := strings.Map(fold, name)
	if members := w.seen[len(w.seen)-1]; !members[folded] {
		members[folded] = true
		w.isValue = true
		return nil
	}
	return fmt.Errorf("byte %d: the member %.40q stands there twice; keep one", w.d.InputOffset(), name)
}

// fold is the smallest rune that encoding/json treats as equal to c in a
// member's name.
func fold(c rune) rune {
	for {
		next := unicode.SimpleFold(c)
		if next <= c {
			return next
		}
		c = next
	}
}

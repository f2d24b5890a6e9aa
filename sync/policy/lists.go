package policy

import (
	"errors"
	"fmt"
	"slices"

	"postern/sync/pass"
)

// ListRule says what passes of other issuers get where the gate has no
// revocation list of their issuer, or where that list has expired. The nil rule
// asks for no list, and a list that has expired makes the outcome Unknown.
type ListRule struct {
	Formats []pass.Format `json:"formats,omitempty"` // a pass of one of these needs a list
	Missing Action        `json:"missing,omitempty"` // best outcome where the gate has no list; left out: unknown
	Over    Action        `json:"over,omitempty"`    // best outcome where the list has expired; left out: unknown
}

// Asks reports whether passes of this format need a list.
func (r *ListRule) Asks(f pass.Format) bool { return r != nil && slices.Contains(r.Formats, f) }

// WhenMissing is the best outcome that is left without a list.
func (r *ListRule) WhenMissing() Action {
	if r == nil || r.Missing == "" {
		return Unknown
	}
	return r.Missing
}

// WhenOver is the best outcome that is left once a list has expired.
func (r *ListRule) WhenOver() Action {
	if r == nil || r.Over == "" {
		return Unknown
	}
	return r.Over
}

func (r *ListRule) validate() error {
	if r == nil {
		return nil
	}
	if len(r.Formats) > maxFormats {
		return fmt.Errorf("at most %d formats can be listed", maxFormats)
	}
	for _, f := range r.Formats {
		if !formatForm.MatchString(string(f)) {
			return fmt.Errorf("formats: %.40q cannot be the name of a format", f)
		}
		if f == pass.Native {
			return errors.New("formats: native passes have the authority's own list, which is always here")
		}
	}
	for _, a := range []Action{r.Missing, r.Over} {
		if a != "" && !a.valid() {
			return errors.New("missing and over are admit, check or unknown")
		}
	}
	return nil
}

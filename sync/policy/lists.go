package policy

import (
	"errors"
	"fmt"
	"slices"

	"postern/sync/pass"
)

// ListRule says what passes of other issuers get where their issuer's
// revocation list is not here, or its word has ended (a token past its exp).
// The nil rule asks for no list, and what a list that has ended cannot tell
// is unknown.
type ListRule struct {
	Formats []pass.Format `json:"formats,omitempty"` // for passes of these a list must be here
	Missing Action        `json:"missing,omitempty"` // best outcome where it is not; none: unknown
	Over    Action        `json:"over,omitempty"`    // best outcome where its word has ended; none: unknown
}

// Asks reports whether a list must be here for passes of this format.
func (r *ListRule) Asks(f pass.Format) bool { return r != nil && slices.Contains(r.Formats, f) }

// WhenMissing is the best outcome that is left without a list.
func (r *ListRule) WhenMissing() Action {
	if r == nil || r.Missing == "" {
		return Unknown
	}
	return r.Missing
}

// WhenOver is the best outcome that is left once a list's word has ended.
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

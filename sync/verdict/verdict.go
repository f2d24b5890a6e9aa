// Package verdict judges a presentation. Judge is pure and total: it reads no
// clock, does no I/O and never panics, and the same facts give the same
// verdict. The zero Outcome is Unknown, and every path that is not sure ends
// there: "cannot tell" is never "no" and never "yes".
package verdict

import (
	"errors"
	"maps"
	"slices"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/status"
)

// Outcome is what the guard sees.
type Outcome uint8

// Outcomes. Unknown is the zero value.
const (
	Unknown Outcome = iota // cannot tell
	Admit                  // all that the policy asks is met
	Check                  // genuine, and something more is needed
	Refuse                 // forged, revoked, barred
)

// String gives the outcome's English word, as JSON and logs carry it; what is
// none of the four is Unknown.
func (o Outcome) String() string {
	switch o {
	case Admit:
		return "Admit"
	case Check:
		return "Check"
	case Refuse:
		return "Refuse"
	}
	return "Unknown"
}

// Why a gate has nothing to open.
var (
	ErrUnreadable  = errors.New("no code could be read")    // a picture without a readable code
	ErrNotEnrolled = errors.New("the gate is not enrolled") // no anchor, so no trust list
)

// Presentation is what was shown, after pass.Open: either a genuine Pass or Err.
type Presentation struct {
	Pass *pass.Pass
	Err  error
	Held time.Duration // from the reading of the code to the verdict: it waited for the person before it
}

// Open opens text with keys for Judge.
func Open(text string, keys *pass.Keyring) Presentation {
	p, err := pass.Open(text, keys)
	return Presentation{Pass: p, Err: err}
}

// View is what the gate knows about the pass and about itself at this moment.
// The zero View is a blind gate with no policy; it never admits.
type View struct {
	Policy   policy.Policy
	Snapshot Snapshot
	Status   status.Entry
	// Foreign is what other issuers' lists say; nil for the authority's own passes.
	Foreign *status.Finding
	// StatusErr is nil where Status or Foreign is what the lists say;
	// status.ErrNoEntry where none reaches the pass; any other error where it
	// could not be read.
	StatusErr error
	Seen      time.Time // when the same pass was last admitted here; zero: not in memory
}

// Snapshot says which snapshot the gate has; the zero Snapshot is none.
type Snapshot struct {
	Version uint64
	Made    time.Time
	Epoch   time.Time // from which status entries count minutes
}

// Clock is the time and how far it can be trusted (docs/design.md, Time without a network).
type Clock struct {
	Now     time.Time // the device's clock, UTC
	Trusted time.Time // trusted time: Now is believed from here to Policy.Clock.AheadDays later; zero: no trusted time yet
}

// Verdict is the answer to one presentation.
type Verdict struct {
	Outcome Outcome
	Reason  Reason
	Detail  Detail
	Steps   []Step     // by rank
	Age     policy.Age // of the snapshot it was judged by
	Version uint64     // of that snapshot
	Pass    *pass.Pass // nil where nothing opened
	Test    *pass.Test // the latest test that is known, of any kind and result
	// Positive says that the policy objects to the person and Test is positive,
	// also where another reason was found first; see [Hold].
	Positive bool
	// Unchecked lists what the policy let pass without looking: "status".
	Unchecked []string
	// Policy is the place's that it was judged by, for whom to ask; nil where
	// there was none. Nobody changes it.
	Policy *policy.Policy
}

// Detail holds the numbers of the reason's sentence; which are set depends on the Reason.
type Detail struct {
	Ago   time.Duration // how long ago it happened: a test, an expiry, an earlier admission, the snapshot
	Asked time.Duration // what the policy asks for
	At    time.Time     // when a pass begins or ended to be valid

	Rule  string            // the policy's rule that is not met, by its name
	Words map[string]string // what the policy says on it, by language; nobody changes them
}

// Sentence is what the policy says on the rule: in this language, else in
// English, else in the first language that it has; "" where it says nothing.
func (d Detail) Sentence(language string) string {
	for _, l := range []string{language, "en"} {
		if s, ok := d.Words[l]; ok {
			return s
		}
	}
	if len(d.Words) == 0 {
		return ""
	}
	return d.Words[slices.Min(slices.Collect(maps.Keys(d.Words)))]
}

// Help is the code that a telephone line can use, such as C-T48.
func (v Verdict) Help() string { return v.Reason.Help(v.Detail) }

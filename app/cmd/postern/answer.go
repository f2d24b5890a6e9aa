package main

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"postern/app/gate"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// answer is one verdict as a JSON line. Issuer, pass and what the pass says
// are empty where nothing opened.
type answer struct {
	Outcome    string        `json:"outcome"` // Admit, Check, Refuse, Unknown
	Reason     string        `json:"reason"`
	Help       string        `json:"help"`
	Format     string        `json:"format"`
	Issuer     string        `json:"issuer"`
	Pass       string        `json:"pass"` // identifier in hex
	IssuerName string        `json:"issuer_name,omitempty"`
	Name       string        `json:"name,omitempty"` // masked
	Issued     *time.Time    `json:"issued,omitempty"`
	Expires    *time.Time    `json:"expires,omitempty"`
	Presented  *time.Time    `json:"presented,omitempty"` // by the holder's device; absent for paper
	Slip       *answerSlip   `json:"slip,omitempty"`      // the gate that signed it, where it is a temporary slip
	Test       *answerTest   `json:"test,omitempty"`      // the latest that is known
	Steps      []string      `json:"steps,omitempty"`     // next steps that work with no network
	Unchecked  []string      `json:"unchecked,omitempty"` // what the policy let pass without looking
	Detail     *answerDetail `json:"detail,omitempty"`    // numbers of the reason
	Snapshot   uint64        `json:"snapshot,omitempty"`  // version
	Age        string        `json:"age"`                 // of the snapshot: fresh, ageing, stale, blind
	Rule       string        `json:"rule,omitempty"`      // the policy's rule that is not met
	Sentence   string        `json:"sentence,omitempty"`  // what the policy says on it
	Error      string        `json:"error,omitempty"`     // why nothing opened
	Repeated   bool          `json:"repeated,omitempty"`  // the same showing again: what stood before, and nothing new recorded
}

type answerTest struct {
	Kind   string    `json:"kind"`
	Result string    `json:"result"`
	At     time.Time `json:"at"`
}

type answerSlip struct {
	Kind  string `json:"kind"`
	Gate  string `json:"gate"`
	Place string `json:"place"`
}

type answerDetail struct {
	Ago   int64      `json:"ago,omitempty"`   // seconds
	Asked int64      `json:"asked,omitempty"` // seconds
	At    *time.Time `json:"at,omitempty"`
}

// recordedAnswer is the line for a verdict that a gate recorded.
func recordedAnswer(a gate.Answer) answer {
	line := newAnswer(a.Verdict)
	line.Repeated = a.Repeated
	return line
}

func newAnswer(v verdict.Verdict) answer {
	a := answer{
		Outcome: v.Outcome.String(), Reason: string(v.Reason), Help: v.Help(),
		Unchecked: v.Unchecked, Snapshot: v.Version, Age: v.Age.String(),
	}
	for _, s := range v.Steps {
		a.Steps = append(a.Steps, string(s))
	}
	a.Rule, a.Sentence = v.Detail.Rule, v.Detail.Sentence("en")
	if d := v.Detail; d.Ago != 0 || d.Asked != 0 || !d.At.IsZero() {
		a.Detail = &answerDetail{Ago: int64(d.Ago / time.Second), Asked: int64(d.Asked / time.Second), At: orNone(d.At)}
	}
	if t := v.Test; t != nil {
		a.Test = &answerTest{Kind: t.Kind.String(), Result: t.Result.String(), At: t.At}
	}
	if p := v.Pass; p != nil {
		a.Format, a.Issuer, a.IssuerName = string(p.Format), p.Issuer, p.IssuerName
		a.Pass, a.Name = hex.EncodeToString(p.ID), p.Name
		if s := p.Slip; s != nil {
			a.Slip = &answerSlip{Kind: s.Kind.String(), Gate: s.Gate, Place: s.Place}
		}
		a.Issued, a.Expires, a.Presented = orNone(p.IssuedAt), orNone(p.Expires), orNone(p.Presented)
	}
	return a
}

func orNone(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// forPeople is the answer in lines: outcome, help code and sentence; whose pass
// it is, or why there is none; what the guard does, and whom to ask. Times are given relative to now.
func (a answer) forPeople(v verdict.Verdict, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-8s%-8s%s\n", strings.ToUpper(a.Outcome), a.Help, wording.Sentence(v, "en", now))
	var whose []string
	for _, s := range []string{a.Name, a.IssuerName, a.Issuer, a.Pass} {
		if s != "" {
			whose = append(whose, strings.ToValidUTF8(strconv.Quote(s), "?"))
		}
	}
	if s := a.Slip; s != nil {
		whose = append(whose, fmt.Sprintf("temporary slip (%s) by gate %s, %q", s.Kind, s.Gate, s.Place))
	}
	if a.Error != "" {
		whose = append(whose, a.Error)
	}
	if len(a.Unchecked) > 0 {
		whose = append(whose, "not looked at: "+strings.Join(a.Unchecked, ", "))
	}
	if len(whose) > 0 {
		fmt.Fprintf(&b, "%16s%s\n", "", strings.Join(whose, " · "))
	}
	if todo := wording.Todo(v, "en"); todo != "" {
		fmt.Fprintf(&b, "%16s%s\n", "", todo)
	}
	for _, line := range wording.Asked(v, "en", now) {
		fmt.Fprintf(&b, "%16sask: %s\n", "", line)
	}
	return b.String()
}

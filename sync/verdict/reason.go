package verdict

import (
	"fmt"
	"strings"
	"time"
)

// Reason is the stable code behind an outcome. It is stored, sent and
// translated; a code never changes its meaning.
type Reason string

// Reasons by the outcome that they lead to.
const (
	OK Reason = "ok"

	Expired           Reason = "expired"
	NotYetValid       Reason = "not_yet_valid"
	SuspendedPass     Reason = "suspended"
	TestMissing       Reason = "test_missing"
	TestOld           Reason = "test_old"
	TestPositive      Reason = "test_positive"
	TestUnclear       Reason = "test_unclear"
	PaperNotAccepted  Reason = "paper"
	PresentationStale Reason = "presentation_old"
	SeenBefore        Reason = "seen"
	StaleCheck        Reason = "stale_check"
	BlindCheck        Reason = "blind_check"
	FormatNotAccepted Reason = "format_not_accepted"
	IssuerNotAccepted Reason = "issuer_not_accepted"
	SlipElsewhere     Reason = "slip_elsewhere"      // a slip that counts at other places
	StatusNotAccepted Reason = "status_not_accepted" // good, at a place for suspended passes only
	RuleNotMet        Reason = "rule"
	RuleFailed        Reason = "rule_failed"        // a rule gave no answer
	IDMatch           Reason = "id_match"           // the guard compares the name with an identity document
	IDMismatch        Reason = "id_mismatch"        // the guard did, and they differ; never Judge's
	ListMissingCheck  Reason = "list_missing_check" // policy lets a person decide without the issuer's list
	ListOverCheck     Reason = "list_over_check"

	Forged  Reason = "forged"
	Revoked Reason = "revoked"
	Barred  Reason = "barred"

	Foreign        Reason = "foreign"
	Unreadable     Reason = "unreadable"
	TooLong        Reason = "too_long"
	Malformed      Reason = "malformed"
	NoKey          Reason = "no_key"
	KeyWithdrawn   Reason = "key_withdrawn"
	KeyPeriod      Reason = "key_period"
	KeyUse         Reason = "key_use"
	NeedsNetwork   Reason = "needs_network"
	Encrypted      Reason = "encrypted"
	Incomplete     Reason = "incomplete" // one of several codes
	NoStatus       Reason = "no_status"
	StatusFailed   Reason = "status_failed"
	ListMissing    Reason = "list_missing" // policy asks for the issuer's revocation list, and it is not here
	ListOver       Reason = "list_over"    // the word of the issuer's list has ended
	Blind          Reason = "blind"
	Stale          Reason = "stale"
	ClockWrong     Reason = "clock"
	NotRecorded    Reason = "not_recorded"
	NotEnrolled    Reason = "not_enrolled"
	InternalFailed Reason = "internal"
	GateSuspended  Reason = "gate_suspended" // the authority suspended this gate, not the person
)

// fact is what never changes about a reason.
type fact struct {
	outcome Outcome
	help    string
	act     Act
	steps   []Step // by rank
}

// facts is the one table of reasons; words and cards are made from it.
var facts = map[Reason]fact{
	OK: {Admit, "A-OK", "", nil},

	Expired:           {Check, "C-EXP", OtherCode, []Step{LookUp, Register}},
	NotYetValid:       {Check, "C-NYV", AskSupervisor, []Step{LookUp, Supervisor}},
	SuspendedPass:     {Check, "C-SUS", AskSupervisor, []Step{Supervisor, LookUp}},
	TestMissing:       {Check, "C-TN", GetTested, []Step{Register, Emergency}},
	TestOld:           {Check, "C-T", GetTested, []Step{Register, Emergency}},
	TestPositive:      {Check, "C-TP", Hold, []Step{Supervisor, Emergency}},
	TestUnclear:       {Check, "C-TU", GetTested, []Step{Register, Emergency}},
	PaperNotAccepted:  {Check, "C-PAP", OtherCode, []Step{AnotherCode, LookUp}},
	PresentationStale: {Check, "C-DYN", OtherCode, []Step{AnotherCode, LookUp}},
	SeenBefore:        {Check, "C-SEEN", SeeID, []Step{Supervisor, AnotherCode}},
	StaleCheck:        {Check, "C-OLD", SeeID, []Step{LookUp, Supervisor}},
	BlindCheck:        {Check, "C-BLD", SeeID, []Step{LookUp, Supervisor}},
	FormatNotAccepted: {Check, "C-FMT", OtherCode, []Step{AnotherCode, LookUp}},
	IssuerNotAccepted: {Check, "C-ISS", OtherCode, []Step{AnotherCode, LookUp}},
	SlipElsewhere:     {Check, "C-SLP", OtherCode, []Step{AnotherCode, LookUp}},
	StatusNotAccepted: {Check, "C-STA", AskSupervisor, []Step{Supervisor, LookUp}},
	RuleNotMet:        {Check, "C-RUL", AskSupervisor, []Step{Supervisor, Register}},
	RuleFailed:        {Check, "C-RER", AskSupervisor, []Step{Supervisor, LookUp}},
	ListMissingCheck:  {Check, "C-LMI", SeeID, []Step{LookUp, Supervisor}},
	ListOverCheck:     {Check, "C-LOV", SeeID, []Step{LookUp, Supervisor}},
	IDMatch:           {Check, "C-ID", SeeID, []Step{LookUp, Supervisor}},
	IDMismatch:        {Check, "C-IDX", AskSupervisor, []Step{Supervisor, AnotherCode}},

	Forged:  {Refuse, "R-SIG", Refer, []Step{AnotherCode, Supervisor}},
	Revoked: {Refuse, "R-REV", Refer, []Step{LookUp, Supervisor}},
	Barred:  {Refuse, "R-BAR", Refer, []Step{Supervisor, LookUp}},

	Foreign:        {Unknown, "U-NOT", OtherCode, []Step{AnotherCode, LookUp}},
	Unreadable:     {Unknown, "U-READ", ScanAgain, []Step{TryAgain, LookUp}},
	TooLong:        {Unknown, "U-BIG", OtherCode, []Step{AnotherCode, LookUp}},
	Malformed:      {Unknown, "U-BAD", ScanAgain, []Step{TryAgain, LookUp}},
	NoKey:          {Unknown, "U-KEY", OtherCode, []Step{LookUp, AnotherCode}},
	KeyWithdrawn:   {Unknown, "U-KWD", OtherCode, []Step{LookUp, AnotherCode}},
	KeyPeriod:      {Unknown, "U-KTM", OtherCode, []Step{LookUp, AnotherCode}},
	KeyUse:         {Unknown, "U-KUS", OtherCode, []Step{LookUp, AnotherCode}},
	NeedsNetwork:   {Unknown, "U-NET", OtherCode, []Step{AnotherCode, LookUp}},
	Encrypted:      {Unknown, "U-ENC", OtherCode, []Step{AnotherCode, LookUp}},
	Incomplete:     {Unknown, "U-PART", ScanAgain, []Step{TryAgain, AnotherCode}},
	NoStatus:       {Unknown, "U-LST", AskSupervisor, []Step{LookUp, Supervisor}},
	StatusFailed:   {Unknown, "U-DAT", ScanAgain, []Step{TryAgain, Supervisor}},
	ListMissing:    {Unknown, "U-LMI", AskSupervisor, []Step{LookUp, AnotherCode}},
	ListOver:       {Unknown, "U-LOV", AskSupervisor, []Step{LookUp, AnotherCode}},
	Blind:          {Unknown, "U-BLD", AskSupervisor, []Step{Supervisor, Register}},
	Stale:          {Unknown, "U-OLD", AskSupervisor, []Step{Supervisor, Register}},
	ClockWrong:     {Unknown, "U-CLK", AskSupervisor, []Step{Supervisor, Register}},
	NotRecorded:    {Unknown, "U-REC", ScanAgain, []Step{TryAgain, Supervisor}},
	NotEnrolled:    {Unknown, "U-ENR", AskSupervisor, []Step{Supervisor, Register}},
	InternalFailed: {Unknown, "U-INT", ScanAgain, []Step{TryAgain, Supervisor}},
	GateSuspended:  {Unknown, "U-OFF", AskSupervisor, []Step{Supervisor, LookUp}},
}

// Outcome is the outcome that r leads to; an unknown reason is Unknown.
func (r Reason) Outcome() Outcome { return facts[r].outcome }

// maxCode is what a journal holds of a reason, in bytes.
const maxCode = 64

// Code is v's reason as the journal keeps it: where a rule of the policy stands
// behind it, with the rule's name, cut to 64 bytes (rule_failed:recent-proof).
func (v Verdict) Code() string {
	if v.Detail.Rule == "" {
		return string(v.Reason)
	}
	code := string(v.Reason) + ":" + v.Detail.Rule
	return code[:min(len(code), maxCode)]
}

// ParseCode is the reason and the rule of what Code gave.
func ParseCode(code string) (r Reason, rule string) {
	reason, rule, _ := strings.Cut(code, ":")
	return Reason(reason), rule
}

// Help is r's code for a telephone line; TestOld carries the hours asked (C-T48).
func (r Reason) Help(d Detail) string {
	f, ok := facts[r]
	if !ok {
		return "U-INT"
	}
	if r == TestOld {
		return fmt.Sprintf("%s%d", f.help, d.Asked/time.Hour)
	}
	return f.help
}

// Reasons lists every reason, in no order.
func Reasons() []Reason {
	all := make([]Reason, 0, len(facts))
	for r := range facts {
		all = append(all, r)
	}
	return all
}

// Step is a way on that works with no network.
type Step string

// Steps. Every outcome but Admit ends with Emergency, whatever else it offers.
const (
	TryAgain    Step = "try_again"
	AnotherCode Step = "another_code" // a paper code, a fresh one, the holder's own
	LookUp      Step = "look_up"      // by ID number
	Register    Step = "register"     // for a test here, without a code
	Supervisor  Step = "supervisor"
	Emergency   Step = "emergency" // medical: admit and record, one tap
)

// Steps gives the next steps for r by rank, two that fit and then Emergency; nil
// for an Admit. Screens fill the button of the first.
func (r Reason) Steps() []Step {
	f, ok := facts[r]
	if ok && f.outcome == Admit {
		return nil
	}
	steps := append([]Step(nil), f.steps...)
	for _, s := range steps {
		if s == Emergency {
			return steps
		}
	}
	return append(steps, Emergency)
}

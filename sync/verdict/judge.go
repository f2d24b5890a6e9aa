package verdict

import (
	"errors"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/status"
)

// PresentationLife is how far the time that a holder's device signed may lie
// from the gate's clock, either way.
const PresentationLife = 90 * time.Second

// Judge gives the verdict on p. The order of its questions stands in
// docs/design.md under Judging. Each can only lower the outcome (Admit > Check
// > Unknown > Refuse); among findings of the same outcome the first stands.
func Judge(p Presentation, v View, c Clock) Verdict {
	j := &judgement{pass: p.Pass, held: p.Held, view: v, clock: c}
	j.find(OK, Detail{})
	if !p.Pass.Genuine() || p.Err != nil {
		j.unopened(p.Err)
		return j.verdict()
	}
	j.accepted()
	j.presented()
	j.window()
	j.status()
	j.test()
	j.rules()
	j.seen()
	j.clockTrusted()
	j.freshness()
	j.idMatch()
	return j.verdict()
}

// judgement gathers findings; the lowest outcome found first is the verdict.
type judgement struct {
	pass      *pass.Pass
	held      time.Duration
	view      View
	clock     Clock
	reason    Reason
	detail    Detail
	latest    *pass.Test
	hold      bool // the policy objects to somebody whose latest test is positive
	unchecked []string
}

// rank orders outcomes by how far down they are; what is none of the four ranks as Unknown.
func rank(o Outcome) int {
	switch o {
	case Admit:
		return 0
	case Check:
		return 1
	case Refuse:
		return 3
	}
	return 2
}

func (j *judgement) find(r Reason, d Detail) {
	if j.reason == "" || rank(r.Outcome()) > rank(j.reason.Outcome()) {
		j.reason, j.detail = r, d
	}
}

func (j *judgement) verdict() Verdict {
	v := Verdict{
		Outcome: j.reason.Outcome(), Reason: j.reason, Detail: j.detail, Steps: j.reason.Steps(),
		Age: j.age(), Version: j.view.Snapshot.Version, Pass: j.genuine(), Test: j.latest, Unchecked: j.unchecked,
		Positive: j.hold, Policy: &j.view.Policy,
	}
	if v.Act() == Hold { // whatever reason came first, a fresh code does not make them well
		v.Steps = TestPositive.Steps()
	}
	return v
}

func (j *judgement) genuine() *pass.Pass {
	if j.pass.Genuine() {
		return j.pass
	}
	return nil
}

func (j *judgement) age() policy.Age {
	return j.view.Policy.Fresh.Of(j.view.Snapshot.Made, j.clock.Now)
}

// unopened says why there is no pass; an error that is not one of package pass's is ours, never the holder's.
func (j *judgement) unopened(err error) {
	for _, w := range []struct {
		err    error
		reason Reason
	}{
		{pass.ErrForged, Forged},
		{pass.ErrForeign, Foreign},
		{ErrUnreadable, Unreadable},
		{ErrNotEnrolled, NotEnrolled},
		{pass.ErrTooLong, TooLong},
		{pass.ErrMalformed, Malformed},
		{pass.ErrNoKey, NoKey},
		{pass.ErrWithdrawn, KeyWithdrawn},
		{pass.ErrKeyPeriod, KeyPeriod},
		{pass.ErrKeyUse, KeyUse},
		{pass.ErrNeedsNetwork, NeedsNetwork},
		{pass.ErrEncrypted, Encrypted},
		{pass.ErrPart, Incomplete},
	} {
		if errors.Is(err, w.err) {
			j.find(w.reason, Detail{})
			return
		}
	}
	j.find(InternalFailed, Detail{})
}

// accepted asks whether the place takes passes of this kind and issuer at all,
// and whether a slip counts here.
func (j *judgement) accepted() {
	if !j.view.Policy.AcceptsFormat(j.pass.Format) {
		j.find(FormatNotAccepted, Detail{})
	}
	if !j.view.Policy.AcceptsIssuer(j.pass.Issuer) {
		j.find(IssuerNotAccepted, Detail{})
	}
	if s := j.pass.Slip; s != nil && !s.CountsAt(j.view.Policy.Name) {
		j.find(SlipElsewhere, Detail{})
	}
}

func (j *judgement) presented() {
	at := j.pass.Presented
	if at.IsZero() {
		if !j.view.Policy.Paper {
			j.find(PaperNotAccepted, Detail{})
		}
		return
	}
	if off := j.clock.Now.Add(-j.held).Sub(at); off.Abs() > PresentationLife {
		j.find(PresentationStale, Detail{Ago: off, Asked: PresentationLife})
	}
}

// window is RFC 8392 sections 3.1.4 and 3.1.5: now must be before exp (which
// some foreign formats count in), and not before nbf (or iat). What was issued
// may have been so a moment ago, by a clock that is ahead of this one.
func (j *judgement) window() {
	begins := j.pass.NotBefore
	if issued := j.pass.IssuedAt.Add(-PresentationLife); issued.After(begins) {
		begins = issued
	}
	if j.pass.Slip != nil {
		begins = j.pass.Begins().Add(-PresentationLife)
	}
	switch now := j.clock.Now; {
	case j.pass.Expired(now):
		j.find(Expired, Detail{Ago: now.Sub(j.pass.Expires), At: j.pass.Expires})
	case now.Before(begins):
		j.find(NotYetValid, Detail{At: begins})
	}
}

func (j *judgement) status() {
	if j.view.Foreign != nil {
		j.foreign(*j.view.Foreign)
		return
	}
	if j.pass.Status == nil {
		return
	}
	blind := j.view.Snapshot.Made.IsZero()
	switch {
	case blind && j.view.Policy.Fresh.Blind == policy.Admit:
		j.unchecked = append(j.unchecked, "status")
	case blind:
		// freshness says it
	case errors.Is(j.view.StatusErr, status.ErrNoEntry):
		j.find(NoStatus, Detail{})
	case j.view.StatusErr != nil:
		j.find(StatusFailed, Detail{})
	default:
		j.statusValue(j.view.Status.Value())
	}
}

// foreign is the status of another issuer's pass. Who is revoked stays so,
// whatever else is amiss; a list that lacks or is past its end is the policy's
// business, and Unknown where it says nothing.
func (j *judgement) foreign(f status.Finding) {
	blind := j.view.Snapshot.Made.IsZero()
	over := !f.Until.IsZero() && !j.clock.Now.Before(f.Until)
	switch rule := j.view.Policy.Lists; {
	case f.Value == status.Invalid:
		j.find(Revoked, Detail{})
	case blind && j.view.Policy.Fresh.Blind == policy.Admit:
		j.unchecked = append(j.unchecked, "status")
	case blind:
		// freshness says it
	case errors.Is(j.view.StatusErr, status.ErrNoEntry):
		j.find(NoStatus, Detail{})
	case j.view.StatusErr != nil:
		j.find(StatusFailed, Detail{})
	case !f.Listed && rule.Asks(j.pass.Format):
		j.limit(rule.WhenMissing(), ListMissingCheck, ListMissing, Detail{})
	case over:
		j.statusValue(f.Value)
		j.limit(rule.WhenOver(), ListOverCheck, ListOver, Detail{At: f.Until, Ago: j.clock.Now.Sub(f.Until)})
	default:
		j.statusValue(f.Value)
	}
}

func (j *judgement) statusValue(v status.Value) {
	switch v {
	case status.Good, status.Suspended:
		// A slip's status is its gate's, and what a place allows people is not meant for those.
		if j.view.Policy.AllowsStatus(v) && (j.pass.Slip == nil || v == status.Good) {
			return
		}
		if v == status.Suspended {
			j.find(SuspendedPass, Detail{})
			return
		}
		j.find(StatusNotAccepted, Detail{})
	case status.Barred:
		j.find(Barred, Detail{})
	default:
		j.find(Revoked, Detail{})
	}
}

// test asks for the newest test that is known, whichever of pass and snapshot
// has it; the newest one counts even where its kind is not accepted, if it is
// positive.
func (j *judgement) test() {
	j.latest = j.newest(func(pass.Test) bool { return true })
	rule := j.view.Policy.Test
	if rule == nil {
		return
	}
	counts := j.newest(func(t pass.Test) bool { return rule.Accepts(t.Kind) })
	asked := time.Duration(rule.Hours) * time.Hour
	switch {
	case j.latest != nil && j.latest.Result == pass.Positive:
		j.hold = true
		j.find(TestPositive, Detail{Ago: j.since(j.latest.At)})
	case counts == nil:
		j.find(TestMissing, Detail{Asked: asked})
	case counts.Result != pass.Negative:
		j.find(TestUnclear, Detail{Ago: j.since(counts.At), Asked: asked})
	case j.since(counts.At) > asked:
		j.find(TestOld, Detail{Ago: j.since(counts.At), Asked: asked})
	}
}

// since counts whole minutes, as tests are dated.
func (j *judgement) since(t time.Time) time.Duration {
	return j.clock.Now.Truncate(time.Minute).Sub(t)
}

// newest is the last test of a kind. A laboratory that corrects a result keeps
// the sample's minute: of two that say different things of one minute, the one
// that is further from negative counts.
func (j *judgement) newest(want func(pass.Test) bool) *pass.Test {
	var best *pass.Test
	offer := func(t pass.Test) {
		switch {
		case !want(t) || t.At.After(j.clock.Now.Add(PresentationLife)):
		case best == nil || t.At.After(best.At) || t.At.Equal(best.At) && gravity(t.Result) > gravity(best.Result):
			best = &t
		}
	}
	for _, t := range j.pass.Tests {
		offer(t)
	}
	if t, ok := j.view.Status.Test(j.view.Snapshot.Epoch); ok && j.view.StatusErr == nil && !j.view.Snapshot.Made.IsZero() {
		offer(t)
	}
	return best
}

// gravity orders results: negative, unclear, positive.
func gravity(r pass.Result) int {
	switch r {
	case pass.Negative:
		return 0
	case pass.Positive:
		return 2
	}
	return 1
}

// rules asks the policy's rules. A rule without an answer is Check like one
// whose answer is no, never Admit; the first of them stands.
func (j *judgement) rules() {
	p := &j.view.Policy
	if len(p.Rules) == 0 {
		return
	}
	document := policy.DocumentOf(j.pass, j.latest, j.clock.Now)
	for _, f := range p.Ask(policy.Data(document, j.clock.Now, p.ValueSets), j.clock.Now) {
		reason := RuleNotMet
		if f.Err != nil {
			reason = RuleFailed
		}
		j.find(reason, Detail{Rule: f.Rule, Words: p.Words(f.Rule)})
		j.hold = j.hold || j.recentPositive()
	}
}

// infectious is how long a positive test counts for [Hold] where only a rule
// objects; the ready policies' rules count the same days.
const infectious = 14 * 24 * time.Hour

func (j *judgement) recentPositive() bool {
	return j.latest != nil && j.latest.Result == pass.Positive && j.since(j.latest.At) <= infectious
}

// idMatch stands last: it is what is left to do where nothing else is amiss.
// Only a person can compare a face with a document, so that such a place
// never gets an Admit from here.
func (j *judgement) idMatch() {
	if j.view.Policy.IDMatch {
		j.find(IDMatch, Detail{})
	}
}

func (j *judgement) seen() {
	window := time.Duration(j.view.Policy.Reentry) * time.Minute
	if window == 0 || j.view.Seen.IsZero() {
		return
	}
	if ago := j.clock.Now.Sub(j.view.Seen); ago < window {
		j.find(SeenBefore, Detail{Ago: max(ago, 0), Asked: window})
	}
}

// clockTrusted makes every time-bound answer Unknown where the device's clock
// lies behind trusted time or too far ahead of it. What does not hang on time
// (forged, revoked, barred) stands.
func (j *judgement) clockTrusted() {
	trusted := j.clock.Trusted
	if trusted.IsZero() {
		return
	}
	ahead := time.Duration(j.view.Policy.Clock.AheadDays) * 24 * time.Hour
	if off := j.clock.Now.Sub(trusted); off < 0 || off > ahead {
		j.find(ClockWrong, Detail{Ago: off, At: trusted})
	}
}

func (j *judgement) freshness() {
	age := j.view.Snapshot.Made
	detail := Detail{}
	if !age.IsZero() {
		detail.Ago = j.clock.Now.Sub(age)
	}
	j.aged(j.age(), detail)
}

// aged lowers the outcome by what the policy says on a snapshot of this age.
func (j *judgement) aged(a policy.Age, d Detail) {
	fresh := j.view.Policy.Fresh
	switch a {
	case policy.Fresh:
	case policy.Ageing:
		if fresh.Ageing != "" {
			j.limit(fresh.Ageing, StaleCheck, Stale, d)
		}
	case policy.Stale:
		j.limit(fresh.Stale, StaleCheck, Stale, d)
	default: // policy.Blind, and whatever is no age
		j.limit(fresh.Blind, BlindCheck, Blind, d)
	}
}

// limit lowers the outcome to what the policy leaves; an action that it does not name leaves Unknown.
func (j *judgement) limit(a policy.Action, check, unknown Reason, d Detail) {
	switch a {
	case policy.Admit:
	case policy.Check:
		j.find(check, d)
	default:
		j.find(unknown, d)
	}
}

package verdict

import (
	"time"

	"postern/sync/policy"
)

// Act answers "in or not?" for an outcome that is not Admit: the one thing that
// the guard does now. The zero Act stands beside Admit alone.
type Act string

// Acts.
const (
	GetTested     Act = "get_tested"     // they get tested; nobody says that they are let in then
	TestThenAdmit Act = "test_admit"     // they are tested here and let in, as the policy says
	SeeID         Act = "see_id"         // let in only whose ID fits
	Hold          Act = "hold"           // a positive test: nobody goes in, and everybody keeps away
	OtherCode     Act = "other_code"     // this code does not count; another may
	ScanAgain     Act = "scan_again"     // the reading failed, not the person
	Refer         Act = "refer"          // they are not let in, and are told where to ask
	AskSupervisor Act = "ask_supervisor" // a person decides
)

// Acts lists every act.
func Acts() []Act {
	return []Act{GetTested, TestThenAdmit, SeeID, Hold, OtherCode, ScanAgain, Refer, AskSupervisor}
}

// Act is what the guard does on v; "" on an Admit.
func (v Verdict) Act() Act {
	if v.Positive && (v.Outcome == Check || v.Outcome == Unknown) {
		return Hold
	}
	switch v.Reason {
	case TestMissing, TestOld, TestUnclear:
		if v.Policy != nil && v.Policy.TestHere == policy.TestAdmit {
			return TestThenAdmit
		}
	}
	if f, ok := facts[v.Reason]; ok {
		return f.act
	}
	return AskSupervisor
}

// Contacts gives whom the place's policy names for v, in the order in which
// people turn to them: of each role those that are open at at before the others.
// at must be in the time zone of the place. There is none on an Admit.
func (v Verdict) Contacts(at time.Time) []policy.Contact {
	if v.Policy == nil || v.Outcome == Admit {
		return nil
	}
	return v.Policy.For(at, v.Act().roles()...)
}

// roles are those of whom to ask, the first first. All end with the duty room
// and where to complain.
func (a Act) roles() []policy.Role {
	switch a {
	case GetTested, TestThenAdmit:
		return []policy.Role{policy.TestPoint, policy.Station, policy.Duty, policy.Complaint}
	case Hold:
		return []policy.Role{policy.Waiting, policy.Health, policy.Duty, policy.Complaint}
	case Refer:
		return []policy.Role{policy.Complaint, policy.Duty}
	}
	return []policy.Role{policy.Duty, policy.Complaint}
}

package verdict

import "postern/sync/policy"

// Rank is how far down an outcome is.
func Rank(o Outcome) int { return rank(o) }

// OfAge is what a snapshot of this age leaves of an Admit.
func OfAge(a policy.Age, p policy.Policy) Outcome {
	j := &judgement{view: View{Policy: p}}
	j.find(OK, Detail{})
	j.aged(a, Detail{})
	return j.reason.Outcome()
}

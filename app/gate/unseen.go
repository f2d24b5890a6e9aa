package gate

import "time"

// Unseen is something that a check does not see for as long as the gate is offline.
type Unseen struct {
	What  UnseenKind
	Since time.Time // from then on it is not seen; zero: none of it ever was
}

// UnseenKind is a kind of news that a check does not see.
type UnseenKind string

// What a check does not see.
const (
	UnseenStatuses UnseenKind = "statuses"    // passes revoked, suspended or barred since the snapshot was made
	UnseenTests    UnseenKind = "tests"       // results since then; only where the policy asks for a test
	UnseenRules    UnseenKind = "rules"       // policies, issuers and keys changed since the last pull
	UnseenGates    UnseenKind = "other_gates" // admissions at another gate: never seen; only where the policy asks about re-entry
)

// unseen lists what a check by v does not see.
func (v *View) unseen() []Unseen {
	if !v.Enrolled {
		return nil
	}
	all := []Unseen{{UnseenStatuses, v.Snapshot.Made}}
	if v.Policy.Test != nil {
		all = append(all, Unseen{UnseenTests, v.Snapshot.Made})
	}
	all = append(all, Unseen{UnseenRules, v.Pulled})
	if v.Policy.Reentry > 0 {
		all = append(all, Unseen{UnseenGates, time.Time{}})
	}
	return all
}

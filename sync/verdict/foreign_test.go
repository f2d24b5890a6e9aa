package verdict_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/status"
	"postern/sync/verdict"
)

// TestForeignStatus: what other issuers' lists say, in the order in which it counts.
func TestForeignStatus(t *testing.T) {
	lists := func(r policy.ListRule) func(*city) { return func(c *city) { c.view.Policy.Lists = &r } }
	ended := status.Finding{Listed: true, Until: now}
	none := fmt.Errorf("look up: %w", status.ErrNoEntry)
	for _, tc := range []struct {
		name    string
		finding status.Finding
		err     error
		bend    func(*city)
		want    verdict.Reason
	}{
		{"nothing is listed", status.Finding{}, nil, nil, verdict.OK},
		{"good", status.Finding{Listed: true}, nil, nil, verdict.OK},
		{"revoked", status.Finding{Listed: true, Value: status.Invalid}, nil, nil, verdict.Revoked},
		{"suspended", status.Finding{Listed: true, Value: status.Suspended}, nil, nil, verdict.SuspendedPass},
		{"suspended where that will do", status.Finding{Listed: true, Value: status.Suspended}, nil, func(c *city) { c.view.Policy.Statuses = []string{"suspended"} }, verdict.OK},
		{"the list it names is not here", status.Finding{}, none, nil, verdict.NoStatus},
		{"not readable", status.Finding{}, errors.New("the disk"), nil, verdict.StatusFailed},
		{"revoked, expired and not readable", status.Finding{Value: status.Invalid}, errors.New("the disk"), func(c *city) { c.claims.Expires = now }, verdict.Revoked},
		{"the second before a list ends", status.Finding{Listed: true, Until: now.Add(time.Second)}, nil, nil, verdict.OK},
		{"the second it ends", ended, nil, nil, verdict.ListOver},
		{"ended, and a person decides", ended, nil, lists(policy.ListRule{Over: policy.Check}), verdict.ListOverCheck},
		{"ended, and it goes on counting", ended, nil, lists(policy.ListRule{Over: policy.Admit}), verdict.OK},
		{"ended, suspended", status.Finding{Listed: true, Until: now, Value: status.Suspended}, nil, nil, verdict.ListOver},
		{"ended, suspended, it goes on counting", status.Finding{Listed: true, Until: now, Value: status.Suspended}, nil, lists(policy.ListRule{Over: policy.Admit}), verdict.SuspendedPass},
		{"ended, revoked", status.Finding{Listed: true, Until: now, Value: status.Invalid}, nil, lists(policy.ListRule{Over: policy.Admit}), verdict.Revoked},
		{"asked for and missing", status.Finding{}, nil, lists(policy.ListRule{Formats: []pass.Format{pass.Native}}), verdict.ListMissing},
		{"missing, and a person decides", status.Finding{}, nil, lists(policy.ListRule{Formats: []pass.Format{pass.Native}, Missing: policy.Check}), verdict.ListMissingCheck},
		{"missing for another format", status.Finding{}, nil, lists(policy.ListRule{Formats: []pass.Format{pass.SHC}}), verdict.OK},
		{"blind", status.Finding{}, none, func(c *city) { c.view.Snapshot = verdict.Snapshot{} }, verdict.Blind},
		{"revoked, wrong clock", status.Finding{Value: status.Invalid}, nil, func(c *city) { c.clock.Trusted = now.Add(time.Hour) }, verdict.Revoked},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := ordinary()
			c.claims.Status, c.view.Status, c.view.Policy.Test = nil, 0, nil
			c.view.Foreign, c.view.StatusErr = &tc.finding, tc.err
			if tc.bend != nil {
				tc.bend(&c)
			}
			if v := c.judge(t); v.Reason != tc.want || v.Outcome != tc.want.Outcome() {
				t.Errorf("got %s, %s, want %s", v.Outcome, v.Reason, tc.want)
			}
		})
	}
}

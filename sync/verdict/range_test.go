package verdict_test

import (
	"testing"

	"postern/sync/policy"
	"postern/sync/verdict"
)

// An outcome that is none of the four reads and ranks as Unknown, whatever
// bits it shares with one of them.
func TestOutcomesOutOfRange(t *testing.T) {
	words := []string{"Unknown", "Admit", "Check", "Refuse"}
	ranks := []int{2, 0, 1, 3}
	for n := range 256 {
		o, want := verdict.Outcome(n), n
		if n >= len(words) {
			want = int(verdict.Unknown)
		}
		if o.String() != words[want] {
			t.Errorf("outcome %d is called %s, want %s", n, o, words[want])
		}
		if got := verdict.Rank(o); got != ranks[want] {
			t.Errorf("outcome %d has rank %d, want %d", n, got, ranks[want])
		}
	}
}

// A reason that nobody has defined leads to Unknown, has a help code, and leaves a way on.
func TestReasonsOutOfRange(t *testing.T) {
	for _, r := range []verdict.Reason{"", "OK", "ok ", "ok:rule", "of a later version"} {
		if r.Outcome() != verdict.Unknown || r.Help(verdict.Detail{}) != "U-INT" {
			t.Errorf("%q: %v, %s", r, r.Outcome(), r.Help(verdict.Detail{}))
		}
		if steps := r.Steps(); len(steps) != 1 || steps[0] != verdict.Emergency {
			t.Errorf("%q leaves the steps %v", r, steps)
		}
	}
}

// Of all ages only a fresh snapshot leaves an Admit by itself: an age that is
// none of the four is judged as having no snapshot.
func TestAgesOutOfRange(t *testing.T) {
	p := policy.Default()
	want := map[policy.Age]verdict.Outcome{policy.Fresh: verdict.Admit, policy.Ageing: verdict.Admit, policy.Stale: verdict.Check}
	for n := range 256 {
		a := policy.Age(n) // Blind and what is out of range are not in want, so Unknown
		if got := verdict.OfAge(a, p); got != want[a] {
			t.Errorf("age %d leaves %v, want %v", n, got, want[a])
		}
	}
}

package main

import (
	"math"
	"testing"

	"postern/sync/pass"
	"postern/sync/policy"
)

// Words of a line are those of the contract, and a value that there is not gets the one that admits nothing.
func TestWordsOutOfRange(t *testing.T) {
	ages := map[policy.Age]string{policy.Fresh: "fresh", policy.Ageing: "ageing", policy.Stale: "stale"}
	kinds := map[pass.Kind]string{pass.NucleicAcid: "nucleic", pass.Antigen: "antigen"}
	results := map[pass.Result]string{pass.Negative: "negative", pass.Positive: "positive"}
	for i := range math.MaxUint8 + 1 {
		for _, c := range []struct{ got, want, otherwise string }{
			{policy.Age(i).String(), ages[policy.Age(i)], "blind"},
			{pass.Kind(i).String(), kinds[pass.Kind(i)], "other"},
			{pass.Result(i).String(), results[pass.Result(i)], "inconclusive"},
		} {
			if c.want == "" {
				c.want = c.otherwise
			}
			if c.got != c.want {
				t.Errorf("%d is %q, want %q", i, c.got, c.want)
			}
		}
	}
}

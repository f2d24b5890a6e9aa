package gate_test

import (
	"testing"
	"time"

	"postern/sync/verdict"
)

// A card in two codes is judged when the second comes, and a part that was left
// behind does not meet the next person's.
func TestCardInSeveralCodes(t *testing.T) {
	const first, second = "shc:/1/2/5676290952432060346029243740", "shc:/2/2/44603122295953"
	r := newRig(t)
	r.wants(r.shows(first), verdict.Incomplete)
	if v := r.shows(second); v.Reason == verdict.Incomplete {
		t.Error("both parts are here, and the gate still waits for one")
	}
	r.wants(r.shows(first), verdict.Incomplete)
	r.wait(2 * time.Minute)
	r.wants(r.shows(second), verdict.Incomplete)
}

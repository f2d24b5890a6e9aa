package hub

import (
	"net/http"
	"sync"

	"postern/sync/journal"
)

// uploads counts, by gate, the batches being received. A slow sender holds one
// of these places and none of those for verifying and storing. Strangers cannot
// take one, since they have no gate to send for, and an attacker who has taken
// over a gate can take two.
type uploads struct {
	mu    sync.Mutex
	gates map[string]int
	all   int
}

func (u *uploads) enter(gate string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.all >= maxUploads || u.gates[gate] >= maxPerGate {
		return false
	}
	if u.gates == nil {
		u.gates = map[string]int{}
	}
	u.gates[gate]++
	u.all++
	return true
}

func (u *uploads) leave(gate string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all--
	if u.gates[gate]--; u.gates[gate] == 0 {
		delete(u.gates, gate)
	}
}

// upload reads a gate's batch and takes a place for verifying and storing it,
// which the caller gives back with done. While all of those are taken it reads
// no body at all.
func (h *Hub) upload(w http.ResponseWriter, r *http.Request, gate string) (body []byte, done func(), err error) {
	if h.journals.full() || !h.uploads.enter(gate) {
		return nil, nil, errBusy
	}
	defer h.uploads.leave(gate)
	if body, err = readBody(w, r, journal.MaxBatch); err != nil {
		return nil, nil, err
	}
	select {
	case h.journals <- struct{}{}:
		return body, h.journals.leave, nil
	case <-r.Context().Done():
		return nil, nil, r.Context().Err()
	}
}

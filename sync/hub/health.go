package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"postern/sync/snapshot"
)

// healthFor is how long a state of health is given again without a new check, so
// that frequent questions cost little.
const healthFor = 5 * time.Second

// readyTime is how long the store may take for an empty commit.
const readyTime = 3 * time.Second

// maxMetadata bounds a metadata file that is read here.
const maxMetadata = 8 << 20

// health holds the last state; mu guards both fields.
type health struct {
	mu    sync.Mutex
	at    time.Time
	state healthState
}

type healthState struct {
	Status   string `json:"status"` // ok, or what is wrong
	Version  string `json:"version,omitempty"`
	Snapshot uint64 `json:"snapshot"` // newest published; 0 is none
}

// serveHealth says whether the store takes entries, and the newest snapshot's version.
func (h *Hub) serveHealth(w http.ResponseWriter, r *http.Request) error {
	state := h.healthNow(r.Context())
	code := http.StatusOK
	if state.Status != "ok" {
		code = http.StatusServiceUnavailable
		retryLater(w)
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, code, state)
	return nil
}

func (h *Hub) healthNow(ctx context.Context) healthState {
	h.health.mu.Lock()
	defer h.health.mu.Unlock()
	now := h.Now()
	if age := now.Sub(h.health.at); age >= 0 && age < healthFor && h.health.state.Status != "" {
		return h.health.state
	}
	state := healthState{Status: "ok", Version: h.Version}
	// Others get this state too, so the check goes on when this client goes away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTime)
	defer cancel()
	if err := h.Store.Ready(ctx); err != nil {
		h.Log.Error("store is not ready", "error", err)
		state.Status = "the store cannot be written"
	}
	version, err := h.newestSnapshot()
	if err != nil {
		h.Log.Debug("no snapshot", "error", err)
	}
	state.Snapshot = version
	h.health.at, h.health.state = now, state
	return state
}

// newestSnapshot is the highest version of which the whole is published.
func (h *Hub) newestSnapshot() (uint64, error) {
	online, err := h.publishedRole("online")
	if err != nil {
		return 0, err
	}
	var newest uint64
	for name := range online.Signed.Targets {
		number, ok := strings.CutSuffix(strings.TrimPrefix(name, "status/"), ".full")
		if v, err := strconv.ParseUint(number, 10, 64); ok && err == nil {
			newest = max(newest, v)
		}
	}
	return newest, nil
}

// PublishedTrust reads the newest published trust list, for a warning to the
// operator. It verifies no signature; gates do.
func (h *Hub) PublishedTrust() (*snapshot.Trust, error) {
	targets, err := h.publishedRole("targets")
	if err != nil {
		return nil, fmt.Errorf("find trust list: %w", err)
	}
	hash := targets.Signed.Targets[snapshot.TrustTarget].Hashes["sha256"]
	b, err := fs.ReadFile(h.Files, path.Join("targets", path.Dir(snapshot.TrustTarget), hash+"."+path.Base(snapshot.TrustTarget)))
	if err != nil {
		return nil, fmt.Errorf("read trust list: %w", err)
	}
	return snapshot.ParseTrust(b)
}

// publishedMetadata is the members of a metadata file that the hub reads.
type publishedMetadata struct {
	Signed struct {
		Meta    map[string]struct{ Version int64 }
		Targets map[string]struct{ Hashes map[string]string }
	}
}

// publishedRole follows timestamp and snapshot to the newest file of a role.
func (h *Hub) publishedRole(role string) (m publishedMetadata, err error) {
	if m, err = h.readMetadata("timestamp.json"); err != nil {
		return m, err
	}
	for _, next := range []string{"snapshot", role} {
		name := fmt.Sprintf("%d.%s.json", m.Signed.Meta[next+".json"].Version, next)
		if m, err = h.readMetadata(name); err != nil {
			return m, err
		}
	}
	return m, nil
}

func (h *Hub) readMetadata(name string) (m publishedMetadata, err error) {
	f, err := h.Files.Open("metadata/" + name)
	if err != nil {
		return m, err
	}
	defer f.Close()
	return m, json.NewDecoder(io.LimitReader(f, maxMetadata)).Decode(&m)
}

package station_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"postern/app/gate"
	"postern/app/relay"
	"postern/app/station"
)

// A relay that is set up wrongly is a problem on the screen, and no reason to check nobody.
func TestBadRelayIsAProblem(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, relay.File), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := station.Open(t.Context(), folder, station.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	state, err := s.Gate.State(t.Context())
	if err != nil || !slices.Contains(state.Problems, gate.RelayFailed) {
		t.Errorf("problems %v, %v", state.Problems, err)
	}
}

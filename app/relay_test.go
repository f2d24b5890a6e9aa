package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"postern/app/gate"
	"postern/app/relay"
	"postern/app/store"
)

// A relay that is set up wrongly is a problem on the screen, and no reason to check nobody.
func TestBadRelayIsAProblem(t *testing.T) {
	h := &house{folder: t.TempDir()}
	if err := os.WriteFile(filepath.Join(h.folder, relay.File), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	if h.store, err = store.Open(t.Context(), h.folder, store.Options{}); err != nil {
		t.Fatal(err)
	}
	defer h.store.Close()
	s, err := h.newGate(t.Context()).State(t.Context())
	if err != nil || !slices.Contains(s.Problems, gate.RelayFailed) {
		t.Errorf("problems %v, %v", s.Problems, err)
	}
}

//go:build unix

package relay_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"postern/app/relay"
)

// What a program leaves behind must not open the gate after the guard was told
// to do it by hand.
func TestChildrenEndWithTheirProgram(t *testing.T) {
	opened := filepath.Join(t.TempDir(), "opened")
	r, results := start(t, relay.Setting{
		Command: []string{"sh", "-c", "(sleep 1; echo late >" + opened + ") & wait"}, Timeout: 300 * time.Millisecond,
	})
	r.Admitted()
	if err := <-results; err == nil {
		t.Fatal("it did not take too long")
	}
	time.Sleep(1500 * time.Millisecond)
	if _, err := os.Stat(opened); err == nil {
		t.Error("a child opened the gate after the time-out")
	}
}

package authority_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postern/sync/authority"
)

// TestALockThatIsDamaged: waiting mends nothing there, and nobody is told that it would.
func TestALockThatIsDamaged(t *testing.T) {
	a, dir := mustCreate(t)
	lock := filepath.Join(dir, "publish.lock")
	if err := os.WriteFile(lock, bytes.Repeat([]byte("no database"), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := a.Publish(t.Context())
	if err == nil || errors.Is(err, authority.ErrBusy) || !strings.Contains(err.Error(), "publish.lock") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	mustPublish(t, a)
}

// TestTwoPublishersAtOnce: the second waits, and is told to try again.
func TestTwoPublishersAtOnce(t *testing.T) {
	a, dir := mustCreate(t)
	b, err := authority.Open(t.Context(), dir, options())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	b.SetLockWait(time.Millisecond)
	asked := false
	a.SetStep(func(string) error {
		if !asked {
			asked = true
			if err := b.Export(t.Context(), t.TempDir()); !errors.Is(err, authority.ErrBusy) {
				t.Errorf("got %v, want ErrBusy", err)
			}
		}
		return nil
	})
	mustPublish(t, a)
	if !asked {
		t.Error("nothing was published")
	}
}

package hub_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"postern/sync/hub"
)

func TestReceiptKey(t *testing.T) {
	dir := t.TempDir()
	first, err := hub.ReceiptKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := hub.ReceiptKey(dir)
	if err != nil || !again.Equal(first) {
		t.Errorf("read again: another key, %v", err)
	}
	path := filepath.Join(dir, hub.ReceiptKeyFile)
	if info, err := os.Stat(path); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := hub.ReceiptKey(dir); err == nil {
		t.Error("a damaged key was read, or replaced")
	}
	if _, err := hub.ReceiptKey(filepath.Join(dir, "absent")); err == nil {
		t.Error("made a key in a folder that is not there")
	}
}

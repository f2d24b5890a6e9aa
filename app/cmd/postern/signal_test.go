package main

import (
	"context"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSignalEndsTheGate: a gate that waits for its next line ends at once when
// it is told to, in good order.
func TestSignalEndsTheGate(t *testing.T) {
	w, err := newWorld(context.Background(), t.TempDir(), firstOther, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	binary := filepath.Join(t.TempDir(), "postern")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(binary, "gate", "--data", filepath.Join(w.dir, "gate"), "--enrol", w.code)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer kill(cmd)
	if _, err := io.WriteString(in, "hello\n"); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 4096)
	n, err := out.Read(answer)
	if err != nil || !strings.Contains(string(answer[:n]), `"U-NOT"`) {
		t.Fatalf("it answers %q, %v", answer[:n], err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ended badly: %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("it still runs")
	}
}

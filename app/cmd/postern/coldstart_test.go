package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"postern/app/station"
)

// BenchmarkColdStart starts the app with a snapshot of a million passes until
// it is ready to scan, and holds its memory against an empty window's. Memory
// is RssAnon: pages of mapped files can be dropped at any time and do not count.
func BenchmarkColdStart(b *testing.B) {
	bin := os.Getenv("POSTERN_BIN")
	if bin == "" {
		b.Skip("POSTERN_BIN is not set: make bench-app builds the app and sets it")
	}
	d := startDisplay(b)
	empty := filepath.Join(b.TempDir(), "empty")
	build := exec.Command("go", "build", "-o", empty, "./testdata/empty")
	build.Env = append(build.Environ(), "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build the empty window: %v\n%s", err, out)
	}
	gate := millionGate(b)
	var ready time.Duration
	var mine, bare float64
	for b.Loop() {
		took, memory := d.untilReady(filepath.Join(bin, "postern-gate"), "--data", gate)
		ready += took
		mine += memory
		_, memory = d.untilReady(empty)
		bare += memory
	}
	n := float64(b.N)
	b.ReportMetric(float64(ready.Milliseconds())/n, "ms-ready")
	b.ReportMetric((mine-bare)/n, "MB-above-empty")
	b.ReportMetric(bare/n, "MB-empty")
	b.ReportMetric(0, "ns/op")
}

// millionGate is the folder of an enrolled gate with a million passes in its snapshot.
func millionGate(b *testing.B) string {
	ctx := context.Background()
	w, err := newWorld(ctx, b.TempDir(), 1_000_000, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	defer w.close()
	dir := filepath.Join(w.dir, "gate")
	s, err := station.Open(ctx, dir, station.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close(ctx)
	if err := s.Enrol(ctx, w.code); err != nil {
		b.Fatal(err)
	}
	if _, err := s.Pull(ctx); err != nil {
		b.Fatal(err)
	}
	return dir
}

// untilReady starts a program, waits for its word that it is ready, lets it
// settle for a second, and ends it; memory is in MB.
func (d *display) untilReady(program string, args ...string) (took time.Duration, memory float64) {
	d.t.Helper()
	cmd := d.command(program, args...)
	log, err := cmd.StderrPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	defer kill(cmd)
	lines := bufio.NewScanner(log)
	for lines.Scan() && !strings.Contains(lines.Text(), "ready to scan") {
	}
	took = time.Since(begin)
	go func() { _, _ = io.Copy(io.Discard, log) }() // ends with the process
	time.Sleep(time.Second)
	return took, anonymous(d.t, cmd.Process.Pid)
}

// anonymous is a process's anonymous resident memory in MB.
func anonymous(t testing.TB, pid int) float64 {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kb, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return float64(kb) / 1024
		}
	}
	t.Fatal("the system does not say RssAnon")
	return 0
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"math/rand"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postern/app/store"
	"postern/sync/hub"
	"postern/sync/hub/hubdb"
	"postern/sync/journal"
)

// city is a whole installation made by the real programs.
type city struct {
	t                *testing.T
	dir              string
	postern, hubTool string
	addr             string
	passes           []string
}

// newCity builds both programs and sets an installation up with the commands of the README.
func newCity(t *testing.T) *city {
	c := &city{t: t, dir: t.TempDir(), addr: freeAddress(t)}
	c.postern, c.hubTool = filepath.Join(c.dir, "postern"), filepath.Join(c.dir, "postern-hub")
	for out, pkg := range map[string]string{c.postern: "postern/app/cmd/postern", c.hubTool: "postern/sync/cmd/postern-hub"} {
		build := exec.Command("go", "build", "-o", out, pkg)
		build.Env = append(build.Environ(), "CGO_ENABLED=0")
		if b, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", pkg, err, b)
		}
	}
	people := newDemoCity(40, time.Now(), 3)
	c.write("roster.csv", people.roster())
	c.write("results.csv", people.results())
	c.hubCommand("keygen", "--authority", c.path("authority"), "--hub", c.path("hub"), "--issuer", "EX")
	c.hubCommand("issue", "--authority", c.path("authority"), "--roster", c.path("roster.csv"), "--out", c.path("passes.csv"))
	c.hubCommand("publish", "--authority", c.path("authority"), "--out", c.path("hub"), "--results", c.path("results.csv"))
	c.passes = c.readPasses()
	return c
}

func (c *city) path(name string) string { return filepath.Join(c.dir, name) }

func (c *city) write(name, text string) {
	if err := os.WriteFile(c.path(name), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) hubCommand(args ...string) string {
	c.t.Helper()
	cmd := exec.Command(c.hubTool, args...)
	cmd.Env = append(cmd.Environ(), "POSTERN_PASSPHRASE=a test keeps no secrets")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		c.t.Fatalf("postern-hub %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// readPasses finds the column of texts in what issue wrote.
func (c *city) readPasses() (texts []string) {
	f, err := os.Open(c.path("passes.csv"))
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		c.t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "PP1:") {
				texts = append(texts, cell)
			}
		}
	}
	if len(texts) != 40 {
		c.t.Fatalf("issue wrote %d passes, want 40", len(texts))
	}
	return texts
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// startHub starts the hub's process and waits until it answers.
func (c *city) startHub() *exec.Cmd {
	c.t.Helper()
	cmd := exec.Command(c.hubTool, "serve", "--dir", c.path("hub"), "--authority", c.path("authority"), "--listen", c.addr)
	var log bytes.Buffer
	cmd.Stderr = &log
	c.run(cmd)
	for range 200 {
		r, err := http.Get("http://" + c.addr + "/healthz")
		if err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return cmd
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatalf("the hub does not answer\n%s", log.String())
	return nil
}

func (c *city) run(cmd *exec.Cmd) {
	c.t.Helper()
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { kill(cmd) })
}

// kill ends a process that this test started, at once, and waits for it.
func kill(cmd *exec.Cmd) {
	if cmd != nil && cmd.ProcessState == nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// gateProcess is a running `postern gate`.
type gateProcess struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers atomic.Int64 // verdicts that it printed, each recorded
	ended   chan struct{}
}

func (c *city) startGate(code string) *gateProcess {
	c.t.Helper()
	g := &gateProcess{cmd: exec.Command(c.postern, "gate", "--data", c.path("gate"), "--enrol", code), ended: make(chan struct{})}
	g.cmd.Stderr = os.Stderr
	in, err := g.cmd.StdinPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	out, err := g.cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	g.in = in
	c.run(g.cmd)
	go func() {
		defer close(g.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			g.answers.Add(1)
		}
	}()
	return g
}

// die kills the gate and returns how many verdicts it had given.
func (g *gateProcess) die() int64 {
	_ = g.cmd.Process.Kill()
	<-g.ended
	_ = g.cmd.Wait()
	return g.answers.Load()
}

// feed writes texts until it has given n or the process dies; it returns how many went in.
func (g *gateProcess) feed(texts []string, n int, rng *rand.Rand) int {
	for i := range n {
		if _, err := io.WriteString(g.in, texts[rng.Intn(len(texts))]+"\n"); err != nil {
			return i
		}
	}
	return n
}

// TestNothingLostNothingTwice kills the hub and the gate at random points,
// twenty times, and then holds the hub's journal against the gate's.
func TestNothingLostNothingTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes for some seconds")
	}
	c := newCity(t)
	rng := rand.New(rand.NewSource(time.Now().UnixNano()))
	hubProcess := c.startHub()
	code := c.enrolmentCode()
	fed, answered := 0, int64(0)
	for round := range 20 {
		g := c.startGate(code)
		if round == 0 {
			g.untilEnrolled(c)
		}
		fed += g.feed(c.passes, 5+rng.Intn(40), rng)
		time.Sleep(time.Duration(rng.Intn(300)) * time.Millisecond)
		if rng.Intn(2) == 0 {
			kill(hubProcess)
			fed += g.feed(c.passes, 5+rng.Intn(20), rng)
			time.Sleep(time.Duration(rng.Intn(150)) * time.Millisecond)
		}
		answered += g.die()
		if hubProcess.ProcessState != nil {
			hubProcess = c.startHub()
		}
	}
	c.settle(code)
	kill(hubProcess)

	recorded := c.recorded()
	checks := 0
	for _, e := range recorded {
		if e.Kind == journal.Check {
			checks++
		}
	}
	t.Logf("%d texts fed, %d verdicts shown, %d checks recorded", fed, answered, checks)
	if int64(checks) < answered || checks > fed+1 || answered == 0 {
		t.Errorf("%d verdicts were shown for %d texts, but %d checks recorded", answered, fed, checks)
	}
	c.compare(recorded)
}

func (c *city) enrolmentCode() string {
	out := c.hubCommand("gate", "add", "--authority", c.path("authority"), "--hub", "http://"+c.addr, "--place", "东门")
	code := regexp.MustCompile(`PE1:[0-9A-Z $%*+\-./:]+`).FindString(out)
	if code == "" {
		c.t.Fatalf("gate add printed no code:\n%s", out)
	}
	return strings.TrimSpace(code)
}

// untilEnrolled waits until the first gate process has answered once: then it is enrolled.
func (g *gateProcess) untilEnrolled(c *city) {
	c.t.Helper()
	if _, err := io.WriteString(g.in, "hello\n"); err != nil {
		c.t.Fatal(err)
	}
	for range 400 {
		if g.answers.Load() > 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatal("the gate did not enrol")
}

// settle runs the gate beside the hub until nothing is left to send.
func (c *city) settle(code string) {
	c.t.Helper()
	for range 20 {
		g := c.startGate(code)
		time.Sleep(3 * time.Second) // a push starts within two
		g.die()
		if c.unsent() == 0 {
			return
		}
	}
	c.t.Fatal("the journal did not reach the hub")
}

// open opens the gate's folder; the gate must not be running.
func (c *city) open() *store.Store {
	c.t.Helper()
	s, err := store.Open(context.Background(), c.path("gate"), store.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

func (c *city) unsent() int {
	c.t.Helper()
	s := c.open()
	defer s.Close()
	left, err := s.Unsent(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	return left
}

// recorded is the gate's journal, oldest first.
func (c *city) recorded() []journal.Entry {
	c.t.Helper()
	s := c.open()
	defer s.Close()
	entries, err := s.Recent(context.Background(), 100_000)
	if err != nil {
		c.t.Fatal(err)
	}
	slices.Reverse(entries)
	return entries
}

// compare opens the hub's file and holds it against the gate's entries: same number, same hashes, same order, no number twice.
func (c *city) compare(recorded []journal.Entry) {
	c.t.Helper()
	db, err := hubdb.Open(filepath.Join(c.path("hub"), "hub.db"))
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	held := map[uint64]journal.Hash{}
	for b, err := range db.Batches(context.Background(), hub.Query{}) {
		if err != nil {
			c.t.Fatal(err)
		}
		gate, err := db.Gate(context.Background(), b.Gate)
		if err != nil {
			c.t.Fatal(err)
		}
		opened, err := journal.OpenBatch(b.Body, gate.Sign)
		if err != nil {
			c.t.Fatalf("the hub holds a batch that does not open: %v", err)
		}
		for _, e := range opened.Entries {
			if other, twice := held[e.Seq]; twice && other != e.Hash() {
				c.t.Errorf("entry %d stands at the hub with two contents", e.Seq)
			}
			held[e.Seq] = e.Hash()
		}
	}
	for _, e := range recorded {
		if held[e.Seq] != e.Hash() {
			c.t.Errorf("entry %d of the gate is not at the hub", e.Seq)
		}
	}
	if len(held) != len(recorded) {
		c.t.Errorf("the hub holds %d entries and the gate %d", len(held), len(recorded))
	}
}

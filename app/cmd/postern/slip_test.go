package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestSlipBetweenGates makes a slip at one gate and shows it at another, both
// with the real programs, while there is no hub.
func TestSlipBetweenGates(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes for some seconds")
	}
	c := newCity(t)
	hub := c.startHub()
	for _, name := range []string{"a", "b"} {
		c.joins(name)
	}
	kill(hub)

	text, err := exec.Command(c.postern, "slip", "--gate", c.path("a"), "--name", "John Doe", "--life", "2h", "--png", c.path("slip.png")).Output()
	if err != nil || !strings.HasPrefix(string(text), "PT1:") {
		t.Fatalf("slip gave %q, %v", text, err)
	}
	if out, err := exec.Command(c.postern, "scan", "--json", c.path("slip.png")).Output(); err != nil || !bytes.Contains(out, []byte(`"ok":true`)) {
		t.Errorf("the picture of the slip reads as %s, %v", out, err)
	}
	shown := exec.Command(c.postern, "gate", "--data", c.path("b"))
	shown.Stdin = bytes.NewReader(text)
	out, err := shown.Output()
	if err != nil {
		t.Fatal(err)
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	if a.Outcome != "Admit" || a.Format != "slip" || a.Name != "J. D." || a.Slip == nil || a.Slip.Kind != "visitor" || a.Slip.Place != "gate a" {
		t.Errorf("the other gate says %s", out)
	}
	people, err := exec.Command(c.postern, "verify", "--gate", c.path("b"), strings.TrimSpace(string(text))).Output()
	if err != nil || !bytes.Contains(people, []byte("temporary slip (visitor) by gate")) {
		t.Errorf("for people it is %s, %v", people, err)
	}
	if _, err := exec.Command(c.postern, "slip", "--gate", c.path("a"), "--life", "13h").Output(); err == nil {
		t.Error("a slip of thirteen hours was made where twelve are allowed")
	}
	if _, err := exec.Command(c.postern, "slip", "--gate", c.path("b"), "--png", c.path("none.png")).Output(); err == nil {
		t.Error("a gate that may sign no slips made one")
	}
	if _, err := os.Stat(c.path("none.png")); err == nil {
		t.Error("of a slip that there is not there is a picture")
	}
	for _, name := range []string{c.path("slip.png"), c.path("nowhere/slip.png")} { // one is there, the other's folder is not
		if out, err := exec.Command(c.postern, "slip", "--gate", c.path("a"), "--png", name).Output(); err == nil || len(out) > 0 {
			t.Errorf("a slip was signed whose picture cannot be written to %s: %q", name, out)
		}
	}
	if out, err := exec.Command(c.postern, "scan", "--json", c.path("slip.png")).Output(); err != nil || !bytes.Contains(out, []byte(`"ok":true`)) {
		t.Errorf("afterwards the first picture reads as %s, %v", out, err)
	}
}

// joins enrols gate a, which may sign slips, or b, which may not, at a place
// that asks for no test, and waits until it has a snapshot.
func (c *city) joins(name string) {
	c.t.Helper()
	args := []string{"gate", "add", "--authority", c.path("authority"), "--hub", "http://" + c.addr, "--place", "gate " + name, "--policy", "school"}
	if name == "a" {
		args = append(args, "--slips", "12h", "--slips-at", "school,office")
	}
	code, _, _ := strings.Cut(c.hubCommand(args...), "\n")
	g := exec.Command(c.postern, "gate", "--data", c.path(name), "--enrol", code)
	in, err := g.StdinPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	defer in.Close()
	c.run(g)
	defer kill(g)
	for range 400 {
		out, _ := exec.Command(c.postern, "verify", "--json", "--gate", c.path(name), c.passes[0]).Output()
		var a answer
		if json.Unmarshal(out, &a) == nil && a.Snapshot > 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatal("the gate has no snapshot")
}

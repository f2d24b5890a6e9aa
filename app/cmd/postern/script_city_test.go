package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"postern/app/store"
)

// scriptCity is what a script has beside its programs: a city with its hub, and
// at most one program that runs while the script goes on.
type scriptCity struct {
	world   *world
	running *exec.Cmd
	stdin   io.Closer
	stderr  *growing
}

type scriptCityKey struct{}

// withCity gives each script its own.
func withCity(e *testscript.Env) error {
	c := &scriptCity{}
	e.Values[scriptCityKey{}] = c
	e.Defer(func() {
		kill(c.running)
		if c.world != nil {
			c.world.close()
		}
	})
	return nil
}

func cityOf(ts *testscript.TestScript) *scriptCity { return ts.Value(scriptCityKey{}).(*scriptCity) }

// makeCity is `city FILE`: the first time a city with a running hub, with a
// gate's code in $CODE; each time FILE is a good pass as its holder shows it now.
func makeCity(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: city file")
	}
	c := cityOf(ts)
	if c.world == nil {
		w, err := newWorld(context.Background(), ts.MkAbs("city"), firstOther, time.Now)
		ts.Check(err)
		c.world = w
		ts.Setenv("CODE", w.code)
	}
	c.world.holders.now = time.Now()
	exhibits, err := c.world.holders.exhibits()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(exhibits[0].text+"\n"), 0o600))
}

// switchHub is `hub start` or `hub stop`.
func switchHub(ts *testscript.TestScript, neg bool, args []string) {
	switch c := cityOf(ts); {
	case !neg && slices.Equal(args, []string{"start"}):
		ts.Check(c.world.hub.start(context.Background()))
	case !neg && slices.Equal(args, []string{"stop"}):
		ts.Check(c.world.hub.stop())
	default:
		ts.Fatalf("usage: hub start|stop")
	}
}

// startProgram is `start PROGRAM args...`: it runs with nothing on its standard input until `end`.
func startProgram(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: start program args...")
	}
	c := cityOf(ts)
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	c.running, c.stderr = exec.Command(path, args[1:]...), &growing{}
	c.running.Dir, c.running.Stderr = ts.MkAbs("."), c.stderr
	c.running.Env = append(c.running.Environ(), "PATH="+ts.Getenv("PATH"))
	c.stdin, err = c.running.StdinPipe()
	ts.Check(err)
	ts.Check(c.running.Start())
}

// awaitLine is `await REGEXP`: it waits until the program's standard error matches, each line once.
func awaitLine(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await regexp")
	}
	want, c := regexp.MustCompile(args[0]), cityOf(ts)
	for range 600 {
		if c.stderr.take(want) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("the program did not say %q; it says %q", args[0], c.stderr.rest())
}

// endProgram is `end`: the program's standard input ends, and it must end well.
func endProgram(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: end")
	}
	c := cityOf(ts)
	ts.Check(c.stdin.Close())
	ts.Check(c.running.Wait())
}

// showJournal is `journal FOLDER`: kind and reason of each entry of a gate,
// oldest first, and what the month's exchange with the hub took.
func showJournal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: journal folder")
	}
	ctx := context.Background()
	s, err := store.Open(ctx, ts.MkAbs(args[0]), store.Options{})
	ts.Check(err)
	defer s.Close()
	entries, err := s.Recent(ctx, 1000)
	ts.Check(err)
	for _, e := range slices.Backward(entries) {
		fmt.Fprintf(ts.Stdout(), "%s %s\n", e.Kind, e.Reason)
	}
	t, err := s.Traffic(ctx, time.Now().Format("2006-01"))
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "this month down %d up %d\n", t.Down, t.Up)
}

// growing is a program's output that is read while it grows.
type growing struct {
	mu   sync.Mutex
	text []byte
}

func (g *growing) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.text = append(g.text, b...)
	return len(b), nil
}

// take passes over the first line that matches, and all before it; false where there is none.
func (g *growing) take(want *regexp.Regexp) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for rest := g.text; ; {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		if !whole {
			return false
		}
		if rest = after; want.Match(line) {
			g.text = after
			return true
		}
	}
}

func (g *growing) rest() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return string(g.text)
}

// barrier is a program that a relay runs: it writes a line into a file.
func barrier() {
	if len(os.Args) != 3 || os.WriteFile(os.Args[1], []byte(os.Args[2]+"\n"), 0o600) != nil {
		os.Exit(1)
	}
}

// Command postern is a gate without a screen: it reads codes, judges
// presentations and shows the whole system at work, with no network.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Exit codes of every command.
const (
	exitOK     = 0 // all is as asked
	exitFailed = 1 // something that should have worked did not
	exitMisuse = 2 // the command line makes no sense
	exitNotAll = 3 // verify: at least one presentation is not Admit
)

// program is one run of postern; tests fill its fields.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends what does not listen
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

const usage = `postern checks passes without a network.

  postern demo                     a small city, one gate, every outcome, the hub cut and back
  postern scan --json FILE...      the codes in pictures, one JSON line a file (- reads paths from standard input)
  postern watch --camera ADDRESS   the codes that a camera or a serial scanner sees, a line each, as they come
  postern verify --json TEXT...    the verdict on each presentation, one JSON line each (- reads texts from standard input)
  postern slip --gate FOLDER       a temporary pass, signed by the gate, for other gates to judge offline
  postern gate --data FOLDER       a gate without a screen: texts in on standard input, verdicts out once they are recorded
  postern help-card --out card.pdf every help code on one page to print, in two languages

'postern COMMAND -h' explains a command.
`

// run dispatches to one command and gives its exit code.
func (p *program) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(p.stderr, usage)
		return exitMisuse
	}
	switch args[0] {
	case "demo":
		return p.demo(ctx, args[1:])
	case "scan":
		return p.scan(ctx, args[1:])
	case "watch":
		return p.watch(ctx, args[1:])
	case "verify":
		return p.verify(ctx, args[1:])
	case "slip":
		return p.slip(ctx, args[1:])
	case "gate":
		return p.gate(ctx, args[1:])
	case "help-card":
		return p.helpCard(args[1:])
	case "help", "-h", "--help":
		fmt.Fprint(p.stdout, usage)
		return exitOK
	}
	fmt.Fprintf(p.stderr, "postern: no command %q\n\n%s", args[0], usage)
	return exitMisuse
}

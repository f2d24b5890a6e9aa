package sheet

import (
	"fmt"
	"strings"
)

// Report says what an import did.
type Report struct {
	Rows    int // lines with data
	Added   int // persons that are new
	Changed int // persons of whom something changed
	Notes   []string
}

// Of bad lines so many are kept and printed; the others are counted.
const maxProblems = 100

// BadLines is the error of an import in which lines are bad. Nothing was imported.
type BadLines struct {
	Lines []BadLine // the first of them
	Count int       // of all
}

// BadLine says what is wrong with one line, counted from 1.
type BadLine struct {
	Line int
	What string
}

// Error lists the lines, one on a line of its own.
func (e *BadLines) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d bad lines, nothing was imported:", e.Count)
	for _, l := range e.Lines {
		fmt.Fprintf(&b, "\n  line %d: %s", l.Line, l.What)
	}
	if more := e.Count - len(e.Lines); more > 0 {
		fmt.Fprintf(&b, "\n  and %d more", more)
	}
	return b.String()
}

// Add takes what is wrong with a line, counted from 1.
func (e *BadLines) Add(line int, what string) {
	e.Count++
	if len(e.Lines) < maxProblems {
		e.Lines = append(e.Lines, BadLine{line, what})
	}
}

// orNil is the error where a line is bad.
func (e *BadLines) Err() error {
	if e.Count == 0 {
		return nil
	}
	return e
}

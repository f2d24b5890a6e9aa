package sheet

import (
	"errors"
	"fmt"
	"strings"
)

// Report says what the import of a table did.
type Report struct {
	Rows    int      // lines with data
	Added   int      // persons that are new
	Changed int      // persons of whom something changed
	Notes   []string // what was left out, a sentence each
}

// maxBadLines is how many bad lines are kept and printed. The others are counted.
const maxBadLines = 100

// BadLines is the error of a table in which lines are bad. Whoever gets it imports nothing.
type BadLines struct {
	Lines []BadLine // the first hundred
	Count int       // all
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

func (e *BadLines) add(line int, what string) {
	e.Count++
	if len(e.Lines) < maxBadLines {
		e.Lines = append(e.Lines, BadLine{line, what})
	}
}

// orNil is e where a line is bad, else nil.
func (e *BadLines) orNil() error {
	if e.Count == 0 {
		return nil
	}
	return e
}

// badLine marks an error that is about one line. Other errors end the reading.
type badLine struct{ error }

// Bad makes one error of everything that is wrong with a line; nil where
// nothing is. What [Table.Each] calls returns it, and reading goes on.
func Bad(wrong ...error) error {
	var all []string
	for _, err := range wrong {
		if err != nil {
			all = append(all, err.Error())
		}
	}
	if all == nil {
		return nil
	}
	return badLine{errors.New(strings.Join(all, "; "))}
}

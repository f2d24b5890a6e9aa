package scan

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.bug.st/serial"

	"postern/app/qr"
)

const (
	serialBaud = 9600                  // what scanners come with; USB ones do not care
	serialTick = 50 * time.Millisecond // the longest wait before the context is looked at
	serialRest = time.Second           // between two tries to open a port that is not there
)

// Line is a scanner on a serial line: /dev/ttyACM0, /dev/ttyUSB0, COM3.
type Line struct {
	Path    string
	Baud    int // bits a second, 8 data bits, no parity; 0 for 9600
	Profile Profile
}

// ParseLine reads a path, with the speed behind a comma where it is not 9600:
// "/dev/ttyUSB0,115200".
func ParseLine(text string) (Line, error) {
	path, speed, found := strings.Cut(text, ",")
	l := Line{Path: path, Baud: serialBaud}
	if found {
		n, err := strconv.Atoi(speed)
		if l.Baud = n; err != nil || n < 300 || n > 4_000_000 {
			return Line{}, fmt.Errorf("open scanner: %q is no speed; write it like /dev/ttyUSB0,115200", speed)
		}
	}
	if path == "" {
		return Line{}, errors.New("open scanner: there is no path; write it like /dev/ttyACM0")
	}
	return l, nil
}

// Readings opens the line and calls each with every reading, from one goroutine,
// until ctx ends (nil) or the scanner is taken away (an error). It may be
// called again then; see [Line.Steady].
func (l Line) Readings(ctx context.Context, each func(Reading)) error {
	baud := l.Baud
	if baud == 0 {
		baud = serialBaud
	}
	port, err := serial.Open(l.Path, &serial.Mode{BaudRate: baud, DataBits: 8})
	if err != nil {
		return fmt.Errorf("open scanner %s: %w; plug it in, and see that this user may open it (group dialout)", l.Path, err)
	}
	defer port.Close()
	if err := port.SetReadTimeout(serialTick); err != nil {
		return fmt.Errorf("open scanner %s: %w", l.Path, err)
	}
	var lines splitter
	buffer := make([]byte, 4096)
	take := func(text string, at time.Time) {
		if r, err := l.Profile.Reading(text, at, Serial); err == nil { // an empty line is no reading
			each(r)
		}
	}
	for ctx.Err() == nil {
		n, err := port.Read(buffer)
		at := time.Now()
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return fmt.Errorf("read scanner %s: %w; plug it in again", l.Path, err)
		}
		for _, b := range buffer[:n] {
			if text, whole := lines.take(b, at); whole {
				take(text, at)
			}
		}
		if text, whole := lines.rest(at); whole {
			take(text, at)
		}
	}
	return nil
}

// Steady reads until ctx ends: a scanner that was taken away, or is not there
// yet, is waited for. Told gets why, once for each new reason; it may be nil.
func (l Line) Steady(ctx context.Context, each func(Reading), told func(error)) {
	steady(ctx, l.Readings, each, told)
}

// steady reads again and again what may be taken away and come back.
func steady(ctx context.Context, readings func(context.Context, func(Reading)) error, each func(Reading), told func(error)) {
	last := ""
	for ctx.Err() == nil {
		err := readings(ctx, func(r Reading) {
			last = ""
			each(r)
		})
		if err != nil && err.Error() != last && told != nil {
			told(err)
		}
		if err != nil {
			last = err.Error()
		}
		select {
		case <-time.After(serialRest):
		case <-ctx.Done():
		}
	}
}

// splitter cuts a stream of bytes into texts: at CR, LF, and where the bytes
// stop for a while. It holds at most 2 MaxText bytes; a longer text is dropped
// whole, up to its end.
type splitter struct {
	line []byte
	over bool
	last time.Time
}

func (s *splitter) take(b byte, at time.Time) (text string, whole bool) {
	s.last = at
	if b == '\r' || b == '\n' {
		return s.cut()
	}
	if s.over = s.over || len(s.line) >= 2*qr.MaxText; !s.over {
		s.line = append(s.line, b)
	}
	return "", false
}

// rest gives a text that nothing but silence ends.
func (s *splitter) rest(at time.Time) (text string, whole bool) {
	if len(s.line) == 0 || at.Sub(s.last) < silence {
		return "", false
	}
	return s.cut()
}

func (s *splitter) cut() (text string, whole bool) {
	text, whole = string(s.line), len(s.line) > 0 && !s.over
	s.line, s.over = s.line[:0], false
	return text, whole
}

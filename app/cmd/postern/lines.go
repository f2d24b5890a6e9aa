package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
)

// lines gives the lines of r without their ends, each as boundedLine cuts it,
// until r or ctx ends; an error comes last. A read cannot be interrupted, so
// the reading goroutine may stay in one until the process ends.
func lines(ctx context.Context, r io.Reader, most int) iter.Seq2[string, error] {
	type line struct {
		text string
		err  error
	}
	return func(yield func(string, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		read := make(chan line)
		go func() {
			buffer := bufio.NewReader(r)
			for {
				text, err := boundedLine(buffer, most)
				select {
				case read <- line{text, err}:
				case <-ctx.Done():
					return
				}
				if err != nil {
					return
				}
			}
		}()
		for {
			select {
			case l := <-read:
				if errors.Is(l.err, io.EOF) || !yield(l.text, l.err) || l.err != nil {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// boundedLine reads one line without its end, and io.EOF after the last. Of a
// line of more than n bytes it gives the first n+1, and passes over the rest.
func boundedLine(r *bufio.Reader, n int) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part[:min(len(part), n+3-len(line))]...) // the line end may be two bytes
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(line) == 0):
			return "", err
		}
		for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
			line = line[:len(line)-1]
		}
		return string(line[:min(len(line), n+1)]), nil
	}
}

package camera

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// shot is one JPEG as it came.
type shot struct {
	data []byte
	at   time.Time
}

// newest hands shots from the goroutine that reads them to the one that shows
// them. Only the newest waiting shot is kept. Three buffers are in use: one is
// read into, one waits, one is shown.
type newest struct {
	full chan shot   // holds one
	free chan []byte // holds three
}

func newNewest() newest {
	n := newest{full: make(chan shot, 1), free: make(chan []byte, 3)}
	for range cap(n.free) {
		n.free <- nil
	}
	return n
}

// put replaces the waiting shot. Only the goroutine that reads calls it.
func (n newest) put(s shot) {
	select {
	case old := <-n.full:
		n.free <- old.data
	default:
	}
	n.full <- s // there is room: nobody else puts
}

// stream shows the parts of an answer, which it closes, until they end. The
// reading goroutine ends before stream does.
func (v *viewer) stream(answer *http.Response) error {
	p, err := newParts(answer.Body, answer.Header.Get("Content-Type"))
	if err != nil {
		answer.Body.Close()
		return err
	}
	box, failed := newNewest(), make(chan error, 1)
	var reading sync.WaitGroup
	reading.Go(func() { failed <- v.fill(p, box) })
	defer reading.Wait()
	defer answer.Body.Close() // which ends a read that waits
	for {
		select {
		case s := <-box.full:
			if err := v.show(s); err != nil {
				return err
			}
			box.free <- s.data
		case err := <-failed:
			select {
			case s := <-box.full: // what came last is still to be seen
				if err := v.show(s); err != nil {
					return err
				}
			default:
			}
			return err
		}
	}
}

// fill reads parts into the box until they end.
func (v *viewer) fill(p *parts, box newest) error {
	for {
		data, err := p.next(<-box.free)
		switch {
		case errors.Is(err, ErrFormat):
			return err
		case err != nil:
			return fmt.Errorf("%w: the stream ends: %w", ErrGone, err)
		}
		v.silence.Reset(v.patience)
		box.put(shot{data, v.now()})
	}
}

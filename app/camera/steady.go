package camera

import (
	"context"
	"time"
)

// How long a camera is left alone after it failed.
const (
	leastRest = 500 * time.Millisecond
	mostRest  = 8 * time.Second
)

// Steady gives a source that begins again after an error: when s ends with one,
// told is called with it, and after a rest the frames of s begin again, until
// ctx ends or s ends with nil. The rest grows from half a second to eight, and is
// half a second again after a frame. [ErrRefused] is tried again too, because a
// camera that is starting up answers so; told may cancel the context of Frames to
// give up. told is also called with what s leaves out, such as a damaged file. It
// is called from the goroutine of Frames and may be nil.
func Steady(s Source, told func(error)) Source {
	if told == nil {
		told = func(error) {}
	}
	if t, ok := find[interface{ tell(func(error)) }](s); ok {
		t.tell(told)
	}
	return &steady{Source: s, told: told, least: leastRest, most: mostRest}
}

type steady struct {
	Source
	told        func(error)
	least, most time.Duration
}

func (s *steady) inner() Source { return s.Source }

func (s *steady) Frames(ctx context.Context, each func(Frame)) error {
	for rest := s.least; ; rest = min(2*rest, s.most) {
		err := s.Source.Frames(ctx, func(f Frame) {
			rest = s.least
			each(f)
		})
		if err == nil || ctx.Err() != nil {
			return nil
		}
		s.told(err)
		select {
		case <-time.After(rest):
		case <-ctx.Done():
			return nil
		}
	}
}

// find gives the part of a source that is a T: the source itself, or one that it wraps.
func find[T any](s Source) (T, bool) {
	for s != nil {
		if t, ok := s.(T); ok {
			return t, true
		}
		outer, ok := s.(interface{ inner() Source })
		if !ok {
			break
		}
		s = outer.inner()
	}
	var none T
	return none, false
}

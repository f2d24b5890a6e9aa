package qr_test

import (
	"image"
	"math"
	"testing"
	"time"

	"postern/app/qr"
)

// TestLiveHintsOnFrames holds a code so that it does not read, for a second and a half
// at 1280 x 720: the right hint comes and stays.
func TestLiveHintsOnFrames(t *testing.T) {
	code, table := drawn(t, pass, 1), tableTop(3)
	night := image.NewGray(table.Rect)
	for i, v := range table.Pix {
		night.Pix[i] = v / 8
	}
	for name, c := range map[string]struct {
		table *image.Gray
		hold  func(s *sequence)
		want  qr.Hint
	}{
		"dark": {night, func(s *sequence) { s.dark, s.light, s.noise = 8, 18, 3 }, qr.TooDark},
		"far":  {table, func(s *sequence) { s.module, s.noise, s.tilt = 1.1, 10, 0 }, qr.TooFar},
		"blurred": {table, func(s *sequence) {
			s.module, s.tilt, s.hunt, s.focus, s.worst = 4, 0, 0, math.Pi, 4*0.72
		}, qr.Blurred},
		"glare":   {table, func(s *sequence) { s.module, s.tilt, s.glare, s.glareX = 5, 0, 600, 51 }, qr.Glare},
		"outside": {table, func(s *sequence) { s.module, s.tilt, s.turn, s.y, s.pull = 5, 0, 0.1, frameHeight-20, 0 }, qr.Outside},
		"nothing": {table, func(s *sequence) { s.x, s.y = -4000, -4000 }, qr.NoHint},
	} {
		s := newSequence(code, c.table, 6)
		s.screen, s.hand = 0, 0.3
		c.hold(s)
		x, y, glare := s.x, s.y, s.glareX
		l, changes, hint := qr.NewLive(), 0, qr.NoHint
		for n := range 45 {
			s.x, s.y, s.glareX = x, y, glare // held there
			sight := l.Frame(s.next(), noon.Add(time.Duration(n)*frame))
			if len(sight.Fresh) > 0 {
				t.Errorf("%s: it reads", name)
			}
			if sight.Hint != hint {
				hint, changes = sight.Hint, changes+1
			}
		}
		if hint != c.want || changes > 1 {
			t.Errorf("%s: hint %q after %d changes, want %q", name, hint, changes, c.want)
		}
	}
}

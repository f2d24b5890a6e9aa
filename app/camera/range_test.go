package camera_test

import (
	"errors"
	"image"
	"testing"

	"postern/app/camera"
)

// A turn that is none of the four leaves the picture upright and whole.
func TestTurnsOutOfRange(t *testing.T) {
	gray := corners(33, 17)
	frame := camera.Frame{Gray: gray, Color: gray}
	for turn := range 512 {
		if turn == 90 || turn == 180 || turn == 270 {
			continue
		}
		got := camera.Turned(frame, camera.View{Turn: turn}).Gray
		if quarters(got) != "1234" || got.Rect != image.Rect(0, 0, 33, 17) {
			t.Errorf("turned by %d: %s of %v", turn, quarters(got), got.Rect)
		}
	}
}

// A pixel format that is none of ours is an error, never read as another.
func TestPixelFormatsOutOfRange(t *testing.T) {
	for format := range uint32(256) {
		if img, err := camera.Taken(format, 16, 8, make([]byte, 16*8*4)); !errors.Is(err, camera.ErrFormat) {
			t.Fatalf("format %d gave %T and %v", format, img, err)
		}
	}
}

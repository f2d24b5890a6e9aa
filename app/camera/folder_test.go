package camera_test

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postern/app/camera"
)

func TestFolderPlaysInOrder(t *testing.T) {
	dir := t.TempDir()
	for name, w := range map[string]int{"c.JPG": 30, "a.jpeg": 10, "b.jpg": 20} {
		writeScene(t, dir, name, image.NewGray(image.Rect(0, 0, w, 8)))
	}
	for name, data := range map[string]string{"aa.png": "no picture", "notes.txt": "left alone", "b2.jpg": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "d.png"), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := watch(t, mustOpen(t, dir+"#rate=60"), 5)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{10, 20, 30, 10, 20} {
		if got[i].Rect.Dx() != want {
			t.Errorf("frame %d is %v, want width %d", i, got[i].Rect, want)
		}
	}

	var left []string
	s := camera.Steady(mustOpen(t, dir+"#rate=60,once"), func(err error) { left = append(left, err.Error()) })
	frames := 0
	if err := s.Frames(t.Context(), func(camera.Frame) { frames++ }); err != nil || frames != 3 {
		t.Errorf("once: %d frames, %v", frames, err)
	}
	if all := strings.Join(left, "\n"); len(left) != 3 || !strings.Contains(all, "aa.png") || !strings.Contains(all, "b2.jpg") || !strings.Contains(all, "d.png") {
		t.Errorf("left out: %s", all)
	}
}

func TestFolderWithoutPictures(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	never := func(camera.Frame) { t.Error("a frame") }
	if err := s.Frames(t.Context(), never); !errors.Is(err, camera.ErrFormat) || !strings.Contains(err.Error(), "copy pictures") {
		t.Errorf("empty: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.png"), []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Frames(t.Context(), never); !errors.Is(err, camera.ErrFormat) || !strings.Contains(err.Error(), "a.png") {
		t.Errorf("bad: %v", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Frames(t.Context(), never); err == nil {
		t.Error("gone: no error")
	}
	over, stop := context.WithCancel(t.Context())
	stop()
	if err := s.Frames(over, never); err != nil {
		t.Errorf("ended context: %v", err)
	}
}

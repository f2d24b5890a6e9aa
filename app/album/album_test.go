package album_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"postern/app/album"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// write makes a file of an age.
func write(t *testing.T, age time.Duration, parts ...string) string {
	t.Helper()
	path := filepath.Join(parts...)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, noon.Add(-age), noon.Add(-age)); err != nil {
		t.Fatal(err)
	}
	return path
}

func paths(all []album.Picture) (p []string) {
	for _, a := range all {
		p = append(p, a.Path)
	}
	return p
}

func system(home string, drives ...string) album.System {
	return album.System{Home: home, Drives: drives, Getenv: func(string) string { return "" }}
}

func TestPlaces(t *testing.T) {
	home := filepath.Join(t.TempDir(), "lin")
	media := t.TempDir()
	write(t, 0, home, "Bilder", "Camera", "a.jpg")
	write(t, 0, home, "Downloads", "b.png")
	write(t, 0, home, "DCIM", "c.jpg")
	write(t, 0, home, ".config", "user-dirs.dirs")
	if err := os.WriteFile(filepath.Join(home, ".config", "user-dirs.dirs"), []byte("# made by a system\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\nXDG_DESKTOP_DIR=\"$HOME/\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, 0, media, "lin", "STICK", "d.png") // as Linux hangs it in
	write(t, 0, media, "CARD", "e.png")         // and as others do
	if err := os.Mkdir(filepath.Join(media, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	want := []album.Place{
		{album.Pictures, filepath.Join(home, "Bilder")},
		{album.Downloads, filepath.Join(home, "Downloads")},
		{album.Camera, filepath.Join(home, "Bilder", "Camera")},
		{album.Camera, filepath.Join(home, "DCIM")},
		{album.Drive, filepath.Join(media, "CARD")},
		{album.Drive, filepath.Join(media, "lin", "STICK")},
	}
	if got := system(home, media).Places(); !slices.Equal(got, want) {
		t.Errorf("places\n%v, want\n%v", got, want)
	}
	if got := (album.System{Getenv: func(string) string { return "" }}).Places(); len(got) > 0 {
		t.Errorf("a system without a home has %v", got)
	}
}

func TestDocuments(t *testing.T) {
	home := t.TempDir()
	if got := system(home).Documents(); got != home {
		t.Errorf("without a folder for documents: %s", got)
	}
	write(t, 0, home, "Documents", "x")
	if got := system(home).Documents(); got != filepath.Join(home, "Documents") {
		t.Errorf("documents: %s", got)
	}
	if got := system("").Documents(); got != "" {
		t.Errorf("without a home: %s", got)
	}
}

// The newest pictures of all places come first, each once; what is hidden, deep, or no picture is left out.
func TestRecent(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	old, fresh, inner := write(t, 3*time.Hour, a, "old.PNG"), write(t, time.Hour, b, "fresh.jpg"), write(t, 2*time.Hour, a, "trip", "inner.jpeg")
	write(t, 0, a, "letter.txt")
	write(t, 0, a, ".hidden.png")
	write(t, 0, a, ".cache", "thumb.png")
	write(t, 0, a, "1", "2", "3", "4", "5", "deep.png")
	if err := os.WriteFile(filepath.Join(a, "empty.png"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(fresh, filepath.Join(a, "link.png")); err != nil {
		t.Skip(err)
	}
	places := []album.Place{{album.Pictures, a}, {album.Downloads, b}, {album.Camera, filepath.Join(a, "trip")}, {album.Drive, filepath.Join(a, "gone")}}
	got, err := album.Recent(t.Context(), places, 10)
	if want := []string{fresh, inner, old}; err != nil || !slices.Equal(paths(got), want) {
		t.Errorf("recent %v %v, want %v", paths(got), err, want)
	}
	if got, _ := album.Recent(t.Context(), places, 1); len(got) != 1 || got[0].Name() != "fresh.jpg" {
		t.Errorf("the newest is %v", paths(got))
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := album.Recent(ended, places, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	write(t, 0, dir, "b", "x.png")
	write(t, 0, dir, "a", "y.png")
	write(t, 0, dir, ".secret", "z.png")
	one, two := write(t, time.Hour, dir, "1.png"), write(t, 2*time.Hour, dir, "2.gif")
	inner, pictures, err := album.List(t.Context(), dir)
	if err != nil || !slices.Equal(inner, []string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}) || !slices.Equal(paths(pictures), []string{one, two}) {
		t.Errorf("%v %v %v", inner, paths(pictures), err)
	}
	if inner, pictures, err := album.List(t.Context(), filepath.Join(dir, ".secret", "..", "b", "..", "..", filepath.Base(dir), "a")); err != nil || len(inner) > 0 || len(pictures) != 1 {
		t.Errorf("%v %v %v", inner, pictures, err)
	}
	if _, _, err := album.List(t.Context(), filepath.Join(dir, "gone")); err == nil {
		t.Error("a folder that is gone was listed")
	}
	empty := filepath.Join(dir, "b", "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	if inner, pictures, err := album.List(t.Context(), empty); err != nil || len(inner)+len(pictures) > 0 {
		t.Errorf("%v %v %v", inner, pictures, err)
	}
	for i := range 2100 {
		write(t, 0, dir, "many", fmt.Sprintf("%d.png", i))
	}
	if _, pictures, err := album.List(t.Context(), filepath.Join(dir, "many")); err != nil || len(pictures) != 2000 {
		t.Errorf("%d pictures, %v", len(pictures), err)
	}
}

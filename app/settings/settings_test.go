package settings_test

import (
	"os"
	"path/filepath"
	"testing"

	"postern/app/settings"
)

func TestSaveAndLoad(t *testing.T) {
	folder := t.TempDir()
	if s, err := settings.Load(folder); err != nil || s != settings.Default() {
		t.Errorf("a new device has %+v, %v", s, err)
	}
	want := settings.Settings{
		Language: "en", Light: "night", Text: 150, Volume: 30, Speak: true, Left: true, Kiosk: true,
		Camera: "/dev/video2", Scanner: "end=tab&prefix=~",
	}
	for range 2 { // over itself, too
		if err := settings.Save(folder, want); err != nil {
			t.Fatal(err)
		}
	}
	if s, err := settings.Load(folder); err != nil || s != want {
		t.Errorf("read back %+v, %v", s, err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("saving left %v", left)
	}
	if err := settings.Save(filepath.Join(folder, "gone"), want); err == nil {
		t.Error("saved into no folder")
	}
}

// A file that is torn at any byte gives settings that can be used, and never a kiosk that nobody chose.
func TestTornFile(t *testing.T) {
	folder := t.TempDir()
	if err := settings.Save(folder, settings.Settings{Language: "en", Volume: 50}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, settings.File)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) - 2 { // the last two bytes close the object
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := settings.Load(folder); err == nil || s != settings.Default() {
			t.Fatalf("of %d bytes: %+v, %v", n, s, err)
		}
	}
}

// A value that cannot be costs no other.
func TestWrongValues(t *testing.T) {
	folder := t.TempDir()
	file := `{"language": "en", "volume": 900, "kiosk": "yes", "scanner": "end=never", "left": true, "of_a_newer_program": 1}`
	if err := os.WriteFile(filepath.Join(folder, settings.File), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	want := settings.Default()
	want.Language, want.Left = "en", true
	if s, err := settings.Load(folder); err == nil || s != want {
		t.Errorf("read %+v, %v", s, err)
	}
}

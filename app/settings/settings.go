// Package settings keeps what was chosen on this device: language, light,
// sounds, hand, kiosk, camera, scanner.
//
// Nothing here decides about anybody, and a gate works without any of it: a file
// that is torn or of a newer program gives the defaults, value by value. What
// the authority decides (place, policy, PIN) comes with the envelope and is not here.
package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"postern/app/scan"
)

// File is the name of the settings in a gate's folder. Without it the defaults count.
const File = "settings.json"

// most bounds the file, in bytes.
const most = 64 << 10

// Settings of a device; make them with Default.
type Settings struct {
	Language string `json:"language,omitempty"` // of the screens; empty: not chosen
	Light    string `json:"light,omitempty"`    // the theme's name; empty: day
	Text     int    `json:"text,omitempty"`     // size of letters, per cent; 0: 100
	Volume   int    `json:"volume"`             // of the cues, per cent
	Speak    bool   `json:"speak"`              // the outcome's word too
	Vibrate  bool   `json:"vibrate"`
	Left     bool   `json:"left"`              // held in the left hand: what is pressed stands at the left
	Kiosk    bool   `json:"kiosk"`             // fixed at a door, for visitors themselves
	Asks     bool   `json:"kiosk_asks"`        // an emergency at a kiosk waits for the staff's PIN
	Camera   string `json:"camera,omitempty"`  // its address; empty: the first that is found
	Scanner  string `json:"scanner,omitempty"` // a profile as scan.ParseProfile reads it
}

// Default are the settings of a new device.
func Default() Settings { return Settings{Volume: 100, Vibrate: true} }

// Load reads the settings of a folder. They can be used whatever the error is,
// which is for the log: what cannot be read is as at the beginning.
func Load(folder string) (Settings, error) {
	s := Default()
	path := filepath.Join(folder, File)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil && !info.Mode().IsRegular() { // a pipe would be waited for without end
		err = fmt.Errorf("%s is no file", path)
	}
	if err != nil {
		return s, fmt.Errorf("read settings: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return s, fmt.Errorf("read settings: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most))
	if err == nil {
		err = s.fill(b)
	}
	if err != nil {
		return s, fmt.Errorf("read settings: %w; what could not be read is as on a new device", err)
	}
	return s, nil
}

// fill takes each value by itself, so that one that is wrong costs no other.
func (s *Settings) fill(file []byte) error {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(file, &values); err != nil {
		return err
	}
	var wrong error
	for name, to := range map[string]any{
		"language": &s.Language, "light": &s.Light, "text": &s.Text, "volume": &s.Volume, "speak": &s.Speak, "vibrate": &s.Vibrate,
		"left": &s.Left, "kiosk": &s.Kiosk, "kiosk_asks": &s.Asks, "camera": &s.Camera, "scanner": &s.Scanner,
	} {
		if v, ok := values[name]; ok && json.Unmarshal(v, to) != nil {
			wrong = errors.Join(wrong, fmt.Errorf("%s cannot be %.40s", name, v))
		}
	}
	if s.Volume < 0 || s.Volume > 100 {
		wrong = errors.Join(wrong, fmt.Errorf("the volume cannot be %d", s.Volume))
		s.Volume = Default().Volume
	}
	if _, err := scan.ParseProfile(s.Scanner); err != nil {
		wrong = errors.Join(wrong, err)
		s.Scanner = ""
	}
	return wrong
}

// Save writes the settings to a folder. They are durable when it returns nil;
// after an error, or a crash at any moment, the ones before stand there whole.
func Save(folder string, s Settings) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("save settings: %w", err)
		}
	}()
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, File+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing is there after the rename
	_, err = io.Copy(f, bytes.NewReader(append(b, '\n')))
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(folder, File)); err != nil {
		return err
	}
	return syncFolder(folder)
}

// syncFolder makes a rename durable; Windows has no such call and does not need it.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

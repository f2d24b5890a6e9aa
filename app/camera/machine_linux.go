//go:build linux && !android

package camera

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// machine is where the system lists its devices; root is "/" but in tests.
type machine struct{ root string }

// List gives the cameras of this machine, by the names that stay when a camera
// is plugged into another place. Network cameras are not looked for.
func List() ([]Device, error) { return machine{"/"}.list() }

// isDevice reports whether an address is a device's, there or not.
func isDevice(address string) bool { return strings.HasPrefix(address, "/dev/") }

func (m machine) list() ([]Device, error) {
	class := filepath.Join(m.root, "sys/class/video4linux")
	entries, err := os.ReadDir(class)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // no driver is loaded: no camera was ever plugged in
	} else if err != nil {
		return nil, fmt.Errorf("list cameras: %w", err)
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return number(a.Name()) - number(b.Name()) })
	var found []Device
	for _, e := range entries {
		node := filepath.Join(class, e.Name())
		if number(e.Name()) < 0 || attribute(node, "index") != "0" { // a camera's other nodes carry metadata
			continue
		}
		path := "/dev/" + e.Name()
		d := Device{Address: m.lasting(path), Name: attribute(node, "name")}
		if d.Name == "" {
			d.Name = path
		}
		found = append(found, d)
	}
	return found, nil
}

// number is N of videoN, -1 of anything else.
func number(name string) int {
	digits, ok := strings.CutPrefix(name, "video")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil {
		return -1
	}
	return n
}

// attribute is one line of a device's entry, as text for people.
func attribute(node, name string) string {
	data, err := os.ReadFile(filepath.Join(node, name))
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(strings.TrimSpace(string(data)), "?")
}

// lasting gives the name of a device that stays when it is unplugged and comes
// back under another number: udev's link by its serial number, else by its
// plug. Without one it is the path itself.
func (m machine) lasting(path string) string {
	if !strings.HasPrefix(path, "/dev/video") {
		return path
	}
	for _, dir := range []string{"dev/v4l/by-id", "dev/v4l/by-path"} {
		links, err := os.ReadDir(filepath.Join(m.root, dir))
		if err != nil {
			continue
		}
		for _, l := range links {
			link := filepath.Join(m.root, dir, l.Name())
			if to, err := os.Readlink(link); err == nil && filepath.Base(to) == filepath.Base(path) {
				return filepath.Join("/", dir, l.Name())
			}
		}
	}
	return path
}

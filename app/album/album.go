// Package album finds the pictures on this device: where people keep them, the
// recent ones, and what a folder holds. It reads names and dates; what is in a
// file is read by [Thumb] and by package qr.
//
// A memory stick may hold a million files, or anything at all: every walk ends
// after a number of files, and with its context.
package album

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"postern/app/qr"
)

// Kind is what a [Place] is to people.
type Kind string

// The kinds of places, in the order in which [System.Places] gives them.
const (
	Pictures  Kind = "pictures"
	Downloads Kind = "downloads"
	Camera    Kind = "camera" // what a camera puts its pictures into
	Desktop   Kind = "desktop"
	Drive     Kind = "drive" // a memory stick or another disk
)

// Place is a folder in which people look for pictures.
type Place struct {
	Kind Kind
	Path string
}

// Picture is a file that its name calls a picture.
type Picture struct {
	Path string
	At   time.Time // of the last change
}

// Name is the name of the file.
func (p Picture) Name() string { return filepath.Base(p.Path) }

// System is where the device keeps things.
type System struct {
	Home   string   // of the user; empty where there is none
	Drives []string // folders of which each subfolder is a drive, on the first or second level, or drives themselves
	Getenv func(string) string
}

// ThisSystem is the system that the program runs on.
func ThisSystem() System {
	home, _ := os.UserHomeDir() // without one there are the drives
	return System{Home: home, Drives: driveRoots(), Getenv: os.Getenv}
}

// Places are the folders that there are, the likeliest first; none stands twice.
func (s System) Places() (all []Place) {
	add := func(k Kind, path string) {
		info, err := os.Stat(path)
		if path == "" || err != nil || !info.IsDir() || slices.ContainsFunc(all, func(p Place) bool { return p.Path == path }) {
			return
		}
		all = append(all, Place{k, path})
	}
	pictures := s.userDir("PICTURES", "Pictures")
	add(Pictures, pictures)
	add(Downloads, s.userDir("DOWNLOAD", "Downloads"))
	if pictures != "" {
		add(Camera, filepath.Join(pictures, "Camera"))
		add(Camera, filepath.Join(pictures, "Camera Roll"))
	}
	if s.Home != "" {
		add(Camera, filepath.Join(s.Home, "DCIM"))
	}
	add(Desktop, s.userDir("DESKTOP", "Desktop"))
	for _, drive := range s.drives() {
		add(Drive, drive)
	}
	return all
}

// Documents is the folder for what the program writes for people; empty where there is none.
func (s System) Documents() string {
	for _, path := range []string{s.userDir("DOCUMENTS", "Documents"), s.Home} {
		if info, err := os.Stat(path); path != "" && err == nil && info.IsDir() {
			return path
		}
	}
	return ""
}

// userDir is a folder of the user by its XDG name, or by its English name in the home folder.
func (s System) userDir(xdg, english string) string {
	if s.Home == "" {
		return ""
	}
	if path := s.configured("XDG_" + xdg + "_DIR"); path != "" && path != s.Home {
		return path
	}
	return filepath.Join(s.Home, english)
}

// configured is what the user's user-dirs.dirs says of a folder, which may have another name in every language.
func (s System) configured(name string) string {
	folder := s.Getenv("XDG_CONFIG_HOME")
	if folder == "" {
		folder = filepath.Join(s.Home, ".config")
	}
	f, err := os.Open(filepath.Join(folder, "user-dirs.dirs"))
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		value, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), name+"=")
		if !ok {
			continue
		}
		if path := strings.Replace(strings.Trim(value, `"`), "$HOME", s.Home, 1); filepath.IsAbs(path) {
			return filepath.Clean(path)
		}
	}
	return ""
}

// drives are the folders of drives that can be opened, also where they stand under the user's name.
func (s System) drives() (all []string) {
	for _, root := range s.Drives {
		if filepath.Dir(root) == root { // a drive with a letter
			all = append(all, root)
			continue
		}
		for _, first := range folders(root) {
			if inner := folders(first); filepath.Base(first) == filepath.Base(s.Home) && len(inner) > 0 {
				all = append(all, inner...)
			} else if len(inner) > 0 || len(files(first)) > 0 {
				all = append(all, first)
			}
		}
	}
	return all
}

// What a look may cost.
const (
	mostSeen   = 20_000 // files and folders that a walk looks at
	mostDeep   = 4      // folders under a place
	mostListed = 2000   // entries of a folder
)

// Recent are the newest pictures in some places, at most n, the newest first.
// A place that cannot be read has none.
func Recent(ctx context.Context, places []Place, n int) ([]Picture, error) {
	var all []Picture
	seen, left := map[string]bool{}, mostSeen
	for _, p := range places {
		err := filepath.WalkDir(p.Path, func(path string, d fs.DirEntry, err error) error {
			left--
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case left < 0:
				return filepath.SkipAll
			case err != nil:
				return nil // what cannot be read has no pictures
			case d.IsDir():
				deep := strings.Count(strings.TrimPrefix(path, p.Path), string(filepath.Separator))
				if path != p.Path && hidden(d.Name()) || deep > mostDeep {
					return filepath.SkipDir
				}
			case !seen[path]:
				if picture, ok := pictureOf(path, d); ok {
					seen[path] = true
					all = append(all, picture)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	newestFirst(all)
	return all[:min(n, len(all))], nil
}

// List is what a folder holds: its folders by name, and its pictures, the newest
// first. Of a folder with very many entries it gives the first that the system names.
func List(ctx context.Context, folder string) (inner []string, pictures []Picture, err error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(mostListed)
	if err != nil && len(entries) == 0 && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		path := filepath.Join(folder, e.Name())
		if e.IsDir() && !hidden(e.Name()) {
			inner = append(inner, path)
		} else if p, ok := pictureOf(path, e); ok {
			pictures = append(pictures, p)
		}
	}
	slices.Sort(inner)
	newestFirst(pictures)
	return inner, pictures, nil
}

func newestFirst(all []Picture) {
	slices.SortStableFunc(all, func(a, b Picture) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Path, b.Path)) })
}

// pictureOf is an entry of a folder as a picture: a file that can be one by its name and size.
func pictureOf(path string, e fs.DirEntry) (Picture, bool) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png", ".jpg", ".jpeg", ".gif":
	default:
		return Picture{}, false
	}
	info, err := e.Info()
	if err != nil || !info.Mode().IsRegular() || hidden(e.Name()) || info.Size() == 0 || info.Size() > qr.MaxFile {
		return Picture{}, false
	}
	return Picture{path, info.ModTime()}, true
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "$") }

func folders(path string) []string { return named(path, true) }
func files(path string) []string   { return named(path, false) }

// named are the first entries of a folder that are folders, or are none.
func named(path string, dirs bool) (all []string) {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	entries, _ := f.ReadDir(64) // more drives than anybody plugs in
	for _, e := range entries {
		if e.IsDir() == dirs && !hidden(e.Name()) {
			all = append(all, filepath.Join(path, e.Name()))
		}
	}
	slices.Sort(all)
	return all
}

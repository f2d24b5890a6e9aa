package camera

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"postern/app/qr"
)

// folderRate is how many pictures of a folder are shown in a second.
const folderRate = 2

// mostReasons is how many reasons one error lists.
const mostReasons = 10

// folder is a Source that plays the pictures of a folder in the order of their
// names, at a steady pace; none is dropped. It reads the names again for every
// round, so pictures may be added while it plays.
type folder struct {
	dir  string
	view View
	now  func() time.Time
	told func(error) // is called with why a picture was left out; may be nil
}

func (f *folder) Name() string { return filepath.Base(f.dir) }

func (f *folder) tell(told func(error)) { f.told = told }

// Frames shows every picture, and begins again after the last unless the view
// says once. A file that is no picture, or a damaged one, is left out. When a
// round leaves out every file, Frames ends with the reasons.
func (f *folder) Frames(ctx context.Context, each func(Frame)) error {
	tick := time.NewTicker(f.view.pause(folderRate))
	defer tick.Stop()
	for ctx.Err() == nil {
		shown, err := f.round(ctx, tick.C, each)
		switch {
		case ctx.Err() != nil:
			return nil
		case shown == 0:
			return fmt.Errorf("play folder %s: %w: %w", f.Name(), ErrFormat, err)
		case f.view.Once:
			return nil
		}
	}
	return nil
}

// round shows each picture once, the first of them at once. err holds why
// files were left out.
func (f *folder) round(ctx context.Context, tick <-chan time.Time, each func(Frame)) (shown int, err error) {
	names, err := pictures(f.dir)
	if err != nil {
		return 0, err
	}
	var reasons []error
	for _, name := range names {
		img, err := load(filepath.Join(f.dir, name))
		if err != nil {
			reasons = append(reasons[:min(len(reasons), mostReasons)], fmt.Errorf("%s: %w", name, err))
			if f.told != nil {
				f.told(fmt.Errorf("play folder %s: leave out %s: %w", f.Name(), name, err))
			}
			continue
		}
		if ctx.Err() != nil {
			return shown, nil
		}
		each(Frame{Gray: img, Color: img, At: f.now()})
		shown++
		select {
		case <-tick:
		case <-ctx.Done():
			return shown, nil
		}
	}
	return shown, errors.Join(reasons...)
}

// pictures gives the names of a folder's pictures, sorted.
func pictures(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read folder: %w", err)
	}
	var names []string
	for _, e := range entries {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".png", ".jpg", ".jpeg", ".gif":
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return nil, errors.New("there is no PNG, JPEG or GIF in it; copy pictures there")
	}
	slices.Sort(names)
	return names, nil
}

// load reads one picture, upright. Pipes and devices are refused: opening one
// could wait for ever.
func load(path string) (*image.Gray, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a file")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return qr.Load(file)
}

package authority

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// repository is the folder of published files. Names in it have slashes.
type repository struct {
	dir  string
	step func(name string) error // called before every step of publishing and exporting; tests end it there
}

func newRepository(dir string) *repository {
	return &repository{dir: dir, step: func(string) error { return nil }}
}

const timestampFile = "metadata/timestamp.json"

// path is where the file of this name lies.
func (r *repository) path(name string) string { return filepath.Join(r.dir, filepath.FromSlash(name)) }

func (r *repository) makeFolders() error {
	for _, name := range []string{"metadata", "targets/trust", "targets/policy", "targets/status", "targets/foreign", "gates"} {
		if err := os.MkdirAll(r.path(name), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// put writes one file of the repository.
func (r *repository) put(name string, b []byte) error {
	if err := r.step(name); err != nil {
		return err
	}
	return writeFile(r.path(name), b, 0o644)
}

// putOnce writes a file that never changes under its name.
func (r *repository) putOnce(name string, b []byte) error {
	info, err := os.Stat(r.path(name))
	if err == nil && info.Size() == int64(len(b)) {
		return nil
	}
	return r.put(name, b)
}

// has reports whether a file is in the repository.
func (r *repository) has(name string) bool {
	_, err := os.Stat(r.path(name))
	return err == nil
}

// removeUnless removes every file below root whose name, relative to it, is not to be kept.
func removeUnless(root string, keep func(name string) bool) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil || keep(name) {
			return err
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

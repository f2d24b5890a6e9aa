package authority

import (
	"context"
	"os"
	"path/filepath"
)

// files writes into the folder repository and copies out of it.
type files struct{ *folder }

// repository is the folder of what was published.
func (a *folder) repository() string { return filepath.Join(a.dir, "repository") }

// makeFolders makes what is missing of the repository's folders.
func (a *files) makeFolders(context.Context, *edition) error {
	for _, name := range []string{"metadata", "targets/trust", "targets/policy", "targets/status", "targets/foreign", "gates"} {
		if err := os.MkdirAll(filepath.Join(a.repository(), filepath.FromSlash(name)), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// put writes one file of the repository.
func (a *files) put(name string, b []byte) error {
	if err := a.step(name); err != nil {
		return err
	}
	return writeFile(filepath.Join(a.repository(), filepath.FromSlash(name)), b, 0o644)
}

// putOnce writes a file that never changes under its name.
func (a *files) putOnce(name string, b []byte) error {
	info, err := os.Stat(filepath.Join(a.repository(), filepath.FromSlash(name)))
	if err == nil && info.Size() == int64(len(b)) {
		return nil
	}
	return a.put(name, b)
}

// has reports whether a file is in the repository.
func (a *files) has(name string) bool {
	_, err := os.Stat(filepath.Join(a.repository(), filepath.FromSlash(name)))
	return err == nil
}

package authority

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// writeFile makes path hold b, wholly and durably or not at all.
func writeFile(path string, b []byte, mode fs.FileMode) error {
	if err := putFile(path, b, mode); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// putFile makes path hold b, wholly or not at all: a temporary file beside it,
// fsync, rename. It lasts once the folder is synced.
func putFile(path string, b []byte, mode fs.FileMode) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(b)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// syncDir makes renames in dir durable. Windows has no such call and needs none.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

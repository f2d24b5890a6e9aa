package authority

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// writeFile writes b to path. After a crash the file holds either all of b or
// what it held before.
func writeFile(path string, b []byte, mode fs.FileMode) error {
	if err := putFile(path, b, mode); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// putFile writes b to path by way of a temporary file beside it, so that nobody
// sees half of it. Only after syncDir is it sure to outlast a crash.
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

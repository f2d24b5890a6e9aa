package store_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of a few megabytes, which only root can.
func smallDisk(t *testing.T, megabytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		t.Skipf("skipped: cannot mount a small disk (%v); run as root", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil { // whatever still has a file open there
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

func makeReadOnly(t *testing.T, disk string) {
	t.Helper()
	must(t, syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
}

// blocks is what a file takes of the disk, in bytes.
func blocks(info os.FileInfo) int64 { return info.Sys().(*syscall.Stat_t).Blocks * 512 }

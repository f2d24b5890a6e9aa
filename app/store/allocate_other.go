//go:build !linux

package store

import "os"

// allocate gives f size bytes of real blocks.
func allocate(f *os.File, size int64) error { return writeBlocks(f, size) }

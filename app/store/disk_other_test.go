//go:build !linux

package store_test

import (
	"os"
	"testing"
)

func smallDisk(t *testing.T, _ int) string {
	t.Helper()
	t.Skip("skipped: a small disk is made on Linux only")
	return ""
}

func makeReadOnly(*testing.T, string) {}

func blocks(info os.FileInfo) int64 { return info.Size() }

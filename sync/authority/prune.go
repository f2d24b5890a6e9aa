package authority

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// keptMetadata is how many versions of metadata stay for gates that are in the
// middle of a pull.
const keptMetadata = 10

var metadataName = regexp.MustCompile(`^([0-9]+)\.(targets|snapshot|online)\.json$`)

// prune removes files that no metadata names any more. They may go at any
// time; nothing is lost when this fails.
func (a *files) prune(ctx context.Context, e *edition) error {
	keep := make(map[string]bool)
	offline, err := offlineTargets(ctx, a.ledger)
	if err != nil {
		return err
	}
	status, err := statusTargets(ctx, a.ledger)
	if err != nil {
		return err
	}
	for _, t := range append(offline, status...) {
		keep[t.file()] = true
	}
	targets, err := newestRole(ctx, a.ledger, metadata.TARGETS)
	if err != nil {
		return err
	}
	return errors.Join(
		removeUnless(filepath.Join(a.repository(), "targets"), func(name string) bool { return keep[name] }),
		removeUnless(filepath.Join(a.repository(), "gates"), func(name string) bool { return filepath.Ext(name) == ".envelope" }),
		removeUnless(filepath.Join(a.repository(), "metadata"), func(name string) bool {
			m := metadataName.FindStringSubmatch(name)
			if m == nil {
				return filepath.Ext(name) == ".json" // roots and the timestamp, and no leavings
			}
			n, err := strconv.ParseInt(m[1], 10, 64)
			newest := int64(e.version)
			if m[2] == metadata.TARGETS {
				newest = targets.version
			}
			return err == nil && n > newest-keptMetadata
		}),
	)
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

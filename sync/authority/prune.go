package authority

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// keptMetadata is how many versions of metadata stay for gates that are in the
// middle of a pull.
const keptMetadata = 10

var metadataName = regexp.MustCompile(`^([0-9]+)\.(targets|snapshot|online)\.json$`)

// removeOld removes files that no metadata names any more. They may go at any
// time; nothing is lost when this fails.
func (p *Publisher) removeOld(ctx context.Context, rel *release) error {
	keep := make(map[string]bool)
	offline, err := offlineTargets(ctx, p.ledger)
	if err != nil {
		return err
	}
	status, err := statusTargets(ctx, p.ledger)
	if err != nil {
		return err
	}
	for _, t := range append(offline, status...) {
		keep[t.file()] = true
	}
	targets, err := newestRole(ctx, p.ledger, metadata.TARGETS)
	if err != nil {
		return err
	}
	return errors.Join(
		removeUnless(p.repository.path("targets"), func(name string) bool { return keep[name] }),
		removeUnless(p.repository.path("gates"), func(name string) bool { return filepath.Ext(name) == ".envelope" }),
		removeUnless(p.repository.path("metadata"), func(name string) bool {
			m := metadataName.FindStringSubmatch(name)
			if m == nil {
				return filepath.Ext(name) == ".json" // roots and the timestamp; not the half-written files of a crash
			}
			n, err := strconv.ParseInt(m[1], 10, 64)
			newest := int64(rel.version)
			if m[2] == metadata.TARGETS {
				newest = targets.version
			}
			return err == nil && n > newest-keptMetadata
		}),
	)
}

package client

import (
	"context"
	"fmt"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"postern/sync/snapshot"
)

// foreignOf is the newest target with other issuers' lists; the zero edge where
// the metadata has none.
func foreignOf(targets map[string]*metadata.TargetFiles) (newest edge) {
	for name, t := range targets {
		if t.Custom == nil {
			continue
		}
		custom, err := snapshot.ParseCustom(*t.Custom)
		if err != nil || custom.From != 0 || name != snapshot.ForeignTarget(custom.Version) || custom.Version <= newest.Version {
			continue
		}
		if w, err := expectedOf(name, t); err == nil {
			newest = edge{custom, w, name}
		}
	}
	return newest
}

// foreign fetches other issuers' lists if they differ from the installed ones. It
// need not ask which are newer, since the versions of the metadata only rise.
func (p *pulling) foreign(ctx context.Context) error {
	e := foreignOf(p.statuses())
	if e.Version == 0 || e.Digest == p.in.Foreign {
		return nil
	}
	key := p.opened.Epochs[e.Key]
	if key == nil {
		return fmt.Errorf("%w: key %d for %s", ErrNoEpochKey, e.Key, e.name)
	}
	b, err := p.c.target(ctx, e.expected, func(n int64) { p.c.report(n, e.length) })
	if err != nil {
		return err
	}
	plain, err := snapshot.OpenFile(b, e.name, key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotVerified, err)
	}
	lists, err := snapshot.DecodeForeign(plain, e.Entries)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrTooNew, err)
	}
	if lists.Digest() != e.Digest {
		return fmt.Errorf("%w: %s holds other lists than were signed", ErrNotVerified, e.name)
	}
	p.update.Foreign, p.update.ForeignDigest = &lists, e.Digest
	p.result.Files++
	p.result.Bytes += e.length
	return nil
}

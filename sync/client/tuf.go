package client

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/trustedmetadata"
)

// Limits of metadata.
const (
	maxRoot      = 256 << 10
	maxTimestamp = 16 << 10
	maxMetadata  = 8 << 20
	maxRoots     = 64 // rotations, and versions tried to find the pinned one
)

// The delegated roles.
const (
	roleOnline   = "online"
	roleEnvelope = "envelope"
)

// refresh verifies metadata once, from the pinned root on.
//
// It uses go-tuf's trusted set and not its Updater. The Updater keeps its files
// in a folder that it never syncs, stops at a torn file, replaces the newest
// root that it had by the one it is given, and judges expiry by the device's
// clock. Here the metadata verified before comes from the gate's own database,
// the chain of roots is verified from the pinned one each time, and expiry is
// judged by the time of the newest snapshot that the gate has verified. So a
// gate that was cut off for long still works, and metadata that expired before
// that snapshot is refused.
type refresh struct {
	c     *Client
	in    Installed
	set   *trustedmetadata.TrustedMetadata
	files map[string][]byte // what is verified, under the names of Installed.Metadata
}

// newest verifies the newest metadata that the hub serves.
func (c *Client) newest(ctx context.Context, in Installed) (r *refresh, err error) {
	// go-tuf panics where a member is missing in a file that is signed.
	defer func() {
		if p := recover(); p != nil {
			r, err = nil, fmt.Errorf("verify metadata: %w: a member is missing: %v", ErrNotVerified, p)
		}
	}()
	r = &refresh{c: c, in: in, files: make(map[string][]byte)}
	for _, step := range []func(context.Context) error{r.root, r.timestamp, r.snapshot, r.targets, r.online} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("verify metadata: %w", r.checkCity(ctx, err))
		}
	}
	for role, version := range r.versions() {
		if version < in.Versions[role] {
			return nil, fmt.Errorf("verify metadata: %w: %s is version %d, it has been %d", ErrOld, role, version, in.Versions[role])
		}
	}
	return r, nil
}

// root verifies the roots from the pinned one to the newest.
func (r *refresh) root(ctx context.Context) error {
	pinned, err := r.pinned(ctx)
	if err != nil {
		return err
	}
	if r.set, err = trustedmetadata.New(pinned); err != nil {
		return tufError(err)
	}
	// Without a snapshot this is the zero time, at which nothing has expired. If the
	// snapshot is dated ahead of the device's clock, that clock is taken, since a
	// wrong date must not make all later metadata look expired. Rising versions
	// still keep the hub from serving older metadata.
	r.set.RefTime = r.in.Made
	if now := r.c.now(); now.Before(r.set.RefTime) {
		r.set.RefTime = now
	}
	r.keepRoot(pinned)
	for range maxRoots {
		next := rootName(r.set.Root.Signed.Version + 1)
		b := r.in.Metadata[next]
		if b == nil {
			if b, err = r.fetch(ctx, next, maxRoot); errors.Is(err, errNotFound) {
				return nil
			}
		}
		if err != nil {
			return err
		}
		if _, err := r.set.UpdateRoot(b); err != nil {
			return tufError(err)
		}
		r.keepRoot(b)
	}
	return fmt.Errorf("%w: more than %d rotations of the root", ErrGarbage, maxRoots)
}

// rootName is where Installed.Metadata keeps root version n.
func rootName(n int64) string { return fmt.Sprintf("root.%d", n) }

func (r *refresh) keepRoot(b []byte) {
	r.files[metadata.ROOT] = b
	r.files[rootName(r.set.Root.Signed.Version)] = b
}

// pinned is the root whose hash is in the enrolment code: a kept one, or the
// hub's 1.root.json, 2.root.json, …
func (r *refresh) pinned(ctx context.Context) ([]byte, error) {
	for _, b := range r.in.Metadata {
		if sha256.Sum256(b) == r.c.Identity.Root {
			return b, nil
		}
	}
	r.in = Installed{} // the kept metadata is not of this city
	for n := range int64(maxRoots) {
		b, err := r.fetch(ctx, rootName(n+1), maxRoot)
		switch {
		case errors.Is(err, errNotFound) && n == 0:
			return nil, fmt.Errorf("%w: it has no root metadata", ErrGarbage)
		case errors.Is(err, errNotFound):
			return nil, ErrWrongCity
		case err != nil:
			return nil, err
		case sha256.Sum256(b) == r.c.Identity.Root:
			return b, nil
		}
		if _, err := metadata.Root().FromBytes(b); err != nil {
			return nil, fmt.Errorf("%w: its root metadata cannot be read: %w", ErrGarbage, err)
		}
	}
	return nil, ErrWrongCity
}

// fetch fetches a metadata file by the name under which it is kept: root.7 is
// 7.root.json.
func (r *refresh) fetch(ctx context.Context, name string, limit int64) ([]byte, error) {
	if role, version, ok := strings.Cut(name, "."); ok {
		name = version + "." + role
	}
	b, err := r.c.fetch(ctx, "/v1/metadata/"+name+".json", limit)
	if errors.Is(err, errNotFound) {
		return nil, fmt.Errorf("get %s: %w", name, err)
	}
	return b, err
}

func (r *refresh) timestamp(ctx context.Context) error {
	kept := r.in.Metadata[metadata.TIMESTAMP]
	if kept != nil {
		// After a rotation of keys the kept one may not verify any more. Then only
		// the versions keep the hub from serving older metadata.
		_, _ = r.set.UpdateTimestamp(kept)
	}
	b, err := r.fetch(ctx, metadata.TIMESTAMP, maxTimestamp)
	if err != nil {
		return missing(err)
	}
	_, err = r.set.UpdateTimestamp(b)
	if errors.Is(err, &metadata.ErrEqualVersionNumber{}) {
		b, err = kept, nil
	}
	if err != nil {
		return tufError(err)
	}
	r.files[metadata.TIMESTAMP] = b
	return nil
}

func (r *refresh) snapshot(ctx context.Context) error {
	kept := r.in.Metadata[metadata.SNAPSHOT]
	if kept != nil {
		if _, err := r.set.UpdateSnapshot(kept, true); err == nil {
			r.files[metadata.SNAPSHOT] = kept
			return nil
		}
	}
	meta := r.set.Timestamp.Signed.Meta["snapshot.json"]
	b, err := r.fetchMeta(ctx, metadata.SNAPSHOT, meta)
	if err != nil {
		return err
	}
	if _, err := r.set.UpdateSnapshot(b, false); err != nil {
		return tufError(err)
	}
	r.files[metadata.SNAPSHOT] = b
	return nil
}

func (r *refresh) targets(ctx context.Context) error {
	return r.delegated(ctx, metadata.TARGETS, metadata.ROOT)
}

// online loads the delegated role that signs statuses. A city that has not
// published any has no such role.
func (r *refresh) online(ctx context.Context) error {
	if r.set.Snapshot.Signed.Meta[roleOnline+".json"] == nil {
		return nil
	}
	return r.delegated(ctx, roleOnline, metadata.TARGETS)
}

func (r *refresh) delegated(ctx context.Context, role, parent string) error {
	if kept := r.in.Metadata[role]; kept != nil {
		if _, err := r.set.UpdateDelegatedTargets(kept, role, parent); err == nil {
			r.files[role] = kept
			return nil
		}
	}
	b, err := r.fetchMeta(ctx, role, r.set.Snapshot.Signed.Meta[role+".json"])
	if err != nil {
		return err
	}
	if _, err := r.set.UpdateDelegatedTargets(b, role, parent); err != nil {
		return tufError(err)
	}
	r.files[role] = b
	return nil
}

// fetchMeta fetches the version of a role that signed metadata names.
func (r *refresh) fetchMeta(ctx context.Context, role string, meta *metadata.MetaFiles) ([]byte, error) {
	if meta == nil {
		return nil, fmt.Errorf("%w: no version of %s is named", ErrNotVerified, role)
	}
	limit := int64(maxMetadata)
	if meta.Length > 0 {
		limit = min(limit, meta.Length)
	}
	b, err := r.fetch(ctx, fmt.Sprintf("%s.%d", role, meta.Version), limit)
	return b, missing(err)
}

// missing is ErrBusy in place of errNotFound for a file that signed metadata
// names: it may still be being copied to the hub.
func missing(err error) error {
	if errors.Is(err, errNotFound) {
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}

// checkCity returns ErrWrongCity in place of an error of verification where the
// hub serves the root of another city.
func (r *refresh) checkCity(ctx context.Context, err error) error {
	if !errors.Is(err, ErrNotVerified) {
		return err
	}
	for name, b := range r.files {
		if strings.HasPrefix(name, "root.") && sha256.Sum256(b) == r.c.Identity.Root {
			theirs, fetchErr := r.fetch(ctx, name, maxRoot)
			if fetchErr != nil || sha256.Sum256(theirs) == r.c.Identity.Root {
				return err
			}
			if _, rootErr := metadata.Root().FromBytes(theirs); rootErr != nil {
				return fmt.Errorf("%w: %w", ErrGarbage, rootErr)
			}
			return fmt.Errorf("%w: %w", ErrWrongCity, err)
		}
	}
	return err
}

// tufError is the error of this package for one of go-tuf's.
func tufError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, &metadata.ErrBadVersionNumber{}), errors.Is(err, &metadata.ErrExpiredMetadata{}):
		return fmt.Errorf("%w: %w", ErrOld, err)
	case errors.Is(err, &metadata.ErrRepository{}), errors.Is(err, &metadata.ErrValue{}), errors.Is(err, &metadata.ErrType{}):
		return fmt.Errorf("%w: %w", ErrNotVerified, err)
	}
	return fmt.Errorf("%w: metadata cannot be read: %w", ErrGarbage, err)
}

package client

import (
	"crypto/ed25519"
	"maps"
	"slices"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// versions is the version of each verified role.
func (r *refresh) versions() map[string]int64 {
	v := map[string]int64{
		metadata.ROOT:      r.set.Root.Signed.Version,
		metadata.TIMESTAMP: r.set.Timestamp.Signed.Version,
		metadata.SNAPSHOT:  r.set.Snapshot.Signed.Version,
	}
	for role, m := range r.set.Targets {
		v[role] = m.Signed.Version
	}
	return v
}

// changedFiles are the verified files that Installed.Metadata does not have; nil
// where it has all.
func (r *refresh) changedFiles() map[string][]byte {
	changed := maps.Clone(r.files)
	maps.DeleteFunc(changed, func(name string, b []byte) bool { return slices.Equal(r.in.Metadata[name], b) })
	if len(changed) == 0 {
		return nil
	}
	return changed
}

// offline is a target that the offline role itself signed; nil where there is none.
func (r *refresh) offline(name string) *metadata.TargetFiles {
	return r.set.Targets[metadata.TARGETS].Signed.Targets[name]
}

// statuses lists the targets of the online role that it may sign.
func (r *refresh) statuses() map[string]*metadata.TargetFiles {
	online, delegations := r.set.Targets[roleOnline], r.set.Targets[metadata.TARGETS].Signed.Delegations
	found := make(map[string]*metadata.TargetFiles)
	if online == nil || delegations == nil {
		return found
	}
	for name, t := range online.Signed.Targets {
		mayOnline := func(role metadata.RoleResult) bool { return role.Name == roleOnline }
		if t != nil && slices.ContainsFunc(delegations.GetRolesForTarget(name), mayOnline) {
			found[name] = t
		}
	}
	return found
}

// envelopeKeys are the keys of the envelope role, as the offline role delegates to it.
func (r *refresh) envelopeKeys() []ed25519.PublicKey {
	d := r.set.Targets[metadata.TARGETS].Signed.Delegations
	if d == nil {
		return nil
	}
	var keys []ed25519.PublicKey
	for _, role := range d.Roles {
		if role.Name != roleEnvelope {
			continue
		}
		for _, id := range role.KeyIDs {
			if k := d.Keys[id]; k != nil {
				public, err := k.ToPublicKey()
				if key, ok := public.(ed25519.PublicKey); ok && err == nil && len(key) == ed25519.PublicKeySize {
					keys = append(keys, key)
				}
			}
		}
	}
	return keys
}

// newVersions are the verified versions that Installed.Versions does not have.
func (r *refresh) newVersions() map[string]int64 {
	v := r.versions()
	maps.DeleteFunc(v, func(role string, n int64) bool { return r.in.Versions[role] == n })
	if len(v) == 0 {
		return nil
	}
	return v
}

package authority

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"

	"postern/sync/snapshot"
)

// How long signed metadata says it is good. A gate goes on checking with what
// it has after that; expiry tells it, and its people, that it is cut off.
const (
	rootLife      = 10 * 365 * 24 * time.Hour
	targetsLife   = 2 * 365 * 24 * time.Hour
	onlineLife    = 30 * 24 * time.Hour
	timestampLife = 7 * 24 * time.Hour
)

// Delegated roles.
const (
	roleOnline   = "online"   // status/*, foreign/*, lookup/*/*
	roleEnvelope = "envelope" // no target: its key signs envelopes and gate certificates
)

// sign adds the key's signature and gives the file.
func sign[T metadata.Roles](m *metadata.Metadata[T], keys ...ed25519.PrivateKey) ([]byte, error) {
	for _, key := range keys {
		signer, err := signature.LoadED25519Signer(key)
		if err != nil {
			return nil, err
		}
		if _, err := m.Sign(signer); err != nil {
			return nil, err
		}
	}
	return m.ToBytes(false)
}

func publicKey(key ed25519.PrivateKey) (*metadata.Key, string, error) {
	k, err := metadata.KeyFromPublicKey(key.Public())
	if err != nil {
		return nil, "", err
	}
	id, err := k.ID()
	return k, id, err
}

// signRoot makes root version 1: three root keys of which two sign, the
// targets key, and the online key for snapshot and timestamp.
func (a *folder) signRoot() ([]byte, error) {
	root := metadata.Root(a.now().Add(rootLife))
	root.Signed.ConsistentSnapshot = true
	var signers []ed25519.PrivateKey
	for _, r := range []struct{ role, key string }{
		{metadata.ROOT, rootKeys[0]},
		{metadata.ROOT, rootKeys[1]},
		{metadata.ROOT, rootKeys[2]},
		{metadata.TARGETS, keyTargets},
		{metadata.SNAPSHOT, keyOnline},
		{metadata.TIMESTAMP, keyOnline},
	} {
		key, err := a.keys.signer(r.key)
		if err != nil {
			return nil, err
		}
		public, _, err := publicKey(key)
		if err != nil {
			return nil, err
		}
		if err := root.Signed.AddKey(public, r.role); err != nil {
			return nil, err
		}
		if r.role == metadata.ROOT {
			signers = append(signers, key)
		}
	}
	root.Signed.Roles[metadata.ROOT].Threshold = rootThreshold
	return sign(root, signers[:rootThreshold]...)
}

// signTargets signs the next version of the targets role: trust list, policies, delegations.
func (a *folder) signTargets(ctx context.Context, tx *sql.Tx) error {
	key, err := a.keys.signer(keyTargets)
	if err != nil {
		return err
	}
	before, err := newestRole(ctx, tx, metadata.TARGETS)
	if err != nil {
		return err
	}
	files, err := offlineTargets(ctx, tx)
	if err != nil {
		return err
	}
	targets := metadata.Targets(a.now().Add(targetsLife))
	targets.Signed.Version = before.version + 1
	for _, f := range files {
		if targets.Signed.Targets[f.path], err = f.entry(); err != nil {
			return err
		}
	}
	if targets.Signed.Delegations, err = a.delegations(); err != nil {
		return err
	}
	body, err := sign(targets, key)
	if err != nil {
		return err
	}
	return putRole(ctx, tx, roleFile{metadata.TARGETS, targets.Signed.Version, body})
}

// delegations says what the online and envelope keys may sign. A pattern
// matches part by part, so lookup/<district>/<n> takes two stars.
func (a *folder) delegations() (*metadata.Delegations, error) {
	d := &metadata.Delegations{Keys: make(map[string]*metadata.Key)}
	for _, r := range []struct {
		role, key string
		paths     []string
	}{
		{roleOnline, keyOnline, []string{"status/*", "foreign/*", "lookup/*/*"}},
		{roleEnvelope, keyEnvelope, []string{"gates/*"}},
	} {
		key, err := a.keys.signer(r.key)
		if err != nil {
			return nil, err
		}
		public, id, err := publicKey(key)
		if err != nil {
			return nil, err
		}
		d.Keys[id] = public
		d.Roles = append(d.Roles, metadata.DelegatedRole{Name: r.role, KeyIDs: []string{id}, Threshold: 1, Terminating: true, Paths: r.paths})
	}
	return d, nil
}

// offlineTargets gives the files that the targets role signs.
func offlineTargets(ctx context.Context, q querier) ([]target, error) {
	trust, err := setting(ctx, q, settingTrust)
	if err != nil {
		return nil, err
	}
	all := []target{newTarget(snapshot.TrustTarget, trust)}
	byName, err := policies(ctx, q)
	if err != nil {
		return nil, err
	}
	for name, body := range byName {
		all = append(all, newTarget(snapshot.PolicyTarget(name), body))
	}
	return all, nil
}

// signOnline signs version n of the role that carries the statuses.
func signOnline(key ed25519.PrivateKey, n int64, expires time.Time, targets []target) ([]byte, error) {
	online := metadata.Targets(expires)
	online.Signed.Version = n
	for _, t := range targets {
		entry, err := t.entry()
		if err != nil {
			return nil, err
		}
		online.Signed.Targets[t.path] = entry
	}
	return sign(online, key)
}

// signSnapshot says which versions of targets and online belong together.
func signSnapshot(key ed25519.PrivateKey, n int64, expires time.Time, targets, online roleFile) ([]byte, error) {
	s := metadata.Snapshot(expires)
	s.Signed.Version = n
	s.Signed.Meta = map[string]*metadata.MetaFiles{"targets.json": metaOf(targets), "online.json": metaOf(online)}
	return sign(s, key)
}

// signTimestamp says which snapshot is the newest.
func signTimestamp(key ed25519.PrivateKey, n int64, expires time.Time, snapshot roleFile) ([]byte, error) {
	t := metadata.Timestamp(expires)
	t.Signed.Version = n
	t.Signed.Meta = map[string]*metadata.MetaFiles{"snapshot.json": metaOf(snapshot)}
	return sign(t, key)
}

func metaOf(r roleFile) *metadata.MetaFiles {
	m := metadata.MetaFile(r.version)
	m.Length = int64(len(r.body))
	m.Hashes = metadata.Hashes{"sha256": digestOf(r.body)}
	return m
}

// entry describes the target in its role's metadata.
func (t target) entry() (*metadata.TargetFiles, error) {
	f := &metadata.TargetFiles{Path: t.path, Length: t.length, Hashes: metadata.Hashes{"sha256": t.sha256}}
	if t.custom != "" {
		if !json.Valid([]byte(t.custom)) {
			return nil, fmt.Errorf("target %s: its custom field is no JSON", t.path)
		}
		raw := json.RawMessage(t.custom)
		f.Custom = &raw
	}
	return f, nil
}

package authority

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// How long signed metadata is good. A gate goes on with what it has after that;
// from the expiry it and its guard know that nothing new comes through.
const (
	rootLife      = 10 * 365 * 24 * time.Hour
	targetsLife   = 2 * 365 * 24 * time.Hour
	onlineLife    = 30 * 24 * time.Hour
	timestampLife = 7 * 24 * time.Hour
)

// Roles that the targets role delegates to.
const (
	roleOnline   = "online"   // status/*, foreign/*, lookup/*/*
	roleEnvelope = "envelope" // has no targets; its key signs envelopes and gate certificates
)

// sign signs metadata with the keys and gives the file.
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

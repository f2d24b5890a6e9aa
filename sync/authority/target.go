package authority

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"path/filepath"
)

// target is one file that metadata names.
type target struct {
	path    string // in the metadata: status/7.full
	version uint64 // of the snapshot that a status target leads to
	delta   bool
	length  int64
	sha256  []byte
	custom  string // JSON, or nothing
	body    []byte // nil where the file is on disk already
}

func digestOf(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

func newTarget(name string, body []byte) target {
	return target{path: name, length: int64(len(body)), sha256: digestOf(body), body: body}
}

// file is the consistent-snapshot name, below targets/: <dir>/<sha256>.<name>.
func (t target) file() string {
	return filepath.FromSlash(path.Join(path.Dir(t.path), hex.EncodeToString(t.sha256)+"."+path.Base(t.path)))
}

// How many status targets stay: gates that are further behind take the whole.
const (
	keptDeltas = 8
	keptFulls  = 2
)

func putTarget(ctx context.Context, q querier, t target) error {
	_, err := q.ExecContext(ctx, "INSERT INTO target VALUES (?, ?, ?, ?, ?, ?)", t.path, t.version, t.delta, t.length, t.sha256, t.custom)
	return err
}

// dropOldTargets forgets what is neither among the newest deltas nor the newest wholes.
func dropOldTargets(ctx context.Context, q querier) error {
	for delta, kept := range map[bool]int{true: keptDeltas, false: keptFulls} {
		_, err := q.ExecContext(ctx, `DELETE FROM target WHERE delta = ?1 AND path NOT IN
			(SELECT path FROM target WHERE delta = ?1 ORDER BY version DESC LIMIT ?2)`, delta, kept)
		if err != nil {
			return err
		}
	}
	return nil
}

// statusTargets gives the targets of the online role.
func statusTargets(ctx context.Context, q querier) (all []target, err error) {
	rows, err := q.QueryContext(ctx, "SELECT path, version, delta, length, sha256, custom FROM target ORDER BY version, delta")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t target
		if err := rows.Scan(&t.path, &t.version, &t.delta, &t.length, &t.sha256, &t.custom); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}

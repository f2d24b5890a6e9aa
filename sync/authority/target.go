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
	version uint64 // of a status target: that it makes; of a foreign one: that it was published with
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

// kept is how many targets of each kind stay. A gate that is too far behind for
// the deltas takes the whole content. The last but one stays for gates that are
// in the middle of a pull.
var kept = map[string]int{"status/%.delta": 8, "status/%.full": 2, "foreign/%": 2}

func putTarget(ctx context.Context, q querier, t target) error {
	_, err := q.ExecContext(ctx, "INSERT INTO target VALUES (?, ?, ?, ?, ?, ?)", t.path, t.version, t.delta, t.length, t.sha256, t.custom)
	return err
}

// dropOldTargets forgets all but the newest of each kind.
func dropOldTargets(ctx context.Context, q querier) error {
	for kind, n := range kept {
		_, err := q.ExecContext(ctx, `DELETE FROM target WHERE path LIKE ?1 AND path NOT IN
			(SELECT path FROM target WHERE path LIKE ?1 ORDER BY version DESC LIMIT ?2)`, kind, n)
		if err != nil {
			return err
		}
	}
	return nil
}

// statusTargets gives the targets of the online role: status/ and foreign/.
func statusTargets(ctx context.Context, q querier) (all []target, err error) {
	rows, err := q.QueryContext(ctx, "SELECT path, version, delta, length, sha256, custom FROM target ORDER BY version, path")
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

package authority

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"postern/sync/pass"
	"postern/sync/snapshot"
	"postern/sync/status"
)

// contentOf reads the statuses and tests of the ledger, as the content of rel.
// It leaves out tests from before the epoch, which are too old for any policy.
func contentOf(ctx context.Context, l *ledger, rel release) (*snapshot.Content, error) {
	size, err := listSize(ctx, l)
	if err != nil {
		return nil, err
	}
	entries := make([]status.Entry, size)
	rows, err := l.QueryContext(ctx, "SELECT idx, status, test_minute, test_kind, test_result FROM person WHERE idx < ?", size)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	first := rel.epoch.Unix() / 60
	for rows.Next() {
		var index, minute int64
		var value status.Value
		var kind pass.Kind
		var result pass.Result
		if err := rows.Scan(&index, &value, &minute, &kind, &result); err != nil {
			return nil, err
		}
		var test *pass.Test
		if minute > first {
			test = &pass.Test{Kind: kind, Result: result, At: time.Unix(minute*60, 0).UTC()}
		}
		entry, ok := status.NewEntry(value, test, rel.epoch)
		if !ok {
			return nil, fmt.Errorf("entry %d does not fit: status %d, test %d of result %d at %s", index, value, kind, result, time.Unix(minute*60, 0).UTC())
		}
		entries[index] = entry
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	list := snapshot.List{URI: listURI, Entries: entries}
	if err := slipEntries(ctx, l, &list); err != nil {
		return nil, err
	}
	return &snapshot.Content{Version: rel.version, Made: rel.made, Epoch: rel.epoch, Lists: []snapshot.List{list}}, nil
}

// lastContent reads back the content of the newest published version of
// rel's epoch, for a delta; nil where there is none, or its file is no longer whole.
func (p *Publisher) lastContent(ctx context.Context, rel release) (*snapshot.Content, error) {
	var version uint64
	var digest []byte
	err := p.ledger.QueryRowContext(ctx, `SELECT version, digest FROM version WHERE published AND epoch = ? AND version =
		(SELECT max(version) FROM version WHERE published)`, rel.number).Scan(&version, &digest)
	if err != nil {
		return nil, ignoreNoRows(err)
	}
	t := target{path: snapshot.FullTarget(version)}
	err = p.ledger.QueryRowContext(ctx, "SELECT sha256 FROM target WHERE path = ?", t.path).Scan(&t.sha256)
	if err != nil {
		return nil, ignoreNoRows(err)
	}
	b, err := os.ReadFile(p.repository.path("targets/" + filepath.ToSlash(t.file())))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	plain, err := snapshot.OpenFile(b, t.path, rel.key)
	if err != nil {
		return nil, nil
	}
	c, err := snapshot.DecodeFull(plain, 0)
	if err != nil || c.Digest() != [32]byte(digest) {
		return nil, nil
	}
	return c, nil
}

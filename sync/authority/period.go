package authority

import (
	"context"
	"io"
	"time"

	"postern/sync/enrol"
)

// tagDays is for how many days, from today, an envelope carries tag keys.
const tagDays = 30

// epochOf is the first of the month before t: an entry holds 91 days from
// there, and t's month ends after 62 at most.
func epochOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month()-1, 1, 0, 0, 0, 0, time.UTC)
}

// epochNumber counts months since January 1970; it numbers epoch keys.
func epochNumber(epoch time.Time) uint64 {
	return uint64((epoch.Year()-1970)*12 + int(epoch.Month()) - 1)
}

func dayNumber(t time.Time) uint64 { return uint64(t.Unix() / 86400) }

// ensureKeys makes the keys that gates need now: of the epoch and its
// neighbours, so that a gate reads across the turn of a month, and of the next
// days' tags. Keys whose time is over are forgotten.
func ensureKeys(ctx context.Context, q querier, random io.Reader, now time.Time) error {
	epoch, day := epochNumber(epochOf(now)), dayNumber(now)
	for n := epoch - 1; n <= epoch+1; n++ {
		if err := ensureKey(ctx, q, random, secretEpoch, n); err != nil {
			return err
		}
	}
	for d := day; d < day+tagDays; d++ {
		if err := ensureKey(ctx, q, random, secretTag, d); err != nil {
			return err
		}
	}
	_, err := q.ExecContext(ctx, "DELETE FROM secret WHERE kind = ? AND number < ? OR kind = ? AND number < ?",
		secretEpoch, epoch-1, secretTag, day)
	return err
}

func ensureKey(ctx context.Context, q querier, random io.Reader, kind string, number uint64) error {
	key := make([]byte, enrol.KeySize)
	if _, err := io.ReadFull(random, key); err != nil {
		return err
	}
	_, err := q.ExecContext(ctx, "INSERT INTO secret VALUES (?, ?, ?) ON CONFLICT DO NOTHING", kind, number, key)
	return err
}

// secrets gives all keys of a kind by number.
func secrets(ctx context.Context, q querier, kind string) (map[uint64][]byte, error) {
	rows, err := q.QueryContext(ctx, "SELECT number, value FROM secret WHERE kind = ?", kind)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := make(map[uint64][]byte)
	for rows.Next() {
		var n uint64
		var key []byte
		if err := rows.Scan(&n, &key); err != nil {
			return nil, err
		}
		all[n] = key
	}
	return all, rows.Err()
}

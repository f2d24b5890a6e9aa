package authority

import (
	"context"
	"io"
	"time"

	"postern/sync/enrol"
)

// tagDays is how many days of tag keys an envelope holds, from today on.
const tagDays = 30

// epochOf is the epoch of a version that is made at t: the first of the month
// before. A status entry can hold tests of the 91 days from there, and t's month
// ends at most 62 days after it.
func epochOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month()-1, 1, 0, 0, 0, 0, time.UTC)
}

// epochNumber counts months since January 1970. It numbers epochs and their keys.
func epochNumber(epoch time.Time) uint64 {
	return uint64((epoch.Year()-1970)*12 + int(epoch.Month()) - 1)
}

// dayNumber counts days since 1 January 1970. It numbers tag keys.
func dayNumber(t time.Time) uint64 { return uint64(t.Unix() / 86400) }

// ensureKeys makes the keys that gates need now: those of this epoch, the one
// before and the one after, so that a gate can read at the turn of a month, and
// the tag keys of the next days. It deletes keys whose time is over.
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

// secrets gives all keys of a kind by their numbers.
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

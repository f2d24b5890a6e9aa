package authority

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
)

// roleFile is one version of a metadata role. The ledger keeps those of root and targets.
type roleFile struct {
	name    string
	version int64
	body    []byte
}

// file is the name of the role's version below the repository.
func (r roleFile) file() string {
	return "metadata/" + strconv.FormatInt(r.version, 10) + "." + r.name + ".json"
}

func putRole(ctx context.Context, q querier, r roleFile) error {
	_, err := q.ExecContext(ctx, "INSERT INTO role VALUES (?, ?, ?)", r.name, r.version, r.body)
	return err
}

// roles gives all versions of a role, oldest first.
func roles(ctx context.Context, q querier, name string) (all []roleFile, err error) {
	rows, err := q.QueryContext(ctx, "SELECT version, body FROM role WHERE name = ? ORDER BY version", name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r := roleFile{name: name}
		if err := rows.Scan(&r.version, &r.body); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// newestRole gives the newest version of a role; version 0 where there is none yet.
func newestRole(ctx context.Context, q querier, name string) (roleFile, error) {
	r := roleFile{name: name}
	err := q.QueryRowContext(ctx, "SELECT version, body FROM role WHERE name = ? ORDER BY version DESC LIMIT 1", name).Scan(&r.version, &r.body)
	if errors.Is(err, sql.ErrNoRows) {
		return roleFile{name: name}, nil
	}
	return r, err
}

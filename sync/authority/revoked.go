package authority

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"postern/sync/snapshot"
	"postern/sync/status"
)

// Errors of imports of revocation lists.
var (
	ErrNoIssuer = errors.New("no such issuer in the trust list; import its keys first")
	ErrNoList   = errors.New("no such list was imported")
	ErrOldList  = errors.New("a newer edition of this list is here already")
)

// revocationSchema holds other issuers' lists as they were imported. Ledgers
// from before it get it when they are opened.
const revocationSchema = `
CREATE TABLE IF NOT EXISTS revocation (
	issuer TEXT NOT NULL,
	kind   INTEGER NOT NULL, -- status.Kind
	name   TEXT NOT NULL,    -- of rids the kid, of a token the uri, of an EU batch kid and digest
	number INTEGER NOT NULL, -- of the edition
	bits   INTEGER NOT NULL,
	until  INTEGER NOT NULL, -- Unix seconds; 0: never
	due    INTEGER NOT NULL, -- Unix seconds; 0: it does not say
	data   BLOB NOT NULL,
	PRIMARY KEY (issuer, kind, name)
) STRICT;`

// RevokedLists are other issuers' revocation lists. The online role carries them,
// so that nothing here needs the passphrase.
type RevokedLists struct {
	ledger *ledger
}

// RevokedList is one imported list.
type RevokedList struct {
	status.Head
	Number int64     // of the edition: ctr or iat; 0: an EU batch
	Due    time.Time // when its issuer wants a newer one to be fetched; zero: it does not say
	Count  int       // of entries
}

// Import reads an issuer's files (see status.ReadLists) into the ledger, all or
// none. issuer may be empty where the files say whose they are. The issuer must
// be in the trust list, and a signed file must be signed by its key. An EU batch
// is kept beside the others; of other lists a newer edition takes the older
// one's place.
func (r *RevokedLists) Import(ctx context.Context, issuer string, files ...[]byte) error {
	err := r.ledger.change(ctx, func(tx *sql.Tx) error {
		for _, b := range files {
			lists, err := r.read(ctx, tx, b, issuer)
			if err != nil {
				return err
			}
			for _, l := range lists {
				if err := putRevoked(ctx, tx, l); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("import revocation list: %w", err)
	}
	return nil
}

// read reads and names the lists of a file. It refuses those of issuers that are
// not in the trust list.
func (r *RevokedLists) read(ctx context.Context, q querier, b []byte, issuer string) ([]status.Import, error) {
	trust, err := trustList(ctx, q)
	if err != nil {
		return nil, err
	}
	lists, err := status.ReadLists(b, issuer, trust.Keyring())
	if err != nil {
		return nil, err
	}
	for i := range lists {
		l := &lists[i]
		if !slices.ContainsFunc(trust.Issuers, func(i snapshot.Issuer) bool { return i.ID == l.Issuer }) {
			return nil, fmt.Errorf("%w: %q", ErrNoIssuer, l.Issuer)
		}
		if l.Source != "" {
			sum := sha256.Sum256(l.Data)
			l.Name = l.Source + " " + hex.EncodeToString(sum[:8])
		}
		if _, err := snapshot.EncodeForeign(snapshot.Foreign{l.Foreign}); err != nil { // nothing gets in that gates could not read
			return nil, err
		}
	}
	return lists, nil
}

func putRevoked(ctx context.Context, q querier, l status.Import) error {
	done, err := q.ExecContext(ctx, `INSERT INTO revocation VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
		SET number = excluded.number, bits = excluded.bits, until = excluded.until, due = excluded.due, data = excluded.data
		WHERE excluded.number >= number`, l.Issuer, l.Kind, l.Name, l.Number, l.Bits, unixOf(l.Until), unixOf(l.Due), notNil(l.Data))
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fmt.Errorf("%w: %s %q of %s", ErrOldList, l.Kind, l.Name, l.Issuer), err)
	}
	return nil
}

// notNil keeps SQLite from reading an empty list as NULL.
func notNil(b []byte) []byte { return append([]byte{}, b...) }

func unixOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func timeOf(unix int64) time.Time {
	if unix == 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}

// Read says what lists a file holds, as Import would name them.
func (r *RevokedLists) Read(ctx context.Context, b []byte, issuer string) ([]RevokedList, error) {
	lists, err := r.read(ctx, r.ledger, b, issuer)
	return describe(lists), err
}

// Withdraw takes imported lists back, all or none. A pass that was revoked only
// by these is good again after the next Publish.
func (r *RevokedLists) Withdraw(ctx context.Context, lists []status.Head) error {
	err := r.ledger.change(ctx, func(tx *sql.Tx) error {
		for _, l := range lists {
			n, err := count(ctx, tx, "DELETE FROM revocation WHERE issuer = ? AND kind = ? AND name = ?", l.Issuer, l.Kind, l.Name)
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("%w: %s %q of %s", ErrNoList, l.Kind, l.Name, l.Issuer)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("withdraw revocation list: %w", err)
	}
	return nil
}

// All gives what was imported, by issuer, kind and name.
func (r *RevokedLists) All(ctx context.Context) ([]RevokedList, error) {
	lists, err := revocations(ctx, r.ledger)
	if err != nil {
		return nil, fmt.Errorf("read revocation lists: %w", err)
	}
	return describe(lists), nil
}

func describe(lists []status.Import) (all []RevokedList) {
	for _, l := range lists {
		all = append(all, RevokedList{Head: l.Head, Number: l.Number, Due: l.Due, Count: l.Foreign.Count()})
	}
	return all
}

func revocations(ctx context.Context, q querier) (all []status.Import, err error) {
	rows, err := q.QueryContext(ctx, "SELECT issuer, kind, name, number, bits, until, due, data FROM revocation ORDER BY issuer, kind, name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l status.Import
		var until, due int64
		if err := rows.Scan(&l.Issuer, &l.Kind, &l.Name, &l.Number, &l.Bits, &until, &due, &l.Data); err != nil {
			return nil, err
		}
		l.Until, l.Due, l.Size = timeOf(until), timeOf(due), len(l.Data)
		all = append(all, l)
	}
	return all, rows.Err()
}

// forGates gives the lists that gates get in a version made at a time. The EU
// batches of one issuer and type are joined, without those that have ended,
// which revoke nothing any more. All other lists are as they were imported,
// ended or not.
func (r *RevokedLists) forGates(ctx context.Context, at time.Time) (snapshot.Foreign, error) {
	lists, err := revocations(ctx, r.ledger)
	if err != nil {
		return nil, err
	}
	all := snapshot.Foreign{}
	for _, l := range lists {
		if !l.Kind.Hashes() {
			all = append(all, l.Foreign)
			continue
		}
		if !at.Before(l.Until) {
			continue
		}
		l.Name, l.Until = "", time.Time{} // gates need neither: the authority drops a batch when it ends
		if n := len(all); n > 0 && all[n-1].Head.Issuer == l.Issuer && all[n-1].Kind == l.Kind {
			all[n-1].Data = append(all[n-1].Data, l.Data...)
			continue
		}
		all = append(all, l.Foreign)
	}
	for i := range all {
		if all[i].Kind.Hashes() {
			all[i].Data = status.SortHashes(all[i].Data)
		}
		all[i].Size = len(all[i].Data)
	}
	return all, nil
}

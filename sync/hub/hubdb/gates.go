package hubdb

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"postern/sync/hub"
)

// Gate reads a gate and its heads.
func (db *DB) Gate(ctx context.Context, id string) (hub.Gate, error) {
	g := hub.Gate{ID: id}
	err := db.reader.QueryRowContext(ctx, "SELECT sign, certificate, envelope FROM gates WHERE id = ?", id).
		Scan((*[]byte)(&g.Sign), &g.Certificate, &g.Envelope)
	if errors.Is(err, sql.ErrNoRows) {
		return hub.Gate{}, hub.ErrNoGate
	}
	if err == nil {
		g.Heads, err = db.heads(ctx, id)
	}
	if err == nil && len(g.Sign) != ed25519.PublicKeySize {
		err = fmt.Errorf("its key has %d bytes", len(g.Sign))
	}
	if err != nil {
		return hub.Gate{}, fmt.Errorf("read gate %s: %w", id, err)
	}
	return g, nil
}

func (db *DB) heads(ctx context.Context, gate string) ([]hub.Head, error) {
	rows, err := db.reader.QueryContext(ctx, "SELECT chain, through, hash, moved FROM heads WHERE gate = ?", gate)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var heads []hub.Head
	for rows.Next() {
		var h hub.Head
		var chain, hash []byte
		var moved int64
		if err := rows.Scan(&chain, &h.Through, &hash, &moved); err != nil {
			return nil, err
		}
		if !fill(h.Chain[:], chain) || !fill(h.Hash[:], hash) {
			return nil, errors.New("a head is damaged")
		}
		h.Moved = time.Unix(moved, 0).UTC()
		heads = append(heads, h)
	}
	return heads, rows.Err()
}

func fill(dst, src []byte) bool { return copy(dst, src) == len(dst) && len(src) == len(dst) }

// PutGate stores a gate.
func (db *DB) PutGate(ctx context.Context, g hub.Gate) error {
	_, err := db.writer.ExecContext(ctx, `INSERT INTO gates (id, sign, certificate, envelope) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (id) DO UPDATE SET sign = ?2, certificate = ?3, envelope = ?4`,
		g.ID, []byte(g.Sign), notNull(g.Certificate), notNull(g.Envelope))
	if err != nil {
		return fmt.Errorf("store gate %s: %w", g.ID, err)
	}
	return nil
}

func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

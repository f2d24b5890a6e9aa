package authority

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"

	"postern/sync/enrol"
)

// Countersign answers a gate's enrolment request: a certificate on its keys
// for the hub, and its first envelope. The same request gets an answer again;
// other keys with the same code do not. A refusal (ErrRequest, ErrNoGate,
// ErrNotProven, ErrUsed, ErrExpired) begins "countersign gate:" and may be
// shown to whoever asked. Any other error is for the authority's people only.
func (g *Gates) Countersign(ctx context.Context, request []byte) (certificate, envelope []byte, err error) {
	certificate, envelope, err = g.countersign(ctx, request)
	if err == nil {
		return certificate, envelope, nil
	}
	for _, refusal := range []error{ErrRequest, ErrNoGate, ErrNotProven, ErrUsed, ErrExpired} {
		if errors.Is(err, refusal) {
			return nil, nil, fmt.Errorf("countersign gate: %w", err)
		}
	}
	return nil, nil, fmt.Errorf("answer enrolment request: %w", err)
}

func (g *Gates) countersign(ctx context.Context, request []byte) (certificate, envelope []byte, err error) {
	r, err := enrol.ParseRequest(request)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	key, err := g.envelopes.keys.signer(keyEnvelope)
	if err != nil {
		return nil, nil, err
	}
	err = g.ledger.change(ctx, func(tx *sql.Tx) error {
		found, err := gatesWhere(ctx, tx, "id = ?", r.Gate)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return ErrNoGate
		}
		gate := found[0]
		if err := g.admit(&gate, r, key); err != nil {
			return err
		}
		certificate = gate.certificate
		if err := ensureKeys(ctx, tx, g.random, g.clock.now()); err != nil {
			return err
		}
		gate.Version++
		// The statement itself compares, so that of two devices with one code only one enrols.
		done, err := tx.ExecContext(ctx, `UPDATE gate SET sign = ?1, box = ?2, certificate = ?3, version = ?4
			WHERE id = ?5 AND (sign IS NULL OR sign = ?1 AND box = ?2)`, []byte(r.Sign), r.Box, certificate, gate.Version, gate.ID)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return errors.Join(ErrUsed, err)
		}
		gate.sign, gate.box = r.Sign, r.Box
		seal, err := g.envelopes.sealer(ctx, tx, key)
		if err != nil {
			return err
		}
		envelope, err = seal(gate)
		return err
	})
	return certificate, envelope, err
}

// admit decides whether r may enrol as gate, and gives it its certificate.
func (g *Gates) admit(gate *Gate, r enrol.Request, key ed25519.PrivateKey) (err error) {
	if !r.Authentic(gate.secret) {
		return ErrNotProven
	}
	if gate.Enrolled {
		if string(gate.sign) != string(r.Sign) || string(gate.box) != string(r.Box) {
			return ErrUsed
		}
		return nil
	}
	if !g.clock.Now().Before(gate.Expiry) {
		return fmt.Errorf("%w; print a new one", ErrExpired)
	}
	gate.certificate, err = enrol.SignCertificate(enrol.Certificate{Gate: gate.ID, Sign: r.Sign, Box: r.Box, Place: gate.Place, Time: g.clock.now()}, key)
	return err
}

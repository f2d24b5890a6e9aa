package authority

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"postern/sync/enrol"
)

// defaultPull is how often a gate asks for news.
const defaultPull = 10 * time.Minute

// Gate is a gate as the authority knows it.
type Gate struct {
	ID        string
	Hub       string
	Place     string
	Direction string
	Policy    string
	Expiry    time.Time // of its enrolment code
	Enrolled  bool
	Version   uint64 // of its newest envelope
	Suspended bool
	Wipe      bool
	Slips     time.Duration // how long a slip that it signs may last; 0: it signs none
	HasPIN    bool

	pin                    *enrol.PIN
	sign, box, certificate []byte
	secret                 [16]byte
}

// NewGate is what is said of a gate before there is one.
type NewGate struct {
	Hub       string // base URL
	Place     string
	Policy    string
	Direction string    // in, out, or both, where the guard chooses
	PIN       string    // the supervisor's; empty: nobody can act as supervisor there
	Expiry    time.Time // of its enrolment code

	Slips    time.Duration // lets it sign slips that last so long at most; 0: it signs none
	Policies []string      // at whose places its slips count; none are all
}

// Add makes the code that enrols one gate. Where it fails there is no gate.
func (a *Gates) Add(ctx context.Context, n NewGate) (c enrol.Code, err error) {
	err = a.change(ctx, func(tx *sql.Tx) error {
		if c, err = a.add(ctx, tx, n); err != nil || n.Slips == 0 {
			return err
		}
		return a.allowSlips(ctx, tx, c.GateID(), n.Slips, n.Policies)
	})
	if err != nil {
		return enrol.Code{}, fmt.Errorf("add gate: %w", err)
	}
	return c, nil
}

func checkDirection(d string) error {
	if d != "in" && d != "out" && d != "both" {
		return fmt.Errorf("the direction is %q; it can be in, out or both", d)
	}
	return nil
}

// hashPIN gives a PIN as the ledger keeps it; nil where there is none.
func (a *Gates) hashPIN(digits string) ([]byte, error) {
	if digits == "" {
		return nil, nil
	}
	pin, err := enrol.NewPIN(digits, a.random)
	if err != nil {
		return nil, err
	}
	return json.Marshal(pin)
}

func (a *Gates) add(ctx context.Context, tx *sql.Tx, n NewGate) (enrol.Code, error) {
	if !n.Expiry.After(a.Now()) {
		return enrol.Code{}, ErrExpired
	}
	if err := checkDirection(n.Direction); err != nil {
		return enrol.Code{}, err
	}
	pin, err := a.hashPIN(n.PIN)
	if err != nil {
		return enrol.Code{}, err
	}
	all, err := policies(ctx, tx)
	if err != nil {
		return enrol.Code{}, err
	}
	if all[n.Policy] == nil {
		return enrol.Code{}, fmt.Errorf("%w: %q", ErrNoPolicy, n.Policy)
	}
	root, err := newestRole(ctx, tx, metadata.ROOT)
	if err != nil {
		return enrol.Code{}, err
	}
	var secret [16]byte
	if _, err := io.ReadFull(a.random, secret[:]); err != nil {
		return enrol.Code{}, err
	}
	c, err := enrol.NewCode(n.Hub, n.Place, sha256.Sum256(root.body), secret, n.Expiry)
	if err != nil {
		return enrol.Code{}, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO gate (id, hub, place, direction, policy, secret, expiry, pin) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		c.GateID(), c.Hub, c.Place, n.Direction, n.Policy, c.Secret[:], c.Expiry.Unix(), pin)
	return c, err
}

// All lists all gates by place.
func (a *Gates) All(ctx context.Context) ([]Gate, error) {
	all, err := gatesWhere(ctx, a.ledger, "1")
	if err != nil {
		return nil, fmt.Errorf("list gates: %w", err)
	}
	return all, nil
}

// gatesWhere lists the gates of which a condition, always a constant of this file, is true.
func gatesWhere(ctx context.Context, q querier, condition string, args ...any) (all []Gate, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, hub, place, direction, policy, secret, expiry, sign, box, certificate, version, suspended, wipe, pin,
		coalesce((SELECT life FROM slips WHERE slips.gate = gate.id AND NOT ended), 0)
		FROM gate WHERE `+condition+` ORDER BY place, id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var g Gate
		var secret, pin []byte
		var expiry, life int64
		if err := rows.Scan(&g.ID, &g.Hub, &g.Place, &g.Direction, &g.Policy, &secret, &expiry,
			&g.sign, &g.box, &g.certificate, &g.Version, &g.Suspended, &g.Wipe, &pin, &life); err != nil {
			return nil, err
		}
		if len(secret) != len(g.secret) {
			return nil, fmt.Errorf("gate %s has a damaged secret", g.ID)
		}
		if pin != nil {
			if err := json.Unmarshal(pin, &g.pin); err != nil {
				return nil, fmt.Errorf("gate %s has a damaged PIN: %w", g.ID, err)
			}
		}
		g.HasPIN = g.pin != nil
		g.secret, g.Expiry, g.Enrolled = [16]byte(secret), time.Unix(expiry, 0).UTC(), g.sign != nil
		g.Slips = time.Duration(life) * time.Second
		all = append(all, g)
	}
	return all, rows.Err()
}

// Suspend makes a gate stop admitting, or start again, from the next Publish on.
func (a *Gates) Suspend(ctx context.Context, id string, suspended bool) error {
	return a.update(ctx, "UPDATE gate SET suspended = ? WHERE id = ?", suspended, id)
}

// Wipe makes a gate forget everything but its unsent entries, from the next Publish on.
func (a *Gates) Wipe(ctx context.Context, id string) error {
	return a.update(ctx, "UPDATE gate SET wipe = ? WHERE id = ?", true, id)
}

// SetPolicy gives a gate another policy, from the next Publish on.
func (a *Gates) SetPolicy(ctx context.Context, id, name string) error {
	all, err := policies(ctx, a.ledger)
	if err != nil {
		return fmt.Errorf("change gate: %w", err)
	}
	if all[name] == nil {
		return fmt.Errorf("change gate: %w: %q", ErrNoPolicy, name)
	}
	return a.update(ctx, "UPDATE gate SET policy = ? WHERE id = ?", name, id)
}

// SetPIN gives a gate another supervisor's PIN, or none where digits is
// empty, from the next Publish on. Only its argon2id hash is kept.
func (a *Gates) SetPIN(ctx context.Context, id, digits string) error {
	pin, err := a.hashPIN(digits)
	if err != nil {
		return fmt.Errorf("change gate: %w", err)
	}
	return a.update(ctx, "UPDATE gate SET pin = ? WHERE id = ?", pin, id)
}

// SetDirection says which way people go at a gate: in, out, or both, where
// the guard chooses; from the next Publish on.
func (a *Gates) SetDirection(ctx context.Context, id, direction string) error {
	if err := checkDirection(direction); err != nil {
		return fmt.Errorf("change gate: %w", err)
	}
	return a.update(ctx, "UPDATE gate SET direction = ? WHERE id = ?", direction, id)
}

func (a *Gates) update(ctx context.Context, statement string, value any, id string) error {
	r, err := a.ledger.ExecContext(ctx, statement, value, id)
	if err != nil {
		return fmt.Errorf("change gate: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return fmt.Errorf("change gate: %w: %s", errors.Join(ErrNoGate, err), id)
	}
	return nil
}

// Countersign answers a gate's enrolment request: a certificate on its keys
// for the hub, and its first envelope. The same request gets an answer again;
// other keys with the same code do not. A refusal (ErrRequest, ErrNoGate,
// ErrNotProven, ErrUsed, ErrExpired) begins "countersign gate:" and may be
// shown to whoever asked; any other error is the authority's own affair.
func (a *Gates) Countersign(ctx context.Context, request []byte) (certificate, envelope []byte, err error) {
	certificate, envelope, err = a.countersign(ctx, request)
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

func (a *Gates) countersign(ctx context.Context, request []byte) (certificate, envelope []byte, err error) {
	r, err := enrol.ParseRequest(request)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	key, err := a.keys.signer(keyEnvelope)
	if err != nil {
		return nil, nil, err
	}
	err = a.change(ctx, func(tx *sql.Tx) error {
		found, err := gatesWhere(ctx, tx, "id = ?", r.Gate)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return ErrNoGate
		}
		g := found[0]
		if err := a.admit(&g, r, key); err != nil {
			return err
		}
		certificate = g.certificate
		if err := a.ensureKeys(ctx, tx, a.now()); err != nil {
			return err
		}
		g.Version++
		// The compare stands in the statement: of two devices with one code only one enrols.
		done, err := tx.ExecContext(ctx, `UPDATE gate SET sign = ?1, box = ?2, certificate = ?3, version = ?4
			WHERE id = ?5 AND (sign IS NULL OR sign = ?1 AND box = ?2)`, []byte(r.Sign), r.Box, certificate, g.Version, g.ID)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return errors.Join(ErrUsed, err)
		}
		g.sign, g.box = r.Sign, r.Box
		seal, err := a.sealer(ctx, tx, key)
		if err != nil {
			return err
		}
		envelope, err = seal(g)
		return err
	})
	return certificate, envelope, err
}

// admit decides whether r may enrol as g, and gives g its certificate.
func (a *Gates) admit(g *Gate, r enrol.Request, key ed25519.PrivateKey) (err error) {
	if !r.Authentic(g.secret) {
		return ErrNotProven
	}
	if g.Enrolled {
		if string(g.sign) != string(r.Sign) || string(g.box) != string(r.Box) {
			return ErrUsed
		}
		return nil
	}
	if !a.Now().Before(g.Expiry) {
		return fmt.Errorf("%w; print a new one", ErrExpired)
	}
	g.certificate, err = enrol.SignCertificate(enrol.Certificate{Gate: g.ID, Sign: r.Sign, Box: r.Box, Place: g.Place, Time: a.now()}, key)
	return err
}

// sealer gives the function that seals envelopes, with the keys that all gates get.
func (a *Gates) sealer(ctx context.Context, q querier, key ed25519.PrivateKey) (func(Gate) ([]byte, error), error) {
	epochs, err := secrets(ctx, q, secretEpoch)
	if err != nil {
		return nil, err
	}
	tags, err := secrets(ctx, q, secretTag)
	if err != nil {
		return nil, err
	}
	delegation, err := a.delegator(ctx, q)
	if err != nil {
		return nil, err
	}
	made := a.now()
	return func(g Gate) ([]byte, error) {
		d, err := delegation(g)
		if err != nil {
			return nil, err
		}
		return enrol.SealEnvelope(enrol.Envelope{
			Gate: g.ID, Version: g.Version, Made: made, Place: g.Place, Direction: g.Direction, Policy: g.Policy,
			Epochs: epochs, TagKeys: tags, Pull: defaultPull, Suspended: g.Suspended, Wipe: g.Wipe,
			Delegation: d, PIN: g.pin,
		}, g.box, key)
	}, nil
}

// writeEnvelopes seals every enrolled gate's envelope anew: gates/<id>.envelope.
func (a *Gates) writeEnvelopes(ctx context.Context, _ *edition) error {
	key, err := a.keys.signer(keyEnvelope)
	if err != nil {
		return err
	}
	var enrolled []Gate
	var seal func(Gate) ([]byte, error)
	err = a.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE gate SET version = version + 1 WHERE sign IS NOT NULL"); err != nil {
			return err
		}
		if seal, err = a.sealer(ctx, tx, key); err != nil {
			return err
		}
		enrolled, err = gatesWhere(ctx, tx, "sign IS NOT NULL")
		return err
	})
	if err != nil {
		return err
	}
	for _, g := range enrolled {
		b, err := seal(g)
		if err != nil {
			return fmt.Errorf("gate %s: %w", g.ID, err)
		}
		if err := a.step("gates/" + g.ID); err != nil {
			return err
		}
		if err := putFile(filepath.Join(a.repository(), "gates", g.ID+".envelope"), b, 0o644); err != nil {
			return err
		}
	}
	return syncDir(filepath.Join(a.repository(), "gates"))
}

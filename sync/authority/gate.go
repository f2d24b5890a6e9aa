package authority

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"postern/sync/enrol"
)

// Gates are the city's gates, their enrolment codes and their permissions to
// sign slips. Gates learn what is changed here from their next envelope, which
// the next Publish seals.
type Gates struct {
	ledger    *ledger
	clock     *Clock
	random    io.Reader
	envelopes *envelopes
}

// Gate is a gate as the authority knows it.
type Gate struct {
	ID        string
	Hub       string
	Place     string
	Places    map[string]string // its names by language, beside Place; nil: there are none
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

// NewGate is what Add is told of a gate.
type NewGate struct {
	Hub       string // base URL
	Place     string
	Places    map[string]string // the place's names by language, beside Place; nil: there are none
	Policy    string
	Direction string    // in, out, or both, where the guard chooses
	PIN       string    // the supervisor's; empty: nobody can act as supervisor there
	Expiry    time.Time // of its enrolment code

	Slips    time.Duration // lets it sign slips that last so long at most; 0: it signs none
	Policies []string      // its slips count at places with these; empty: at all

	// Hand, where it is set, gets the code before the gate is kept. Nobody can
	// make the code a second time, so that where Hand fails there is no gate.
	Hand func(enrol.Code) error
}

// Add adds a gate and makes the code that enrols it. Where it fails there is no gate.
func (g *Gates) Add(ctx context.Context, n NewGate) (c enrol.Code, err error) {
	err = g.ledger.change(ctx, func(tx *sql.Tx) error {
		if c, err = g.add(ctx, tx, n); err != nil {
			return err
		}
		if n.Slips != 0 {
			if err := g.allowSlips(ctx, tx, c.GateID(), n.Slips, n.Policies); err != nil {
				return err
			}
		}
		if n.Hand == nil {
			return nil
		}
		return n.Hand(c)
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
func hashPIN(random io.Reader, digits string) ([]byte, error) {
	if digits == "" {
		return nil, nil
	}
	pin, err := enrol.NewPIN(digits, random)
	if err != nil {
		return nil, err
	}
	return json.Marshal(pin)
}

func (g *Gates) add(ctx context.Context, tx *sql.Tx, n NewGate) (enrol.Code, error) {
	if !n.Expiry.After(g.clock.Now()) {
		return enrol.Code{}, ErrExpired
	}
	if err := checkDirection(n.Direction); err != nil {
		return enrol.Code{}, err
	}
	pin, err := hashPIN(g.random, n.PIN)
	if err != nil {
		return enrol.Code{}, err
	}
	if err := knownPolicy(ctx, tx, n.Policy); err != nil {
		return enrol.Code{}, err
	}
	root, err := newestRole(ctx, tx, metadata.ROOT)
	if err != nil {
		return enrol.Code{}, err
	}
	var secret [16]byte
	if _, err := io.ReadFull(g.random, secret[:]); err != nil {
		return enrol.Code{}, err
	}
	c, err := enrol.NewCode(n.Hub, n.Place, sha256.Sum256(root.body), secret, n.Expiry)
	if err != nil {
		return enrol.Code{}, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO gate (id, hub, place, direction, policy, secret, expiry, pin) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		c.GateID(), c.Hub, c.Place, n.Direction, n.Policy, c.Secret[:], c.Expiry.Unix(), pin)
	if err == nil {
		err = namePlace(ctx, tx, c.GateID(), n.Places)
	}
	return c, err
}

// All gives all gates by place.
func (g *Gates) All(ctx context.Context) ([]Gate, error) {
	all, err := gatesWhere(ctx, g.ledger, "1")
	if err != nil {
		return nil, fmt.Errorf("list gates: %w", err)
	}
	return all, nil
}

// gatesWhere gives the gates that fit an SQL condition, which is always a constant of this package.
func gatesWhere(ctx context.Context, q querier, condition string, args ...any) (all []Gate, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, hub, place, direction, policy, secret, expiry, sign, box, certificate, version, suspended, wipe, pin,
		coalesce((SELECT life FROM slips WHERE slips.gate = gate.id AND NOT ended), 0),
		(SELECT json_group_object(language, name) FROM place WHERE place.gate = gate.id)
		FROM gate WHERE `+condition+` ORDER BY place, id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var g Gate
		var secret, pin, places []byte
		var expiry, life int64
		if err := rows.Scan(&g.ID, &g.Hub, &g.Place, &g.Direction, &g.Policy, &secret, &expiry,
			&g.sign, &g.box, &g.certificate, &g.Version, &g.Suspended, &g.Wipe, &pin, &life, &places); err != nil {
			return nil, err
		}
		if len(secret) != len(g.secret) {
			return nil, fmt.Errorf("gate %s has a damaged secret", g.ID)
		}
		if g.Places, err = namesOf(places); err != nil {
			return nil, fmt.Errorf("gate %s has damaged names: %w", g.ID, err)
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

// Suspend makes a gate stop admitting, or start again.
func (g *Gates) Suspend(ctx context.Context, id string, suspended bool) error {
	return g.update(ctx, "UPDATE gate SET suspended = ? WHERE id = ?", suspended, id)
}

// Wipe makes a gate forget everything but its unsent entries.
func (g *Gates) Wipe(ctx context.Context, id string) error {
	return g.update(ctx, "UPDATE gate SET wipe = ? WHERE id = ?", true, id)
}

// SetPolicy gives a gate another policy.
func (g *Gates) SetPolicy(ctx context.Context, id, name string) error {
	if err := knownPolicy(ctx, g.ledger, name); err != nil {
		return fmt.Errorf("change gate: %w", err)
	}
	return g.update(ctx, "UPDATE gate SET policy = ? WHERE id = ?", name, id)
}

// SetPIN gives a gate another supervisor's PIN, or none where digits is
// empty. Only its argon2id hash is kept.
func (g *Gates) SetPIN(ctx context.Context, id, digits string) error {
	pin, err := hashPIN(g.random, digits)
	if err != nil {
		return fmt.Errorf("change gate: %w", err)
	}
	return g.update(ctx, "UPDATE gate SET pin = ? WHERE id = ?", pin, id)
}

// SetDirection says which way people go at a gate: in, out, or both, where
// the guard chooses.
func (g *Gates) SetDirection(ctx context.Context, id, direction string) error {
	if err := checkDirection(direction); err != nil {
		return fmt.Errorf("change gate: %w", err)
	}
	return g.update(ctx, "UPDATE gate SET direction = ? WHERE id = ?", direction, id)
}

func (g *Gates) update(ctx context.Context, statement string, value any, id string) error {
	r, err := g.ledger.ExecContext(ctx, statement, value, id)
	if err != nil {
		return fmt.Errorf("change gate: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return fmt.Errorf("change gate: %w: %s", errors.Join(ErrNoGate, err), id)
	}
	return nil
}

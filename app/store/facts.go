package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"postern/app/gate"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/verdict"
)

const factsName = "gate.db"

// Names of facts. Their values are bytes as they came, but where it says otherwise.
const (
	factIdentity  = "identity"  // enrol.Identity.Marshal
	factEnrolling = "enrolling" // enrol.Identity.Marshal of the keys that a code is being spent on
	factTrust     = "trust"
	factPolicy    = "policy"
	factEnvelope  = "envelope"
	factOpened    = "opened"    // JSON of enrol.Envelope: what it said when it was verified
	factSnapshot  = "snapshot"  // JSON of installedSnapshot
	factPulled    = "pulled"    // RFC 3339
	factTrusted   = "trusted"   // RFC 3339: trusted time of the newest entry, noted every ten minutes, for programs that only look
	factChain     = "chain"     // ID of the gate's newest chain, so that a lost journal is noticed
	factDuty      = "duty"      // JSON of gate.Duty
	factWiped     = "wiped"     // JSON of gate.Wiped: the gate that was here until the authority wiped it
	factMetadata  = "metadata/" // + role
	factVersion   = "version/"  // + role; decimal
)

// factFile is gate.db: a table of named values, each with its own checksum,
// since SQLite does not notice a byte that the disk changed. It uses a
// rollback journal and not a WAL, so that a folder that cannot be written can
// still be read.
type factFile struct {
	path string
	db   *sql.DB
}

const factSchema = `
CREATE TABLE IF NOT EXISTS fact (
	name  TEXT PRIMARY KEY,
	value BLOB NOT NULL,
	sum   BLOB NOT NULL -- SHA-256 of name, a zero byte, value
) WITHOUT ROWID`

func openFacts(ctx context.Context, path string, readOnly bool) (*factFile, error) {
	uri := map[string]string{"mode": "rwc"}
	if readOnly {
		uri["mode"] = "ro"
	}
	db, err := openDatabase(path, uri, "busy_timeout(5000)", "synchronous(EXTRA)", "secure_delete(ON)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	f := &factFile{path: path, db: db}
	if !readOnly {
		if _, err := db.ExecContext(ctx, factSchema); err != nil {
			return nil, errors.Join(fmt.Errorf("open %s: %w", factsName, err), db.Close())
		}
	}
	return f, nil
}

func (f *factFile) close() error { return f.db.Close() }

func factSum(name string, value []byte) []byte {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte{0})
	h.Write(value)
	return h.Sum(nil)
}

// all reads every fact; one with a wrong sum fails them all.
func (f *factFile) all(ctx context.Context) (map[string][]byte, error) {
	rows, err := f.db.QueryContext(ctx, "SELECT name, value, sum FROM fact")
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", factsName, err)
	}
	defer rows.Close()
	facts := map[string][]byte{}
	for rows.Next() {
		var name string
		var value, sum []byte
		if err := rows.Scan(&name, &value, &sum); err != nil {
			return nil, fmt.Errorf("read %s: %w", factsName, err)
		}
		if !bytes.Equal(sum, factSum(name, value)) {
			return nil, fmt.Errorf("read %s: %q: %w", factsName, name, errDamaged)
		}
		facts[name] = value
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", factsName, err)
	}
	return facts, nil
}

// one reads a fact; nil where it is not there.
func (f *factFile) one(ctx context.Context, name string) (value []byte, err error) {
	var sum []byte
	err = f.db.QueryRowContext(ctx, "SELECT value, sum FROM fact WHERE name = ?", name).Scan(&value, &sum)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", factsName, err)
	case !bytes.Equal(sum, factSum(name, value)):
		return nil, fmt.Errorf("read %s: %q: %w", factsName, name, errDamaged)
	}
	return value, nil
}

// change is what one transaction does to the facts: nil deletes.
type change map[string][]byte

// write cannot be cancelled: it is short, and nobody could tell whether it happened.
func (f *factFile) write(ctx context.Context, c change) error {
	ctx = context.WithoutCancel(ctx)
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("write %s: %w", factsName, err)
	}
	defer tx.Rollback()
	for name, value := range c {
		if value == nil {
			_, err = tx.ExecContext(ctx, "DELETE FROM fact WHERE name = ?", name)
		} else {
			_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO fact (name, value, sum) VALUES (?, ?, ?)", name, value, factSum(name, value))
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", factsName, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("write %s: %w", factsName, err)
	}
	return nil
}

// installedSnapshot says which snapshot file is current.
type installedSnapshot struct {
	File    string    `json:"file"`
	Version uint64    `json:"version"`
	Made    time.Time `json:"made"`
	Epoch   time.Time `json:"epoch"`
	Digest  [32]byte  `json:"digest"`
	Foreign [32]byte  `json:"foreign"` // digest of other issuers' lists; zero: none came yet
}

func (i installedSnapshot) verdict() verdict.Snapshot {
	return verdict.Snapshot{Version: i.Version, Made: i.Made.UTC(), Epoch: i.Epoch.UTC()}
}

// parseFacts reads facts; what is there and cannot be read is damage.
func parseFacts(facts map[string][]byte) (p gate.Parts, snap installedSnapshot, err error) {
	if b := facts[factIdentity]; b != nil {
		if p.Identity, err = enrol.ParseIdentity(b); err != nil {
			return p, snap, fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	p.Trust, p.Policy = facts[factTrust], facts[factPolicy]
	if b := facts[factOpened]; b != nil {
		p.Envelope = new(enrol.Envelope)
		if err := json.Unmarshal(b, p.Envelope); err != nil {
			return p, snap, fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	if b := facts[factWiped]; b != nil {
		p.WasWiped = new(gate.Wiped)
		if err := json.Unmarshal(b, p.WasWiped); err != nil {
			return p, snap, fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	if b := facts[factSnapshot]; b != nil {
		if err := json.Unmarshal(b, &snap); err != nil {
			return p, snap, fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	if b := facts[factPulled]; b != nil {
		if p.Pulled, err = time.Parse(time.RFC3339, string(b)); err != nil {
			return p, snap, fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	return p, snap, nil
}

// installed gives facts back as the client knows them.
func installed(facts map[string][]byte) (client.Installed, error) {
	p, snap, err := parseFacts(facts)
	if err != nil {
		return client.Installed{}, err
	}
	i := client.Installed{
		Metadata: map[string][]byte{}, Versions: map[string]int64{},
		Trust: p.Trust, Policy: p.Policy, Envelope: facts[factEnvelope], Opened: p.Envelope,
		Snapshot: snap.Version, Made: snap.Made, Digest: snap.Digest, Foreign: snap.Foreign, Pulled: p.Pulled,
	}
	for name, value := range facts {
		if role, ok := strings.CutPrefix(name, factMetadata); ok {
			i.Metadata[role] = value
		}
		if role, ok := strings.CutPrefix(name, factVersion); ok {
			if i.Versions[role], err = strconv.ParseInt(string(value), 10, 64); err != nil {
				return client.Installed{}, fmt.Errorf("%w: version of %s: %w", errDamaged, role, err)
			}
		}
	}
	return i, nil
}

// openFacts opens gate.db; a damaged one is set aside, and the gate is not enrolled.
func (s *Store) openFacts(ctx context.Context) error {
	path := filepath.Join(s.dir, factsName)
	f, err := openFacts(ctx, path, false)
	if err == nil {
		if err = f.sound(ctx); err == nil {
			s.facts = f
			return nil
		}
		err = errors.Join(err, f.close())
	}
	if !isCorrupt(err) {
		return explain(err)
	}
	if err := setAside(path, s.now()); err != nil {
		return err
	}
	s.problems[gate.DatabaseSetAside] = true
	s.facts, err = openFacts(ctx, path, false)
	return explain(err)
}

// sound reads everything that stands in the file. What others wrote and this
// version cannot read (a policy of a newer one) is no damage.
func (f *factFile) sound(ctx context.Context) error {
	facts, err := f.all(ctx)
	if err != nil {
		return err
	}
	_, err = installed(facts)
	return err
}

// explain turns what SQLite says into this program's own errors, where people can
// do something about it.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case isBusy(err):
		return fmt.Errorf("%w (%w)", ErrBusy, err)
	case isReadOnly(err):
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	}
	return err
}

// load reads the facts and opens the snapshot that they name. A store that is
// open for looking only may come while a program at work replaces it, and reads
// again.
func (s *Store) load(ctx context.Context) error {
	for try := 1; ; try++ {
		facts, err := s.facts.all(ctx)
		if err != nil {
			return explain(err)
		}
		parts, snap, err := parseFacts(facts)
		if err != nil {
			return err
		}
		var file *snapshotFile
		if snap.Version > 0 {
			file, err = openSnapshot(ctx, s.dir, snap)
		}
		if err != nil && s.readOnly && try < 3 {
			continue
		}
		s.problems[gate.SnapshotDamaged] = err != nil
		s.noted, _ = time.Parse(time.RFC3339Nano, string(facts[factTrusted])) // zero where there is none
		_, err = s.publish(parts, file)
		return err
	}
}

// noteTrusted writes trusted time into gate.db, where it moved. The caller
// holds pulling.
func (s *Store) noteTrusted(ctx context.Context) error {
	last := s.journal.trusted()
	if last.IsZero() || last.Equal(s.noted) || s.parts.Identity.Gate == "" {
		return nil
	}
	if err := s.facts.write(ctx, change{factTrusted: []byte(last.UTC().Format(time.RFC3339Nano))}); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noted = last
	return nil
}

package gate

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Unseen is something that a check does not see for as long as the gate is offline.
type Unseen struct {
	What  Blindness
	Since time.Time // from then on it is not seen; zero: none of it ever was
}

// Blindness names what is not seen.
type Blindness string

// What a check does not see.
const (
	UnseenStatuses Blindness = "statuses"    // passes revoked, suspended or barred since the snapshot was made
	UnseenTests    Blindness = "tests"       // results since then; only where the policy asks for a test
	UnseenRules    Blindness = "rules"       // policies, issuers and keys changed since the last pull
	UnseenGates    Blindness = "other_gates" // who was admitted at another gate: never seen; only where the policy asks about re-entry
)

// unseen lists what a check by v does not see.
func (v *View) unseen() []Unseen {
	if !v.Enrolled {
		return nil
	}
	all := []Unseen{{UnseenStatuses, v.Snapshot.Made}}
	if v.Policy.Test != nil {
		all = append(all, Unseen{UnseenTests, v.Snapshot.Made})
	}
	all = append(all, Unseen{UnseenRules, v.Pulled})
	if v.Policy.Reentry > 0 {
		all = append(all, Unseen{UnseenGates, time.Time{}})
	}
	return all
}

// Traffic is what the exchange with the hub took in a month, in bytes: the
// files and batches themselves, without what the connection adds.
type Traffic struct{ Down, Up int64 }

// meter adds traffic up and writes it now and then: a crash loses a minute of it.
type meter struct {
	mu      sync.Mutex
	waiting Traffic
	month   string
	written time.Duration
}

const writeTraffic = time.Minute

// monthOf is the local month, such as 2026-11.
func monthOf(t time.Time) string { return t.Local().Format("2006-01") }

// AddTraffic counts bytes that the client moved. It is called from the
// client's goroutine and may write to the disk.
func (g *Gate) AddTraffic(ctx context.Context, t Traffic) error {
	now, mono := g.now(), g.mono()
	m := &g.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	month := monthOf(now)
	if m.month != month || mono-m.written >= writeTraffic {
		if err := g.flushLocked(ctx); err != nil {
			return err
		}
		m.month, m.written = month, mono
	}
	m.waiting.Down, m.waiting.Up = m.waiting.Down+t.Down, m.waiting.Up+t.Up
	return nil
}

func (g *Gate) flushLocked(ctx context.Context) error {
	m := &g.meter
	if m.waiting == (Traffic{}) {
		return nil
	}
	if err := g.store.AddTraffic(ctx, m.month, m.waiting); err != nil {
		return fmt.Errorf("count data: %w", err)
	}
	m.waiting = Traffic{}
	return nil
}

// Traffic is what this month took so far, by the device's clock and zone.
func (g *Gate) Traffic(ctx context.Context) (Traffic, error) {
	m := &g.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	month := monthOf(g.now())
	t, err := g.store.Traffic(ctx, month)
	if err != nil {
		return Traffic{}, fmt.Errorf("count data: %w", err)
	}
	if m.month == month {
		t.Down, t.Up = t.Down+m.waiting.Down, t.Up+m.waiting.Up
	}
	return t, nil
}

// FlushTraffic writes what is not written yet, before the program ends.
func (g *Gate) FlushTraffic(ctx context.Context) error {
	g.meter.mu.Lock()
	defer g.meter.mu.Unlock()
	return g.flushLocked(ctx)
}

package gate

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Traffic is what the exchange with the hub took in a month, in bytes: the
// files and batches themselves, without what the connection adds.
type Traffic struct{ Down, Up int64 }

// trafficCounter adds traffic up and writes it once a minute: a crash loses that
// much of it.
type trafficCounter struct {
	mu        sync.Mutex
	unwritten Traffic       // of month
	month     string        // local, such as 2026-11
	written   time.Duration // when it was written last, by the gate's monotonic clock
}

const writeTraffic = time.Minute

// monthOf is the local month, such as 2026-11.
func monthOf(t time.Time) string { return t.Local().Format("2006-01") }

// AddTraffic counts bytes that the client moved. It is called from the
// client's goroutine and may write to the disk.
func (g *Gate) AddTraffic(ctx context.Context, t Traffic) error {
	now, mono := g.now(), g.mono()
	c := &g.traffic
	c.mu.Lock()
	defer c.mu.Unlock()
	month := monthOf(now)
	if c.month != month || mono-c.written >= writeTraffic {
		if err := g.flushTrafficLocked(ctx); err != nil {
			return err
		}
		c.month, c.written = month, mono
	}
	c.unwritten.Down, c.unwritten.Up = c.unwritten.Down+t.Down, c.unwritten.Up+t.Up
	return nil
}

// flushTrafficLocked writes what is not written yet. The caller holds the counter's lock.
func (g *Gate) flushTrafficLocked(ctx context.Context) error {
	c := &g.traffic
	if c.unwritten == (Traffic{}) {
		return nil
	}
	if err := g.store.AddTraffic(ctx, c.month, c.unwritten); err != nil {
		return fmt.Errorf("count data: %w", err)
	}
	c.unwritten = Traffic{}
	return nil
}

// Traffic is what this month took so far, by the device's clock and zone.
func (g *Gate) Traffic(ctx context.Context) (Traffic, error) {
	c := &g.traffic
	c.mu.Lock()
	defer c.mu.Unlock()
	month := monthOf(g.now())
	t, err := g.store.Traffic(ctx, month)
	if err != nil {
		return Traffic{}, fmt.Errorf("count data: %w", err)
	}
	if c.month == month {
		t.Down, t.Up = t.Down+c.unwritten.Down, t.Up+c.unwritten.Up
	}
	return t, nil
}

// FlushTraffic writes what is not written yet, before the program ends.
func (g *Gate) FlushTraffic(ctx context.Context) error {
	g.traffic.mu.Lock()
	defer g.traffic.mu.Unlock()
	return g.flushTrafficLocked(ctx)
}

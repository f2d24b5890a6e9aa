// Package hubtest holds what every hub.Store must do, and a store in memory
// that does it. It is for tests; nothing that it keeps is durable.
package hubtest

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"slices"
	"sync"

	"postern/sync/hub"
)

// Memory is a hub.Store. The zero Memory is empty and ready.
type Memory struct {
	mu    sync.Mutex
	gates map[string]hub.Gate
	heads map[string][]hub.Head
	inbox []hub.Batch
	forks []hub.Batch
	// Fail, if set, is asked before each method; its error is the method's.
	Fail func(method string) error
}

var _ hub.Store = (*Memory)(nil)

func (m *Memory) enter(method string) error {
	if m.Fail != nil {
		return m.Fail(method)
	}
	return nil
}

// Gate reads a gate.
func (m *Memory) Gate(ctx context.Context, id string) (hub.Gate, error) {
	if err := m.enter("Gate"); err != nil {
		return hub.Gate{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	g, ok := m.gates[id]
	if !ok {
		return hub.Gate{}, hub.ErrNoGate
	}
	g.Heads = slices.Clone(m.heads[id])
	return g, nil
}

// PutGate stores a gate.
func (m *Memory) PutGate(ctx context.Context, g hub.Gate) error {
	if err := m.enter("PutGate"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gates == nil {
		m.gates, m.heads = map[string]hub.Gate{}, map[string][]hub.Head{}
	}
	g.Heads = nil
	m.gates[g.ID] = g
	return nil
}

// Append moves a head.
func (m *Memory) Append(ctx context.Context, from hub.Head, b hub.Batch) error {
	if err := m.enter("Append"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.heads == nil {
		m.heads = map[string][]hub.Head{}
	}
	heads := m.heads[b.Gate]
	i := slices.IndexFunc(heads, func(h hub.Head) bool { return h.Chain == b.Chain })
	to := hub.Head{Chain: b.Chain, Through: b.Last, Hash: b.Head, Moved: b.Received}
	switch {
	case i < 0 && from.Through == 0 && len(heads) < hub.MaxChains:
		m.heads[b.Gate] = append(heads, to)
	case i >= 0 && from.Through > 0 && heads[i].Through == from.Through && heads[i].Hash == from.Hash:
		heads[i] = to
	default:
		return hub.ErrConflict
	}
	b.Body = bytes.Clone(b.Body)
	m.inbox = append(m.inbox, b)
	return nil
}

// Refuse keeps a fork.
func (m *Memory) Refuse(ctx context.Context, b hub.Batch) error {
	if err := m.enter("Refuse"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	ofGate := 0
	for _, f := range m.forks {
		if f.Gate == b.Gate && f.Head == b.Head {
			return nil
		}
		if f.Gate == b.Gate {
			ofGate++
		}
	}
	if ofGate < 16 {
		m.forks = append(m.forks, b)
	}
	return nil
}

// Batches reads the inbox.
func (m *Memory) Batches(ctx context.Context, q hub.Query) iter.Seq2[hub.Batch, error] {
	return m.read("Batches", q, func() []hub.Batch { return m.inbox })
}

// Forks reads what was refused.
func (m *Memory) Forks(ctx context.Context, q hub.Query) iter.Seq2[hub.Batch, error] {
	return m.read("Forks", q, func() []hub.Batch { return m.forks })
}

func (m *Memory) read(method string, q hub.Query, table func() []hub.Batch) iter.Seq2[hub.Batch, error] {
	return func(yield func(hub.Batch, error) bool) {
		if err := m.enter(method); err != nil {
			yield(hub.Batch{}, err)
			return
		}
		m.mu.Lock()
		list := slices.Clone(table())
		m.mu.Unlock()
		slices.SortFunc(list, func(a, b hub.Batch) int {
			return cmp.Or(cmp.Compare(a.Gate, b.Gate), bytes.Compare(a.Chain[:], b.Chain[:]), cmp.Compare(a.Last, b.Last))
		})
		for _, b := range list {
			if (q.Gate == "" || b.Gate == q.Gate) && (q.Chain == hub.Query{}.Chain || b.Chain == q.Chain) && b.Last >= q.From {
				if !yield(b, nil) {
					return
				}
			}
		}
	}
}

// Ready always succeeds, unless Fail says otherwise.
func (m *Memory) Ready(ctx context.Context) error { return m.enter("Ready") }

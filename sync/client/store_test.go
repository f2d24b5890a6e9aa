package client_test

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"postern/sync/client"
	"postern/sync/journal"
	"postern/sync/snapshot"
	"postern/sync/verdict"
)

// fakeStore is a gate's store in memory.
type fakeStore struct {
	mu       sync.Mutex
	in       client.Installed
	content  *snapshot.Content
	foreign  snapshot.Foreign
	installs int
	fail     func(method string) error

	gate    string
	chain   journal.ChainID
	entries []journal.Entry
	through uint64 // of the last receipt
}

func newStore(gate string) *fakeStore {
	return &fakeStore{gate: gate, chain: journal.ChainID{7}, content: &snapshot.Content{}}
}

func (s *fakeStore) enter(method string) error {
	s.mu.Lock()
	if s.fail != nil {
		return s.fail(method)
	}
	return nil
}

func (s *fakeStore) Installed(context.Context) (client.Installed, error) {
	defer s.mu.Unlock()
	if err := s.enter("Installed"); err != nil {
		return client.Installed{}, err
	}
	in := s.in
	in.Metadata, in.Versions = maps.Clone(in.Metadata), maps.Clone(in.Versions)
	return in, nil
}

func (s *fakeStore) Content(context.Context) (*snapshot.Content, error) {
	defer s.mu.Unlock()
	return s.content, s.enter("Content")
}

func (s *fakeStore) Install(_ context.Context, u client.Update) error {
	defer s.mu.Unlock()
	if err := s.enter("Install"); err != nil {
		return err
	}
	if (u.Envelope == nil) != (u.Opened == nil) || (u.Content != nil) != (u.Digest != [32]byte{}) {
		return errors.New("half of a pair came")
	}
	if u.Content != nil && u.Content.Digest() != u.Digest {
		return errors.New("the content is not what its digest says")
	}
	for role, v := range u.Versions {
		if v < s.in.Versions[role] {
			return errors.New("a version was lowered")
		}
	}
	s.in.Metadata, s.in.Versions = merged(s.in.Metadata, u.Metadata), merged(s.in.Versions, u.Versions)
	for to, b := range map[*[]byte][]byte{&s.in.Trust: u.Trust, &s.in.Policy: u.Policy, &s.in.Envelope: u.Envelope} {
		if b != nil {
			*to = b
		}
	}
	if u.Opened != nil {
		s.in.Opened = u.Opened
	}
	if u.Content != nil {
		s.content, s.in.Snapshot, s.in.Made, s.in.Digest = u.Content, u.Content.Version, u.Content.Made, u.Digest
	}
	if u.Foreign != nil {
		if u.Foreign.Digest() != u.ForeignDigest {
			return errors.New("the lists are not what their digest says")
		}
		s.in.Foreign, s.foreign = u.ForeignDigest, *u.Foreign
	}
	s.in.Pulled = u.Pulled
	s.installs++
	return nil
}

func merged[V any](old, new map[string]V) map[string]V {
	all := map[string]V{}
	maps.Copy(all, old)
	maps.Copy(all, new)
	return all
}

func (s *fakeStore) Backlog(_ context.Context, limit int) (journal.Batch, error) {
	defer s.mu.Unlock()
	if err := s.enter("Backlog"); err != nil {
		return journal.Batch{}, err
	}
	return s.span(s.through+1, limit), nil
}

func (s *fakeStore) span(from uint64, limit int) journal.Batch {
	if from > uint64(len(s.entries)) {
		return journal.Batch{}
	}
	list := s.entries[from-1:]
	list = list[:min(len(list), limit)]
	return journal.Batch{
		Gate: s.gate, Chain: s.chain, First: from, Prev: list[0].Prev, Head: list[len(list)-1].Hash(), Entries: list,
	}
}

func (s *fakeStore) Acknowledge(_ context.Context, r journal.Receipt) error {
	defer s.mu.Unlock()
	if err := s.enter("Acknowledge"); err != nil {
		return err
	}
	if r.Chain != s.chain || r.Through > uint64(len(s.entries)) || s.entries[r.Through-1].Hash() != r.Head {
		return errors.New("a receipt for something else came")
	}
	s.through = max(s.through, r.Through)
	return nil
}

// record adds n entries; word makes histories differ.
func (s *fakeStore) record(n int, word string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		e := journal.Entry{
			Seq: uint64(len(s.entries) + 1), Time: time.Date(2021, 12, 20, 7, 40, 0, 0, time.UTC), Operator: word,
			Kind: journal.Check, Outcome: verdict.Admit, Reason: "ok", Prev: journal.Genesis(s.gate, s.chain),
		}
		if len(s.entries) > 0 {
			e.Prev = s.entries[len(s.entries)-1].Hash()
		}
		s.entries = append(s.entries, e)
	}
}

func (s *fakeStore) waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.entries) - int(s.through)
}

// rereader is a store that still has what receipts covered.
type rereader struct{ *fakeStore }

func (s rereader) Reread(_ context.Context, _ journal.ChainID, from uint64, limit int) (journal.Batch, error) {
	defer s.mu.Unlock()
	if err := s.enter("Reread"); err != nil {
		return journal.Batch{}, err
	}
	return s.span(from, limit), nil
}

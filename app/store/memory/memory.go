// Package memory is a gate's store that keeps nothing: for drills, and for tests of other packages.
//
// Nothing here is durable: a gate that admits people needs package store.
package memory

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"postern/app/gate"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/pass"
	"postern/sync/snapshot"
	"postern/sync/status"
	"postern/sync/verdict"
)

// Store is a gate's store in memory. Make it with New. Its fields may be set
// before it is used; it is safe for concurrent use.
type Store struct {
	AppendErr error          // Append fails with it
	StatusErr error          // Status fails with it
	Problems  []gate.Problem // shown in the view
	BeforeAll func()         // called at the beginning of Append, for tests that stage a panic or a race

	mu      sync.Mutex
	parts   gate.Parts
	view    *gate.View
	has     client.Installed
	content *snapshot.Content
	foreign snapshot.Foreign
	chains  []*chain
	last    time.Time
	begun   byte
	books
}

// chain is the entries of one chain; the drafts stand beside them.
type chain struct {
	gate    string
	id      journal.ChainID
	through uint64
	entries []journal.Entry
	trusted []time.Time // of each entry
	notes   []note      // of each entry
}

// note is what stays beside an entry.
type note struct {
	after  gate.EntryID
	detail verdict.Detail
}

// New makes an empty store: a gate that is not enrolled.
func New() *Store {
	s := &Store{view: &gate.View{}}
	s.forget()
	return s
}

func (s *Store) forget() {
	s.parts, s.content, s.duty, s.foreign = gate.Parts{}, &snapshot.Content{}, gate.Duty{}, nil
	s.has = client.Installed{Metadata: map[string][]byte{}, Versions: map[string]int64{}}
	s.follow("")
}

// follow goes on with a gate's newest chain, or begins one.
func (s *Store) follow(name string) {
	for i, c := range slices.Backward(s.chains) {
		if c.gate == name {
			s.chains = append(slices.Delete(s.chains, i, i+1), c)
			return
		}
	}
	s.begun++
	s.chains = append(s.chains, &chain{gate: name, id: journal.ChainID{s.begun}})
}

// View is what the gate currently goes by.
func (s *Store) View() *gate.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.Problems) > 0 && !slices.Equal(s.view.Problems, s.Problems) {
		s.view = s.view.With(s.Problems, 0)
	}
	return s.view
}

// Status reads one entry of the installed content.
func (s *Store) Status(uri string, index uint64) (status.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.StatusErr != nil {
		return 0, s.StatusErr
	}
	return s.content.Lookup(uri, index)
}

// Foreign looks a pass up in the installed lists of other issuers.
func (s *Store) Foreign(p *pass.Pass) (status.Finding, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.StatusErr != nil {
		return status.Finding{}, s.StatusErr
	}
	return status.Find(p, status.Lists(s.foreign))
}

// Append numbers, seals and chains an entry.
func (s *Store) Append(ctx context.Context, d gate.Draft) (journal.Entry, error) {
	if s.BeforeAll != nil {
		s.BeforeAll()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.AppendErr); err != nil {
		return journal.Entry{}, err
	}
	c := s.chains[len(s.chains)-1]
	e := d.Entry
	e.Time = e.Time.UTC().Truncate(time.Millisecond)
	e.Seq, e.Prev = uint64(len(c.entries)+1), journal.Genesis(c.gate, c.id)
	if n := len(c.entries); n > 0 {
		e.Prev = c.entries[n-1].Hash()
	}
	if d.Seal != nil {
		ref, err := d.Seal(e.Seq)
		if err != nil {
			return journal.Entry{}, err
		}
		e.Ref, e.RefHash = ref, sha256.Sum256(ref)
	}
	if _, err := e.Encode(); err != nil {
		return journal.Entry{}, err
	}
	d.Detail.Words = nil
	c.entries, c.trusted, c.notes = append(c.entries, e), append(c.trusted, d.Trusted), append(c.notes, note{d.After, d.Detail})
	s.count(e, d)
	if !d.Trusted.IsZero() {
		s.last = d.Trusted
	}
	return e, nil
}

// Recent gives the newest entries first.
func (s *Store) Recent(_ context.Context, limit int) ([]journal.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []journal.Entry
	for _, c := range slices.Backward(s.chains) {
		for _, e := range slices.Backward(c.entries) {
			if len(all) < limit {
				all = append(all, e)
			}
		}
	}
	return all, nil
}

// Trail gives what belongs to an entry.
func (s *Store) Trail(_ context.Context, e journal.Entry) (t gate.Trail, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := gate.EntryID{Seq: e.Seq, Prev: e.Prev}
	if _, n, ok := s.find(id); ok && n.after != (gate.EntryID{}) {
		id = n.after
	}
	found, n, ok := s.find(id)
	if !ok {
		return t, nil
	}
	t = gate.Trail{Entry: found, Detail: n.detail}
	for _, c := range s.chains {
		for i, n := range c.notes {
			if n.after == id && len(t.Done) < gate.MaxDone {
				t.Done = append(t.Done, c.entries[i])
			}
		}
	}
	return t, nil
}

func (s *Store) find(id gate.EntryID) (journal.Entry, note, bool) {
	for _, c := range s.chains {
		for i, e := range c.entries {
			if e.Seq == id.Seq && e.Prev == id.Prev {
				return e, c.notes[i], true
			}
		}
	}
	return journal.Entry{}, note{}, false
}

// Unsent counts this gate's entries past the last receipt.
func (s *Store) Unsent(context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unsent(), nil
}

func (s *Store) unsent() (n int) {
	for _, c := range s.ours() {
		n += len(c.entries) - int(c.through)
	}
	return n
}

// ours are the chains that may be sent.
func (s *Store) ours() []*chain {
	var all []*chain
	for _, c := range s.chains {
		if c.gate == s.parts.Identity.Gate && c.gate != "" {
			all = append(all, c)
		}
	}
	return all
}

// Seen says when a pass with this tag was last admitted here, and which way it went.
func (s *Store) Seen(_ context.Context, tag journal.Tag, since time.Time) (last time.Time, way journal.Way, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.chains {
		for i, e := range c.entries {
			at := reliable(e, c.trusted[i])
			admits := (e.Kind == journal.Check || e.Kind == journal.Confirm) && e.Outcome == verdict.Admit
			if admits && e.Tag == tag && tag != (journal.Tag{}) && !at.Before(since) && !at.Before(last) {
				last, way = at, e.Way
			}
		}
	}
	return last, way, nil
}

// Trusted is the trusted time of the last entry, the snapshot or the envelope, whichever is latest.
func (s *Store) Trusted() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trusted()
}

func (s *Store) trusted() time.Time {
	t := s.has.Made
	if e := s.parts.Envelope; e != nil && e.Made.After(t) {
		t = e.Made
	}
	if s.last.After(t) {
		t = s.last
	}
	return t
}

// Identity is who this gate is.
func (s *Store) Identity(context.Context) (enrol.Identity, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parts.Identity, s.parts.Identity.Gate != "", nil
}

// SaveIdentity makes this the store of gate id.
func (s *Store) SaveIdentity(_ context.Context, id enrol.Identity) error {
	if _, err := id.Marshal(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parts.Identity.Gate != id.Gate {
		if n := s.unsent(); n > 0 && s.parts.Trust != nil {
			return fmt.Errorf("save identity: %d entries are not sent yet", n)
		}
		s.forget()
	}
	s.parts.Identity = id
	s.follow(id.Gate)
	return s.publish()
}

func (s *Store) publish() error {
	v, err := gate.NewView(s.parts)
	if err == nil {
		s.view = v.With(s.Problems, 0)
	}
	return err
}

// Installed says what is there.
func (s *Store) Installed(context.Context) (client.Installed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.has
	i.Metadata, i.Versions = maps.Clone(i.Metadata), maps.Clone(i.Versions)
	return i, nil
}

// Content gives the installed content.
func (s *Store) Content(context.Context) (*snapshot.Content, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.content, nil
}

// Install makes everything that is set in u current at once.
func (s *Store) Install(ctx context.Context, u client.Update) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	parts, err := s.accept(u)
	if err := errors.Join(err, ctx.Err()); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	s.parts = parts
	maps.Copy(s.has.Metadata, u.Metadata)
	for role, v := range u.Versions {
		s.has.Versions[role] = max(v, s.has.Versions[role])
	}
	s.has.Trust, s.has.Policy, s.has.Opened, s.has.Pulled = parts.Trust, parts.Policy, parts.Envelope, parts.Pulled
	if u.Envelope != nil {
		s.has.Envelope = u.Envelope
		s.dropTagKeys()
	}
	if u.Content != nil {
		s.content = u.Content
		s.has.Snapshot, s.has.Made, s.has.Digest = u.Content.Version, u.Content.Made, u.Digest
	}
	if u.Foreign != nil {
		s.foreign, s.has.Foreign = *u.Foreign, u.ForeignDigest
	}
	if parts.Wiped() {
		s.wipe()
	}
	return s.publish()
}

func (s *Store) accept(u client.Update) (gate.Parts, error) {
	p := s.parts
	switch e := u.Opened; {
	case p.Identity.Gate == "":
		return p, errors.New("the gate is not enrolled")
	case (u.Envelope == nil) != (e == nil):
		return p, errors.New("the envelope must come with what it says")
	case e != nil && (e.Gate != p.Identity.Gate || (p.Envelope != nil && e.Version < p.Envelope.Version)):
		return p, errors.New("the envelope is another gate's, or older")
	case u.Content != nil && u.Content.Version < s.has.Snapshot:
		return p, errors.New("the snapshot is older")
	}
	if u.Opened != nil {
		p.Envelope = u.Opened
	}
	if u.Trust != nil {
		p.Trust = u.Trust
	}
	if u.Policy != nil {
		p.Policy = u.Policy
	}
	if !u.Pulled.IsZero() {
		p.Pulled = u.Pulled.UTC()
	}
	if c := u.Content; c != nil {
		p.Snapshot = verdict.Snapshot{Version: c.Version, Made: c.Made, Epoch: c.Epoch}
	}
	_, err := gate.NewView(p)
	return p, err
}

// wipe forgets all but what unsent entries need, and that too when there are none.
func (s *Store) wipe() {
	e := enrol.Envelope{Gate: s.parts.Envelope.Gate, Place: s.parts.Envelope.Place, Version: s.parts.Envelope.Version, Made: s.parts.Envelope.Made, Wipe: true}
	s.parts = gate.Parts{Identity: s.parts.Identity, Trust: s.parts.Trust, Envelope: &e}
	s.content, s.foreign = &snapshot.Content{}, nil
	s.has = client.Installed{Metadata: s.has.Metadata, Versions: s.has.Versions, Trust: s.has.Trust, Opened: &e}
	if s.unsent() == 0 {
		was := s.parts.Wipe()
		s.chains = nil
		s.forget()
		s.parts.WasWiped = was
	}
}

// Backlog gives the oldest entries past the last receipt, of one chain.
func (s *Store) Backlog(_ context.Context, limit int) (journal.Batch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.ours() {
		left := c.entries[c.through:]
		if len(left) == 0 {
			continue
		}
		left = slices.Clone(left[:min(len(left), limit)])
		last := left[len(left)-1]
		return journal.Batch{Gate: c.gate, Chain: c.id, First: left[0].Seq, Prev: left[0].Prev, Head: last.Hash(), Entries: left}, nil
	}
	return journal.Batch{}, nil
}

// Acknowledge moves the mark of r's chain forward.
func (s *Store) Acknowledge(_ context.Context, r journal.Receipt) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.ours() {
		if c.id != r.Chain || c.gate != r.Gate {
			continue
		}
		if r.Through > uint64(len(c.entries)) || (r.Through > 0 && c.entries[r.Through-1].Hash() != r.Head) {
			return errors.New("take receipt: it is for another history")
		}
		c.through = max(c.through, r.Through)
		if s.parts.Wiped() {
			s.wipe()
		}
		return s.publish()
	}
	return errors.New("take receipt: it is for another chain")
}

// Tend forgets the tag keys of days before yesterday.
func (s *Store) Tend(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropTagKeys()
	return s.publish()
}

func (s *Store) dropTagKeys() {
	if s.parts.Envelope == nil {
		return
	}
	today := uint64(max(s.trusted().Unix(), 0)) / (24 * 60 * 60)
	e := *s.parts.Envelope
	e.TagKeys = maps.Clone(e.TagKeys) // views hold the other
	maps.DeleteFunc(e.TagKeys, func(day uint64, _ []byte) bool { return day+1 < today })
	if len(e.TagKeys) != len(s.parts.Envelope.TagKeys) {
		s.parts.Envelope, s.has.Opened, s.has.Envelope = &e, &e, nil
	}
}

// Close does nothing: the store goes on.
func (s *Store) Close() error { return nil }

// Package gate is one checkpoint at work: it judges, records and answers.
//
// Answer answers only after its entry is durable. If it cannot be recorded, the
// outcome is Unknown with its own reason, whatever the pass said. Judge records
// nothing; nobody may be let in on its word.
package gate

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"postern/app/scan"
	"postern/sync/journal"
	"postern/sync/pass"
	"postern/sync/verdict"
)

// Options are what a gate may be told from outside; the zero Options will do.
type Options struct {
	Now      func() time.Time     // the device's clock; nil is time.Now
	Mono     func() time.Duration // a clock that nobody can set, from any beginning; nil counts from New
	Zone     *time.Location       // of the days by which paper numbers are counted; nil is the device's
	Lane     string               // which of several at this gate, at most journal.MaxNameLength bytes
	Operator string               // the name in entries while nobody began a shift, likewise
	Admitted func()               // called under the gate's lock when somebody may go through and that is durable; it must not block
}

// Gate is one checkpoint. Make it with New. It is safe for concurrent use;
// checks are judged and recorded one after the other, so that two lanes
// cannot admit one pass at once.
type Gate struct {
	store    Store
	now      func() time.Time
	mono     func() time.Duration
	zone     *time.Location
	lane     string
	operator string

	admitted func()
	duty     dutyCache
	traffic  trafficCounter
	pinTurn  sync.Mutex // PINs are tried one after another

	mu          sync.Mutex // guards what follows, and orders checks
	clock       clock
	jumped      string     // a jump of the device's clock that is not recorded yet
	parts       pass.Parts // of a card in several codes
	current     []Token    // of the verdicts that stand: their people are before the guard
	repeats     repeats
	admits      admits
	recent      recentVerdicts
	pendings    pendings
	openings    openings
	relayFailed bool // its last call did not open the barrier
}

// New makes a gate that works on store, and reads there with ctx how far time had come.
func New(ctx context.Context, store Store, o Options) *Gate {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Mono == nil {
		start := time.Now()
		o.Mono = func() time.Duration { return time.Since(start) }
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	g := &Gate{
		store: store, now: o.Now, mono: o.Mono, zone: o.Zone,
		lane: clip(o.Lane), operator: clip(o.Operator), admitted: o.Admitted, duty: dutyCache{store: store},
	}
	g.clock = newClock(ctx, store, o.Mono())
	return g
}

// showing is what somebody held before the gate.
type showing struct {
	text       string
	source     scan.Source
	read       time.Time // by the device's clock; zero: now
	unreadable bool
}

// mostHeld is for how long a code may have waited between its reading and its
// verdict. A clock that was set in between must not make a presentation younger.
const mostHeld = time.Minute

// held is how long a showing has waited.
func (s showing) held(now time.Time) time.Duration {
	if s.read.IsZero() {
		return 0
	}
	return min(max(now.Sub(s.read), 0), mostHeld)
}

// answer judges a showing and records its verdict. The caller holds g.mu, and
// opens the barrier.
func (g *Gate) answer(ctx context.Context, s showing) Answer {
	mono := g.mono()
	now, err := g.readClock(ctx, mono)
	f := g.gatherSafely(s, now.Now)
	f.presentation.Held = s.held(now.Now)
	key := repeatKey(f.presentation, s.text)
	if before, ok := g.repeats.find(key, s.source, mono); ok && err == nil {
		g.current = append(g.current, before.Token)
		return before
	}
	v := g.judgeSafely(ctx, f, now, now)
	var check EntryID
	if err == nil {
		check, err = g.recordVerdict(ctx, journal.Check, f, v, now, EntryID{})
	}
	if err != nil {
		v = withReason(v, verdict.NotRecorded)
	}
	a := g.issue(v, pending{facts: f, key: key, moment: now, at: mono, check: check})
	if err != nil {
		return a
	}
	g.repeats.add(key, s.source, a, mono)
	return a
}

// Record appends an entry that has no method of its own: the start of the
// program, an emergency of which no verdict is known. It is durable when it
// returns nil. The reason may have journal.MaxNameLength bytes.
func (g *Gate) Record(ctx context.Context, kind journal.Kind, reason string) error {
	switch kind {
	case journal.Start:
		return g.record(ctx, kind, reason)
	case journal.Override:
		return g.Emergency(ctx, Token{}, reason)
	}
	return fmt.Errorf("record: kind %d is not for this; it has a method of its own, or is none", kind)
}

func (g *Gate) record(ctx context.Context, kind journal.Kind, reason string) error {
	if len(reason) > journal.MaxNameLength || !utf8.ValidString(reason) {
		return fmt.Errorf("record: the reason has %d bytes; write it in at most %d", len(reason), journal.MaxNameLength)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now, err := g.readClock(ctx, g.mono())
	if err != nil {
		return err
	}
	e := g.entry(ctx, kind, g.store.View(), now)
	e.Reason = reason
	_, err = g.append(ctx, Draft{Entry: e, Trusted: now.Trusted})
	return err
}

// readClock reads the clocks and records a jump of the device's. A jump that
// could not be recorded is tried again with the next reading. The caller holds g.mu.
func (g *Gate) readClock(ctx context.Context, mono time.Duration) (moment, error) {
	view := g.store.View()
	m, jump := g.clock.read(g.now().UTC().Round(0), mono, view)
	if jump != "" {
		g.jumped = jump
	}
	if g.jumped == "" {
		return m, nil
	}
	e := g.entry(ctx, journal.Clock, view, m)
	e.Reason = g.jumped
	_, err := g.append(ctx, Draft{Entry: e, Trusted: m.Trusted})
	if err == nil {
		g.jumped = ""
	}
	return m, err
}

// peekLocked reads the clocks, and moves and records nothing. The caller holds g.mu.
func (g *Gate) peekLocked() moment {
	c := g.clock
	m, _ := c.read(g.now().UTC().Round(0), g.mono(), g.store.View())
	return m
}

// peek is peekLocked, taking g.mu.
func (g *Gate) peek() moment {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.peekLocked()
}

// gatherSafely is gather for a showing. It turns a panic, which would be a fault of ours, into an error that is judged Unknown.
func (g *Gate) gatherSafely(s showing, now time.Time) (f facts) {
	defer func() {
		if r := recover(); r != nil {
			f = facts{view: g.store.View(), presentation: verdict.Presentation{Err: errInternal}}
		}
	}()
	if s.unreadable {
		return facts{view: g.store.View(), presentation: verdict.Presentation{Err: verdict.ErrUnreadable}}
	}
	whole, err := g.parts.Add(s.text, now)
	if err != nil && g.store.View().Enrolled {
		return facts{view: g.store.View(), presentation: verdict.Presentation{Err: err}}
	}
	return gather(g.store, whole)
}

// judgeSafely judges what was shown at one moment, and asks at another, now,
// whether the pass was seen before. The caller holds g.mu.
func (g *Gate) judgeSafely(ctx context.Context, f facts, at, now moment) (v verdict.Verdict) {
	defer func() {
		if r := recover(); r != nil {
			v = withReason(verdict.Verdict{Version: f.view.Snapshot.Version, Policy: &f.view.Policy}, verdict.InternalFailed)
		}
	}()
	last, err := g.seen(ctx, f, now)
	v = f.judge(at.clock(), last.before(at.Now))
	if err != nil && (v.Outcome == verdict.Admit || v.Outcome == verdict.Check) {
		return withReason(v, verdict.InternalFailed)
	}
	return v
}

var errInternal = errors.New("the program failed")

// recordVerdict appends the entry of a check, or of what became of the one that
// after names. A panic in the store counts as a failure to record.
func (g *Gate) recordVerdict(ctx context.Context, kind journal.Kind, f facts, v verdict.Verdict, now moment, after EntryID) (EntryID, error) {
	d := g.draft(ctx, kind, f, now)
	d.After, d.Detail = after, v.Detail
	d.Entry.Outcome, d.Entry.Reason, d.Entry.Version = v.Outcome, v.Code(), v.Version
	written, err := g.append(ctx, d)
	if err != nil {
		return EntryID{}, err
	}
	g.recent.add(written, v)
	if p := f.presentation.Pass; p.Genuine() && v.Outcome == verdict.Admit {
		g.admits.add(string(p.Identity()), admission{now.reliable(), written.Way}, f.window())
	}
	return idOf(written), nil
}

// draft is an entry about a person, with the pass that they showed.
func (g *Gate) draft(ctx context.Context, kind journal.Kind, f facts, now moment) Draft {
	d := Draft{Entry: g.entry(ctx, kind, f.view, now), Trusted: now.Trusted}
	d.Entry.Way = g.wayOf(ctx, f.view)
	if p := f.presentation.Pass; p.Genuine() {
		d.Entry.Tag = f.tag(now.Now)
		if to := f.view.tracing(); to != nil {
			d.Seal = func(seq uint64) ([]byte, error) {
				return journal.SealRef(to, f.view.Gate, seq, p.Identity())
			}
		}
	}
	return d
}

// callAdmitted calls Options.Admitted after an entry that lets somebody through.
func (g *Gate) callAdmitted(o verdict.Outcome) {
	if o == verdict.Admit && g.admitted != nil {
		g.admitted()
	}
}

func (g *Gate) append(ctx context.Context, d Draft) (e journal.Entry, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("record: %w", errInternal)
		}
	}()
	return g.store.Append(ctx, d)
}

func (g *Gate) entry(ctx context.Context, kind journal.Kind, view *View, now moment) journal.Entry {
	operator := g.operator
	if s := g.duty.get(ctx).Shift; s.Name != "" {
		operator = s.Name
	}
	return journal.Entry{
		Time: now.Now.Truncate(time.Millisecond), Lane: g.lane, Operator: operator,
		Kind: kind, Version: view.Snapshot.Version,
	}
}

// Relayed takes note of how a relay's call went: State shows an error as the
// problem RelayFailed until a call goes well again.
func (g *Gate) Relayed(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.relayFailed = err != nil
}

// clip cuts a name to what an entry holds, at a whole character.
func clip(s string) string {
	if !utf8.ValidString(s) {
		return ""
	}
	for len(s) > journal.MaxNameLength {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

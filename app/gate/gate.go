// Package gate is one checkpoint at work: it judges, records and answers.
//
// What a reader must know to be safe: Answer answers only after its entry is
// durable. If it cannot be recorded, the outcome is Unknown with its own
// reason, whatever the pass said. Judge answers without recording, for those
// who only ask; nobody may be let in on its word.
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
	Lane     string               // which of several at this gate, at most journal.MaxNameLength bytes
	Operator string               // who is on duty while nobody began a shift, likewise
	Admitted func()               // called when somebody may go through and that is durable; it must not block
}

// Gate is one checkpoint. Make it with New. It is safe for concurrent use;
// checks are judged and recorded one after the other, so that two lanes
// cannot admit one pass at once.
type Gate struct {
	store    Store
	now      func() time.Time
	mono     func() time.Duration
	lane     string
	operator string

	admitted func()
	duty     keptDuty
	meter    meter
	pinTurn  sync.Mutex // PINs are tried one after another

	mu       sync.Mutex
	clock    clock
	jumped   string     // a jump of the device's clock that is not recorded yet
	parts    pass.Parts // of a card in several codes
	facing   Token      // of the verdict that was given last: its person stands before the guard
	repeats  repeats
	admits   admits
	kept     kept
	pendings pendings
	shut     bool // the relay did not open
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
	g := &Gate{
		store: store, now: o.Now, mono: o.Mono,
		lane: clip(o.Lane), operator: clip(o.Operator), admitted: o.Admitted, duty: keptDuty{store: store},
	}
	g.clock = newClock(ctx, store, o.Mono())
	return g
}

// shown is what somebody held before the gate.
type shown struct {
	text       string
	source     scan.Source
	unreadable bool
}

func (g *Gate) answer(ctx context.Context, s shown) Answer {
	g.mu.Lock()
	defer g.mu.Unlock()
	mono := g.mono()
	now, err := g.readClock(ctx, mono)
	f := g.lookSafely(s, now.Now)
	key := repeatKey(f.presentation, s.text)
	if earlier, ok := g.repeats.find(key, s.source, mono); ok && err == nil {
		g.facing = earlier.Token
		return earlier
	}
	v := g.judgeSafely(ctx, f, now, now)
	if err == nil {
		err = g.recordVerdict(ctx, journal.Check, f, v, now)
	}
	if err != nil {
		return g.issue(f, instead(v, verdict.NotRecorded), key, now, mono)
	}
	a := g.issue(f, v, key, now, mono)
	g.repeats.add(key, s.source, a, mono)
	return a
}

// Record writes down what was done and is no verdict: a registration, the
// start of the program, an emergency of which no verdict is known. It is
// durable when it returns nil. The reason may have journal.MaxNameLength bytes.
func (g *Gate) Record(ctx context.Context, kind journal.Kind, reason string) error {
	switch kind {
	case journal.Registration, journal.Start, journal.Headcount:
	case journal.Override:
		return g.Emergency(ctx, Token{}, reason)
	default:
		return fmt.Errorf("record: kind %d is not for this; it has a method of its own, or is none", kind)
	}
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

// readClock takes the time and records a jump of the device's clock. A jump
// that could not be recorded is tried again with the next look.
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

// look is readClock for who only wants to know: it moves and records nothing.
func (g *Gate) look() moment {
	c := g.clock
	m, _ := c.read(g.now().UTC().Round(0), g.mono(), g.store.View())
	return m
}

// glance is look for who does not hold the lock.
func (g *Gate) glance() moment {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.look()
}

// lookSafely turns a panic, which would be a fault of ours, into an error that Judge answers Unknown.
func (g *Gate) lookSafely(s shown, now time.Time) (f facts) {
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
	return look(g.store, whole)
}

// judgeSafely judges what was shown at a moment, and asks now whether the pass was seen before.
func (g *Gate) judgeSafely(ctx context.Context, f facts, shown, now moment) (v verdict.Verdict) {
	defer func() {
		if r := recover(); r != nil {
			v = instead(verdict.Verdict{Version: f.view.Snapshot.Version}, verdict.InternalFailed)
		}
	}()
	ago, err := g.seen(ctx, f, now)
	v = f.judge(shown.clock(), ago.before(shown.Now))
	if err != nil && (v.Outcome == verdict.Admit || v.Outcome == verdict.Check) {
		return instead(v, verdict.InternalFailed)
	}
	return v
}

var errInternal = errors.New("the program failed")

// recordVerdict appends the entry of a check or of what became of it. A panic in the store counts as a failure to record.
func (g *Gate) recordVerdict(ctx context.Context, kind journal.Kind, f facts, v verdict.Verdict, now moment) error {
	d := g.draft(ctx, kind, f, now)
	d.Entry.Outcome, d.Entry.Reason, d.Entry.Version = v.Outcome, v.Code(), v.Version
	written, err := g.append(ctx, d)
	if err != nil {
		return err
	}
	g.kept.add(written, v)
	if p := f.presentation.Pass; p.Genuine() && v.Outcome == verdict.Admit {
		g.admits.add(string(p.Identity()), admission{now.reliable(), written.Way}, f.window())
	}
	g.opens(v.Outcome)
	return nil
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

// opens tells who waits for it that somebody may go through.
func (g *Gate) opens(o verdict.Outcome) {
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

// Relayed takes note of how a relay's call went, for State's problems.
func (g *Gate) Relayed(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = err != nil
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

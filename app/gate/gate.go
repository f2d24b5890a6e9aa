// Package gate is one checkpoint at work: it judges, records and answers.
//
// What a reader must know to be safe: Check answers only after its entry is
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
	Operator string               // who is on duty, likewise
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

	mu      sync.Mutex
	clock   clock
	parts   pass.Parts // of a card in several codes
	repeats repeats
	admits  admits
	kept    kept
}

// New makes a gate that works on store.
func New(store Store, o Options) *Gate {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Mono == nil {
		start := time.Now()
		o.Mono = func() time.Duration { return time.Since(start) }
	}
	g := &Gate{
		store: store, now: o.Now, mono: o.Mono,
		lane: clip(o.Lane), operator: clip(o.Operator),
	}
	g.clock = newClock(store, o.Mono())
	return g
}

// Check judges what a reading says and records the verdict before it answers.
// A code that stays before the camera is judged once: see repeats.
func (g *Gate) Check(ctx context.Context, r scan.Reading) verdict.Verdict {
	return g.check(ctx, shown{text: r.Text, camera: r.Source == scan.Camera})
}

// CheckUnreadable records that somebody showed a picture in which no code could be read.
func (g *Gate) CheckUnreadable(ctx context.Context) verdict.Verdict {
	return g.check(ctx, shown{unreadable: true})
}

// shown is what somebody held before the gate.
type shown struct {
	text       string
	camera     bool
	unreadable bool
}

func (g *Gate) check(ctx context.Context, s shown) verdict.Verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	mono := g.mono()
	now, err := g.readClock(ctx, mono)
	f := g.lookSafely(s, now.Now)
	key := repeatKey(f.presentation, s.text)
	if earlier, ok := g.repeats.find(key, mono); ok && s.camera && err == nil {
		return earlier
	}
	v := g.judgeSafely(ctx, f, now)
	if err == nil {
		err = g.recordVerdict(ctx, f, v, now)
	}
	if err != nil {
		return instead(v, verdict.NotRecorded)
	}
	if s.camera {
		g.repeats.add(key, v, mono)
	}
	return v
}

// Record writes down what was done and is no verdict: an override, a
// registration, the start of the program. It is durable when it returns nil.
// The reason may have journal.MaxNameLength bytes.
func (g *Gate) Record(ctx context.Context, kind journal.Kind, reason string) error {
	if kind == journal.Check || kind == 0 {
		return fmt.Errorf("record: kind %d is not for this; a check records itself", kind)
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
	e := g.entry(kind, g.store.View(), now)
	e.Reason = reason
	if kind == journal.Override {
		e.Outcome = verdict.Admit
	}
	_, err = g.append(ctx, Draft{Entry: e, Trusted: now.Trusted})
	return err
}

// readClock takes the time and records a jump of the device's clock.
func (g *Gate) readClock(ctx context.Context, mono time.Duration) (moment, error) {
	view := g.store.View()
	m, jump := g.clock.read(g.now().UTC().Round(0), mono, view)
	if jump == "" {
		return m, nil
	}
	e := g.entry(journal.Clock, view, m)
	e.Reason = jump
	_, err := g.append(ctx, Draft{Entry: e, Trusted: m.Trusted})
	return m, err
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

func (g *Gate) judgeSafely(ctx context.Context, f facts, now moment) (v verdict.Verdict) {
	defer func() {
		if r := recover(); r != nil {
			v = instead(verdict.Verdict{Version: f.view.Snapshot.Version}, verdict.InternalFailed)
		}
	}()
	seen, err := g.seen(ctx, f, now.Now)
	v = f.judge(now.clock(), seen)
	if err != nil && (v.Outcome == verdict.Admit || v.Outcome == verdict.Check) {
		return instead(v, verdict.InternalFailed)
	}
	return v
}

var errInternal = errors.New("the program failed")

// recordVerdict appends the entry of a check. A panic in the store counts as a failure to record.
func (g *Gate) recordVerdict(ctx context.Context, f facts, v verdict.Verdict, now moment) error {
	e := g.entry(journal.Check, f.view, now)
	e.Outcome, e.Reason, e.Version = v.Outcome, string(v.Reason), v.Version
	d := Draft{Entry: e, Trusted: now.Trusted}
	if p := f.presentation.Pass; p.Genuine() {
		d.Entry.Tag = f.tag(now.Now)
		if to := f.view.tracing(); to != nil {
			d.Seal = func(seq uint64) ([]byte, error) {
				return journal.SealRef(to, f.view.Gate, seq, p.Identity())
			}
		}
	}
	written, err := g.append(ctx, d)
	if err != nil {
		return err
	}
	g.kept.add(written, v)
	if p := f.presentation.Pass; p.Genuine() && v.Outcome == verdict.Admit {
		g.admits.add(string(p.Identity()), now.Now, f.window())
	}
	return nil
}

func (g *Gate) append(ctx context.Context, d Draft) (e journal.Entry, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("record: %w", errInternal)
		}
	}()
	return g.store.Append(ctx, d)
}

func (g *Gate) entry(kind journal.Kind, view *View, now moment) journal.Entry {
	return journal.Entry{
		Time: now.Now.Truncate(time.Millisecond), Lane: g.lane, Operator: g.operator,
		Kind: kind, Version: view.Snapshot.Version,
	}
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

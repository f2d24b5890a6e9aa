// Package drill is a practice gate: the real judging on practice codes.
//
// A drill has a store of its own, in memory, and a key of its own, made when it
// starts. It opens no station: it has no folder, no relay and no hub, so that
// nothing of it reaches the gate's journal, and its codes open at no real gate.
package drill

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store/memory"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// PIN is the supervisor's in a drill.
const PIN = "123789"

// Action is what a guard does with somebody.
type Action string

// Actions.
const (
	Nothing    Action = ""           // the card was not shown
	LetIn      Action = "let_in"     // the verdict was Admit
	SentOn     Action = "sent_on"    // to another code, a test, the supervisor; not through the gate
	Matched    Action = "matched"    // the ID was compared and is the pass's, and they went in
	Mismatched Action = "mismatched" // the ID was compared and is another's
	Emergency  Action = "emergency"
	Overridden Action = "overridden"
)

// Card is one practice code and the person who holds it.
type Card struct {
	Scene  string // good, test_old, barred …: a stable code; screens have words for the person who stands there
	Text   string // of the code
	Want   Action
	Reason verdict.Reason // that the gate will answer with, if cards are shown in their order
}

// Result is a card and what was done.
type Result struct {
	Card
	Did   Action
	Right bool
}

// Options of a drill; the zero Options will do.
type Options struct {
	IDMatch bool             // the place compares IDs, so that the drill does
	Now     func() time.Time // nil: time.Now
}

// Drill is a practice gate. It has the methods of a gate; those by which a
// guard acts are noted for the score. It is safe for concurrent use.
type Drill struct {
	*gate.Gate
	cards []Card
	began time.Time
	now   func() time.Time

	mu      sync.Mutex
	skipped time.Duration     // by Cut
	did     map[string]Action // by scene
	current string            // scene of the last card shown
}

// Start makes a drill.
func Start(ctx context.Context, o Options) (*Drill, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &Drill{now: o.Now, began: o.Now(), did: map[string]Action{}}
	store := memory.New()
	cards, err := stage(ctx, store, d.began.UTC(), o.IDMatch, rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("start drill: %w", err)
	}
	d.cards = cards
	d.Gate = gate.New(ctx, store, gate.Options{
		Now:  func() time.Time { return d.now().Add(d.timeSkipped()) },
		Mono: func() time.Duration { return d.now().Sub(d.began) + d.timeSkipped() },
	})
	return d, nil
}

func (d *Drill) timeSkipped() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.skipped
}

// Cut stages a network that was away for so long: practice time goes on by it,
// and the data gets as old as it would. The codes still work.
func (d *Drill) Cut(away time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.skipped += max(away, 0)
}

// Cards are the practice codes, in the order in which they are best shown.
func (d *Drill) Cards() []Card { return append([]Card(nil), d.cards...) }

// Answer judges a practice code.
func (d *Drill) Answer(ctx context.Context, r scan.Reading) gate.Answer {
	a := d.Gate.Answer(ctx, r)
	if !a.Repeated {
		d.noteCard(r.Text, a.Outcome)
	}
	return a
}

// AnswerTogether judges practice codes that were shown together.
func (d *Drill) AnswerTogether(ctx context.Context, standing []gate.Token, rs ...scan.Reading) []gate.Answer {
	all := d.Gate.AnswerTogether(ctx, standing, rs...)
	for i, a := range all {
		if !a.Repeated {
			d.noteCard(rs[i].Text, a.Outcome)
		}
	}
	return all
}

// Check is Answer, and gives the verdict alone.
func (d *Drill) Check(ctx context.Context, r scan.Reading) verdict.Verdict {
	return d.Answer(ctx, r).Verdict
}

// noteCard notes that a card was shown. One code may be two cards: the second
// time it is that of somebody else.
func (d *Drill) noteCard(text string, o verdict.Outcome) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.current = ""
	for _, c := range d.cards {
		if c.Text == text && (d.current == "" || d.did[d.current] != Nothing && d.did[c.Scene] == Nothing) {
			d.current = c.Scene
		}
	}
	if d.current == "" {
		return
	}
	d.did[d.current] = SentOn
	if o == verdict.Admit {
		d.did[d.current] = LetIn
	}
}

func (d *Drill) noteAction(a Action) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current != "" {
		d.did[d.current] = a
	}
}

// Confirm notes that the guard compared an ID.
func (d *Drill) Confirm(ctx context.Context, t gate.Token, matches bool) (gate.Answer, error) {
	a, err := d.Gate.Confirm(ctx, t, matches)
	switch {
	case err != nil:
	case matches && a.Outcome == verdict.Admit:
		d.noteAction(Matched)
	case !matches:
		d.noteAction(Mismatched)
	}
	return a, err
}

// Override notes that somebody was let in on a supervisor's word; see [PIN].
func (d *Drill) Override(ctx context.Context, t gate.Token, pin, reason string) error {
	err := d.Gate.Override(ctx, t, pin, reason)
	if err == nil {
		d.noteAction(Overridden)
	}
	return err
}

// OverrideWithoutCode notes that somebody was let in on a supervisor's word; see [PIN].
func (d *Drill) OverrideWithoutCode(ctx context.Context, pin, reason string) error {
	err := d.Gate.OverrideWithoutCode(ctx, pin, reason)
	if err == nil {
		d.noteAction(Overridden)
	}
	return err
}

// Emergency notes that somebody was let in to a doctor.
func (d *Drill) Emergency(ctx context.Context, t gate.Token, reason string) error {
	err := d.Gate.Emergency(ctx, t, reason)
	if err == nil {
		d.noteAction(Emergency)
	}
	return err
}

// Record is that of a gate; an emergency is noted.
func (d *Drill) Record(ctx context.Context, kind journal.Kind, reason string) error {
	if kind == journal.Override {
		return d.Emergency(ctx, gate.Token{}, reason)
	}
	return d.Gate.Record(ctx, kind, reason)
}

// Score compares what was done with what each card asks for, and counts what is right.
func (d *Drill) Score() (results []Result, right int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.cards {
		r := Result{Card: c, Did: d.did[c.Scene]}
		if r.Right = r.Did == c.Want; r.Right {
			right++
		}
		results = append(results, r)
	}
	return results, right
}
